-- What steps of a customer's WABA learned. $1 customer_id bigint[], $2 business_token_sealed text[]
-- (bytea), $3 allocation_config_id text[], $4 the signup code is burnt boolean[], $5 when it was tried,
-- Unix ms bigint[] (a code captured since then is another one)
UPDATE wabamigrate.customer c
   SET business_token_sealed = coalesce(i.token::bytea, c.business_token_sealed),
       allocation_config_id = coalesce(i.allocation, c.allocation_config_id),
       signup_code_sealed = CASE WHEN i.is_burnt
                                    AND wabamigrate.unix_ms(c.signup_code_at) <= i.tried_at_ms
                                 THEN NULL ELSE c.signup_code_sealed END
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::boolean[], $5::bigint[])
       AS i (customer_id, token, allocation, is_burnt, tried_at_ms)
 WHERE c.customer_id = i.customer_id;
