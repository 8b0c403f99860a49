-- What every step of a batch shares. $1 batch_id bigint
SELECT name, state, partner_business_id, app_id, credit_line_id, credit_method, system_user_id,
       system_token_ref, app_secret_ref, graph_version, path
  FROM wabamigrate.batch WHERE batch_id = $1::bigint;
