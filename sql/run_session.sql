-- Once for each connection of a run: its name, by which another run can end it (run_cut.sql), and how
-- long it waits for a lock. $1 run_id text, $2 lock time-out in ms text
SELECT set_config('application_name',
                  left(current_setting('application_name'), 30) || ' run ' || $1, false),
       set_config('lock_timeout', $2, false);
