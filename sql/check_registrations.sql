-- Registrations spent and blocked, of the numbers of a loaded batch, and when the next may be spent at
-- all; a number's are counted whatever batch they came from. $1 batch text, $2 how many of a number may
-- count at a time bigint
SELECT n.number, r.registrations, wabamigrate.rfc3339(r.blocked_until) AS blocked_until,
       wabamigrate.rfc3339(greatest(r.count_until[$2::bigint], r.blocked_until)) AS free_at
  FROM wabamigrate.number n
  JOIN wabamigrate.batch b USING (batch_id)
 CROSS JOIN LATERAL wabamigrate.registrations_of(n.number) r
 WHERE b.name = $1 AND r.registrations > 0;
