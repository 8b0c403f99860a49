-- How numbers stood at a time. $1 batch text, $2 at text (timestamptz; NULL: now)
SELECT DISTINCT ON (a.number COLLATE "C") a.number, a.is_eligible, a.digest
  FROM wabamigrate.assessment a
 WHERE a.batch = $1 AND ($2::text IS NULL OR a.found_at <= $2::timestamptz)
 ORDER BY a.number COLLATE "C", a.assessment_id DESC;
