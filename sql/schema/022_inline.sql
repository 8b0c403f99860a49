-- What PostgreSQL calls stable inside (a time as seconds, an interval added to a time) keeps a function that is called
-- immutable from being taken into the statement: it was called once for every value, half a dozen times a step.
ALTER FUNCTION wabamigrate.unix_ms STABLE;
ALTER FUNCTION wabamigrate.from_unix_ms STABLE;
ALTER FUNCTION wabamigrate.minute_of STABLE;
