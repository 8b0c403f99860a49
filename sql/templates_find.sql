-- Whose WABAs these are, where a batch has them: a customer for whom something is still copied, or was.
-- $1 source_waba_id text, $2 destination_waba_id text
SELECT b.batch_id, b.name AS batch, c.key AS customer
  FROM wabamigrate.customer c
  JOIN wabamigrate.batch b USING (batch_id)
 WHERE c.destination_waba_id = $2 AND c.source_waba_id = $1
 ORDER BY (b.state = 'cancelled'), b.batch_id DESC
 LIMIT 1;
