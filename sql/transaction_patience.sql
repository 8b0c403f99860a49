-- For the transaction that has just begun: how long the server waits for its next statement.
-- $1 patience in ms text
SELECT set_config('idle_in_transaction_session_timeout', $1, true);
