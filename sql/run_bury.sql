-- Ends the runs named, and those of the batch whose lease has run out, and takes their steps back; and
-- the steps whose own deadline has passed, although the run that holds them lives. An effect whose
-- intent stands without an outcome is in doubt: it is looked up, never sent again blindly, and not
-- before its request can no longer arrive. What a living worker has locked just now is left for the
-- next time.
-- $1 run_ids bigint[], $2 grace in ms bigint, $3 batch_id bigint, $4 the asking run's own id bigint or NULL
WITH dead AS (
    SELECT run_id FROM wabamigrate.run
     WHERE batch_id = $3::bigint AND ended_at IS NULL AND run_id IS DISTINCT FROM $4::bigint
       AND (run_id = ANY ($1::bigint[]) OR lease_until <= wabamigrate.clock())
       FOR NO KEY UPDATE SKIP LOCKED
), buried AS (
    UPDATE wabamigrate.run r SET ended_at = wabamigrate.clock()
      FROM dead d WHERE r.run_id = d.run_id
), stuck AS (
    -- Also what an ended run has left behind, however that came about.
    SELECT s.step_id,
           CASE WHEN r.run_id IN (SELECT run_id FROM dead) OR r.ended_at IS NOT NULL
                THEN 'the worker that sent it, or meant to, has gone, and no answer was recorded'
                ELSE 'no answer was recorded by the step''s deadline'
           END AS why
      FROM wabamigrate.open_step q
      JOIN wabamigrate.step s ON s.step_id = q.step_id AND s.state = 'running' AND s.run_id = q.run_id
      JOIN wabamigrate.run r ON r.run_id = q.run_id
     WHERE r.batch_id = $3::bigint AND q.state = 'running'
       AND (r.run_id IN (SELECT run_id FROM dead) OR r.ended_at IS NOT NULL
            OR s.deadline <= wabamigrate.clock())
       FOR NO KEY UPDATE OF s SKIP LOCKED
), lost AS (
    UPDATE wabamigrate.attempt a
       SET outcome = 'lost', taken_at = wabamigrate.clock(), taken_why = k.why
      FROM wabamigrate.step s, stuck k
     WHERE s.step_id = k.step_id AND a.step_id = s.step_id AND a.epoch = s.epoch
       AND a.outcome IS NULL
), unheard AS (
    -- No answer will come to their calls: those stay counted, and nobody waits for one.
    UPDATE wabamigrate.budget g SET unanswered = 0
     WHERE (g.scope, g.subject) IN (SELECT o.scope, o.subject FROM wabamigrate.budget o
                                     WHERE o.unanswered > 0 AND EXISTS (SELECT 1 FROM stuck)
                                       FOR NO KEY UPDATE SKIP LOCKED)
)
UPDATE wabamigrate.step s
   SET state = 'ready', run_id = NULL, deadline = NULL, epoch = s.epoch + 1,
       moved_at = wabamigrate.clock(),
       phase = coalesce(p.in_doubt, s.phase),
       is_in_doubt = s.is_in_doubt OR p.is_effect,
       not_before = CASE WHEN p.is_effect THEN s.intended_at + $2::bigint * interval '1 ms'
                         ELSE wabamigrate.clock() END,
       note = CASE WHEN p.is_effect THEN 'in doubt: a request may have been sent; it is looked up first'
                   ELSE s.note END
  FROM wabamigrate.job_phase p, stuck k
 WHERE s.step_id = k.step_id AND p.kind = s.kind AND p.phase = s.phase;
