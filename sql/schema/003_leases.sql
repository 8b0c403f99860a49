-- Two clocks: the run's lease says that its worker lives, the step's deadline that the step gets on.
ALTER TABLE wabamigrate.step ADD COLUMN deadline timestamptz; -- of the claim; NULL: not running

-- The history of a step that was taken from its worker.
ALTER TABLE wabamigrate.attempt
    ADD COLUMN taken_at  timestamptz, -- it was taken back without an outcome: an effect was in doubt
    ADD COLUMN taken_why text,
    ADD COLUMN late_at   timestamptz; -- its worker's word came when it no longer held the step: refused

-- Holds a run that has not been ended, until the transaction ends; fails (WM001) where it has been.
CREATE FUNCTION wabamigrate.hold_run(a_run_id bigint) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM FROM wabamigrate.run WHERE run_id = a_run_id AND ended_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'run % has been ended by another one', a_run_id USING ERRCODE = 'WM001';
    END IF;
END
$$;
