-- Attempt by attempt, what was sent for a number, its customer's WABA included, and what came back.
-- $1 batch_id bigint, $2 number text
SELECT s.kind AS step, a.phase, wabamigrate.rfc3339(a.intended_at) AS at, a.request, a.outcome, a.note,
       a.http_status, a.ms, a.fbtrace_id, r.worker, a.answer,
       wabamigrate.rfc3339(a.taken_at) AS taken_at, a.taken_why, wabamigrate.rfc3339(a.late_at) AS late_at
  FROM wabamigrate.number n
 CROSS JOIN LATERAL (
       SELECT o.step_id, o.kind, o.ordinal FROM wabamigrate.step o WHERE o.number_id = n.number_id
       UNION ALL
       SELECT o.step_id, o.kind, o.ordinal FROM wabamigrate.step o
        WHERE o.customer_id = n.customer_id AND o.number_id IS NULL) s
  JOIN wabamigrate.attempt a USING (step_id)
  JOIN wabamigrate.run r ON r.run_id = a.run_id
 WHERE n.batch_id = $1::bigint AND n.number = $2
   -- What was never sent is no exchange; but where it was in doubt, the doubt is part of the story.
   AND (coalesce(a.outcome, 'intended') <> 'not_sent' OR a.taken_at IS NOT NULL)
 ORDER BY a.intended_at, s.ordinal, a.epoch;
