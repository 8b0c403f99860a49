-- Numbers of the manifest into the batch. A number that moved to another customer in the manifest
-- stays where it began. Rows that say nothing new are not written again, and new ones are inserted
-- plainly: whoever loads this batch holds it, so no other can bring the same number meanwhile, and ON
-- CONFLICT would write each of them twice. $1 batch_id bigint
WITH changed AS (
    UPDATE wabamigrate.number n
       SET source_phone_number_id = coalesce(s.source_phone_number_id, n.source_phone_number_id),
           phone_number_id = coalesce(n.phone_number_id, s.phone_number_id),
           path = s.path, waba_currency = s.waba_currency, templates = s.templates,
           data_localization_region = s.data_localization_region,
           code_method = s.code_method, language = s.language
      FROM pg_temp.stage_number s
     WHERE n.batch_id = $1::bigint AND n.number = s.number
       AND (coalesce(s.source_phone_number_id, n.source_phone_number_id),
            coalesce(n.phone_number_id, s.phone_number_id), s.path, s.waba_currency, s.templates,
            s.data_localization_region, s.code_method, s.language)
           IS DISTINCT FROM
           (n.source_phone_number_id, n.phone_number_id, n.path, n.waba_currency, n.templates,
            n.data_localization_region, n.code_method, n.language)
)
INSERT INTO wabamigrate.number
       (batch_id, customer_id, number, country_code, national, source_phone_number_id,
        phone_number_id, path, waba_currency, templates, data_localization_region, code_method,
        language)
SELECT $1::bigint, c.customer_id, s.number, s.country_code, s.national, s.source_phone_number_id,
       s.phone_number_id, s.path, s.waba_currency, s.templates, s.data_localization_region,
       s.code_method, s.language
  FROM pg_temp.stage_number s
  JOIN wabamigrate.customer c ON c.batch_id = $1::bigint AND c.key = s.customer
 WHERE NOT EXISTS (SELECT 1 FROM wabamigrate.number n
                    WHERE n.batch_id = $1::bigint AND n.number = s.number)
 ORDER BY s.line;
