-- What becomes of this server's commits when it dies. Whoever is not a monitor sees that there are
-- standbys, not how they are kept. No parameters.
SELECT current_setting('fsync')::boolean AS has_fsync,
       current_setting('full_page_writes')::boolean AS has_full_page_writes,
       current_setting('synchronous_commit') AS synchronous_commit,
       current_setting('synchronous_standby_names') <> '' AS is_synchronous,
       (SELECT count(*) FROM pg_stat_replication) AS standbys;
