-- Calls answered or lost so far, and mean milliseconds. A request that was sent for several steps counts
-- once: with the step that sent it.
-- $1 batch_id bigint
SELECT count(*) AS calls, coalesce(avg(a.ms) FILTER (WHERE a.http_status > 0), 0)::bigint AS mean_ms
  FROM wabamigrate.attempt a
  JOIN wabamigrate.step s USING (step_id)
 WHERE s.batch_id = $1::bigint AND coalesce(a.outcome, 'intended') NOT IN ('not_sent')
   AND NOT coalesce(a.request ? 'sent_for', false);
