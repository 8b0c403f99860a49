-- Whether a WABA or a phone number id already belongs to somebody else: another customer's destination,
-- or any customer's source; or the customer has another destination already. A customer that several batches
-- have is one: the same key and the same business. What was cancelled holds nothing.
-- The customer and the WABA are locked (capture.c). $1 customer_id bigint, $2 waba_id text, $3 phone_number_id text
WITH self AS (
    SELECT key, business_id FROM wabamigrate.customer WHERE customer_id = $1::bigint
)
SELECT c.key, 'destination' AS field, c.destination_waba_id
  FROM wabamigrate.customer c
 WHERE c.customer_id = $1::bigint AND c.destination_waba_id <> $2
UNION ALL
SELECT c.key, CASE WHEN (c.key, c.business_id) = (SELECT key, business_id FROM self)
                   THEN 'source' ELSE 'waba_id' END, NULL
  FROM wabamigrate.customer c JOIN wabamigrate.batch b USING (batch_id)
 WHERE b.state <> 'cancelled'
   AND (c.destination_waba_id = $2 AND c.customer_id <> $1::bigint
        AND (c.key, c.business_id) <> (SELECT key, business_id FROM self)
        OR c.source_waba_id = $2)
UNION ALL
SELECT c.key, 'phone_number_id', NULL
  FROM wabamigrate.capture p
  JOIN wabamigrate.customer c USING (customer_id)
  JOIN wabamigrate.batch b USING (batch_id)
 WHERE b.state <> 'cancelled' AND p.phone_number_id = nullif($3, '') AND c.customer_id <> $1::bigint
   AND (c.key, c.business_id) <> (SELECT key, business_id FROM self)
 LIMIT 1;
