-- Whose turn it is: the order in which steps are claimed. docs/quotas.md has the policy; turn.h is the same
-- in C, and a test holds both against each other.

-- Of a customer with so many numbers; the lower, the sooner: one more for each eightfold, up to 3.
CREATE FUNCTION wabamigrate.turn_of(numbers bigint) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN least(3, (length(ltrim(greatest(numbers, 1)::bit(64)::text, '0')) - 1) / 3)::smallint;

ALTER TABLE wabamigrate.step
    ADD COLUMN turn smallint NOT NULL DEFAULT 0 CHECK (turn BETWEEN 0 AND 3);
UPDATE wabamigrate.step s
   SET turn = wabamigrate.turn_of((SELECT count(*) FROM wabamigrate.number n
                                    WHERE n.customer_id = s.customer_id))
 WHERE s.state <> 'done';

DROP INDEX wabamigrate.step_claimable;
CREATE INDEX step_claimable
    ON wabamigrate.step (batch_id, urgency, turn, ordinal DESC, not_before, step_id)
    WHERE state = 'ready';
