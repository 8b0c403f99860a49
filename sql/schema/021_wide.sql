-- What is wide lies apart from what is written often. A number's row is written five times on its way, and what
-- Meta showed of it is several KiB, most of it written once: as long as both are in one row, each time all of it is
-- copied, logged, and its indexes with it, because the new version finds no place on the page.
ALTER TABLE wabamigrate.number SET (toast_tuple_target = 128, fillfactor = 75);
ALTER TABLE wabamigrate.customer SET (toast_tuple_target = 128, fillfactor = 75);
-- An effect's intent is written before the call and its answer after it.
ALTER TABLE wabamigrate.attempt SET (fillfactor = 85);

-- LZ4 takes a fraction of the time that PostgreSQL's own compression takes; not every server is built with it.
DO $$
BEGIN
    ALTER TABLE wabamigrate.number
        ALTER source_node SET COMPRESSION lz4, ALTER destination_node SET COMPRESSION lz4,
        ALTER before SET COMPRESSION lz4, ALTER after SET COMPRESSION lz4, ALTER audit SET COMPRESSION lz4;
    ALTER TABLE wabamigrate.customer
        ALTER source_node SET COMPRESSION lz4, ALTER destination_node SET COMPRESSION lz4,
        ALTER before SET COMPRESSION lz4;
    ALTER TABLE wabamigrate.assessment ALTER findings SET COMPRESSION lz4;
    ALTER TABLE wabamigrate.attempt ALTER answer SET COMPRESSION lz4;
EXCEPTION
    WHEN feature_not_supported THEN NULL;
END
$$;
