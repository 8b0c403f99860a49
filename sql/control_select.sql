-- How many numbers a selection names. $1 batch_id bigint, $2 customers or numbers text[] (NULL: all)
SELECT count(*)
  FROM wabamigrate.number n JOIN wabamigrate.customer c USING (customer_id)
 WHERE n.batch_id = $1::bigint
   AND ($2::text[] IS NULL OR c.key = ANY ($2::text[]) OR n.number = ANY ($2::text[]));
