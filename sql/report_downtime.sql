-- For each number that this program has registered: when that was (the moment its registration left; the
-- number cannot have moved before), when the last template of its WABA that qualifies could be used, and how
-- many of these are still on their way. What was there before was there all the time; what was given up is no
-- matter of time. $1 batch_id bigint, $2 number text (NULL: all)
SELECT n.number, wabamigrate.unix_ms(k.sent_at) AS cut_over_ms, coalesce(t.usable_ms, 0) AS usable_ms,
       coalesce(t.on_its_way, 0) AS on_its_way
  FROM wabamigrate.number n
  JOIN wabamigrate.customer c ON c.customer_id = n.customer_id AND c.source_templates_at IS NOT NULL
  JOIN wabamigrate.step s ON s.number_id = n.number_id AND s.state = 'done'
                         AND EXISTS (SELECT 1 FROM wabamigrate.job_phase p
                                      WHERE p.kind = s.kind AND p.is_registration)
 CROSS JOIN LATERAL wabamigrate.took_place(s.step_id) k
  LEFT JOIN (SELECT d.customer_id, wabamigrate.unix_ms(max(d.usable_at)) AS usable_ms,
                    count(*) FILTER (WHERE d.usable_at IS NULL AND d.result IN ('waiting', 'missing'))
                        AS on_its_way
               FROM wabamigrate.customer o
               JOIN wabamigrate.template_difference d USING (customer_id)
              WHERE o.batch_id = $1::bigint AND d.qualifies <> 'none' AND d.result <> 'was_there'
              GROUP BY d.customer_id) t ON t.customer_id = n.customer_id
 WHERE n.batch_id = $1::bigint AND ($2::text IS NULL OR n.number = $2)
 ORDER BY n.number COLLATE "C";
