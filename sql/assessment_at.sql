-- How numbers stood at a time, and whether the look of that time still had them.
-- $1 batch text, $2 at text (timestamptz), $3 the look before it text (timestamptz; NULL: none)
SELECT DISTINCT ON (a.number COLLATE "C") a.number, a.standing,
       $3::text IS NULL OR a.seen_at > $3::timestamptz AS was_in_it
  FROM wabamigrate.assessment a
 WHERE a.batch = $1 AND a.found_at <= $2::timestamptz
 ORDER BY a.number COLLATE "C", a.assessment_id DESC;
