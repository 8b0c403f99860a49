-- Calls answered or lost so far, mean milliseconds, and the last run's reading.
-- $1 batch_id bigint
SELECT count(*) AS calls, coalesce(avg(a.ms) FILTER (WHERE a.http_status > 0), 0)::bigint AS mean_ms
  FROM wabamigrate.attempt a
  JOIN wabamigrate.step s USING (step_id)
 WHERE s.batch_id = $1::bigint AND coalesce(a.outcome, 'intended') NOT IN ('not_sent');
