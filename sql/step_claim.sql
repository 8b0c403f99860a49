-- Takes the next steps that may be worked on now, and records the intent of each that is an effect, in
-- the same statement: what this returns may be sent once it is committed.
-- $1 run_id bigint, $2 batch_id bigint, $3 how many bigint, $4 only text[] (customers or numbers; NULL:
-- all), $5 highest number_id bigint (NULL: all), $6 how long the step may take, in ms bigint; of
-- registrations: $7 how many of a number may count at a time bigint, $8 for how many ms each does bigint,
-- $9 why it waits where it may not spend one text[] (by how many are spent; the last: Meta has blocked it);
-- where it begins to read (claim_marks.h; NULL: at the start), an entry a place, by urgency, then turn, then 32
-- ordinals: $10 not_before timestamptz[], $11 step_id bigint[]; $12 of what sends nothing only boolean
--
-- A run that another one has ended claims nothing.
--
-- A step that would spend a registration is taken with a row of the ledger or not at all. Where the
-- number may not spend one it is put off until it may, and comes back with is_held. Where another worker
-- takes the same place of the ledger at this instant, it stays as it is: the next claim looks again.
--
-- The calls of what is taken are reserved in the budgets they use (budget_take). What those do not let
-- through stays ready, its budget is parked, and one step of each comes back with is_parked: whoever asked
-- may ask again at once, for others.
--
-- What is held back is gathered into arrays first, and each place (urgency, turn, ordinal) is read from the
-- index in order and up to now: the reading ends at the limit, and what is due later, however much that
-- is, is not looked at. The order is that of turn.h. A join for each would have all ready steps read and sorted.
WITH moment AS MATERIALIZED (
    SELECT wabamigrate.clock() AS now
), book AS MATERIALIZED (
    SELECT waba_currency, code_method, language, data_localization_region, business_profile
      FROM wabamigrate.batch
     WHERE batch_id = $2::bigint
), place AS (
    SELECT u.urgency::smallint, t.turn::smallint, o.ordinal::smallint,
           coalesce(($10::timestamptz[])[i.entry], '-infinity') AS not_before,
           coalesce(($11::bigint[])[i.entry], 0) AS step_id
      FROM generate_series(0, 1) u (urgency)
     CROSS JOIN generate_series(0, 3) t (turn)
     CROSS JOIN generate_series(0, (SELECT max(ordinal) FROM wabamigrate.path_step)) o (ordinal)
     CROSS JOIN LATERAL (SELECT (u.urgency * 4 + t.turn) * 32 + o.ordinal + 1 AS entry) i
     WHERE $12::boolean IS NOT TRUE
        OR EXISTS (SELECT 1 FROM wabamigrate.path_step q
                     JOIN wabamigrate.job_phase f ON f.kind = q.kind AND f.phase = q.first_phase
                    WHERE q.ordinal = o.ordinal AND f.calls_max = 0)
), closed AS (
    -- Customers that nothing is claimed of.
    SELECT c.customer_id FROM wabamigrate.customer c
     WHERE c.batch_id = $2::bigint AND c.is_paused
), parked_budget AS (
    -- What asks a WABA, or the credit line, whose quota is used up: customer and lane as one figure.
    SELECT g.customer_id * 4 + g.lane AS place FROM wabamigrate.parked_lane g
), picked AS MATERIALIZED (
    SELECT s.*
      FROM (SELECT * FROM place ORDER BY urgency, turn, ordinal DESC) p
     CROSS JOIN LATERAL (
    SELECT o.step_id, o.epoch, o.kind, o.phase, s.number_id, s.customer_id, s.lane, s.urgency, s.turn, s.ordinal,
           s.not_before, o.memo, o.is_in_doubt
      FROM wabamigrate.open_step s
      JOIN wabamigrate.step o ON o.step_id = s.step_id
       -- The step is what is locked, and looked at again where somebody else had it locked.
       AND o.state = 'ready' AND o.not_before <= (SELECT now FROM moment)
     WHERE s.batch_id = $2::bigint AND s.state = 'ready' AND s.not_before <= (SELECT now FROM moment)
       AND s.urgency = p.urgency AND s.turn = p.turn AND s.ordinal = p.ordinal
       AND (s.not_before, s.step_id) > (p.not_before, p.step_id)
       AND ($12::boolean IS NOT TRUE
            OR EXISTS (SELECT 1 FROM wabamigrate.job_phase f
                        WHERE f.kind = o.kind AND f.phase = o.phase AND f.calls_max = 0))
       AND (EXISTS (SELECT 1 FROM wabamigrate.batch b
                     WHERE b.batch_id = $2::bigint AND b.state = 'open')
            OR s.is_in_doubt AND EXISTS (SELECT 1 FROM wabamigrate.batch b
                                          WHERE b.batch_id = $2::bigint AND b.state = 'cancelled'))
       AND EXISTS (SELECT 1 FROM wabamigrate.run r
                    WHERE r.run_id = $1::bigint AND r.ended_at IS NULL)
       AND NOT EXISTS (SELECT 1 FROM wabamigrate.budget g
                         JOIN wabamigrate.batch b ON b.app_id = g.subject
                        WHERE b.batch_id = $2::bigint AND g.scope = 'app'
                          AND g.parked_until > (SELECT now FROM moment))
       AND s.customer_id <> ALL (ARRAY(SELECT customer_id FROM closed))
       AND s.customer_id * 4 + s.lane <> ALL (ARRAY(SELECT place FROM parked_budget))
       AND (s.lane <> 3
            OR NOT EXISTS (SELECT 1 FROM wabamigrate.budget g
                             JOIN wabamigrate.batch b ON b.app_id = g.subject
                            WHERE b.batch_id = $2::bigint AND g.scope = 'credit_line'
                              AND g.parked_until > (SELECT now FROM moment)))
       AND (s.number_id IS NULL
            OR s.number_id <> ALL (ARRAY(SELECT n.number_id FROM wabamigrate.number n
                                          WHERE n.batch_id = $2::bigint AND n.is_paused)))
       -- What is cancelled ends here, but for a doubt: that is still looked into.
       AND (s.is_in_doubt
            OR s.number_id <> ALL (ARRAY(SELECT n.number_id FROM wabamigrate.number n
                                          WHERE n.batch_id = $2::bigint
                                            AND n.cancelled_at IS NOT NULL))
            OR s.number_id IS NULL
               AND s.customer_id <> ALL (ARRAY(
                       SELECT n.customer_id FROM wabamigrate.number n
                        WHERE n.batch_id = $2::bigint AND n.cancelled_at IS NOT NULL
                          AND NOT EXISTS (SELECT 1 FROM wabamigrate.number o
                                           WHERE o.customer_id = n.customer_id
                                             AND o.cancelled_at IS NULL))))
       AND ($4::text[] IS NULL
            OR s.customer_id = ANY (ARRAY(SELECT c.customer_id FROM wabamigrate.customer c
                                           WHERE c.batch_id = $2::bigint AND c.key = ANY ($4::text[])))
            OR s.number_id = ANY (ARRAY(SELECT n.number_id FROM wabamigrate.number n
                                         WHERE n.batch_id = $2::bigint AND n.number = ANY ($4::text[])))
            OR s.number_id IS NULL
               AND s.customer_id = ANY (ARRAY(SELECT n.customer_id FROM wabamigrate.number n
                                               WHERE n.batch_id = $2::bigint
                                                 AND n.number = ANY ($4::text[]))))
       AND ($5::bigint IS NULL OR s.number_id <= $5::bigint
            OR s.number_id IS NULL
               AND s.customer_id = ANY (ARRAY(SELECT n.customer_id FROM wabamigrate.number n
                                               WHERE n.batch_id = $2::bigint
                                                 AND n.number_id <= $5::bigint)))
     ORDER BY s.not_before, s.step_id
     LIMIT $3::bigint
       FOR UPDATE OF o SKIP LOCKED) s
     LIMIT $3::bigint
), last AS (
    SELECT k.* FROM picked k ORDER BY k.urgency DESC, k.turn DESC, k.ordinal, k.not_before DESC, k.step_id DESC LIMIT 1
), riding AS MATERIALIZED (
    -- Where the limit has cut through steps that share a read, the others come too: else they would ask
    -- the same again. They take nobody's room: one request serves all.
    SELECT o.step_id, o.epoch, o.kind, o.phase, o.number_id, o.customer_id, o.lane, o.urgency, o.turn, o.ordinal,
           o.not_before, o.memo, o.is_in_doubt
      FROM last l
      JOIN wabamigrate.job_phase p ON p.kind = l.kind AND p.phase = l.phase AND p.is_shared
      JOIN wabamigrate.number n ON n.batch_id = $2::bigint AND n.customer_id = l.customer_id
       AND NOT n.is_done AND NOT n.is_paused AND n.cancelled_at IS NULL
      JOIN wabamigrate.step o ON o.number_id = n.number_id AND o.kind = l.kind
       AND o.phase = l.phase AND o.state = 'ready' AND o.not_before <= (SELECT now FROM moment)
       AND o.memo IS NOT DISTINCT FROM l.memo AND o.is_in_doubt = l.is_in_doubt
     WHERE (SELECT count(*) FROM picked) = $3::bigint AND $4::text[] IS NULL AND $5::bigint IS NULL
       AND EXISTS (SELECT 1 FROM wabamigrate.batch b WHERE b.batch_id = $2::bigint AND b.state = 'open')
       AND o.step_id <> ALL (ARRAY(SELECT step_id FROM picked))
     LIMIT 100
       FOR UPDATE OF o SKIP LOCKED
), judged AS MATERIALIZED (
    -- What each would spend of its number's registrations; free_at: when it may, where it may not now.
    SELECT k.*, p.is_shared, p.calls_max, p.is_registration, l.number, l.registrations, l.free_place,
           l.blocked_until, greatest(l.count_until[$7::bigint], l.blocked_until) AS free_at
      FROM (SELECT * FROM picked UNION ALL SELECT * FROM riding) k
      JOIN wabamigrate.job_phase p ON p.kind = k.kind AND p.phase = k.phase
      LEFT JOIN LATERAL (SELECT n.number, r.*
                           FROM wabamigrate.number n
                          CROSS JOIN LATERAL wabamigrate.registrations_of(n.number) r
                          -- In the key: a condition beside it would be asked of what was looked up.
                          WHERE n.number_id = CASE WHEN p.is_registration THEN k.number_id END) l ON true
), numbered AS (
    SELECT n.*, min(n.place) OVER (PARTITION BY n.customer_id, n.kind, n.phase, n.memo, n.is_in_doubt) AS first_place
      FROM (
    SELECT k.*, row_number() OVER (ORDER BY k.urgency, k.turn, k.ordinal DESC, k.not_before, k.step_id) AS place
      FROM judged k
     WHERE k.free_at IS NULL) n
), asked AS (
    -- Steps that share a read are one call, that of the first; the others go with it or not at all.
    SELECT k.step_id, k.epoch, k.place, k.is_registration, k.number, k.free_place, l.leader,
           CASE k.lane WHEN 1 THEN 'waba' WHEN 2 THEN 'waba' WHEN 3 THEN 'credit_line' END AS scope,
           CASE k.lane WHEN 1 THEN c.source_waba_id
                       WHEN 2 THEN c.destination_waba_id
                       WHEN 3 THEN b.app_id END AS subject,
           CASE WHEN k.lane = 2 AND c.destination_waba_id IS NULL THEN 0 -- nothing to ask yet
                WHEN l.leader < k.place THEN 0
                WHEN k.calls_max <= 1 THEN k.calls_max
                ELSE least(k.calls_max,
                           greatest(1, (SELECT count(o.source_phone_number_id)
                                          FROM wabamigrate.number o
                                         WHERE o.customer_id = k.customer_id))) END::integer AS calls
      FROM numbered k
      JOIN wabamigrate.customer c ON c.customer_id = k.customer_id
      JOIN wabamigrate.batch b ON b.batch_id = c.batch_id
     CROSS JOIN LATERAL (SELECT CASE WHEN k.is_shared THEN k.first_place ELSE k.place END AS leader) l
), granted AS MATERIALIZED (
    SELECT wabamigrate.budget_take(b.app_id, a.scopes, a.subjects, a.costs) AS places
      FROM (SELECT array_agg(scope ORDER BY place) AS scopes,
                   array_agg(subject ORDER BY place) AS subjects,
                   array_agg(calls ORDER BY place) AS costs
              FROM asked) a
      JOIN wabamigrate.batch b ON b.batch_id = $2::bigint
     WHERE a.costs IS NOT NULL
), allowed AS (
    SELECT a.step_id, a.epoch, a.calls, a.is_registration, a.number, a.free_place
      FROM asked a JOIN granted g ON g.places[a.leader]
), parked AS (
    SELECT DISTINCT ON (a.scope, a.subject) a.step_id, a.scope, a.subject
      FROM asked a JOIN granted g ON NOT g.places[a.leader]
     ORDER BY a.scope, a.subject, a.place
), spent AS (
    INSERT INTO wabamigrate.registration AS r
           (number, place, spent_at, counts_until, step_id, epoch)
    SELECT number, free_place, (SELECT now FROM moment),
           (SELECT now FROM moment) + $8::bigint * interval '1 ms', step_id, epoch + 1
      FROM allowed
     WHERE is_registration
     ORDER BY number -- so that no two workers wait for each other
    ON CONFLICT (number, place) DO UPDATE
       SET spent_at = excluded.spent_at, counts_until = excluded.counts_until,
           step_id = excluded.step_id, epoch = excluded.epoch
     WHERE r.counts_until <= excluded.spent_at
    RETURNING step_id
), held AS (
    UPDATE wabamigrate.step s
       SET not_before = g.free_at, waiting_for = 'registrations', moved_at = (SELECT now FROM moment),
           note = ($9::text[])[CASE WHEN g.blocked_until IS NOT NULL THEN cardinality($9::text[])
                                    ELSE least(g.registrations, cardinality($9::text[]) - 1) END]
      FROM judged g
     WHERE s.step_id = g.step_id AND g.free_at IS NOT NULL
    RETURNING s.*
), taken AS (
    UPDATE wabamigrate.step s
       SET state = 'running', epoch = s.epoch + 1, run_id = $1::bigint, waiting_for = NULL,
           moved_at = (SELECT now FROM moment),
           deadline = (SELECT now FROM moment) + $6::bigint * interval '1 ms',
           intended_at = CASE WHEN p.is_effect THEN (SELECT now FROM moment) ELSE s.intended_at END
      FROM allowed a, wabamigrate.job_phase p
     WHERE s.step_id = a.step_id AND p.kind = s.kind AND p.phase = s.phase
       AND (NOT a.is_registration OR a.step_id = ANY (ARRAY(SELECT step_id FROM spent)))
    RETURNING s.*, p.is_effect, a.calls
), intents AS (
    INSERT INTO wabamigrate.attempt (step_id, epoch, run_id, phase, is_effect, intended_at)
    SELECT step_id, epoch, $1::bigint, phase, true, (SELECT now FROM moment) FROM taken WHERE is_effect
), reopened AS (
    UPDATE wabamigrate.number n SET is_done = false
     WHERE n.number_id = ANY (ARRAY(SELECT number_id FROM taken)) AND n.is_done
)
SELECT t.step_id, t.epoch, t.kind, t.phase, t.memo, t.tries, t.is_in_doubt,
       t.calls, t.is_parked, t.parked_scope, t.parked_subject,
       t.urgency, t.turn, t.ordinal, t.not_before, (SELECT now FROM moment) AS claimed_at,
       t.step_id = ANY (ARRAY(SELECT step_id FROM riding)) AS is_riding,
       t.is_held, CASE WHEN t.is_held THEN wabamigrate.rfc3339(t.not_before) END AS held_until,
       CASE WHEN t.is_held THEN t.note END AS held_why,
       wabamigrate.unix_ms(t.intended_at) AS intended_at_ms,
       c.customer_id, c.key AS customer, c.business_id, c.source_waba_id, c.destination_waba_id,
       c.token_ref, c.source_token_ref, c.webhook_override_callback_uri, c.webhook_verify_token_ref,
       c.allocation_config_id, c.business_token_sealed, c.signup_code_sealed,
       coalesce(n.waba_currency, c.waba_currency, b.waba_currency) AS waba_currency,
       n.number_id, n.number, n.country_code, n.national, n.phone_number_id,
       n.source_phone_number_id, n.pin_sealed,
       coalesce(n.code_method, c.code_method, b.code_method) AS code_method,
       coalesce(n.language, c.language, b.language) AS language,
       CASE WHEN q.takes_code THEN n.verification_code_sealed END AS verification_code_sealed,
       n.verified_at IS NOT NULL AS is_verified, q.renewed_by IS NOT NULL AS can_verify,
       coalesce(n.data_localization_region, c.data_localization_region, b.data_localization_region)
           AS data_localization_region,
       CASE WHEN q.is_assessed THEN c.source_node WHEN q.is_audited THEN c.before END AS source_waba,
       CASE WHEN q.is_assessed THEN c.destination_node END AS destination_waba,
       CASE WHEN q.is_assessed THEN n.source_node WHEN q.is_audited THEN n.before END
           AS source_number,
       CASE WHEN q.is_assessed THEN n.destination_node END AS destination_number,
       CASE WHEN q.is_audited AND coalesce(c.business_profile, b.business_profile) = 'keep'
            THEN n.before -> 'whatsapp_business_profile' END AS kept_profile,
       CASE WHEN q.is_assessed THEN c.attest END AS attest,
       CASE WHEN q.is_assessed THEN wabamigrate.rfc3339(c.source_read_at) END AS source_read_at,
       CASE WHEN q.is_assessed THEN wabamigrate.rfc3339(c.destination_read_at) END
           AS destination_read_at,
       -- What a step of a WABA that has never been taken up may build on.
       CASE WHEN t.number_id IS NULL AND t.epoch = 1 AND q.refreshes IS NULL
                 AND wabamigrate.is_fresh(c.destination_read_at)
            THEN c.destination_node END AS fresh_destination,
       -- What is known of the WABA's templates: for steps that are about them alone.
       CASE WHEN q.only_with IN ('templates', 'templates_before')
            THEN wabamigrate.template_facts(t.customer_id) END AS templates,
       wabamigrate.unix_ms((SELECT now FROM moment)) AS now_ms,
       t.path,
       CASE WHEN q.is_assessed THEN wabamigrate.rfc3339((SELECT now FROM moment)) END AS now,
       CASE WHEN q.is_assessed THEN l.registrations END AS registrations,
       wabamigrate.rfc3339(l.blocked_until) AS blocked_until,
       -- Steps that refresh a verdict read: where the WABA is closed to them, by number.
       CASE WHEN q.refreshes IS NOT NULL
            THEN (SELECT string_agg(o.source_phone_number_id, ',' ORDER BY o.number_id)
                    FROM wabamigrate.number o WHERE o.customer_id = t.customer_id)
       END AS source_phone_number_ids
  FROM (SELECT *, false AS is_held, false AS is_parked, NULL AS parked_scope, NULL AS parked_subject
          FROM taken
        UNION ALL
        SELECT *, true, 0, true, false, NULL, NULL FROM held
        UNION ALL
        SELECT s.*, true, 0, false, true, p.scope, p.subject
          FROM parked p JOIN wabamigrate.step s USING (step_id)) t
  JOIN book b ON true
  JOIN wabamigrate.customer c ON c.customer_id = t.customer_id
  JOIN wabamigrate.path_step q ON q.path = t.path AND q.kind = t.kind
  LEFT JOIN wabamigrate.number n ON n.number_id = t.number_id
  LEFT JOIN LATERAL wabamigrate.registrations_of(CASE WHEN q.is_assessed THEN n.number END) l ON true
 ORDER BY t.urgency, t.turn, t.ordinal DESC, t.not_before, t.step_id;
