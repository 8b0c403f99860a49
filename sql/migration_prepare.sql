-- The schema itself and the list of migrations in it. Run under the migration lock, before anything
-- else; changes nothing where both exist.
CREATE SCHEMA IF NOT EXISTS wabamigrate;
CREATE TABLE IF NOT EXISTS wabamigrate.migration (
    version    integer PRIMARY KEY,
    name       text        NOT NULL,
    checksum   text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
