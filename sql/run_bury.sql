-- Ends the runs named, and those of the batch whose lease has run out, and takes their steps back. An
-- effect whose intent stands without an outcome is in doubt: it is looked up, never sent again blindly,
-- and not before its request can no longer arrive.
-- $1 run_ids bigint[], $2 grace in ms bigint, $3 batch_id bigint, $4 the asking run's own id bigint or NULL
WITH buried AS (
    UPDATE wabamigrate.run SET ended_at = wabamigrate.clock()
     WHERE batch_id = $3::bigint AND ended_at IS NULL AND run_id IS DISTINCT FROM $4::bigint
       AND (run_id = ANY ($1::bigint[]) OR lease_until <= wabamigrate.clock())
    RETURNING run_id
), lost AS (
    UPDATE wabamigrate.attempt a
       SET outcome = 'lost', note = 'the program ended before an answer was recorded'
      FROM wabamigrate.step s, buried b
     WHERE s.run_id = b.run_id AND s.state = 'running'
       AND a.step_id = s.step_id AND a.epoch = s.epoch AND a.outcome IS NULL
)
UPDATE wabamigrate.step s
   SET state = 'ready', run_id = NULL, epoch = s.epoch + 1, moved_at = wabamigrate.clock(),
       phase = coalesce(p.in_doubt, s.phase),
       is_in_doubt = s.is_in_doubt OR p.is_effect,
       not_before = CASE WHEN p.is_effect THEN s.intended_at + $2::bigint * interval '1 ms'
                         ELSE wabamigrate.clock() END,
       note = CASE WHEN p.is_effect THEN 'in doubt: a request may have been sent; it is looked up first'
                   ELSE s.note END
  FROM wabamigrate.job_phase p, buried b
 WHERE s.run_id = b.run_id AND s.state = 'running' AND p.kind = s.kind AND p.phase = s.phase;
