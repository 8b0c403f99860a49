-- Whose WABAs these are, where a batch looks after their templates. One that leaves them alone knows nothing of
-- them.
-- $1 source_waba_id text, $2 destination_waba_id text
SELECT b.batch_id, b.name AS batch, c.key AS customer
  FROM wabamigrate.customer c
  JOIN wabamigrate.batch b USING (batch_id)
 WHERE c.destination_waba_id = $2 AND c.source_waba_id = $1
   AND EXISTS (SELECT 1 FROM wabamigrate.step s
                WHERE s.customer_id = c.customer_id AND s.number_id IS NULL AND s.kind = 'settle_templates')
 ORDER BY (b.state = 'cancelled'), b.batch_id DESC
 LIMIT 1;
