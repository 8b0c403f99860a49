-- Once for each connection of a run: its name, by which another run can end it (run_cut.sql), how long it
-- waits for a lock, and how its statements are planned: once, since the same ones leave all the time, and
-- without compiling them, which pays for no statement that takes milliseconds.
-- $1 run_id text, $2 lock time-out in ms text
SELECT set_config('application_name',
                  left(current_setting('application_name'), 30) || ' run ' || $1, false),
       set_config('lock_timeout', $2, false), set_config('plan_cache_mode', 'force_generic_plan', false),
       set_config('jit', 'off', false);
