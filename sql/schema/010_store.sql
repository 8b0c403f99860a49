-- What a step costs the database.

-- Every id in a step or an attempt was read from its own table by the statement that wrote it, and nothing
-- that they name is ever deleted. Checking that again costs more than writing the attempt does.
ALTER TABLE wabamigrate.step
    DROP CONSTRAINT step_customer_id_fkey,
    DROP CONSTRAINT step_number_id_fkey,
    DROP CONSTRAINT step_run_id_fkey;
ALTER TABLE wabamigrate.attempt
    DROP CONSTRAINT attempt_step_id_fkey,
    DROP CONSTRAINT attempt_run_id_fkey;

-- Every step stands at a place that step_claim.sql looks at.
ALTER TABLE wabamigrate.path_step
    ADD CONSTRAINT path_step_place CHECK (urgency IN (0, 1) AND ordinal BETWEEN 0 AND 31);
