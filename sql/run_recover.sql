-- The first statement on a connection made again: from now on the run speaks through this one, and how
-- many of its flushes are committed is the answer to "was the last one?". A flush that is still under way
-- on an old connection holds the row, so its end is waited for (run_replace.sql hastens it). No row: this
-- database does not know the run.
-- $1 run_id bigint, $2 number of the connection integer, $3 process text
WITH terms AS MATERIALIZED (
    SELECT set_config('synchronous_commit',
                      CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN 'on'
                           ELSE current_setting('synchronous_commit') END, true)
)
UPDATE wabamigrate.run r
   SET link = $2::integer, flushed = CASE WHEN r.link < $2::integer THEN r.flushed ELSE -1 END
  FROM terms
 WHERE r.run_id = $1::bigint AND r.process = $3
RETURNING r.flushed;
