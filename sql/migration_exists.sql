-- Whether this database has ever been initialised.
SELECT to_regclass('wabamigrate.migration') IS NOT NULL;
