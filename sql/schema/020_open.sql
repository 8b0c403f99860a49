-- What stands open, apart from what the steps say of themselves.
--
-- A step is written three times and more on its way. As long as indexes hang on its state, each time every
-- index of it is written as well, and its old versions stay in all of them. So what is asked for by state
-- stands in a narrow table of its own, and the step's own indexes hang on nothing that changes: its new
-- versions stay on their page (HOT), and the page is tidied by whoever comes by.
--
-- The step is the truth, and its row is what is locked. open_step follows it by triggers, in the same
-- statement; nothing else writes it, and nobody locks a row of it who does not hold the step's.

CREATE TABLE wabamigrate.open_step (
    step_id     bigint PRIMARY KEY,
    batch_id    bigint   NOT NULL,
    customer_id bigint   NOT NULL,
    number_id   bigint,
    run_id      bigint,
    not_before  timestamptz NOT NULL,
    urgency     smallint NOT NULL,
    turn        smallint NOT NULL,
    ordinal     smallint NOT NULL,
    lane        smallint NOT NULL,
    is_in_doubt boolean  NOT NULL,
    state       text     NOT NULL CHECK (state IN ('ready', 'running', 'waiting', 'blocked')),
    waiting_for text
);

INSERT INTO wabamigrate.open_step
SELECT step_id, batch_id, customer_id, number_id, run_id, not_before, urgency, turn, ordinal, lane,
       is_in_doubt, state, waiting_for
  FROM wabamigrate.step
 WHERE state IN ('ready', 'running', 'waiting', 'blocked');

CREATE INDEX open_claimable
    ON wabamigrate.open_step (batch_id, urgency, turn, ordinal DESC, not_before, step_id)
    WHERE state = 'ready';
CREATE INDEX open_running ON wabamigrate.open_step (run_id) WHERE state = 'running';
CREATE INDEX open_held ON wabamigrate.open_step (batch_id) WHERE state IN ('waiting', 'blocked');
CREATE INDEX open_unspent ON wabamigrate.open_step (batch_id)
    WHERE state = 'ready' AND waiting_for = 'registrations';

DROP INDEX wabamigrate.step_claimable, wabamigrate.step_running, wabamigrate.step_held,
    wabamigrate.step_unspent;

CREATE FUNCTION wabamigrate.open_made() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO wabamigrate.open_step
    SELECT step_id, batch_id, customer_id, number_id, run_id, not_before, urgency, turn, ordinal, lane,
           is_in_doubt, state, waiting_for
      FROM made
     WHERE state IN ('ready', 'running', 'waiting', 'blocked');
    RETURN NULL;
END
$$;
CREATE TRIGGER step_made AFTER INSERT ON wabamigrate.step
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION wabamigrate.open_made();

CREATE FUNCTION wabamigrate.open_moved() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    MERGE INTO wabamigrate.open_step q
    USING moved s ON q.step_id = s.step_id
     WHEN MATCHED AND s.state NOT IN ('ready', 'running', 'waiting', 'blocked') THEN
          DELETE
     WHEN MATCHED THEN
          UPDATE SET run_id = s.run_id, not_before = s.not_before, urgency = s.urgency,
                     turn = s.turn, ordinal = s.ordinal, lane = s.lane,
                     is_in_doubt = s.is_in_doubt, state = s.state, waiting_for = s.waiting_for
     WHEN NOT MATCHED AND s.state IN ('ready', 'running', 'waiting', 'blocked') THEN
          INSERT VALUES (s.step_id, s.batch_id, s.customer_id, s.number_id, s.run_id, s.not_before,
                         s.urgency, s.turn, s.ordinal, s.lane, s.is_in_doubt, s.state, s.waiting_for);
    RETURN NULL;
END
$$;
CREATE TRIGGER step_moved AFTER UPDATE ON wabamigrate.step
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION wabamigrate.open_moved();

CREATE FUNCTION wabamigrate.open_gone() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    DELETE FROM wabamigrate.open_step q USING gone s WHERE q.step_id = s.step_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER step_gone AFTER DELETE ON wabamigrate.step
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION wabamigrate.open_gone();

-- The same as before; each attempt is looked up by itself. Joined, all attempts there are would be read,
-- where the plan was made before there were many.
CREATE OR REPLACE FUNCTION wabamigrate.registrations_of(a_number text)
    RETURNS TABLE (registrations bigint, count_until timestamptz[], free_place smallint,
                   blocked_until timestamptz)
    LANGUAGE sql STABLE
AS $$
    SELECT l.registrations, l.count_until,
           (SELECT min(p)::smallint FROM generate_series(1, 10) p
             WHERE p <> ALL (coalesce(l.places, '{}'))),
           l.blocked_until
      FROM (SELECT count(*) AS registrations,
                   array_agg(r.counts_until ORDER BY r.counts_until DESC) AS count_until,
                   array_agg(r.place) AS places,
                   CASE WHEN bool_or((SELECT a.answer FROM wabamigrate.attempt a
                                       WHERE a.step_id = r.step_id AND a.epoch = r.epoch)
                                     ~ '"code"\s*:\s*133016\M')
                        THEN max(r.counts_until) END AS blocked_until
              FROM wabamigrate.registration r
             WHERE r.number = a_number AND r.counts_until > wabamigrate.clock()) l
$$;
