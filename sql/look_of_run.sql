-- The look that the end of a run is. $1 run_id bigint
WITH open AS (
    SELECT s.state, count(*) AS numbers,
           count(*) FILTER (WHERE s.is_eligible OR s.state = 'done') AS eligible,
           count(*) FILTER (WHERE NOT s.is_eligible AND s.state <> 'done') AS not_eligible
      FROM wabamigrate.run r
      JOIN wabamigrate.number_status s USING (batch_id)
     WHERE r.run_id = $1::bigint AND NOT s.is_done
     GROUP BY s.state
), done AS (
    SELECT b.numbers - coalesce((SELECT sum(numbers) FROM open), 0) AS numbers
      FROM wabamigrate.run r JOIN wabamigrate.batch b USING (batch_id)
     WHERE r.run_id = $1::bigint
), stood AS (
    SELECT state, sum(numbers)::bigint AS numbers, sum(eligible) AS eligible,
           sum(not_eligible) AS not_eligible
      FROM (SELECT * FROM open
            UNION ALL
            SELECT 'done', numbers, numbers, 0 FROM done WHERE numbers > 0) s
     GROUP BY state
)
INSERT INTO wabamigrate.look (batch, command, is_whole, numbers, eligible, not_eligible, by_state, calls)
SELECT b.name, 'run', true, sum(t.numbers), sum(t.eligible), sum(t.not_eligible),
       jsonb_object_agg(t.state, t.numbers), r.calls
  FROM wabamigrate.run r
  JOIN wabamigrate.batch b USING (batch_id)
 CROSS JOIN stood t
 WHERE r.run_id = $1::bigint
 GROUP BY b.name, r.calls;
