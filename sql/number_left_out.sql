-- Numbers of the batch that the manifest no longer has: they are kept, and said so.
-- $1 batch_id bigint
SELECT count(*), min(number)
  FROM wabamigrate.number n
 WHERE n.batch_id = $1::bigint AND n.cancelled_at IS NULL
   AND NOT EXISTS (SELECT 1 FROM pg_temp.stage_number s WHERE s.number = n.number);
