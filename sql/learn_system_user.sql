-- $1 batch_id bigint, $2 system_user_id text
UPDATE wabamigrate.batch SET system_user_id = $2 WHERE batch_id = $1::bigint;
