-- At the start of a run: steps that wait for one of their number's registrations, and may have one of
-- those that this run may spend, are due now. $1 batch_id bigint, $2 only text[] (customers or numbers;
-- NULL: all), $3 highest number_id bigint (NULL: all), $4 how many of a number may count at a time bigint
UPDATE wabamigrate.step s
   SET not_before = wabamigrate.clock()
  FROM wabamigrate.open_step q
  JOIN wabamigrate.number n ON n.number_id = q.number_id
  JOIN wabamigrate.customer c ON c.customer_id = n.customer_id
 CROSS JOIN LATERAL wabamigrate.registrations_of(n.number) r
 WHERE q.batch_id = $1::bigint AND q.state = 'ready' AND q.waiting_for = 'registrations'
   AND s.step_id = q.step_id AND s.state = 'ready' AND s.waiting_for = 'registrations'
   AND s.not_before > wabamigrate.clock()
   AND r.registrations < $4::bigint AND r.blocked_until IS NULL
   AND ($2::text[] IS NULL OR c.key = ANY ($2::text[]) OR n.number = ANY ($2::text[]))
   AND ($3::bigint IS NULL OR n.number_id <= $3::bigint);
