-- Which customer a captured signup belongs to: by the key, else by an id that names one.
-- $1 batch text (NULL: any), $2 customer text (NULL), $3 waba_id, $4 phone_number_id, $5 business_id text
SELECT c.customer_id, c.key, b.batch_id, b.name AS batch, c.business_id, c.source_waba_id,
       c.destination_waba_id
  FROM wabamigrate.customer c
  JOIN wabamigrate.batch b USING (batch_id)
 WHERE b.state <> 'cancelled' AND ($1::text IS NULL OR b.name = $1)
   AND ($2::text IS NOT NULL AND c.key = $2
        OR $2::text IS NULL
           AND (c.destination_waba_id = $3
                OR EXISTS (SELECT 1 FROM wabamigrate.number n
                            WHERE n.customer_id = c.customer_id AND n.phone_number_id = $4)
                OR c.destination_waba_id IS NULL AND c.business_id = nullif($5, '')))
 ORDER BY b.batch_id DESC, c.customer_id
 LIMIT 3;
