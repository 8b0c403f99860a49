-- A block of one place's values that another key than this has sealed.
-- $1 place text, $2 key_id text, $3 only ids above bigint, $4 at most bigint
SELECT v.id, v.context, v.sealed
  FROM wabamigrate.sealed_value v
 WHERE v.place = $1 AND v.id > $3::bigint AND encode(substr(v.sealed, 1, 8), 'hex') <> $2
 ORDER BY v.id
 LIMIT $4::bigint;
