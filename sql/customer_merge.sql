-- Customers of the manifest into the batch. What a step has already used on Graph (business, WABAs) is
-- kept once anything was written for the customer; such a difference is told by customer_kept.sql.
-- $1 batch_id bigint
INSERT INTO wabamigrate.customer AS c
       (batch_id, key, name, business_id, source_waba_id, destination_waba_id, token_ref,
        source_token_ref, webhook_override_callback_uri, webhook_verify_token_ref, attest, path,
        waba_currency, templates, data_localization_region, code_method, language)
SELECT $1::bigint, key, name, business_id, source_waba_id, destination_waba_id, token_ref,
       source_token_ref, webhook_override_callback_uri, webhook_verify_token_ref,
       coalesce(attest, '{}'), path, waba_currency, templates, data_localization_region, code_method,
       language
  FROM pg_temp.stage_customer
ON CONFLICT (batch_id, key) DO UPDATE
   SET name = excluded.name,
       business_id = CASE WHEN wabamigrate.has_begun(c.customer_id) THEN c.business_id ELSE excluded.business_id END,
       source_waba_id = CASE WHEN wabamigrate.has_begun(c.customer_id) THEN c.source_waba_id ELSE excluded.source_waba_id END,
       destination_waba_id = CASE WHEN wabamigrate.has_begun(c.customer_id) OR excluded.destination_waba_id IS NULL
                                  THEN coalesce(c.destination_waba_id, excluded.destination_waba_id)
                                  ELSE excluded.destination_waba_id END,
       -- Who reads something else, or with another token, has not read it yet.
       source_read_at = CASE WHEN (c.source_waba_id, c.source_token_ref)
                                  IS NOT DISTINCT FROM (excluded.source_waba_id, excluded.source_token_ref)
                             THEN c.source_read_at END,
       destination_read_at = CASE WHEN c.token_ref IS NOT DISTINCT FROM excluded.token_ref
                                       AND coalesce(excluded.destination_waba_id = c.destination_waba_id,
                                                    excluded.destination_waba_id IS NULL)
                                  THEN c.destination_read_at END,
       token_ref = excluded.token_ref, source_token_ref = excluded.source_token_ref,
       webhook_override_callback_uri = excluded.webhook_override_callback_uri,
       webhook_verify_token_ref = excluded.webhook_verify_token_ref, attest = excluded.attest,
       path = excluded.path, waba_currency = excluded.waba_currency, templates = excluded.templates,
       data_localization_region = excluded.data_localization_region,
       code_method = excluded.code_method, language = excluded.language;
