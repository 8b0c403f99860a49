-- First of what a transaction does to customers, their numbers and their steps: two that work on the same
-- ones go one after the other, and in the same order, so that they never wait for each other in a circle.
-- $1 customer_id bigint[]
SELECT customer_id
  FROM wabamigrate.customer
 WHERE customer_id = ANY ($1::bigint[])
 ORDER BY customer_id
   FOR NO KEY UPDATE;
