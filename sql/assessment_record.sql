-- How numbers stand: a new row where any answer changed, else only when it was seen.
-- $1 batch text; then arrays of one length: $2 number text[], $3 digest text[], $4 standing
-- text[], $5 read_at text[]
WITH input AS (
    SELECT i.*, l.assessment_id, l.digest = i.digest AS is_same
      FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])
           AS i (number, digest, standing, read_at)
      LEFT JOIN LATERAL (
          SELECT a.assessment_id, a.digest FROM wabamigrate.assessment a
           WHERE a.batch = $1 AND a.number = i.number
           ORDER BY a.assessment_id DESC LIMIT 1) l ON true
), seen AS (
    UPDATE wabamigrate.assessment a
       SET seen_at = wabamigrate.clock(), read_at = coalesce(i.read_at, a.read_at)
      FROM input i
     WHERE i.is_same AND a.assessment_id = i.assessment_id
)
INSERT INTO wabamigrate.assessment (batch, number, digest, standing, read_at)
SELECT $1, number, digest, standing, read_at
  FROM input
 WHERE is_same IS NOT TRUE;
