-- Moves this session to another day (tests only). $1 seconds text
SELECT set_config('wabamigrate.clock_offset', $1, false);
