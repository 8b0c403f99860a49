-- Which numbers of a book another unfinished batch holds: a run would refuse it.
-- $1 batch name text, $2 numbers text[]
SELECT n.number, b.name AS batch
  FROM wabamigrate.number n
  JOIN wabamigrate.batch b USING (batch_id)
 WHERE n.number = ANY ($2::text[])
   AND b.name <> $1 AND b.state <> 'cancelled' AND n.cancelled_at IS NULL
   AND EXISTS (SELECT 1 FROM wabamigrate.step p
                WHERE p.number_id = n.number_id AND p.state NOT IN ('done', 'cancelled'))
 ORDER BY n.number
 LIMIT 100;
