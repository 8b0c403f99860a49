-- After a group was settled: a step that gathers, and that this group has just released, waits while
-- another number of its WABA is on its way to the same step, so that one read serves both. When nobody is
-- on its way any more, done or not, all who wait are due, together; after gather_ms they are in any case.
-- $1 step_ids of the group bigint[]
--
-- On its way is who works or may work now. A number that waits for a person or a time holds nobody up.
-- Numbers that are done are not looked at, and each customer's others once, however many have come by.
WITH passed AS MATERIALIZED (
    SELECT DISTINCT s.batch_id, s.customer_id, q.path, q.kind, q.ordinal, q.gather_ms
      FROM wabamigrate.step s
      JOIN wabamigrate.path_step q ON q.path = s.path AND q.gather_ms > 0 AND q.ordinal > s.ordinal
     WHERE s.step_id = ANY ($1::bigint[]) AND s.number_id IS NOT NULL
), gathering AS MATERIALIZED (
    SELECT p.*,
           EXISTS (SELECT 1 FROM wabamigrate.number m
                     JOIN wabamigrate.step o ON o.number_id = m.number_id
                    WHERE m.batch_id = p.batch_id AND m.customer_id = p.customer_id AND NOT m.is_done
                      AND o.path = p.path AND o.ordinal < p.ordinal
                      AND (o.state = 'running'
                           OR o.state = 'ready' AND o.not_before <= wabamigrate.clock())) AS is_awaited
      FROM passed p
), due AS MATERIALIZED (
    SELECT g.*,
           CASE WHEN g.is_awaited
                THEN coalesce((SELECT min(o.not_before)
                                 FROM wabamigrate.number m
                                 JOIN wabamigrate.step o ON o.number_id = m.number_id
                                WHERE m.batch_id = g.batch_id AND m.customer_id = g.customer_id
                                  AND NOT m.is_done AND o.path = g.path AND o.kind = g.kind
                                  AND o.state = 'ready' AND o.waiting_for = 'siblings'
                                  AND o.not_before > wabamigrate.clock()),
                              wabamigrate.clock() + g.gather_ms * interval '1 ms')
                ELSE wabamigrate.clock() END AS at
      FROM gathering g
)
UPDATE wabamigrate.step t
   SET not_before = g.at, waiting_for = CASE WHEN g.is_awaited THEN 'siblings' END
  FROM due g
  JOIN wabamigrate.number n
    ON n.batch_id = g.batch_id AND n.customer_id = g.customer_id AND NOT n.is_done
 WHERE t.number_id = n.number_id AND t.path = g.path AND t.kind = g.kind AND t.state = 'ready'
   AND CASE WHEN g.is_awaited THEN t.epoch = 0 AND t.moved_at = wabamigrate.clock()
                                   AND t.waiting_for IS NULL
            ELSE t.waiting_for = 'siblings' AND t.not_before > wabamigrate.clock() END;
