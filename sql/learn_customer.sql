-- What steps of a customer's WABA learned. One group may hold several steps of a customer, and a row
-- can be updated only once. $1 customer_id bigint[], $2 business_token_sealed text[] (bytea),
-- $3 allocation_config_id text[], $4 the signup code is burnt boolean[], $5 when it was tried, Unix ms
-- bigint[] (a code captured since then is another one)
UPDATE wabamigrate.customer c
   SET business_token_sealed = coalesce(i.token::bytea, c.business_token_sealed),
       allocation_config_id = coalesce(i.allocation, c.allocation_config_id),
       signup_code_sealed = CASE WHEN wabamigrate.unix_ms(c.signup_code_at) <= i.burnt_at_ms
                                 THEN NULL ELSE c.signup_code_sealed END
  FROM (SELECT customer_id, max(token) AS token, max(allocation) AS allocation,
               max(tried_at_ms) FILTER (WHERE is_burnt) AS burnt_at_ms
          FROM unnest($1::bigint[], $2::text[], $3::text[], $4::boolean[], $5::bigint[])
               AS u (customer_id, token, allocation, is_burnt, tried_at_ms)
         GROUP BY customer_id) i
 WHERE c.customer_id = i.customer_id;
