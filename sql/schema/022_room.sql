-- What PostgreSQL calls stable inside (a time as seconds, an interval added to a time) keeps a function that is called
-- immutable from being taken into the statement: it was called once for every value, half a dozen times a step.
ALTER FUNCTION wabamigrate.unix_ms STABLE;
ALTER FUNCTION wabamigrate.from_unix_ms STABLE;
ALTER FUNCTION wabamigrate.minute_of STABLE;

-- A flush writes a step twice where it releases and claims it, and those of a WABA stand side by side: nothing of
-- that can be tidied before it is committed. Without room for it on the page, the row is locked and logged once more,
-- goes elsewhere, and its indexes are written.
ALTER TABLE wabamigrate.step SET (fillfactor = 60);
ALTER TABLE wabamigrate.open_step SET (fillfactor = 50);

-- With less than this, not only what Meta showed went out of the row, but every text of more than a few characters:
-- the sealed PIN, the ids.
ALTER TABLE wabamigrate.number SET (toast_tuple_target = 512);
ALTER TABLE wabamigrate.customer SET (toast_tuple_target = 512);
