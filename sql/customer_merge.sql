-- Customers of the manifest into the batch. What a step has already used on Graph (business, WABAs) is
-- kept once anything was written for the customer; such a difference is told by customer_kept.sql.
-- Rows that say nothing new are not written again. Whoever loads this batch holds it, so no other can
-- bring the same customer meanwhile. $1 batch_id bigint
WITH told AS (
    SELECT c.customer_id, s.*, wabamigrate.has_begun(c.customer_id) AS has_begun
      FROM pg_temp.stage_customer s
      JOIN wabamigrate.customer c ON c.batch_id = $1::bigint AND c.key = s.key
     WHERE (s.name, s.business_id, s.source_waba_id,
            coalesce(s.destination_waba_id, c.destination_waba_id), s.token_ref, s.source_token_ref,
            s.webhook_override_callback_uri, s.webhook_verify_token_ref, coalesce(s.attest, '{}'),
            s.path, s.waba_currency, s.templates, s.templates_wait, s.templates_settle,
            s.business_profile,
            s.data_localization_region, s.code_method, s.language)
           IS DISTINCT FROM
           (c.name, c.business_id, c.source_waba_id, c.destination_waba_id, c.token_ref,
            c.source_token_ref, c.webhook_override_callback_uri, c.webhook_verify_token_ref, c.attest,
            c.path, c.waba_currency, c.templates, c.templates_wait, c.templates_settle,
            c.business_profile,
            c.data_localization_region, c.code_method, c.language)
), changed AS (
    UPDATE wabamigrate.customer c
       SET name = t.name,
           business_id = CASE WHEN t.has_begun THEN c.business_id ELSE t.business_id END,
           source_waba_id = CASE WHEN t.has_begun THEN c.source_waba_id ELSE t.source_waba_id END,
           destination_waba_id = CASE WHEN t.has_begun OR t.destination_waba_id IS NULL
                                      THEN coalesce(c.destination_waba_id, t.destination_waba_id)
                                      ELSE t.destination_waba_id END,
           -- Who reads something else, or with another token, has not read it yet.
           source_read_at = CASE WHEN (c.source_waba_id, c.source_token_ref)
                                      IS NOT DISTINCT FROM (t.source_waba_id, t.source_token_ref)
                                 THEN c.source_read_at END,
           destination_read_at = CASE WHEN c.token_ref IS NOT DISTINCT FROM t.token_ref
                                           AND coalesce(t.destination_waba_id = c.destination_waba_id,
                                                        t.destination_waba_id IS NULL)
                                      THEN c.destination_read_at END,
           token_ref = t.token_ref, source_token_ref = t.source_token_ref,
           webhook_override_callback_uri = t.webhook_override_callback_uri,
           webhook_verify_token_ref = t.webhook_verify_token_ref, attest = coalesce(t.attest, '{}'),
           path = t.path, waba_currency = t.waba_currency, templates = t.templates,
           templates_wait = t.templates_wait, templates_settle = t.templates_settle,
           business_profile = t.business_profile,
           data_localization_region = t.data_localization_region,
           code_method = t.code_method, language = t.language
      FROM told t
     WHERE c.customer_id = t.customer_id
)
INSERT INTO wabamigrate.customer
       (batch_id, key, name, business_id, source_waba_id, destination_waba_id, token_ref,
        source_token_ref, webhook_override_callback_uri, webhook_verify_token_ref, attest, path,
        waba_currency, templates, templates_wait, templates_settle, business_profile,
        data_localization_region, code_method,
        language)
SELECT $1::bigint, key, name, business_id, source_waba_id, destination_waba_id, token_ref,
       source_token_ref, webhook_override_callback_uri, webhook_verify_token_ref,
       coalesce(attest, '{}'), path, waba_currency, templates, templates_wait, templates_settle,
       business_profile, data_localization_region, code_method, language
  FROM pg_temp.stage_customer s
 WHERE NOT EXISTS (SELECT 1 FROM wabamigrate.customer c
                    WHERE c.batch_id = $1::bigint AND c.key = s.key)
 ORDER BY s.line;
