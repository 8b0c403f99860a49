-- On a connection made again: ends what the server still has of this run's earlier ones, so that nobody
-- waits for their locks. run_session.sql has given each its name. $1 run_id text
SELECT pg_terminate_backend(a.pid)
  FROM pg_stat_activity a
 WHERE a.application_name LIKE '% run ' || $1 AND a.datname = current_database()
   AND a.usename = current_user AND a.pid <> pg_backend_pid();
