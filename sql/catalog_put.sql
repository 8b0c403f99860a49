-- Writes the program's own tables of paths and phases, so that the statements know the steps.
-- $1 path steps jsonb, $2 needs jsonb, $3 phases jsonb, $4 quotas jsonb
WITH moved AS (
    -- A step stands where it stood on its path when it was made; the path of a later program is longer.
    SELECT k.path, k.kind, k.ordinal, k.urgency
      FROM jsonb_populate_recordset(NULL::wabamigrate.path_step, $1::jsonb) k
      JOIN wabamigrate.path_step p ON p.path = k.path AND p.kind = k.kind
     WHERE (p.ordinal, p.urgency) <> (k.ordinal, k.urgency)
), moved_step AS (
    UPDATE wabamigrate.step s SET ordinal = m.ordinal, urgency = m.urgency
      FROM moved m
     WHERE s.path = m.path AND s.kind = m.kind
), put_step AS (
    INSERT INTO wabamigrate.path_step
    SELECT * FROM jsonb_populate_recordset(NULL::wabamigrate.path_step, $1::jsonb)
    ON CONFLICT (path, kind) DO UPDATE
       SET ordinal = excluded.ordinal, subject = excluded.subject, urgency = excluded.urgency,
           first_phase = excluded.first_phase, refreshes = excluded.refreshes,
           is_assessed = excluded.is_assessed, renewed_by = excluded.renewed_by,
           takes_code = excluded.takes_code, gather_ms = excluded.gather_ms,
           only_with = excluded.only_with, is_audited = excluded.is_audited
), put_quota AS (
    INSERT INTO wabamigrate.quota
    SELECT * FROM jsonb_populate_recordset(NULL::wabamigrate.quota, $4::jsonb)
    ON CONFLICT (scope) DO UPDATE
       SET calls = excluded.calls, calls_at_first = excluded.calls_at_first,
           minutes = excluded.minutes, spare_permille = excluded.spare_permille
), put_need AS (
    INSERT INTO wabamigrate.path_need
    SELECT * FROM jsonb_populate_recordset(NULL::wabamigrate.path_need, $2::jsonb)
    ON CONFLICT DO NOTHING
), drop_need AS (
    DELETE FROM wabamigrate.path_need n
     WHERE NOT EXISTS (SELECT 1
                         FROM jsonb_populate_recordset(NULL::wabamigrate.path_need, $2::jsonb) k
                        WHERE (k.path, k.kind, k.needs) = (n.path, n.kind, n.needs))
)
INSERT INTO wabamigrate.job_phase
SELECT * FROM jsonb_populate_recordset(NULL::wabamigrate.job_phase, $3::jsonb)
ON CONFLICT (kind, phase) DO UPDATE
   SET is_effect = excluded.is_effect, in_doubt = excluded.in_doubt,
       is_registration = excluded.is_registration, budget = excluded.budget,
       lane = excluded.lane, is_shared = excluded.is_shared, calls_max = excluded.calls_max;
