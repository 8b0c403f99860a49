-- Records what became of a group of claimed steps, and releases their successors, in one statement. A
-- step that this run no longer holds under this epoch is left alone (no row comes back for it), but its
-- attempt is kept, with the time at which it came (late_at). Sending the same group again changes nothing.
-- $1 run_id bigint; then arrays of one length: $2 step_id bigint[], $3 epoch bigint[], $4 state text[],
-- $5 phase text[], $6 memo text[] (NULL keeps, '' forgets), $7 wait in ms bigint[], $8 waiting_for
-- text[], $9 counts as a try boolean[], $10 in doubt boolean[], $11 note text[], $12 error text[]
-- (jsonb), $13 outcome text[], $14 http_status smallint[], $15 ms integer[], $16 request text[]
-- (jsonb), $17 answer text[], $18 fbtrace_id text[], $19 has an attempt boolean[], $20 the phase it was
-- of text[], $21 that phase is an effect boolean[], $22 when its end was heard of, in ms bigint[] (0: it was
-- not sent), $23 the answer's Date, in ms bigint[] (0: none); $24 grace in ms bigint
--
-- A step is looked up by its id alone (IS NOT DISTINCT FROM is no index's business): the index of what is
-- running is a short one by the statistics, and a long one of dead rows while somebody holds a snapshot.
WITH moment AS MATERIALIZED (
    SELECT wabamigrate.clock() AS now
), input AS MATERIALIZED (
    SELECT *, state IN ('waiting', 'blocked') AS may_be_nudged
      FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[],
                  $8::text[], $9::boolean[], $10::boolean[], $11::text[], $12::text[], $13::text[],
                  $14::smallint[], $15::integer[], $16::text[], $17::text[], $18::text[],
                  $19::boolean[], $20::text[], $21::boolean[], $22::bigint[], $23::bigint[])
           AS i (step_id, epoch, state, phase, memo, wait_ms, waiting_for, is_try, is_in_doubt, note,
                 error, outcome, http_status, ms, request, answer, fbtrace_id, has_attempt, sent_phase,
                 is_effect, heard_ms, date_ms)
), moved AS (
    UPDATE wabamigrate.step s
       -- Something changed while it was running (a signup was captured): where it came to wait, it is
       -- looked at again from its first phase; where it goes on, the change is not forgotten.
       SET state = CASE WHEN s.is_nudged AND i.may_be_nudged THEN 'ready'
                        ELSE i.state END,
           phase = CASE WHEN s.is_nudged AND i.may_be_nudged
                        THEN (SELECT q.first_phase FROM wabamigrate.path_step q
                               WHERE q.path = s.path AND q.kind = s.kind)
                        ELSE i.phase END,
           memo = CASE WHEN s.is_nudged AND i.may_be_nudged THEN NULL
                       WHEN i.memo IS NULL THEN s.memo
                       ELSE nullif(i.memo, '')::jsonb END,
           tries = CASE WHEN i.is_try THEN s.tries + 1
                        WHEN i.state = 'done' OR i.phase <> s.phase AND NOT s.is_in_doubt THEN 0
                        ELSE s.tries END,
           -- From the loss on: the request may have left long after its intent.
           not_before = CASE WHEN i.is_in_doubt AND NOT s.is_in_doubt
                             THEN (SELECT now FROM moment) + $24::bigint * interval '1 ms'
                             ELSE (SELECT now FROM moment) + i.wait_ms * interval '1 ms' END,
           is_in_doubt = i.is_in_doubt AND NOT (s.is_nudged AND i.may_be_nudged),
           is_nudged = s.is_nudged AND i.state = 'ready',
           waiting_for = i.waiting_for, note = i.note, error = i.error::jsonb, run_id = NULL,
           deadline = NULL,
           moved_at = (SELECT now FROM moment)
      FROM input i
     WHERE s.step_id = i.step_id AND s.epoch = i.epoch AND s.run_id IS NOT DISTINCT FROM $1::bigint
       AND s.state IS NOT DISTINCT FROM 'running'
    RETURNING s.step_id, s.customer_id, s.number_id, s.path, s.kind, s.state
), late AS (
    SELECT step_id FROM input EXCEPT SELECT step_id FROM moved
), tried AS (
    INSERT INTO wabamigrate.attempt AS a
           (step_id, epoch, run_id, phase, is_effect, intended_at, ms, http_status, outcome, note,
            fbtrace_id, request, answer, late_at, heard_at, graph_date)
    SELECT i.step_id, i.epoch, $1::bigint, i.sent_phase, i.is_effect,
           (SELECT now FROM moment) - coalesce(i.ms, 0) * interval '1 ms',
           i.ms, i.http_status, i.outcome, i.note, i.fbtrace_id, i.request::jsonb, i.answer,
           CASE WHEN i.step_id = ANY (ARRAY(SELECT step_id FROM late)) THEN (SELECT now FROM moment) END,
           wabamigrate.from_unix_ms(nullif(i.heard_ms, 0)), wabamigrate.from_unix_ms(nullif(i.date_ms, 0))
      FROM input i
     WHERE i.has_attempt
    ON CONFLICT (step_id, epoch) DO UPDATE
       SET ms = excluded.ms, http_status = excluded.http_status, outcome = excluded.outcome,
           note = excluded.note, late_at = excluded.late_at, fbtrace_id = excluded.fbtrace_id, request = excluded.request,
           answer = excluded.answer, heard_at = excluded.heard_at, graph_date = excluded.graph_date
     WHERE a.run_id = $1::bigint AND (a.outcome IS NULL OR a.outcome = 'lost')
), follows AS MATERIALIZED (
    -- What comes after the kinds that were done, once for all that were.
    SELECT d.needs, d.kind, q.subject, array_agg(d.path) AS paths
      FROM (SELECT DISTINCT kind FROM moved WHERE state = 'done') k
      JOIN wabamigrate.path_need d ON d.needs = k.kind
      JOIN wabamigrate.path_step q ON q.path = d.path AND q.kind = d.kind
     GROUP BY d.needs, d.kind, q.subject
), needed AS (
    SELECT m.customer_id, m.number_id, m.kind AS done, f.kind, f.subject, f.paths
      FROM moved m
      JOIN follows f ON f.needs = m.kind
     WHERE m.state = 'done'
), waiting AS (
    -- A number's step is waited for by its number's and by its WABA's, a WABA's by all of the customer's.
    -- Each is looked up by itself (LIMIT): whatever the plan, no other steps are read.
    SELECT t.step_id, n.done, (t.path = ANY (n.paths) AND t.state = 'pending') AS is_open
      FROM needed n
     CROSS JOIN LATERAL (SELECT s.step_id, s.path, s.state FROM wabamigrate.step s
                          WHERE s.number_id = n.number_id AND s.kind = n.kind LIMIT 1) t
     WHERE n.subject = 'number' AND n.number_id IS NOT NULL
    UNION ALL
    SELECT t.step_id, n.done, (t.path = ANY (n.paths) AND t.state = 'pending')
      FROM needed n
     CROSS JOIN LATERAL (SELECT s.step_id, s.path, s.state FROM wabamigrate.step s
                          WHERE s.customer_id = n.customer_id AND s.number_id IS NULL
                            AND s.kind = n.kind LIMIT 1) t
     WHERE n.subject = 'waba'
    UNION ALL
    SELECT t.step_id, n.done, (t.path = ANY (n.paths) AND t.state = 'pending')
      FROM needed n
      JOIN wabamigrate.number o ON o.customer_id = n.customer_id
     CROSS JOIN LATERAL (SELECT s.step_id, s.path, s.state FROM wabamigrate.step s
                          WHERE s.number_id = o.number_id AND s.kind = n.kind LIMIT 1) t
     WHERE n.subject = 'number' AND n.number_id IS NULL
), met AS (
    SELECT step_id, count(DISTINCT done)::smallint AS steps
      FROM waiting
     WHERE is_open -- a number may go another way than the rest of its customer
     GROUP BY step_id
), released AS (
    UPDATE wabamigrate.step t
       SET prereqs_left = t.prereqs_left - met.steps,
           state = CASE WHEN t.prereqs_left <= met.steps THEN 'ready' ELSE t.state END,
           not_before = (SELECT now FROM moment), moved_at = (SELECT now FROM moment)
      FROM met
     WHERE t.step_id = met.step_id AND t.state = 'pending'
), ended AS (
    -- By steps that nothing of the number's waits for: few of them, so a number's other steps are looked at once.
    SELECT array_agg(m.number_id) AS numbers
      FROM moved m
     WHERE m.state = 'done' AND m.number_id IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM follows f
                        WHERE f.needs = m.kind AND f.subject = 'number' AND m.path = ANY (f.paths))
), finished AS (
    UPDATE wabamigrate.number n SET is_done = true
     WHERE n.number_id = ANY ((SELECT numbers FROM ended)::bigint[])
       AND NOT EXISTS (SELECT 1 FROM wabamigrate.step o
                        WHERE o.number_id = n.number_id AND o.state <> 'done'
                          AND o.step_id <> ALL (ARRAY(SELECT step_id FROM moved
                                                       WHERE state = 'done')))
)
SELECT step_id, state FROM moved;
