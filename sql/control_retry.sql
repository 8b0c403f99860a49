-- Failed steps of a selection are taken up again, whatever phase they failed in: from their first phase
-- where that is a read, else from the phase that looks before it is sent. A wait that Meta asked for is
-- kept (a locked PIN).
--
-- A number that waits for a code goes back to the step that asks for one, where a person has named it or
-- its customer: nobody is sent codes because something else failed.
-- $1 batch_id bigint, $2 customers or numbers text[] (NULL: all)
WITH again AS (
    UPDATE wabamigrate.step s
       SET state = 'ready', tries = 0, error = NULL, waiting_for = NULL, note = 'retried by a person',
           phase = coalesce(f.in_doubt, p.first_phase), memo = NULL,
           not_before = greatest(s.not_before, wabamigrate.clock()), moved_at = wabamigrate.clock()
      FROM wabamigrate.customer c, wabamigrate.path_step p, wabamigrate.job_phase f
     WHERE s.batch_id = $1::bigint AND s.state = 'failed' AND c.customer_id = s.customer_id
       AND p.path = s.path AND p.kind = s.kind AND f.kind = p.kind AND f.phase = p.first_phase
       AND ($2::text[] IS NULL OR c.key = ANY ($2::text[])
            OR EXISTS (SELECT 1 FROM wabamigrate.number n
                        WHERE n.number = ANY ($2::text[]) AND n.customer_id = s.customer_id
                          AND (s.number_id IS NULL OR s.number_id = n.number_id)))
    RETURNING s.step_id
), renewed AS (
    SELECT r.step_id, r.number_id, r.ordinal, h.ordinal AS last_ordinal
      FROM wabamigrate.step h
      JOIN wabamigrate.path_step p ON p.path = h.path AND p.kind = h.kind
      JOIN wabamigrate.step r ON r.number_id = h.number_id AND r.kind = p.renewed_by
      JOIN wabamigrate.number n ON n.number_id = h.number_id
      JOIN wabamigrate.customer c ON c.customer_id = h.customer_id
     WHERE h.batch_id = $1::bigint AND h.state = 'waiting' AND h.waiting_for = 'code'
       AND r.state = 'done' AND n.cancelled_at IS NULL
       AND (c.key = ANY ($2::text[]) OR n.number = ANY ($2::text[]))
), asked AS (
    UPDATE wabamigrate.step r
       SET state = 'ready', phase = p.first_phase, memo = NULL, tries = 0, error = NULL,
           note = 'a new code was asked for by a person', not_before = wabamigrate.clock(),
           moved_at = wabamigrate.clock()
      FROM renewed w, wabamigrate.path_step p
     WHERE r.step_id = w.step_id AND p.path = r.path AND p.kind = r.kind
    RETURNING r.number_id
), behind AS (
    UPDATE wabamigrate.step t
       SET state = 'pending', phase = p.first_phase, memo = NULL, tries = 0, error = NULL,
           waiting_for = NULL, note = NULL, is_in_doubt = false, is_nudged = false,
           moved_at = wabamigrate.clock(),
           prereqs_left = (SELECT count(*)
                             FROM wabamigrate.path_need d
                            CROSS JOIN LATERAL (
                                  SELECT o.state, o.number_id, o.ordinal FROM wabamigrate.step o
                                   WHERE o.number_id = t.number_id AND o.kind = d.needs
                                  UNION ALL
                                  SELECT o.state, o.number_id, o.ordinal FROM wabamigrate.step o
                                   WHERE o.customer_id = t.customer_id AND o.number_id IS NULL
                                     AND o.kind = d.needs) e
                            WHERE d.path = t.path AND d.kind = t.kind
                              AND (e.state <> 'done'
                                   OR e.number_id IS NOT NULL AND e.ordinal >= w.ordinal))
      FROM renewed w, wabamigrate.path_step p
     WHERE t.number_id = w.number_id AND t.ordinal > w.ordinal AND t.ordinal <= w.last_ordinal
       AND p.path = t.path AND p.kind = t.kind
), forgotten AS (
    UPDATE wabamigrate.number n
       SET verification_code_sealed = NULL, verification_code_digest = NULL
      FROM renewed w
     WHERE n.number_id = w.number_id
)
SELECT (SELECT count(*) FROM again) AS failed, (SELECT count(*) FROM asked) AS codes;
