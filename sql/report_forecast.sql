-- The steps still to go of numbers that nothing holds up and of their customers, by kind and by what
-- decides which calls a step makes. $1 batch_id bigint, $2 numbers of a page bigint
WITH moving AS (
    SELECT s.number_id, s.customer_id
      FROM wabamigrate.number_status s
     WHERE s.batch_id = $1::bigint AND s.state IN ('ready', 'running', 'pending', 'waiting')
), left_over AS (
    SELECT s.customer_id, s.kind,
           c.webhook_override_callback_uri IS NOT NULL AS has_webhook_override,
           c.has_signup_code,
           coalesce(n.data_localization_region, c.data_localization_region,
                    b.data_localization_region) IS NOT NULL AS has_storage_region,
           n.verified_at IS NULL AS has_new_number,
           count(*) AS steps
      FROM wabamigrate.step s
      JOIN wabamigrate.customer c USING (customer_id)
      JOIN wabamigrate.batch b ON b.batch_id = s.batch_id
      LEFT JOIN wabamigrate.number n ON n.number_id = s.number_id
     WHERE s.batch_id = $1::bigint AND s.state NOT IN ('done', 'cancelled')
       AND (s.number_id IN (SELECT number_id FROM moving)
            OR s.number_id IS NULL AND s.customer_id IN (SELECT customer_id FROM moving))
     GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT kind, has_webhook_override, has_signup_code, has_storage_region, has_new_number,
       sum(steps)::bigint AS steps, max(steps) AS of_one,
       sum((steps + $2::bigint - 1) / $2::bigint)::bigint AS pages
  FROM left_over
 GROUP BY 1, 2, 3, 4, 5;
