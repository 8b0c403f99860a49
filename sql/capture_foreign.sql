-- Whether a WABA or a phone number id already belongs to somebody else: another customer's destination,
-- or any customer's source. $1 customer_id bigint, $2 waba_id text, $3 phone_number_id text
SELECT c.key, 'waba_id' AS field
  FROM wabamigrate.customer c JOIN wabamigrate.batch b USING (batch_id)
 WHERE b.state <> 'cancelled'
   AND (c.destination_waba_id = $2 AND c.customer_id <> $1::bigint
        AND c.key <> (SELECT o.key FROM wabamigrate.customer o WHERE o.customer_id = $1::bigint)
        OR c.source_waba_id = $2)
UNION ALL
SELECT c.key, 'phone_number_id'
  FROM wabamigrate.capture p JOIN wabamigrate.customer c USING (customer_id)
 WHERE p.phone_number_id = nullif($3, '') AND c.customer_id <> $1::bigint
   AND c.key <> (SELECT o.key FROM wabamigrate.customer o WHERE o.customer_id = $1::bigint)
 LIMIT 1;
