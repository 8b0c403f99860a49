-- The first statement of every transaction in which a run records or claims. Where another connection speaks for the
-- run by now, or a flush comes out of its turn, the constraint run_in_turn fails, and with it everything
-- that follows. What is committed is committed for good: an intent that a power cut could undo is none.
--
-- What follows finds a few rows each in large tables, by their indexes and in their order. Its plans are
-- kept for as long as the connection, and made while tables may still be empty: they are not to hang on
-- what the statistics say just then, and a join looks rows up one by one.
-- $1 run_id bigint, $2 number of the connection integer, $3 how many flushes there are with this one bigint
WITH terms AS MATERIALIZED (
    SELECT set_config('synchronous_commit',
                      CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN 'on'
                           ELSE current_setting('synchronous_commit') END, true),
           set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
           set_config('enable_mergejoin', 'off', true), set_config('enable_hashjoin', 'off', true)
)
UPDATE wabamigrate.run r
   SET flushed = CASE WHEN r.link = $2::integer AND r.flushed IN ($3::bigint - 1, $3::bigint)
                      THEN $3::bigint ELSE -1 END
  FROM terms
 WHERE r.run_id = $1::bigint
RETURNING r.flushed;
