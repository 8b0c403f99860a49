-- The steps that customers and numbers of the batch do not have yet, each with how many of the steps
-- it needs are not done. The order at the end is no matter of taste: the sort ends the reading of steps
-- before the first one is inserted; without it every look for an existing step walks over the new ones,
-- which took minutes at 40,000. A batch without any step is left to step_create_first.sql.
-- $1 batch_id bigint
--
-- Whoever has steps stays on their path.
WITH wanted AS (
    SELECT c.batch_id, c.customer_id, NULL::bigint AS number_id,
           coalesce((SELECT s.path FROM wabamigrate.step s
                      WHERE s.customer_id = c.customer_id AND s.number_id IS NULL LIMIT 1),
                    c.path, b.path) AS path
      FROM wabamigrate.customer c JOIN wabamigrate.batch b USING (batch_id)
     WHERE c.batch_id = $1::bigint
       AND EXISTS (SELECT 1 FROM wabamigrate.step s WHERE s.batch_id = $1::bigint)
    UNION ALL
    SELECT n.batch_id, n.customer_id, n.number_id,
           coalesce((SELECT s.path FROM wabamigrate.step s WHERE s.number_id = n.number_id LIMIT 1),
                    n.path, c.path, b.path)
      FROM wabamigrate.number n
      JOIN wabamigrate.customer c USING (customer_id)
      JOIN wabamigrate.batch b ON b.batch_id = n.batch_id
     WHERE n.batch_id = $1::bigint AND n.cancelled_at IS NULL
       AND EXISTS (SELECT 1 FROM wabamigrate.step s WHERE s.batch_id = $1::bigint)
), made AS (
    SELECT w.*, p.kind, p.ordinal, p.urgency, p.first_phase, f.lane,
           wabamigrate.turn_of(coalesce(z.numbers, 0)) AS turn,
           -- A WABA's step that needs a number's step is content with the first of them.
           (SELECT count(*)
              FROM wabamigrate.path_need d
              JOIN wabamigrate.path_step q ON q.path = d.path AND q.kind = d.needs
             WHERE d.path = w.path AND d.kind = p.kind
               AND NOT EXISTS (SELECT 1 FROM wabamigrate.step t
                                WHERE t.customer_id = w.customer_id AND t.kind = d.needs
                                  AND (t.number_id IS NULL OR w.number_id IS NULL
                                       OR t.number_id = w.number_id)
                                  AND t.state = 'done'))::smallint AS prereqs_left
      FROM wanted w
      JOIN wabamigrate.path_step p
        ON p.path = w.path
       AND p.subject = CASE WHEN w.number_id IS NULL THEN 'waba' ELSE 'number' END
      JOIN wabamigrate.job_phase f ON f.kind = p.kind AND f.phase = p.first_phase
      LEFT JOIN (SELECT n.customer_id, count(*) AS numbers FROM wabamigrate.number n
                  WHERE n.batch_id = $1::bigint AND n.cancelled_at IS NULL
                  GROUP BY n.customer_id) z ON z.customer_id = w.customer_id
)
INSERT INTO wabamigrate.step (batch_id, customer_id, number_id, path, kind, ordinal, urgency, state,
                              prereqs_left, phase, lane, turn)
SELECT batch_id, customer_id, number_id, path, kind, ordinal, urgency,
       CASE WHEN prereqs_left = 0 THEN 'ready' ELSE 'pending' END, prereqs_left, first_phase, lane,
       turn
  FROM made m
 WHERE NOT EXISTS (SELECT 1 FROM wabamigrate.step s
                    WHERE s.number_id = m.number_id AND s.kind = m.kind)
   AND NOT EXISTS (SELECT 1 FROM wabamigrate.step s
                    WHERE m.number_id IS NULL AND s.number_id IS NULL
                      AND s.customer_id = m.customer_id AND s.kind = m.kind)
 ORDER BY customer_id, number_id NULLS FIRST, ordinal;
