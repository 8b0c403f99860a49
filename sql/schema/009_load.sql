-- Which manifest a batch was loaded from: the same bytes again have nothing to say.

-- `loaded_by` is what else a load depends on: the program, its paths, the manifest's folder. NULL: not
-- known, or the load had something to tell, which the next one tells again.
-- `grown` and `compared` order the loads of all batches: when this one last brought new things, and when
-- it was last held against the others. What another has brought since may be in conflict with it.
ALTER TABLE wabamigrate.batch
    ADD COLUMN manifest_digest     text,
    ADD COLUMN numbers_file        text,
    ADD COLUMN numbers_file_digest text,
    ADD COLUMN loaded_by           text,
    ADD COLUMN grown               bigint NOT NULL DEFAULT 0,
    ADD COLUMN compared            bigint NOT NULL DEFAULT 0;
CREATE INDEX batch_by_manifest ON wabamigrate.batch (manifest_digest);
