-- Every number of a batch and where it stands. $1 batch_id bigint, $2 number text (NULL: all)
SELECT number, customer, customer_name, state, coalesce(step, 'done') AS step, is_eligible,
       waiting_for, wabamigrate.rfc3339(not_before) AS not_before, note, error
  FROM wabamigrate.number_status
 WHERE batch_id = $1::bigint AND ($2::text IS NULL OR number = $2)
 ORDER BY customer, number;
