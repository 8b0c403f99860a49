-- The last look at the whole book until a time, the one before it, and the first of all: what --since
-- compares with. $1 batch text, $2 until text (timestamptz; NULL: now)
WITH looks AS (
    SELECT l.at, row_number() OVER (ORDER BY l.at DESC, l.look_id DESC) AS age
      FROM wabamigrate.look l
     WHERE l.batch = $1 AND l.is_whole
       AND l.at <= coalesce($2::timestamptz, wabamigrate.clock())
)
SELECT wabamigrate.rfc3339(max(at) FILTER (WHERE age = 1)) AS at,
       max(at) FILTER (WHERE age = 1)::text AS exact,
       max(at) FILTER (WHERE age = 2)::text AS before,
       wabamigrate.rfc3339((SELECT min(f.at) FROM wabamigrate.look f
                             WHERE f.batch = $1 AND f.is_whole)) AS first
  FROM looks;
