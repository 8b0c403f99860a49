-- Everything that opens is sealed with this key. $1 key_id text
UPDATE wabamigrate.keyring SET is_rotating = false WHERE key_id = $1;
