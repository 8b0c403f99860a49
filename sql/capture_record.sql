-- Keeps a capture; no row where it is known already. $1 customer_id bigint, $2 event, $3 waba_id,
-- $4 phone_number_id, $5 business_id text, $6 digest of the code text (bytea)
INSERT INTO wabamigrate.capture (customer_id, event, waba_id, phone_number_id, business_id, code_digest)
VALUES ($1::bigint, $2, $3, $4, $5, $6::bytea)
ON CONFLICT DO NOTHING
RETURNING capture_id;
