-- The book: what should happen, where it stands, and everything that happened.
--
-- Words such as states, kinds and phases are text: they are the words of the program's tables, of the
-- report and of this database alike, and a test compares them. Times come from wabamigrate.clock(), so
-- that a test can move to another night; without the setting it is now().

CREATE FUNCTION wabamigrate.clock() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN now() + make_interval(secs => coalesce(
        nullif(current_setting('wabamigrate.clock_offset', true), '')::double precision, 0));

CREATE FUNCTION wabamigrate.unix_ms(at timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (extract(epoch FROM at) * 1000)::bigint;

CREATE FUNCTION wabamigrate.rfc3339(at timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');

-- The program's own tables, written from its source when a batch is loaded: the engine and the
-- statements know no step by name.
CREATE TABLE wabamigrate.path_step (
    path        text     NOT NULL,
    kind        text     NOT NULL,
    ordinal     smallint NOT NULL,
    subject     text     NOT NULL CHECK (subject IN ('waba', 'number')),
    urgency     smallint NOT NULL, -- 0 before 1
    first_phase text     NOT NULL,
    refreshes   text,
    is_assessed boolean  NOT NULL,
    PRIMARY KEY (path, kind)
);

CREATE TABLE wabamigrate.path_need (
    path  text NOT NULL,
    kind  text NOT NULL,
    needs text NOT NULL,
    PRIMARY KEY (path, kind, needs)
);

CREATE TABLE wabamigrate.job_phase (
    kind      text    NOT NULL,
    phase     text    NOT NULL,
    is_effect boolean NOT NULL,
    in_doubt  text, -- the phase that settles a lost answer
    PRIMARY KEY (kind, phase)
);

CREATE TABLE wabamigrate.batch (
    batch_id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name                text        NOT NULL UNIQUE,
    state               text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paused', 'cancelled')),
    partner_business_id text        NOT NULL,
    app_id              text        NOT NULL,
    credit_line_id      text,
    credit_method       text,
    system_user_id      text,
    system_token_ref    text        NOT NULL,
    app_secret_ref      text,
    graph_version       text        NOT NULL,
    path                text        NOT NULL,
    waba_currency       text,
    templates           text,
    data_localization_region text,
    code_method         text,
    language            text,
    created_at          timestamptz NOT NULL DEFAULT wabamigrate.clock(),
    updated_at          timestamptz NOT NULL DEFAULT wabamigrate.clock()
);

CREATE TABLE wabamigrate.customer (
    customer_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id            bigint NOT NULL REFERENCES wabamigrate.batch,
    key                 text   NOT NULL, -- the partner's own key, `id` in the manifest
    name                text,
    business_id         text   NOT NULL,
    source_waba_id      text   NOT NULL,
    destination_waba_id text,
    token_ref           text,
    source_token_ref    text,
    webhook_override_callback_uri text,
    webhook_verify_token_ref      text,
    attest              jsonb  NOT NULL DEFAULT '{}',
    path                text,
    waba_currency       text,
    templates           text,
    data_localization_region text,
    code_method         text,
    language            text,
    is_paused           boolean NOT NULL DEFAULT false,
    business_token_sealed bytea,
    signup_code_sealed    bytea,
    signup_code_at        timestamptz,
    allocation_config_id  text,
    source_node         jsonb,
    source_read_at      timestamptz,
    destination_node    jsonb,
    destination_read_at timestamptz,
    UNIQUE (batch_id, key)
);
CREATE INDEX customer_paused ON wabamigrate.customer (batch_id) WHERE is_paused;
CREATE INDEX customer_by_source ON wabamigrate.customer (source_waba_id);
CREATE INDEX customer_by_destination ON wabamigrate.customer (destination_waba_id)
    WHERE destination_waba_id IS NOT NULL;

CREATE TABLE wabamigrate.number (
    number_id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id               bigint NOT NULL REFERENCES wabamigrate.batch,
    customer_id            bigint NOT NULL REFERENCES wabamigrate.customer,
    number                 text   NOT NULL, -- E.164, with the plus
    country_code           text   NOT NULL,
    national               text   NOT NULL,
    source_phone_number_id text,
    phone_number_id        text,            -- on the destination
    path                   text,
    waba_currency          text,
    templates              text,
    data_localization_region text,
    code_method            text,
    language               text,
    is_paused              boolean NOT NULL DEFAULT false,
    is_eligible            boolean,         -- NULL: not looked at yet
    pin_sealed             bytea,
    pin_exported_at        timestamptz,
    source_node            jsonb,
    destination_node       jsonb,
    cancelled_at           timestamptz,
    UNIQUE (batch_id, number)
);
CREATE INDEX number_by_customer ON wabamigrate.number (customer_id);
CREATE INDEX number_paused ON wabamigrate.number (batch_id) WHERE is_paused;
CREATE INDEX number_cancelled ON wabamigrate.number (batch_id) WHERE cancelled_at IS NOT NULL;
CREATE INDEX number_by_number ON wabamigrate.number (number);

CREATE TABLE wabamigrate.run (
    run_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id    bigint NOT NULL REFERENCES wabamigrate.batch,
    worker      text   NOT NULL,
    process     text   NOT NULL, -- host, boot, pid and start time: tells a dead process on the same host
    started_at  timestamptz NOT NULL DEFAULT wabamigrate.clock(),
    lease_until timestamptz NOT NULL,
    ended_at    timestamptz,
    exit_code   smallint,
    calls       bigint NOT NULL DEFAULT 0
);
CREATE INDEX run_open ON wabamigrate.run (batch_id) WHERE ended_at IS NULL;

-- One piece of work with one outcome. Narrow, because it is what is claimed and updated.
CREATE TABLE wabamigrate.step (
    step_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id     bigint   NOT NULL,
    customer_id  bigint   NOT NULL REFERENCES wabamigrate.customer,
    number_id    bigint   REFERENCES wabamigrate.number, -- NULL: a step of the WABA
    path         text     NOT NULL,
    kind         text     NOT NULL,
    ordinal      smallint NOT NULL,
    urgency      smallint NOT NULL,
    state        text     NOT NULL DEFAULT 'pending' CHECK (state IN
                     ('pending', 'ready', 'running', 'waiting', 'blocked', 'failed', 'done', 'cancelled')),
    prereqs_left smallint NOT NULL,
    phase        text     NOT NULL,
    tries        smallint NOT NULL DEFAULT 0,
    is_in_doubt  boolean  NOT NULL DEFAULT false,
    is_nudged    boolean  NOT NULL DEFAULT false, -- something changed while it was running: look again
    epoch        bigint   NOT NULL DEFAULT 0,     -- the fencing token: one claim, one number
    run_id       bigint   REFERENCES wabamigrate.run,
    not_before   timestamptz NOT NULL DEFAULT wabamigrate.clock(),
    intended_at  timestamptz,                     -- the last effect's intent
    moved_at     timestamptz NOT NULL DEFAULT wabamigrate.clock(),
    waiting_for  text,
    note         text,
    memo         jsonb,
    error        jsonb
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX step_of_number ON wabamigrate.step (number_id, kind) WHERE number_id IS NOT NULL;
CREATE UNIQUE INDEX step_of_waba ON wabamigrate.step (customer_id, kind) WHERE number_id IS NULL;
CREATE INDEX step_by_customer ON wabamigrate.step (customer_id, kind);
-- In the order of claiming: what is urgent, then what is nearest to its end, so that numbers are finished
-- all the time instead of the whole book going through one step at once.
CREATE INDEX step_claimable ON wabamigrate.step (batch_id, urgency, ordinal DESC, not_before, step_id)
    WHERE state = 'ready';
CREATE INDEX step_running ON wabamigrate.step (run_id) WHERE state = 'running';

-- One claim of a step and what came of it, kept forever. An effect's row is written before it is sent
-- (outcome NULL: intended); a read's when its answer is there.
CREATE TABLE wabamigrate.attempt (
    step_id     bigint  NOT NULL REFERENCES wabamigrate.step,
    epoch       bigint  NOT NULL,
    run_id      bigint  NOT NULL REFERENCES wabamigrate.run,
    phase       text    NOT NULL,
    is_effect   boolean NOT NULL,
    intended_at timestamptz NOT NULL,
    ms          integer,
    http_status smallint,
    outcome     text,
    note        text,
    fbtrace_id  text,
    request     jsonb,
    answer      text,
    PRIMARY KEY (step_id, epoch)
);

-- A rule's answer for a number; a row is added only when the answer changed. Kept by name, because a
-- dry run has findings of numbers that no batch holds yet.
CREATE TABLE wabamigrate.finding (
    finding_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch       text    NOT NULL,
    number      text    NOT NULL,
    rule        text    NOT NULL,
    verdict     text    NOT NULL CHECK (verdict IN ('pass', 'warn', 'unknown', 'fail')),
    evidence    text    NOT NULL CHECK (evidence IN ('api', 'attested', 'none')),
    field       text,
    value       jsonb,
    owner       text,
    remedy      text,
    waits_for   text,
    is_blocking boolean NOT NULL,
    is_fixable  boolean NOT NULL,
    read_at     text,
    found_at    timestamptz NOT NULL DEFAULT wabamigrate.clock(),
    seen_at     timestamptz NOT NULL DEFAULT wabamigrate.clock()
);
CREATE INDEX finding_latest ON wabamigrate.finding (batch, number, rule, finding_id DESC);

CREATE TABLE wabamigrate.budget (
    scope        text NOT NULL CHECK (scope IN ('app', 'waba')),
    subject      text NOT NULL,
    percent      integer NOT NULL DEFAULT 0, -- of the limit, as Graph's usage headers last said
    parked_until timestamptz,
    updated_at   timestamptz NOT NULL DEFAULT wabamigrate.clock(),
    PRIMARY KEY (scope, subject)
);

-- What the browser got at the end of Embedded Signup; the code itself is sealed in customer.
CREATE TABLE wabamigrate.capture (
    capture_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id     bigint NOT NULL REFERENCES wabamigrate.customer,
    event           text   NOT NULL,
    waba_id         text   NOT NULL,
    phone_number_id text   NOT NULL DEFAULT '',
    business_id     text   NOT NULL DEFAULT '',
    code_digest     bytea,
    captured_at     timestamptz NOT NULL DEFAULT wabamigrate.clock(),
    UNIQUE NULLS NOT DISTINCT (customer_id, waba_id, phone_number_id, code_digest)
);
CREATE INDEX capture_by_phone ON wabamigrate.capture (phone_number_id);

-- Where every number stands: the first of its steps, its WABA's among them, that is not done. One
-- definition for run, status, report and the tests.
CREATE VIEW wabamigrate.number_status AS
SELECT n.number_id, n.batch_id, n.customer_id, n.number, c.key AS customer, c.name AS customer_name,
       n.is_eligible,
       CASE
           WHEN n.cancelled_at IS NOT NULL THEN 'cancelled'
           WHEN f.step_id IS NULL THEN 'done'
           WHEN f.state = 'failed' THEN 'failed'
           WHEN f.state = 'blocked' THEN 'blocked'
           WHEN f.state = 'running' THEN 'running'
           WHEN f.state = 'waiting' THEN 'waiting'
           WHEN n.is_paused OR c.is_paused OR b.state = 'paused' THEN 'waiting'
           WHEN f.state = 'ready' AND f.not_before > wabamigrate.clock() THEN 'waiting'
           WHEN n.is_eligible IS NULL THEN 'pending'
           ELSE 'ready'
       END AS state,
       f.kind AS step,
       CASE
           WHEN n.cancelled_at IS NOT NULL THEN NULL
           WHEN f.state IN ('waiting', 'blocked') THEN f.waiting_for
           WHEN f.state IN ('pending', 'ready')
                AND (n.is_paused OR c.is_paused OR b.state = 'paused') THEN 'resume'
           WHEN f.state = 'ready' AND f.not_before > wabamigrate.clock() THEN 'time'
       END AS waiting_for,
       CASE WHEN f.state = 'ready' AND f.not_before > wabamigrate.clock() THEN f.not_before END
           AS not_before,
       f.note, f.error
  FROM wabamigrate.number n
  JOIN wabamigrate.customer c USING (customer_id)
  JOIN wabamigrate.batch b ON b.batch_id = n.batch_id
  LEFT JOIN LATERAL (
      SELECT s.*
        FROM wabamigrate.step s
       WHERE s.customer_id = n.customer_id
         AND (s.number_id IS NULL OR s.number_id = n.number_id)
         AND s.state <> 'done'
         -- A number whose own steps are done has moved, whatever its customer's WABA is read for again.
         AND EXISTS (SELECT 1 FROM wabamigrate.step o
                      WHERE o.number_id = n.number_id AND o.state <> 'done')
       -- A verdict on the number itself says more than a step its customer has not reached.
       ORDER BY (s.state IN ('blocked', 'failed') AND s.number_id IS NOT NULL) DESC, s.ordinal
       LIMIT 1) f ON true;

-- Whether anything has been written on Graph for this customer: from then on its ids stay as they are.
CREATE FUNCTION wabamigrate.has_begun(customer bigint) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN EXISTS (SELECT 1
                     FROM wabamigrate.step s
                     JOIN wabamigrate.attempt a USING (step_id)
                    WHERE s.customer_id = customer AND a.is_effect);
