-- Where a batch of this name has its numbers, for a dry run. $1 batch text
SELECT s.number, s.state, s.step, s.waiting_for, wabamigrate.rfc3339(s.not_before) AS not_before, s.error
  FROM wabamigrate.number_status s JOIN wabamigrate.batch b USING (batch_id)
 WHERE b.name = $1 AND s.state IN ('done', 'failed', 'running', 'cancelled');
