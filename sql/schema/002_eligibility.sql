-- What the dry run keeps of its own: who confirmed what, how the book stood at every look, and what was
-- read of each WABA. Nothing here is the state of a batch.

ALTER TABLE wabamigrate.finding ADD COLUMN attested_by text;

-- How a number stood: a row is added when any rule's answer changed, so that a book is compared with
-- an earlier night, and found unchanged, by a row a number instead of eighteen.
CREATE TABLE wabamigrate.assessment (
    assessment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch         text        NOT NULL,
    number        text        NOT NULL,
    digest        text        NOT NULL, -- of all answers
    standing      text        NOT NULL CHECK (standing IN ('eligible', 'waiting', 'blocked')),
    read_at       text,                 -- when Graph was last read for it
    found_at      timestamptz NOT NULL DEFAULT wabamigrate.clock(),
    seen_at       timestamptz NOT NULL DEFAULT wabamigrate.clock()
) WITH (fillfactor = 80);
CREATE INDEX assessment_latest ON wabamigrate.assessment (batch, number, assessment_id DESC);

-- One look at a whole book: a row for every check and at the end of every run.
CREATE TABLE wabamigrate.look (
    look_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch        text        NOT NULL, -- by name: a dry run looks at books that no batch holds yet
    command      text        NOT NULL CHECK (command IN ('check', 'run')),
    at           timestamptz NOT NULL DEFAULT wabamigrate.clock(),
    is_whole     boolean     NOT NULL, -- not a selection, and Graph was asked
    numbers      integer     NOT NULL,
    eligible     integer     NOT NULL,
    not_eligible integer     NOT NULL,
    by_state     jsonb       NOT NULL,
    calls        bigint      NOT NULL
);
CREATE INDEX look_by_batch ON wabamigrate.look (batch, at);

-- What a check last read of one of a customer's two WABAs, so that a fresh reading need not be made
-- again. `answer` is NULL where Graph did not let us read it.
CREATE TABLE wabamigrate.reading (
    batch     text        NOT NULL,
    customer  text        NOT NULL,
    is_source boolean     NOT NULL,
    waba_id   text        NOT NULL,
    read_at   timestamptz NOT NULL,
    asked     text        NOT NULL, -- with which token, for which numbers: else it answers another question
    answer    jsonb,
    PRIMARY KEY (batch, customer, is_source)
);

-- Which phases use up one of a number's registrations (10 in 72 hours).
ALTER TABLE wabamigrate.job_phase ADD COLUMN is_registration boolean NOT NULL DEFAULT false;

-- How many of a number's registrations have been spent in the last 72 hours, in whatever batch, and
-- until when Meta has blocked it (133016), by our own records.
CREATE FUNCTION wabamigrate.registrations_of(a_number text)
    RETURNS TABLE (registrations bigint, blocked_until timestamptz)
    LANGUAGE sql STABLE
AS $$
    SELECT count(*),
           max(a.intended_at) FILTER (WHERE a.answer ~ '"code"\s*:\s*133016\M') + interval '72 hours'
      FROM wabamigrate.number n
      JOIN wabamigrate.step s USING (number_id)
      JOIN wabamigrate.job_phase p ON p.kind = s.kind AND p.is_registration
      JOIN wabamigrate.attempt a ON a.step_id = s.step_id AND a.phase = p.phase AND a.is_effect
     WHERE n.number = a_number AND a.intended_at > wabamigrate.clock() - interval '72 hours'
       AND coalesce(a.outcome, 'intended') <> 'not_sent'
$$;
