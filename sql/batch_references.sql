-- Every place the batch has a credential in, each once. $1 batch_id bigint
SELECT system_token_ref AS reference FROM wabamigrate.batch WHERE batch_id = $1::bigint
UNION
SELECT app_secret_ref FROM wabamigrate.batch
 WHERE batch_id = $1::bigint AND app_secret_ref IS NOT NULL
UNION
SELECT r.reference
  FROM wabamigrate.customer c
 CROSS JOIN LATERAL (VALUES (c.token_ref), (c.source_token_ref), (c.webhook_verify_token_ref))
       r (reference)
 WHERE c.batch_id = $1::bigint AND r.reference IS NOT NULL;
