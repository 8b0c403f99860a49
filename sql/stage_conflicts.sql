-- What a manifest cannot know by itself: numbers and destinations that another unfinished batch holds, and
-- destinations that another customer of this batch has signed up with. $1 batch name text
SELECT s.file, s.line, 'number' AS key, s.number AS value, b.name AS batch, NULL AS customer
  FROM pg_temp.stage_number s
  JOIN wabamigrate.number n USING (number)
  JOIN wabamigrate.batch b ON b.batch_id = n.batch_id
 WHERE b.name <> $1 AND b.state <> 'cancelled' AND n.cancelled_at IS NULL
   AND EXISTS (SELECT 1 FROM wabamigrate.step p
                WHERE p.number_id = n.number_id AND p.state NOT IN ('done', 'cancelled'))
UNION ALL
SELECT s.file, s.line, 'destination_waba_id', s.destination_waba_id, b.name, NULL
  FROM pg_temp.stage_customer s
  JOIN wabamigrate.customer c
    ON c.destination_waba_id = s.destination_waba_id
   AND (c.key, c.business_id) <> (s.key, s.business_id)
  JOIN wabamigrate.batch b ON b.batch_id = c.batch_id
 WHERE b.name <> $1 AND b.state <> 'cancelled'
UNION ALL
SELECT s.file, s.line, 'destination_waba_id', s.destination_waba_id, b.name, c.key
  FROM pg_temp.stage_customer s
  JOIN wabamigrate.customer c ON c.destination_waba_id = s.destination_waba_id AND c.key <> s.key
  JOIN wabamigrate.batch b ON b.batch_id = c.batch_id
 WHERE b.name = $1
   AND NOT EXISTS (SELECT 1 FROM pg_temp.stage_customer o -- the manifest gives that one another
                    WHERE o.key = c.key AND o.destination_waba_id <> s.destination_waba_id)
 ORDER BY 1, 2
 LIMIT 100;
