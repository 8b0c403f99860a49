-- From which manifest the batch is loaded now. $1 batch_id bigint, $2 manifest_digest text (NULL: look at
-- it in full the next time too), $3 numbers_file text, $4 numbers_file_digest text, $5 loaded_by text
UPDATE wabamigrate.batch b
   SET manifest_digest = $2, numbers_file = $3, numbers_file_digest = $4, loaded_by = $5,
       grown = CASE WHEN (b.manifest_digest, b.numbers_file_digest, b.loaded_by)
                         IS NOT DISTINCT FROM ($2, $4, $5) AND $2 IS NOT NULL
                    THEN b.grown ELSE l.next END,
       compared = l.next
  FROM (SELECT max(greatest(grown, compared)) + 1 AS next FROM wabamigrate.batch) l
 WHERE b.batch_id = $1::bigint;
