-- How the transaction of one captured signup goes: by plans that hang on no parameter, so that they are
-- made once; and without waiting at its end, where capture_flush.sql does that once for all of them. For
-- this transaction only: another client may have the next one of a pooler's connection.
--
-- Two captures of one WABA go one after the other, or both would find that it is nobody's.
-- $1 is not waited for boolean, $2 waba_id text
SELECT set_config('plan_cache_mode', 'force_generic_plan', true),
       set_config('synchronous_commit',
                  CASE WHEN $1::boolean THEN 'off' ELSE current_setting('synchronous_commit') END, true),
       pg_advisory_xact_lock(hashtext('wabamigrate destination'), hashtext($2));
