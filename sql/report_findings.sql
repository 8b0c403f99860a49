-- The latest answer of every rule, by number. An answer of Graph's that has not changed was last read when
-- the number was. $1 batch text
SELECT a.number, f.answer ->> 'rule' AS rule, f.answer ->> 'verdict' AS verdict,
       f.answer ->> 'evidence' AS evidence, f.answer ->> 'field' AS field, f.answer -> 'value' AS value,
       CASE WHEN f.answer ->> 'evidence' = 'api' THEN greatest(f.answer ->> 'read_at', a.read_at)
            ELSE f.answer ->> 'read_at' END AS read_at,
       f.answer ->> 'owner' AS owner, f.answer ->> 'remedy' AS remedy,
       f.answer ? 'is_fixable' AS is_fixable, f.answer ? 'is_blocking' AS is_blocking,
       f.answer ->> 'attested_by' AS attested_by
  FROM (SELECT DISTINCT ON (l.number COLLATE "C") l.number, l.read_at, l.findings
          FROM wabamigrate.assessment l
         WHERE l.batch = $1
         ORDER BY l.number COLLATE "C", l.assessment_id DESC) a
 CROSS JOIN LATERAL jsonb_array_elements(a.findings) WITH ORDINALITY AS f (answer, place)
 ORDER BY a.number COLLATE "C", f.place;
