-- Every change of every rule's answer for one number, as it was made. An answer of Graph's that has not
-- changed was last read when the number was.
-- $1 batch text, $2 number text
SELECT f.number, f.rule, f.verdict, f.evidence, f.field, f.value,
       CASE WHEN f.age = 1 AND f.evidence = 'api'
            THEN greatest(f.read_at, (SELECT a.read_at FROM wabamigrate.assessment a
                                       WHERE a.batch = $1 AND a.number = $2
                                       ORDER BY a.assessment_id DESC LIMIT 1))
            ELSE f.read_at END AS read_at,
       f.owner, f.remedy, f.is_fixable, f.is_blocking, f.attested_by,
       wabamigrate.rfc3339(f.found_at) AS found_at, f.age > 1 AS is_past
  FROM (SELECT l.*, row_number() OVER (PARTITION BY l.rule ORDER BY l.finding_id DESC) AS age
          FROM wabamigrate.finding l
         WHERE l.batch = $1 AND l.number = $2) f
 ORDER BY f.finding_id;
