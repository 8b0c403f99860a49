-- Findings of numbers: a new row where the answer differs from the last one, else only when it was
-- seen. $1 batch text; then arrays of one length: $2 number, $3 rule, $4 verdict, $5 evidence, $6 field,
-- $7 value (jsonb), $8 owner, $9 remedy, $10 waits_for, all text[]; $11 is_blocking, $12 is_fixable
-- boolean[]; $13 read_at text[], $14 attested_by text[]
WITH input AS (
    SELECT *
      FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                  $9::text[], $10::text[], $11::boolean[], $12::boolean[], $13::text[],
                  $14::text[])
           AS i (number, rule, verdict, evidence, field, value, owner, remedy, waits_for, is_blocking,
                 is_fixable, read_at, attested_by)
), known AS (
    SELECT i.*, l.finding_id,
           l.finding_id IS NOT NULL AND l.verdict = i.verdict AND l.evidence = i.evidence
           AND l.value IS NOT DISTINCT FROM i.value::jsonb AND l.is_blocking = i.is_blocking AS is_same
      FROM input i
      LEFT JOIN LATERAL (
          SELECT f.* FROM wabamigrate.finding f
           WHERE f.batch = $1 AND f.number = i.number AND f.rule = i.rule
           ORDER BY f.finding_id DESC LIMIT 1) l ON true
), seen AS (
    UPDATE wabamigrate.finding f
       SET seen_at = wabamigrate.clock(), read_at = k.read_at, owner = k.owner, remedy = k.remedy,
           attested_by = k.attested_by
      FROM known k WHERE k.is_same AND f.finding_id = k.finding_id
)
INSERT INTO wabamigrate.finding (batch, number, rule, verdict, evidence, field, value, owner, remedy,
                                 waits_for, is_blocking, is_fixable, read_at, attested_by)
SELECT $1, number, rule, verdict, evidence, field, value::jsonb, owner, remedy, waits_for,
       is_blocking, is_fixable, read_at, attested_by
  FROM known WHERE NOT is_same;
