-- Sealed PINs of numbers whose registration is done; also where its answer was lost and only a look-up
-- showed that it had worked. $1 batch_id bigint, $2 customers or numbers text[]
SELECT n.number, c.key AS customer, n.phone_number_id, n.pin_sealed
  FROM wabamigrate.number n JOIN wabamigrate.customer c USING (customer_id)
 WHERE n.batch_id = $1::bigint AND n.pin_sealed IS NOT NULL
   AND ($2::text[] IS NULL OR c.key = ANY ($2::text[]) OR n.number = ANY ($2::text[]))
   AND EXISTS (SELECT 1 FROM wabamigrate.step s JOIN wabamigrate.attempt a USING (step_id)
                WHERE s.number_id = n.number_id AND a.is_effect AND a.phase = 'register'
                  AND s.state = 'done' AND a.outcome IN ('done', 'unsure', 'lost'))
 ORDER BY c.key, n.number;
