-- The same as customer_lock.sql, of a selection. $1 batch_id bigint, $2 customers or numbers text[]
-- (NULL: all)
SELECT c.customer_id
  FROM wabamigrate.customer c
 WHERE c.batch_id = $1::bigint
   AND ($2::text[] IS NULL OR c.key = ANY ($2::text[])
        OR EXISTS (SELECT 1 FROM wabamigrate.number n
                    WHERE n.customer_id = c.customer_id AND n.number = ANY ($2::text[])))
 ORDER BY c.customer_id
   FOR NO KEY UPDATE OF c;
