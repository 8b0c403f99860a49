-- After the database has lost commits that it had acknowledged (a standby took over that did not have
-- them): what it says was not sent may have been. Every effect still ahead is looked up before it is sent.
-- Not the exchange of a signup code: Graph takes a code once.
-- $1 batch_id bigint, $2 grace in ms bigint
UPDATE wabamigrate.step s
   SET phase = p.in_doubt, is_in_doubt = true, moved_at = wabamigrate.clock(),
       not_before = greatest(s.not_before, wabamigrate.clock() + $2::bigint * interval '1 ms'),
       note = 'in doubt: the database had lost what was recorded last; it is looked up first'
  FROM wabamigrate.job_phase p
 WHERE s.batch_id = $1::bigint AND s.state IN ('pending', 'ready', 'waiting', 'blocked')
   AND s.urgency > 0 AND p.kind = s.kind AND p.phase = s.phase AND p.is_effect
   AND p.in_doubt IS NOT NULL;
