-- What the rules said of a number is one row: all answers of a moment stand in the assessment that is
-- added when any of them changed. Eighteen rows of their own took eighteen times as long to write, and at
-- 1,000,000 numbers were 18 million.

ALTER TABLE wabamigrate.assessment RENAME TO assessment_before;
ALTER INDEX wabamigrate.assessment_latest RENAME TO assessment_before_latest;
ALTER TABLE wabamigrate.assessment_before RENAME CONSTRAINT assessment_pkey TO assessment_before_pkey;
ALTER SEQUENCE wabamigrate.assessment_assessment_id_seq RENAME TO assessment_before_id_seq;

-- `findings` has an object a rule, in the rules' order: rule, verdict, evidence, and of field, value, owner,
-- remedy, waits_for, is_blocking, is_fixable, read_at, attested_by what is neither null nor false. An answer
-- that is the same as in the row before is that row's, with its found_at; one that has none is new here.
CREATE TABLE wabamigrate.assessment (
    assessment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch         text        NOT NULL,
    number        text        NOT NULL,
    digest        text        NOT NULL, -- of all answers
    standing      text        NOT NULL CHECK (standing IN ('eligible', 'waiting', 'blocked')),
    read_at       text,                 -- when Graph was last read for it
    found_at      timestamptz NOT NULL DEFAULT wabamigrate.clock(),
    seen_at       timestamptz NOT NULL DEFAULT wabamigrate.clock(),
    findings      jsonb       NOT NULL
) -- The answers are kept apart: a night that changes none writes a narrow row, and --since reads no more.
  WITH (fillfactor = 80, toast_tuple_target = 256);

-- ---- what was found so far ----

ANALYZE wabamigrate.finding, wabamigrate.assessment_before;

-- Every moment of a number: an assessment, or a change of some rules' answers, or, as it has been ever since
-- there are assessments, both. `last_id` is the newest finding of that moment. Two changes of one rule at
-- one time are two moments (`nth`).
CREATE TEMPORARY TABLE moment ON COMMIT DROP AS
WITH nth AS (
    SELECT f.batch, f.number, f.found_at, f.finding_id,
           row_number() OVER (PARTITION BY f.batch, f.number, f.rule, f.found_at
                              ORDER BY f.finding_id) AS nth
      FROM wabamigrate.finding f
), change AS (
    SELECT batch, number, found_at, nth, max(finding_id) AS last_id
      FROM nth GROUP BY batch, number, found_at, nth
), assessed AS (
    SELECT a.*, row_number() OVER (PARTITION BY a.batch, a.number, a.found_at
                                   ORDER BY a.assessment_id) AS nth
      FROM wabamigrate.assessment_before a
), both_of AS (
    SELECT batch, number, found_at, a.assessment_id, a.digest, a.standing, a.read_at, a.seen_at, c.last_id,
           -- An assessment with no change of its own has the answers that were there.
           max(c.last_id) OVER (PARTITION BY batch, number ORDER BY found_at) AS known_id
      FROM change c FULL JOIN assessed a USING (batch, number, found_at, nth)
), placed AS (
    SELECT batch, number, found_at, assessment_id, digest, standing, read_at, seen_at,
           coalesce(last_id, known_id, 0) AS last_id,
           row_number() OVER (PARTITION BY batch, number
                              ORDER BY coalesce(last_id, known_id, 0), assessment_id NULLS FIRST) AS place
      FROM both_of
), compared AS (
    SELECT *, bool_and(assessment_id IS NOT NULL) OVER in_order AS keeps_id,
           max(read_at) OVER in_order AS read_before, lag(last_id) OVER in_order AS id_before
      FROM placed
    WINDOW in_order AS (PARTITION BY batch, number ORDER BY place)
)
-- An assessment keeps its id unless it comes after a moment that has none.
SELECT *, CASE WHEN keeps_id THEN assessment_id
               ELSE (SELECT coalesce(max(assessment_id), 0) FROM wabamigrate.assessment_before)
                    + count(*) FILTER (WHERE NOT keeps_id) OVER (ORDER BY batch, number, place)
          END AS new_id
  FROM compared;
ANALYZE moment;

