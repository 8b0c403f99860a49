-- The latest finding of every rule, by number; or, for one number, every change of every rule's answer.
-- An answer of Graph's that has not changed was last read when the number was.
-- $1 batch text, $2 number text (NULL: all numbers, latest only)
SELECT l.number, l.rule, l.verdict, l.evidence, l.field, l.value,
       CASE WHEN l.age = 1 AND l.evidence = 'api' THEN greatest(l.read_at, a.read_at)
            ELSE l.read_at END AS read_at,
       l.owner, l.remedy, l.is_fixable, l.is_blocking, l.attested_by,
       wabamigrate.rfc3339(l.found_at) AS found_at, l.age > 1 AS is_past
  FROM (SELECT f.*, row_number() OVER (PARTITION BY number, rule ORDER BY finding_id DESC) AS age
          FROM wabamigrate.finding f
         WHERE f.batch = $1 AND ($2::text IS NULL OR f.number = $2)) l
  LEFT JOIN (SELECT DISTINCT ON (number) number, read_at
               FROM wabamigrate.assessment
              WHERE batch = $1 AND ($2::text IS NULL OR number = $2)
              ORDER BY number, assessment_id DESC) a ON a.number = l.number
 WHERE l.age = 1 OR $2::text IS NOT NULL
 ORDER BY l.number COLLATE "C", l.finding_id;
