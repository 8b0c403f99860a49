-- One program at a time migrates; held until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('wabamigrate.migration'));
