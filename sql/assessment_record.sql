-- How numbers stand: a new row where any answer changed, else only when it was seen. In a new row, what is
-- as it was keeps its time. A number that was never looked at has nothing to be compared with.
-- $1 batch text; then arrays of one length: $2 number text[], $3 digest text[], $4 standing text[],
-- $5 read_at text[], $6 findings text[] (jsonb; NULL where the digest is known to be the last one's)
WITH input AS MATERIALIZED (
    SELECT i.*, l.assessment_id, l.digest = i.digest AS is_same,
           CASE WHEN l.digest <> i.digest THEN l.findings END AS old, l.found_at AS old_found_at
      FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
           AS i (number, digest, standing, read_at, findings)
      LEFT JOIN LATERAL (
          SELECT a.assessment_id, a.digest, a.findings, a.found_at FROM wabamigrate.assessment a
           WHERE a.batch = $1 AND a.number = i.number
           ORDER BY a.assessment_id DESC LIMIT 1) l ON true
), seen AS (
    UPDATE wabamigrate.assessment a
       SET seen_at = wabamigrate.clock(), read_at = coalesce(i.read_at, a.read_at)
      FROM input i
     WHERE i.is_same AND a.assessment_id = i.assessment_id
       -- Said once more, for plans made while the table is empty: these rows are read and no others.
       AND a.assessment_id = ANY (ARRAY(SELECT assessment_id FROM input WHERE is_same))
)
INSERT INTO wabamigrate.assessment (batch, number, digest, standing, read_at, findings)
SELECT $1, i.number, i.digest, i.standing, i.read_at,
       CASE WHEN i.old IS NULL THEN i.findings::jsonb
            ELSE (SELECT jsonb_agg(CASE WHEN o.answer IS NULL THEN n.answer
                                        ELSE jsonb_build_object('found_at', i.old_found_at) || o.answer END
                                   ORDER BY n.place)
                    FROM jsonb_array_elements(i.findings::jsonb) WITH ORDINALITY AS n (answer, place)
                    -- The day of a confirmation is part of the answer; when something was read is not.
                    LEFT JOIN jsonb_array_elements(i.old) AS o (answer)
                      ON o.answer - '{found_at,read_at}'::text[] = n.answer - 'read_at'
                     AND (n.answer ->> 'evidence' <> 'attested'
                          OR o.answer -> 'read_at' IS NOT DISTINCT FROM n.answer -> 'read_at')) END
  FROM input i
 WHERE i.is_same IS NOT TRUE;
