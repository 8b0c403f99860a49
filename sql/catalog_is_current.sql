-- Whether the program's own tables of paths and phases stand in the database as this program has them.
-- $1 path steps jsonb, $2 needs jsonb, $3 phases jsonb, $4 quotas jsonb
WITH step AS (SELECT * FROM jsonb_populate_recordset(NULL::wabamigrate.path_step, $1::jsonb)),
     need AS (SELECT * FROM jsonb_populate_recordset(NULL::wabamigrate.path_need, $2::jsonb)),
     phase AS (SELECT * FROM jsonb_populate_recordset(NULL::wabamigrate.job_phase, $3::jsonb)),
     quota AS (SELECT * FROM jsonb_populate_recordset(NULL::wabamigrate.quota, $4::jsonb))
SELECT NOT EXISTS (TABLE step EXCEPT TABLE wabamigrate.path_step)
       AND NOT EXISTS (TABLE need EXCEPT TABLE wabamigrate.path_need)
       AND NOT EXISTS (TABLE wabamigrate.path_need EXCEPT TABLE need)
       AND NOT EXISTS (TABLE phase EXCEPT TABLE wabamigrate.job_phase)
       AND NOT EXISTS (TABLE quota EXCEPT TABLE wabamigrate.quota) AS is_current;
