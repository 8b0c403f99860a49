-- The last look at the whole book until a time, and the first of all: what --since compares with.
-- $1 batch text, $2 until text (timestamptz; NULL: now)
SELECT wabamigrate.rfc3339(max(l.at) FILTER (WHERE l.at <= coalesce($2::timestamptz, wabamigrate.clock()))) AS at,
       max(l.at) FILTER (WHERE l.at <= coalesce($2::timestamptz, wabamigrate.clock()))::text AS exact,
       wabamigrate.rfc3339(min(l.at)) AS first
  FROM wabamigrate.look l
 WHERE l.batch = $1 AND l.is_whole;
