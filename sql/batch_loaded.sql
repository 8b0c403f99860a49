-- The batch that was loaded from this manifest, where a load of it would change nothing: nor has another
-- batch brought anything since that might be in conflict with it.
-- $1 manifest_digest text, $2 loaded_by text
SELECT b.batch_id, b.name, b.numbers_file, b.numbers_file_digest
  FROM wabamigrate.batch b
 WHERE b.manifest_digest = $1 AND b.loaded_by = $2 AND b.state <> 'cancelled'
   AND NOT EXISTS (SELECT 1 FROM wabamigrate.batch o
                    WHERE o.batch_id <> b.batch_id AND o.state <> 'cancelled'
                      AND o.grown >= b.compared);
