-- After a broken connection: what this run holds in the database but not in its hands was claimed by a
-- statement whose answer was lost, so it was never sent. It goes back.
-- $1 run_id bigint; what is in hand: $2 step_ids bigint[], $3 their epochs bigint[]
WITH back AS (
    UPDATE wabamigrate.step s
       SET state = 'ready', run_id = NULL, deadline = NULL, moved_at = wabamigrate.clock()
      FROM wabamigrate.open_step q
     WHERE q.run_id = $1::bigint AND q.state = 'running'
       AND s.step_id = q.step_id AND s.run_id = $1::bigint AND s.state = 'running'
       AND NOT EXISTS (SELECT 1 FROM unnest($2::bigint[], $3::bigint[]) AS h (step_id, epoch)
                        WHERE h.step_id = s.step_id AND h.epoch = s.epoch)
    RETURNING s.step_id, s.epoch
), unsent AS (
    UPDATE wabamigrate.attempt a
       SET outcome = 'not_sent', note = 'the database connection broke before it was sent'
      FROM back b
     WHERE a.step_id = b.step_id AND a.epoch = b.epoch AND a.outcome IS NULL
), unheard AS (
    -- No answer will come to their calls: those stay counted, and nobody waits for one.
    UPDATE wabamigrate.budget g SET unanswered = 0
     WHERE (g.scope, g.subject) IN (SELECT o.scope, o.subject FROM wabamigrate.budget o
                                     WHERE o.unanswered > 0 AND EXISTS (SELECT 1 FROM back)
                                       FOR NO KEY UPDATE SKIP LOCKED)
)
SELECT count(*) FROM back;
