-- What is left of a batch, for the loop: how the numbers stand, when the next step is due and why it
-- waits. $1 batch_id bigint
SELECT s.state, count(*)
  FROM wabamigrate.number_status s
 WHERE s.batch_id = $1::bigint
 GROUP BY s.state;
