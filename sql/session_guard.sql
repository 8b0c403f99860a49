-- Names without a schema mean PostgreSQL's own and nobody else's: a function or an operator that another
-- user of the database has made in `public`, with a better fit than PostgreSQL's, is never called. And what
-- is sealed comes as the program reads it, whatever the role or the database is set to.
SELECT set_config('search_path', 'pg_catalog, pg_temp', false), set_config('bytea_output', 'hex', false);
