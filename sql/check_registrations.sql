-- Registrations spent and blocked, of the numbers of a loaded batch. $1 batch text
SELECT n.number, r.registrations, wabamigrate.rfc3339(r.blocked_until) AS blocked_until
  FROM wabamigrate.number n
  JOIN wabamigrate.batch b USING (batch_id)
 CROSS JOIN LATERAL wabamigrate.registrations_of(n.number) r
 WHERE b.name = $1 AND r.registrations > 0;
