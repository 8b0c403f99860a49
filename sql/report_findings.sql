-- The latest finding of every rule, by number; or, for one number, every change of every rule's answer.
-- $1 batch text, $2 number text (NULL: all numbers, latest only)
SELECT number, rule, verdict, evidence, field, value, read_at, owner, remedy, is_fixable,
       is_blocking, attested_by, wabamigrate.rfc3339(found_at) AS found_at, age > 1 AS is_past
  FROM (SELECT f.*, row_number() OVER (PARTITION BY number, rule ORDER BY finding_id DESC) AS age
          FROM wabamigrate.finding f
         WHERE f.batch = $1 AND ($2::text IS NULL OR f.number = $2)) l
 WHERE age = 1 OR $2::text IS NOT NULL
 ORDER BY number, finding_id;
