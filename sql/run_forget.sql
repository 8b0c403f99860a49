-- After a broken connection: steps that this run holds in the database but not in its hands were
-- claimed by a statement whose answer was lost, so they were never sent. They go back.
-- $1 run_id bigint, $2 step_ids in hand bigint[]
WITH back AS (
    UPDATE wabamigrate.step
       SET state = 'ready', run_id = NULL, deadline = NULL, moved_at = wabamigrate.clock()
     WHERE run_id = $1::bigint AND state = 'running' AND step_id <> ALL ($2::bigint[])
    RETURNING step_id, epoch
), unsent AS (
    UPDATE wabamigrate.attempt a
       SET outcome = 'not_sent', note = 'the database connection broke before it was sent'
      FROM back b
     WHERE a.step_id = b.step_id AND a.epoch = b.epoch AND a.outcome IS NULL
)
SELECT count(*) FROM back;
