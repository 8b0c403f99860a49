-- The ledger of registrations. Meta takes 10 of a number in a moving 72 hours and blocks the number for
-- as long again at the 11th, whichever batch, run, worker or night they came from.
--
-- A number has ten places. An intent of a registration takes one for 72 hours, and nothing else can have
-- that place meanwhile: an eleventh has nowhere to go, whatever statement tries, and of two workers that
-- want the same place at the same instant one gets it. What stood in a place before is in `attempt`.

CREATE TABLE wabamigrate.registration (
    number       text        NOT NULL, -- E.164, with the plus
    place        smallint    NOT NULL CHECK (place BETWEEN 1 AND 10),
    spent_at     timestamptz NOT NULL,
    counts_until timestamptz NOT NULL CHECK (counts_until >= spent_at + interval '72 hours'),
    step_id      bigint      NOT NULL, -- with the epoch: the attempt
    epoch        bigint      NOT NULL,
    PRIMARY KEY (number, place)
);

CREATE FUNCTION wabamigrate.refuse_registration() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'place % of the registrations of % is taken until %',
        OLD.place, OLD.number, OLD.counts_until USING ERRCODE = 'WM002';
END
$$;
CREATE TRIGGER registration_taken BEFORE UPDATE ON wabamigrate.registration
    FOR EACH ROW WHEN ((NEW.step_id, NEW.epoch) IS DISTINCT FROM (OLD.step_id, OLD.epoch)
                       AND NEW.spent_at < OLD.counts_until)
    EXECUTE FUNCTION wabamigrate.refuse_registration();

-- One that never left is given back, whoever finds out.
CREATE FUNCTION wabamigrate.give_registration_back() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    DELETE FROM wabamigrate.registration r
     USING wabamigrate.step s JOIN wabamigrate.number n USING (number_id)
     WHERE s.step_id = NEW.step_id AND r.number = n.number
       AND r.step_id = NEW.step_id AND r.epoch = NEW.epoch;
    RETURN NULL;
END
$$;
CREATE TRIGGER attempt_not_sent AFTER UPDATE OF outcome ON wabamigrate.attempt
    FOR EACH ROW WHEN (NEW.outcome = 'not_sent')
    EXECUTE FUNCTION wabamigrate.give_registration_back();

-- What is counted already, the newest first. Nobody looked before, so there may be more than ten of a
-- number; ten are as full as it gets.
INSERT INTO wabamigrate.registration (number, place, spent_at, counts_until, step_id, epoch)
SELECT number, place, intended_at, intended_at + interval '72 hours 5 minutes', step_id, epoch
  FROM (SELECT n.number, a.intended_at, a.step_id, a.epoch,
               row_number() OVER (PARTITION BY n.number ORDER BY a.intended_at DESC) AS place
          FROM wabamigrate.attempt a
          JOIN wabamigrate.step s USING (step_id)
          JOIN wabamigrate.number n USING (number_id)
         WHERE s.kind = 'register_number' AND a.phase = 'register' AND a.is_effect
           AND a.outcome IS DISTINCT FROM 'not_sent'
           AND a.intended_at > wabamigrate.clock() - interval '73 hours') spent
 WHERE place <= 10;

-- A number's registrations that count now: how many; until when each (the last to leave first, so that
-- the n-th is the one to wait for until fewer than n are left); a place that is free; and until when Meta
-- has blocked the number (133016: as long as the window again, from the last one on).
DROP FUNCTION wabamigrate.registrations_of(text);
CREATE FUNCTION wabamigrate.registrations_of(a_number text)
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
                   CASE WHEN bool_or(a.answer ~ '"code"\s*:\s*133016\M')
                        THEN max(r.counts_until) END AS blocked_until
              FROM wabamigrate.registration r
              JOIN wabamigrate.attempt a USING (step_id, epoch)
             WHERE r.number = a_number AND r.counts_until > wabamigrate.clock()) l
$$;
