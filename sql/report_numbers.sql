-- Every number of a batch and where it stands. $1 batch_id bigint, $2 number text (NULL: all)
SELECT s.number, s.customer, s.customer_name, coalesce(c.language, b.language) AS language, s.state,
       coalesce(s.step, 'done') AS step, s.is_eligible OR s.state = 'done' AS is_eligible,
       s.waiting_for, wabamigrate.rfc3339(s.not_before) AS not_before, s.note, s.error
  FROM wabamigrate.number_status s
  JOIN wabamigrate.customer c USING (customer_id)
  JOIN wabamigrate.batch b ON b.batch_id = s.batch_id
 WHERE s.batch_id = $1::bigint AND ($2::text IS NULL OR s.number = $2)
 ORDER BY s.customer COLLATE "C", s.number COLLATE "C";
