-- Ends the database connections of runs whose lease has run out, of whatever batch: a worker that was
-- frozen in the middle of a transaction would keep its locks, and everybody who waits for them, for as
-- long as it is frozen. run_session.sql gives each run's connection its name. Whoever lives after all
-- connects again. The time is that of this moment, not of the transaction, which may have begun to wait
-- long ago.
SELECT pg_terminate_backend(a.pid)
  FROM wabamigrate.run r
  JOIN pg_stat_activity a ON a.application_name LIKE '% run ' || r.run_id::text
 WHERE r.ended_at IS NULL AND r.lease_until <= wabamigrate.clock() + (clock_timestamp() - now())
   AND a.datname = current_database() AND a.usename = current_user AND a.pid <> pg_backend_pid();
