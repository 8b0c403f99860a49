-- Of the numbers that have been confirmed or registered: what the audit said, and when they moved (by the
-- worker's clock and by the Date of Meta's answers). In the report's order.
-- $1 batch_id bigint, $2 number text (NULL: all)
SELECT n.number, n.audit, k.path, wabamigrate.unix_ms(k.sent_at) AS sent_ms,
       wabamigrate.unix_ms(k.before_at) AS before_ms,
       wabamigrate.unix_ms(k.before_graph_date) AS before_date_ms,
       wabamigrate.unix_ms(k.after_at) AS after_ms,
       wabamigrate.unix_ms(k.after_graph_date) AS after_date_ms, k.was_lost
  FROM wabamigrate.number n
  JOIN wabamigrate.customer c ON c.customer_id = n.customer_id
  LEFT JOIN wabamigrate.cutover k ON k.number_id = n.number_id
 WHERE n.batch_id = $1::bigint AND ($2::text IS NULL OR n.number = $2)
   AND (n.audit IS NOT NULL OR k.number_id IS NOT NULL)
 ORDER BY c.key COLLATE "C", n.number COLLATE "C";
