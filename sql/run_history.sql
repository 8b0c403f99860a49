-- The nights of a batch. $1 batch_id bigint
SELECT run_id, worker, wabamigrate.rfc3339(started_at) AS started_at,
       wabamigrate.rfc3339(ended_at) AS ended_at, exit_code, calls
  FROM wabamigrate.run WHERE batch_id = $1::bigint ORDER BY run_id;
