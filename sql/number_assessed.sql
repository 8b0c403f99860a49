-- What the eligibility rules said, and a PIN for a number that may move and has none yet. With the first
-- verdict that lets a number move, what its source showed is frozen, and its WABA's with it: nothing is
-- written on Graph for it before.
-- $1 number_id bigint[], $2 is_eligible boolean[], $3 pin_sealed text[] (bytea)
WITH frozen AS (
    UPDATE wabamigrate.customer c
       SET before = coalesce(c.source_node, '{}')
                    || jsonb_build_object('_read_at', wabamigrate.rfc3339(c.source_read_at))
     WHERE c.before IS NULL
       AND c.customer_id = ANY (ARRAY(
               SELECT o.customer_id
                 FROM unnest($1::bigint[], $2::boolean[]) AS i (number_id, is_eligible)
                 JOIN wabamigrate.number o ON o.number_id = i.number_id
                WHERE i.is_eligible))
)
UPDATE wabamigrate.number n
   SET is_eligible = i.is_eligible, pin_sealed = coalesce(n.pin_sealed, i.pin::bytea),
       before = CASE WHEN i.is_eligible AND n.before IS NULL
                     THEN coalesce(n.source_node, '{}')
                          || jsonb_build_object('_read_at', (SELECT wabamigrate.rfc3339(c.source_read_at)
                                                               FROM wabamigrate.customer c
                                                              WHERE c.customer_id = n.customer_id))
                     ELSE n.before END
  FROM unnest($1::bigint[], $2::boolean[], $3::text[]) AS i (number_id, is_eligible, pin)
 WHERE n.number_id = i.number_id;
