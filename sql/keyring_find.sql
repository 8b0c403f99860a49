-- Which key seals this database's secrets; NULL before the first secret of a new database, and
-- has_secrets then tells an older release's database from a new one. With a key it is not asked: finding
-- none takes a walk through the whole book.
SELECT k.key_id, k.digest_key_sealed, k.is_rotating, k.rotated_at > wabamigrate.clock() - interval '1 minute' AS is_fresh,
       k.key_id IS NULL AND EXISTS (SELECT FROM wabamigrate.sealed_value) AS has_secrets
  FROM (SELECT) one LEFT JOIN wabamigrate.keyring k ON true;
