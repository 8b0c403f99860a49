-- Findings of numbers: a new row where the answer differs from the last one.
-- $1 batch text; then arrays of one length: $2 number, $3 rule, $4 verdict, $5 evidence, $6 field,
-- $7 value (jsonb), $8 owner, $9 remedy, $10 waits_for, all text[]; $11 is_blocking, $12 is_fixable
-- boolean[]; $13 read_at text[], $14 attested_by text[]
WITH input AS MATERIALIZED (
    SELECT *
      FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                  $9::text[], $10::text[], $11::boolean[], $12::boolean[], $13::text[],
                  $14::text[])
           AS i (number, rule, verdict, evidence, field, value, owner, remedy, waits_for, is_blocking,
                 is_fixable, read_at, attested_by)
), known AS (
    -- Of a number that was never looked at there is no last answer to any rule to look for. Asked number
    -- by number: what else the book has is not read.
    SELECT i.number
      FROM (SELECT DISTINCT number FROM input) i
     CROSS JOIN LATERAL (SELECT FROM wabamigrate.finding f
                          WHERE f.batch = $1 AND f.number = i.number LIMIT 1) f
)
INSERT INTO wabamigrate.finding (batch, number, rule, verdict, evidence, field, value, owner, remedy,
                                 waits_for, is_blocking, is_fixable, read_at, attested_by)
SELECT $1, i.number, i.rule, i.verdict, i.evidence, i.field, i.value::jsonb, i.owner, i.remedy,
       i.waits_for, i.is_blocking, i.is_fixable, i.read_at, i.attested_by
  FROM input i
  LEFT JOIN LATERAL (
      SELECT f.* FROM wabamigrate.finding f
       WHERE f.batch = $1 AND f.number = i.number AND f.rule = i.rule
         AND i.number = ANY (ARRAY(SELECT number FROM known))
       ORDER BY f.finding_id DESC LIMIT 1) l ON true
 WHERE l.finding_id IS NULL OR l.verdict <> i.verdict OR l.evidence <> i.evidence
    OR l.value IS DISTINCT FROM i.value::jsonb OR l.is_blocking <> i.is_blocking
    OR l.field IS DISTINCT FROM i.field OR l.owner IS DISTINCT FROM i.owner
    OR l.remedy IS DISTINCT FROM i.remedy OR l.waits_for IS DISTINCT FROM i.waits_for
    OR l.attested_by IS DISTINCT FROM i.attested_by
    -- The day of a confirmation is part of the answer; when something was read is not.
    OR i.evidence = 'attested' AND l.read_at IS DISTINCT FROM i.read_at;
