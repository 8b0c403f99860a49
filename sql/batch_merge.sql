-- The batch of this name: made, or updated where the manifest changed.
-- $1 name, $2 partner_business_id, $3 app_id, $4 credit_line_id, $5 credit_method, $6 system_user_id,
-- $7 system_token_ref, $8 app_secret_ref, $9 graph_version, $10 path, $11 waba_currency, $12 templates,
-- $13 data_localization_region, $14 code_method, $15 language; all text; $16 templates_wait bigint,
-- $17 templates_settle bigint, both in ms; $18 business_profile text
INSERT INTO wabamigrate.batch AS b
       (name, partner_business_id, app_id, credit_line_id, credit_method, system_user_id,
        system_token_ref, app_secret_ref, graph_version, path, waba_currency, templates,
        data_localization_region, code_method, language, templates_wait, templates_settle,
        business_profile)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (name) DO UPDATE
   SET partner_business_id = excluded.partner_business_id, app_id = excluded.app_id,
       credit_line_id = excluded.credit_line_id, credit_method = excluded.credit_method,
       -- One that was found stays, as long as the portfolio it is of does.
       system_user_id = CASE WHEN excluded.system_user_id IS NULL
                                  AND b.partner_business_id = excluded.partner_business_id
                             THEN b.system_user_id ELSE excluded.system_user_id END,
       system_token_ref = excluded.system_token_ref, app_secret_ref = excluded.app_secret_ref,
       graph_version = excluded.graph_version, path = excluded.path,
       waba_currency = excluded.waba_currency, templates = excluded.templates,
       data_localization_region = excluded.data_localization_region,
       code_method = excluded.code_method, language = excluded.language,
       templates_wait = excluded.templates_wait, templates_settle = excluded.templates_settle,
       business_profile = excluded.business_profile,
       updated_at = wabamigrate.clock()
RETURNING batch_id, state;
