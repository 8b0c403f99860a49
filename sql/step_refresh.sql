-- After a group was settled: a step that is done and refreshes another one has it looked at again.
-- $1 step_ids of the group bigint[]
UPDATE wabamigrate.step t
   SET state = CASE WHEN t.state = 'running' THEN t.state ELSE 'ready' END,
       is_nudged = t.state = 'running',
       not_before = CASE WHEN t.state = 'running' THEN t.not_before ELSE wabamigrate.clock() END
  FROM wabamigrate.step s
  JOIN wabamigrate.path_step p ON p.path = s.path AND p.kind = s.kind
 WHERE s.step_id = ANY ($1::bigint[]) AND s.state = 'done' AND p.refreshes IS NOT NULL
   AND t.customer_id = s.customer_id AND t.kind = p.refreshes
   AND t.state IN ('waiting', 'blocked', 'running');
