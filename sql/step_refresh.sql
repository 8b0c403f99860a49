-- After a group was settled: a step that is done and refreshes another one has it looked at again, with
-- every number of its customer.
-- $1 step_ids of the group bigint[]
--
-- One that is ready may be in another worker's claim already, which this cannot see and which read the
-- customer before the news: should it decide to wait, it looks once more. What this very transaction has
-- made ready nobody has claimed yet.
WITH news AS MATERIALIZED (
    SELECT DISTINCT s.customer_id, p.refreshes
      FROM wabamigrate.step s
      JOIN wabamigrate.path_step p ON p.path = s.path AND p.kind = s.kind
     WHERE s.step_id = ANY ($1::bigint[]) AND s.state = 'done' AND p.refreshes IS NOT NULL
)
UPDATE wabamigrate.step t
   SET state = CASE WHEN t.state = 'running' THEN t.state ELSE 'ready' END,
       is_nudged = t.state IN ('ready', 'running'),
       not_before = CASE WHEN t.state IN ('ready', 'running') THEN t.not_before
                         ELSE wabamigrate.clock() END
  FROM news s
  JOIN wabamigrate.number n ON n.customer_id = s.customer_id
 WHERE t.number_id = n.number_id AND t.kind = s.refreshes
   AND (t.state IN ('waiting', 'blocked', 'running')
        OR t.state = 'ready' AND t.xmin <> pg_current_xact_id()::xid);
