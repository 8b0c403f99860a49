-- Whoever records findings of a book, a check or a run, does so one after the other: what is compared
-- with the last answer must still be the last one when it is written. Held until the transaction ends.
-- $1 batch text
SELECT pg_advisory_xact_lock(hashtext('wabamigrate.assessment'), hashtext($1));
