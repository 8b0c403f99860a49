-- Numbers of the manifest into the batch. A number that moved to another customer in the manifest
-- stays where it began. $1 batch_id bigint
INSERT INTO wabamigrate.number AS n
       (batch_id, customer_id, number, country_code, national, source_phone_number_id,
        phone_number_id, path, waba_currency, templates, data_localization_region, code_method,
        language)
SELECT $1::bigint, c.customer_id, s.number, s.country_code, s.national, s.source_phone_number_id,
       s.phone_number_id, s.path, s.waba_currency, s.templates, s.data_localization_region,
       s.code_method, s.language
  FROM pg_temp.stage_number s
  JOIN wabamigrate.customer c ON c.batch_id = $1::bigint AND c.key = s.customer
 ORDER BY s.line
ON CONFLICT (batch_id, number) DO UPDATE
   SET source_phone_number_id = coalesce(excluded.source_phone_number_id, n.source_phone_number_id),
       phone_number_id = coalesce(n.phone_number_id, excluded.phone_number_id),
       path = excluded.path, waba_currency = excluded.waba_currency, templates = excluded.templates,
       data_localization_region = excluded.data_localization_region,
       code_method = excluded.code_method, language = excluded.language;
