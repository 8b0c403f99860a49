-- Steps that wait a moment for others of their WABA, so that one read serves them all.
ALTER TABLE wabamigrate.path_step ADD COLUMN gather_ms integer NOT NULL DEFAULT 0;
