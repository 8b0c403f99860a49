-- How many milliseconds until a step may be claimed again within the run's scope (0: now; NULL: not
-- without a person), how many steps another run holds, and what is parked.
-- $1 batch_id bigint, $2 only text[], $3 highest number_id bigint, $4 run_id bigint
--
-- What is ready and what is running have an index each, and none has both: asked for together, every step
-- of the book would be read.
SELECT min(greatest(0, wabamigrate.unix_ms(greatest(s.not_before, g.parked_until))
                       - wabamigrate.unix_ms(wabamigrate.clock())))
           FILTER (WHERE s.state = 'ready') AS due_ms,
       count(*) FILTER (WHERE s.state = 'running' AND s.run_id <> $4::bigint) AS held_elsewhere,
       count(*) FILTER (WHERE s.state = 'ready' AND g.parked_until IS NOT NULL) AS parked,
       count(*) FILTER (WHERE s.state = 'ready') AS ready
  FROM (SELECT * FROM wabamigrate.open_step WHERE batch_id = $1::bigint AND state = 'ready'
        UNION ALL
        SELECT * FROM wabamigrate.open_step WHERE batch_id = $1::bigint AND state = 'running') s
  JOIN wabamigrate.customer c ON c.customer_id = s.customer_id
  LEFT JOIN wabamigrate.number n ON n.number_id = s.number_id
  LEFT JOIN wabamigrate.parked_lane l ON l.customer_id = s.customer_id AND l.lane = s.lane
  LEFT JOIN LATERAL (
      SELECT max(parked_until) AS parked_until
        FROM (SELECT l.parked_until
              UNION ALL
              SELECT g.parked_until
                FROM wabamigrate.budget g
                JOIN wabamigrate.batch b ON b.app_id = g.subject
               WHERE b.batch_id = $1::bigint AND g.parked_until > wabamigrate.clock()
                 AND (g.scope = 'app' OR g.scope = 'credit_line' AND s.lane = 3)) p) g ON true
 WHERE NOT c.is_paused AND n.is_paused IS NOT TRUE
   AND (s.is_in_doubt
        OR n.cancelled_at IS NULL
           AND (s.number_id IS NOT NULL
                OR EXISTS (SELECT 1 FROM wabamigrate.number o
                            WHERE o.customer_id = s.customer_id AND o.cancelled_at IS NULL)))
   -- Of the parameter, not of each step: asked once, and no join whose size is guessed at.
   AND (EXISTS (SELECT 1 FROM wabamigrate.batch b
                 WHERE b.batch_id = $1::bigint AND b.state = 'open')
        OR s.is_in_doubt AND EXISTS (SELECT 1 FROM wabamigrate.batch b
                                      WHERE b.batch_id = $1::bigint AND b.state = 'cancelled'))
   AND ($2::text[] IS NULL OR c.key = ANY ($2::text[]) OR n.number = ANY ($2::text[])
        OR s.number_id IS NULL
           AND EXISTS (SELECT 1 FROM wabamigrate.number o
                        WHERE o.customer_id = s.customer_id AND o.number = ANY ($2::text[])))
   AND ($3::bigint IS NULL OR s.number_id <= $3::bigint
        OR s.number_id IS NULL
           AND EXISTS (SELECT 1 FROM wabamigrate.number o
                        WHERE o.customer_id = s.customer_id AND o.number_id <= $3::bigint));
