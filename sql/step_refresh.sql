-- After a group was settled: a step that is done and refreshes another one has it looked at again.
-- $1 step_ids of the group bigint[]
--
-- One that is ready may be in another worker's claim already, which this cannot see and which read the
-- customer before the news: should it decide to wait, it looks once more. What this very transaction has
-- made ready nobody has claimed yet.
UPDATE wabamigrate.step t
   SET state = CASE WHEN t.state = 'running' THEN t.state ELSE 'ready' END,
       is_nudged = t.state IN ('ready', 'running'),
       not_before = CASE WHEN t.state IN ('ready', 'running') THEN t.not_before
                         ELSE wabamigrate.clock() END
  FROM wabamigrate.step s
  JOIN wabamigrate.path_step p ON p.path = s.path AND p.kind = s.kind
 WHERE s.step_id = ANY ($1::bigint[]) AND s.state = 'done' AND p.refreshes IS NOT NULL
   AND t.customer_id = s.customer_id AND t.kind = p.refreshes
   AND (t.state IN ('waiting', 'blocked', 'running')
        OR t.state = 'ready' AND t.xmin <> pg_current_xact_id()::xid);
