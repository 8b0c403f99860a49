-- The latest digests of these numbers. $1 batch text, $2 numbers text[]
SELECT DISTINCT ON (a.number COLLATE "C") a.number, a.digest
  FROM wabamigrate.assessment a
 WHERE a.batch = $1 AND a.number = ANY ($2::text[])
 ORDER BY a.number COLLATE "C", a.assessment_id DESC;
