-- How a batch's templates stand, without their names: what decides who must act, and how many.
-- $1 batch_id bigint
SELECT d.result, d.reason, d.source_status, count(*) AS templates
  FROM wabamigrate.customer c
  JOIN wabamigrate.template_difference d USING (customer_id)
 WHERE c.batch_id = $1::bigint
 GROUP BY d.result, d.reason, d.source_status;
