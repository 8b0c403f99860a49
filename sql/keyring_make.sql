-- The first use of a key. Of two programs at once one comes first, and both use what it left.
-- $1 key_id text, $2 digest key sealed text (bytea)
INSERT INTO wabamigrate.keyring (key_id, digest_key_sealed) VALUES ($1, $2::bytea)
ON CONFLICT DO NOTHING;
