-- Where COPY puts the manifest before it is merged, in the order of the book: customers and numbers in
-- one stream, so that one COPY takes both. Gone when the transaction ends.
CREATE TEMPORARY TABLE stage (
    is_number boolean, customer text, name text, business_id text, source_waba_id text,
    destination_waba_id text, token_ref text, source_token_ref text,
    webhook_override_callback_uri text, webhook_verify_token_ref text, attest jsonb,
    number text, country_code text, national text, source_phone_number_id text, phone_number_id text,
    path text, waba_currency text, templates text, templates_wait bigint, templates_settle bigint,
    business_profile text,
    data_localization_region text, code_method text, language text, file text, line integer
) ON COMMIT DROP;
-- The book is joined with itself several times: in memory, where it fits.
SET LOCAL work_mem = '64MB';
CREATE TEMPORARY VIEW stage_customer AS
    SELECT customer AS key, * FROM stage WHERE NOT is_number;
CREATE TEMPORARY VIEW stage_number AS
    SELECT * FROM stage WHERE is_number;
