-- What a batch of this name already knows of its customers, for a dry run: what signups brought.
-- $1 batch text
SELECT c.key, c.destination_waba_id, c.business_token_sealed,
       c.has_signup_code
  FROM wabamigrate.customer c JOIN wabamigrate.batch b USING (batch_id)
 WHERE b.name = $1
   AND (c.destination_waba_id IS NOT NULL OR c.business_token_sealed IS NOT NULL
        OR c.has_signup_code);