-- Where there was no assessment there is no digest either: the next look takes the number for changed, and
-- finds every answer as it was.
WITH lasting AS (
    SELECT f.*, lead(f.finding_id) OVER (PARTITION BY f.batch, f.number, f.rule
                                         ORDER BY f.finding_id) AS next_id,
           min(f.finding_id) OVER (PARTITION BY f.batch, f.number, f.rule) AS first_id
      FROM wabamigrate.finding f
), answered AS (
    SELECT m.new_id, l.first_id, l.is_blocking, l.waits_for, l.evidence, l.read_at,
           jsonb_strip_nulls(jsonb_build_object(
               'rule', l.rule, 'verdict', l.verdict, 'evidence', l.evidence, 'field', l.field,
               'owner', l.owner, 'remedy', l.remedy, 'waits_for', l.waits_for,
               'is_blocking', nullif(l.is_blocking, false), 'is_fixable', nullif(l.is_fixable, false),
               'read_at', l.read_at, 'attested_by', l.attested_by,
               -- Of this moment is what is newer than the one before, at the moment's own time.
               'found_at', CASE WHEN l.finding_id <= m.id_before OR l.found_at <> m.found_at
                                THEN l.found_at END))
           -- A value may be null, or have nulls in it.
           || CASE WHEN l.value IS NULL THEN '{}' ELSE jsonb_build_object('value', l.value) END AS answer
      FROM moment m
      JOIN lasting l ON l.batch = m.batch AND l.number = m.number
       AND l.finding_id <= m.last_id AND (l.next_id IS NULL OR l.next_id > m.last_id)
), answers AS (
    SELECT new_id, jsonb_agg(answer ORDER BY first_id) AS findings, bool_or(is_blocking) AS is_stopped,
           bool_or(is_blocking AND waits_for IS NULL) AS is_ill,
           max(read_at) FILTER (WHERE evidence = 'api') AS read_at
      FROM answered GROUP BY new_id
)
INSERT INTO wabamigrate.assessment (assessment_id, batch, number, digest, standing, read_at, found_at,
                                    seen_at, findings) OVERRIDING SYSTEM VALUE
SELECT m.new_id, m.batch, m.number, coalesce(m.digest, ''),
       coalesce(m.standing, CASE WHEN s.is_ill THEN 'blocked' WHEN s.is_stopped THEN 'waiting'
                                 ELSE 'eligible' END),
       CASE WHEN m.assessment_id IS NULL THEN greatest(s.read_at, m.read_before) ELSE m.read_at END,
       m.found_at, coalesce(m.seen_at, m.found_at), coalesce(s.findings, '[]')
  FROM moment m
  LEFT JOIN answers s USING (new_id);
SELECT setval(pg_get_serial_sequence('wabamigrate.assessment', 'assessment_id'), max(new_id))
  FROM moment HAVING max(new_id) IS NOT NULL;

DROP TABLE wabamigrate.finding, wabamigrate.assessment_before, moment;
CREATE INDEX assessment_latest ON wabamigrate.assessment (batch, number, assessment_id DESC);

-- A row for each change of a rule's answer, as the table of this name had it. Whoever wants the present
-- answers of many numbers takes them from the latest assessments, as report_findings.sql does.
CREATE VIEW wabamigrate.finding AS
SELECT a.assessment_id * 100 + f.place AS finding_id, a.batch, a.number,
       f.answer ->> 'rule' AS rule, f.answer ->> 'verdict' AS verdict, f.answer ->> 'evidence' AS evidence,
       f.answer ->> 'field' AS field, f.answer -> 'value' AS value, f.answer ->> 'owner' AS owner,
       f.answer ->> 'remedy' AS remedy, f.answer ->> 'waits_for' AS waits_for,
       f.answer ? 'is_blocking' AS is_blocking, f.answer ? 'is_fixable' AS is_fixable,
       f.answer ->> 'read_at' AS read_at, a.found_at, a.seen_at, f.answer ->> 'attested_by' AS attested_by
  FROM wabamigrate.assessment a
 CROSS JOIN LATERAL jsonb_array_elements(a.findings) WITH ORDINALITY AS f (answer, place)
 WHERE NOT f.answer ? 'found_at';
