-- What a new capture changes: the destination, the code (when it came with one), and what waited for it
-- is looked at again. $1 customer_id bigint, $2 waba_id text, $3 code sealed text (bytea, or NULL)
WITH customer AS (
    UPDATE wabamigrate.customer
       SET destination_waba_id = coalesce(destination_waba_id, $2),
           signup_code_sealed = coalesce($3::bytea, signup_code_sealed),
           signup_code_at = CASE WHEN $3 IS NULL THEN signup_code_at ELSE wabamigrate.clock() END
     WHERE customer_id = $1::bigint
), nudged AS (
    -- A claim may have read the customer before this: should it decide to wait, it looks once more.
    UPDATE wabamigrate.step s SET is_nudged = true
     WHERE s.customer_id = $1::bigint AND s.number_id IS NULL AND s.state IN ('ready', 'running')
)
UPDATE wabamigrate.step s
   SET state = 'ready', phase = p.first_phase, memo = NULL, tries = 0, is_in_doubt = false,
       error = NULL, waiting_for = NULL, not_before = wabamigrate.clock(), moved_at = wabamigrate.clock()
  FROM wabamigrate.path_step p
 WHERE s.customer_id = $1::bigint AND p.path = s.path AND p.kind = s.kind AND s.number_id IS NULL
   AND (s.state = 'waiting' AND s.waiting_for IN ('signup', 'access')
        -- a step that an earlier signup had done, and that this one has new work for; what needs no
        -- other step has read what was there before, and is not read again while that is fresh
        OR s.state = 'done' AND (p.urgency = 0 AND $3 IS NOT NULL
                                 OR p.refreshes IS NOT NULL
                                    AND NOT (wabamigrate.is_fresh(s.moved_at)
                                             AND NOT EXISTS (SELECT 1 FROM wabamigrate.path_need d
                                                              WHERE d.path = s.path
                                                                AND d.kind = s.kind))));
