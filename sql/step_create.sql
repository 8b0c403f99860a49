-- The steps that customers and numbers of the batch do not have yet, each with how many of the steps
-- it needs are not done. The order at the end is no matter of taste: the sort ends the reading of steps
-- before the first one is inserted; without it every look for an existing step walks over the new ones,
-- which took minutes at 40,000. A batch without any step is left to step_create_first.sql.
-- $1 batch_id bigint
--
-- Whoever has steps stays on their path. A step for those who have a setting only may come later than the
-- rest, with a later manifest: what needs it waits for it, unless that has begun; then it is not made.
WITH asked AS MATERIALIZED (
    -- What becomes of a WABA's templates: the first that it or one of its numbers asks for.
    SELECT c.customer_id,
           CASE WHEN 'before_register' = ANY (w.words) THEN 'before_register'
                WHEN 'after_register' = ANY (w.words) THEN 'after_register' ELSE 'leave' END AS templates
      FROM wabamigrate.customer c
      JOIN wabamigrate.batch b USING (batch_id)
      LEFT JOIN (SELECT n.customer_id, array_agg(DISTINCT n.templates) AS words
                   FROM wabamigrate.number n
                  WHERE n.batch_id = $1::bigint AND n.cancelled_at IS NULL AND n.templates IS NOT NULL
                  GROUP BY n.customer_id) o ON o.customer_id = c.customer_id
     CROSS JOIN LATERAL (SELECT o.words || coalesce(c.templates, b.templates) AS words) w
     WHERE c.batch_id = $1::bigint
       AND EXISTS (SELECT 1 FROM wabamigrate.step s WHERE s.batch_id = $1::bigint)
), wanted AS (
    SELECT c.batch_id, c.customer_id, NULL::bigint AS number_id,
           coalesce((SELECT s.path FROM wabamigrate.step s
                      WHERE s.customer_id = c.customer_id AND s.number_id IS NULL LIMIT 1),
                    c.path, b.path) AS path,
           wabamigrate.settings_of(coalesce(c.data_localization_region, b.data_localization_region),
                                   a.templates) AS settings
      FROM asked a
      JOIN wabamigrate.customer c USING (customer_id)
      JOIN wabamigrate.batch b USING (batch_id)
    UNION ALL
    SELECT n.batch_id, n.customer_id, n.number_id,
           coalesce((SELECT s.path FROM wabamigrate.step s WHERE s.number_id = n.number_id LIMIT 1),
                    n.path, c.path, b.path),
           wabamigrate.settings_of(coalesce(n.data_localization_region, c.data_localization_region,
                                            b.data_localization_region), a.templates)
      FROM wabamigrate.number n
      JOIN asked a USING (customer_id)
      JOIN wabamigrate.customer c USING (customer_id)
      JOIN wabamigrate.batch b ON b.batch_id = n.batch_id
     WHERE n.batch_id = $1::bigint AND n.cancelled_at IS NULL
), made AS (
    SELECT w.*, p.kind, p.ordinal, p.urgency, p.first_phase, p.only_with, f.lane,
           wabamigrate.turn_of(coalesce(z.numbers, 0)) AS turn,
           -- A WABA's step that needs a number's step is content with the first of them.
           (SELECT count(*)
              FROM wabamigrate.path_need d
              JOIN wabamigrate.path_step q ON q.path = d.path AND q.kind = d.needs
             WHERE d.path = w.path AND d.kind = p.kind
               AND (q.only_with IS NULL OR q.only_with = ANY (w.settings)
                    OR EXISTS (SELECT 1 FROM wabamigrate.step t -- asked for once, and there since
                                WHERE t.customer_id = w.customer_id AND t.number_id IS NULL
                                  AND t.kind = d.needs))
               AND NOT EXISTS (SELECT 1 FROM wabamigrate.step t
                                WHERE t.customer_id = w.customer_id AND t.number_id IS NULL
                                  AND t.kind = d.needs AND t.state = 'done')
               AND NOT EXISTS (SELECT 1 FROM wabamigrate.step t
                                WHERE t.number_id = w.number_id AND t.kind = d.needs
                                  AND t.state = 'done')
               AND NOT EXISTS (SELECT 1 FROM wabamigrate.number o
                                 JOIN wabamigrate.step t ON t.number_id = o.number_id
                                WHERE w.number_id IS NULL AND o.customer_id = w.customer_id
                                  AND t.kind = d.needs AND t.state = 'done')
           )::smallint AS prereqs_left
      FROM wanted w
      JOIN wabamigrate.path_step p
        ON p.path = w.path
       AND p.subject = CASE WHEN w.number_id IS NULL THEN 'waba' ELSE 'number' END
       AND (p.only_with IS NULL OR p.only_with = ANY (w.settings))
      JOIN wabamigrate.job_phase f ON f.kind = p.kind AND f.phase = p.first_phase
      LEFT JOIN (SELECT n.customer_id, count(*) AS numbers FROM wabamigrate.number n
                  WHERE n.batch_id = $1::bigint AND n.cancelled_at IS NULL
                  GROUP BY n.customer_id) z ON z.customer_id = w.customer_id
), missing AS (
    SELECT *
      FROM made m
     WHERE NOT EXISTS (SELECT 1 FROM wabamigrate.step s
                        WHERE s.number_id = m.number_id AND s.kind = m.kind)
       AND NOT EXISTS (SELECT 1 FROM wabamigrate.step s
                        WHERE m.number_id IS NULL AND s.number_id IS NULL
                          AND s.customer_id = m.customer_id AND s.kind = m.kind)
       AND (m.only_with IS NULL OR m.number_id IS NULL
            OR NOT EXISTS (SELECT 1 FROM wabamigrate.path_need d
                             JOIN wabamigrate.step s ON s.number_id = m.number_id AND s.kind = d.kind
                            WHERE d.path = m.path AND d.needs = m.kind
                              AND (s.epoch > 0 OR s.state NOT IN ('pending', 'ready'))))
       -- Of the WABA's, where a number that it is for has not begun.
       AND (m.only_with IS NULL OR m.number_id IS NOT NULL
            OR NOT EXISTS (SELECT 1 FROM wabamigrate.path_need d
                             JOIN wabamigrate.number o ON o.customer_id = m.customer_id
                             JOIN wabamigrate.step s ON s.number_id = o.number_id AND s.kind = d.kind
                            WHERE d.path = m.path AND d.needs = m.kind)
            OR EXISTS (SELECT 1 FROM wabamigrate.path_need d
                         JOIN wabamigrate.number o ON o.customer_id = m.customer_id
                         JOIN wabamigrate.step s ON s.number_id = o.number_id AND s.kind = d.kind
                        WHERE d.path = m.path AND d.needs = m.kind
                          AND s.epoch = 0 AND s.state IN ('pending', 'ready')))
), behind AS (
    UPDATE wabamigrate.step t
       SET prereqs_left = t.prereqs_left + k.steps, state = 'pending'
      FROM (SELECT f.step_id, count(*) AS steps
              FROM (SELECT s.step_id
                      FROM missing m
                      JOIN wabamigrate.path_need d ON d.path = m.path AND d.needs = m.kind
                      JOIN wabamigrate.step s ON s.number_id = m.number_id AND s.kind = d.kind
                     WHERE m.only_with IS NOT NULL
                    UNION ALL
                    SELECT s.step_id
                      FROM missing m
                      JOIN wabamigrate.path_need d ON d.path = m.path AND d.needs = m.kind
                      JOIN wabamigrate.number o ON o.customer_id = m.customer_id
                      JOIN wabamigrate.step s ON s.number_id = o.number_id AND s.kind = d.kind
                     WHERE m.only_with IS NOT NULL AND m.number_id IS NULL
                       AND s.epoch = 0 AND s.state IN ('pending', 'ready')) f
             GROUP BY f.step_id) k
     WHERE t.step_id = k.step_id
)
INSERT INTO wabamigrate.step (batch_id, customer_id, number_id, path, kind, ordinal, urgency, state,
                              prereqs_left, phase, lane, turn)
SELECT batch_id, customer_id, number_id, path, kind, ordinal, urgency,
       CASE WHEN prereqs_left = 0 THEN 'ready' ELSE 'pending' END, prereqs_left, first_phase, lane,
       turn
  FROM missing
 ORDER BY customer_id, number_id NULLS FIRST, ordinal;
