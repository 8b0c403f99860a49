-- How many numbers a batch has, once a load has brought them. $1 batch_id bigint
UPDATE wabamigrate.batch b
   SET numbers = (SELECT count(*) FROM wabamigrate.number n WHERE n.batch_id = b.batch_id)
 WHERE b.batch_id = $1::bigint;
