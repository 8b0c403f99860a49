-- What the eligibility rules said, and a PIN for a number that may move and has none yet.
-- $1 number_id bigint[], $2 is_eligible boolean[], $3 pin_sealed text[] (bytea)
UPDATE wabamigrate.number n
   SET is_eligible = i.is_eligible, pin_sealed = coalesce(n.pin_sealed, i.pin::bytea)
  FROM unnest($1::bigint[], $2::boolean[], $3::text[]) AS i (number_id, is_eligible, pin)
 WHERE n.number_id = i.number_id;
