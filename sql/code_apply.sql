-- Keeps a verification code, and wakes what waits for it. One statement for what waits and what is on its
-- way: a step that comes to wait just now is seen as it is then. $1 number_id bigint, $2 code sealed text
-- (bytea), $3 its digest text (bytea)
WITH kept AS (
    UPDATE wabamigrate.number
       SET verification_code_sealed = $2::bytea, verification_code_digest = $3::bytea,
           verification_code_at = wabamigrate.clock()
     WHERE number_id = $1::bigint
)
UPDATE wabamigrate.step s
   SET is_nudged = s.state <> 'waiting',
       state = CASE WHEN s.state = 'waiting' THEN 'ready' ELSE s.state END,
       phase = CASE WHEN s.state = 'waiting' THEN p.first_phase ELSE s.phase END,
       memo = CASE WHEN s.state = 'waiting' THEN NULL ELSE s.memo END,
       tries = CASE WHEN s.state = 'waiting' THEN 0 ELSE s.tries END,
       error = CASE WHEN s.state = 'waiting' THEN NULL ELSE s.error END,
       waiting_for = CASE WHEN s.state = 'waiting' THEN NULL ELSE s.waiting_for END,
       not_before = CASE WHEN s.state = 'waiting' THEN wabamigrate.clock() ELSE s.not_before END,
       moved_at = CASE WHEN s.state = 'waiting' THEN wabamigrate.clock() ELSE s.moved_at END
  FROM wabamigrate.path_step p
 WHERE s.number_id = $1::bigint AND p.path = s.path AND p.kind = s.kind AND p.takes_code
   AND (s.state IN ('ready', 'running') OR s.state = 'waiting' AND s.waiting_for = 'code');
