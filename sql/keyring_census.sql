-- How many values each key seals, place by place; key_id is NULL for a key that is not in the file, and
-- for what an earlier release sealed without naming its key. $1 key ids of the file text[]
SELECT place, nullif(key_id, '') AS key_id, count(*) AS secrets
  FROM (SELECT v.place, CASE WHEN h.id = ANY ($1::text[]) THEN h.id ELSE '' END AS key_id
          FROM wabamigrate.sealed_value v,
               LATERAL (SELECT encode(substr(v.sealed, 1, 8), 'hex') AS id) h) known
 GROUP BY place, key_id
 ORDER BY place, key_id;
