-- Waits until everything this connection has committed is kept, what it committed with
-- synchronous_commit = off too. Only a transaction that writes something waits: so this one does.
SELECT pg_logical_emit_message(true, 'wabamigrate', '');
