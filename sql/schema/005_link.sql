-- How a running program knows whether a flush whose answer was lost was committed, and how the database
-- knows that whoever speaks still is that program.

-- The number of the connection that a run speaks through now: what a server got from an earlier one, and
-- gets round to only later (it was frozen, the network was cut), is refused. And how many of the run's
-- flushes are committed: written by each of them, so that it is there exactly when the flush is, on a
-- standby too that has taken over.
ALTER TABLE wabamigrate.run
    ADD COLUMN link    integer NOT NULL DEFAULT 1,
    ADD COLUMN flushed bigint  NOT NULL DEFAULT 0,
    ADD CONSTRAINT run_in_turn CHECK (flushed >= 0);
