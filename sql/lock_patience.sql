-- For this transaction: how long it waits for a lock; 0 is for ever. $1 patience in ms text
SELECT set_config('lock_timeout', $1, true);
