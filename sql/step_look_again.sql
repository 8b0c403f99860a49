-- At the start of a run: what was blocked, and what waited for a credential, is looked at again, with
-- new reads of its customer's WABAs (step kinds that refresh the blocked one). What only waits is read
-- again where that may help it and the last reading is not fresh: not for whoever has not signed up.
-- What would spend a registration to see whether its token is good now asks by reading.
-- $1 batch_id bigint
WITH held AS (
    SELECT s.step_id, s.customer_id, s.path, s.kind, s.state,
           s.state = 'blocked' OR c.source_read_at IS NULL
           OR EXISTS (SELECT 1 FROM wabamigrate.number n -- a new one
                       WHERE n.customer_id = s.customer_id AND n.is_eligible IS NULL
                         AND n.cancelled_at IS NULL) AS is_read_again,
           c.destination_waba_id IS NOT NULL AS is_signed_up, c.destination_read_at
      FROM wabamigrate.open_step q
      JOIN wabamigrate.step s ON s.step_id = q.step_id
      JOIN wabamigrate.customer c ON c.customer_id = q.customer_id
     WHERE q.batch_id = $1::bigint AND q.state IN ('waiting', 'blocked')
), stale AS (
    -- Looked up by customer and kind: whatever else is done is not read.
    SELECT k.*, r.step_id
      FROM (SELECT DISTINCT h.customer_id, p.path, p.kind, p.first_phase, h.is_read_again,
                   h.is_signed_up, h.destination_read_at
              FROM held h
              JOIN wabamigrate.path_step p ON p.path = h.path AND p.refreshes = h.kind) k
     CROSS JOIN LATERAL (SELECT s.step_id FROM wabamigrate.step s
                          WHERE s.customer_id = k.customer_id AND s.number_id IS NULL
                            AND s.kind = k.kind
                          LIMIT 1) r
), fresh AS (
    UPDATE wabamigrate.step r
       SET state = 'ready', phase = p.first_phase, memo = NULL, tries = 0,
           not_before = wabamigrate.clock(), moved_at = wabamigrate.clock()
      FROM stale p
     WHERE r.step_id = p.step_id AND r.path = p.path AND r.state = 'done'
       AND (p.is_read_again
            OR p.is_signed_up
               AND NOT (wabamigrate.is_fresh(r.moved_at)
                        AND (p.destination_read_at IS NOT NULL
                             OR NOT EXISTS (SELECT 1 FROM wabamigrate.path_need d
                                             WHERE d.path = r.path AND d.kind = r.kind))))
    RETURNING r.step_id
), again AS (
    UPDATE wabamigrate.step s
       SET state = 'ready', tries = 0, not_before = wabamigrate.clock(),
           moved_at = wabamigrate.clock(),
           phase = coalesce((SELECT p.in_doubt FROM wabamigrate.job_phase p
                              WHERE p.kind = s.kind AND p.phase = s.phase AND p.is_registration),
                            s.phase)
      FROM held h
     WHERE s.step_id = h.step_id AND s.state = 'waiting' -- still, not only when it was read
       AND s.waiting_for IN ('credential', 'access', 'graph')
    RETURNING s.step_id
)
SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM again);
