-- From here on this key seals. $1 key_id text
UPDATE wabamigrate.keyring SET key_id = $1, rotated_at = wabamigrate.clock(), is_rotating = true
 WHERE key_id <> $1;
