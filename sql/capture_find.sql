-- Which customer a captured signup belongs to: by the key, else by an id that names one. A branch for each,
-- so that each is found through its index.
-- $1 batch text (NULL: any), $2 customer text (NULL), $3 waba_id, $4 phone_number_id, $5 business_id text
SELECT c.customer_id, c.key, b.name AS batch, c.business_id
  FROM (SELECT k.customer_id
          FROM wabamigrate.batch o
          JOIN wabamigrate.customer k ON k.batch_id = o.batch_id AND k.key = $2
        UNION
        SELECT k.customer_id FROM wabamigrate.customer k
         WHERE $2::text IS NULL AND k.destination_waba_id = $3
        UNION
        SELECT n.customer_id FROM wabamigrate.number n
         WHERE $2::text IS NULL AND n.phone_number_id = $4
        UNION
        SELECT k.customer_id FROM wabamigrate.customer k
         WHERE $2::text IS NULL AND k.destination_waba_id IS NULL AND k.business_id = nullif($5, '')
       ) f
  JOIN wabamigrate.customer c USING (customer_id)
  JOIN wabamigrate.batch b USING (batch_id)
 WHERE b.state <> 'cancelled' AND ($1::text IS NULL OR b.name = $1)
 ORDER BY b.batch_id DESC, c.customer_id
 LIMIT 3;
