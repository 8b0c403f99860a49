-- Runs of the batch that have not ended, with the process that holds them: a dead one of this host
-- need not be waited for. $1 batch_id bigint
SELECT run_id, process, lease_until <= wabamigrate.clock() AS is_expired
  FROM wabamigrate.run
 WHERE batch_id = $1::bigint AND ended_at IS NULL;
