-- What a batch of this name already knows of its customers, for a dry run: what signups brought.
-- $1 batch text
SELECT c.key, c.destination_waba_id, c.business_token_sealed,
       c.has_signup_code,
       -- a run would not read it again
       wabamigrate.is_fresh(c.source_read_at)
       AND NOT EXISTS (SELECT 1 FROM wabamigrate.step s
                        WHERE s.customer_id = c.customer_id AND s.number_id IS NULL
                          AND s.state = 'blocked')
       AND NOT EXISTS (SELECT 1 FROM wabamigrate.number n
                         JOIN wabamigrate.step s ON s.number_id = n.number_id
                        WHERE n.customer_id = c.customer_id AND s.state = 'blocked')
           AS has_fresh_source
  FROM wabamigrate.customer c JOIN wabamigrate.batch b USING (batch_id)
 WHERE b.name = $1
   AND (c.destination_waba_id IS NOT NULL OR c.business_token_sealed IS NOT NULL
        OR c.has_signup_code OR wabamigrate.is_fresh(c.source_read_at));
