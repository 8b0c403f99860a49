-- Puts what has been sealed anew in the place of what was there; a value that somebody has changed since
-- it was read stays. One statement of UPDATEs, of which the place lets one do something.
-- $1 place text, $2 id bigint[], $3 sealed before text[] (bytea), $4 sealed now text[] (bytea)
WITH fresh AS (
    SELECT f.id, f.was::bytea AS was, f.now::bytea AS now
      FROM unnest($2::bigint[], $3::text[], $4::text[]) AS f (id, was, now)
), business_token AS (
    UPDATE wabamigrate.customer c SET business_token_sealed = f.now FROM fresh f
     WHERE $1 = 'customer.business_token_sealed' AND c.customer_id = f.id AND c.business_token_sealed = f.was
    RETURNING 1
), signup_code AS (
    UPDATE wabamigrate.customer c SET signup_code_sealed = f.now FROM fresh f
     WHERE $1 = 'customer.signup_code_sealed' AND c.customer_id = f.id AND c.signup_code_sealed = f.was
    RETURNING 1
), pin AS (
    UPDATE wabamigrate.number n SET pin_sealed = f.now FROM fresh f
     WHERE $1 = 'number.pin_sealed' AND n.number_id = f.id AND n.pin_sealed = f.was
    RETURNING 1
), verification_code AS (
    UPDATE wabamigrate.number n SET verification_code_sealed = f.now FROM fresh f
     WHERE $1 = 'number.verification_code_sealed' AND n.number_id = f.id
       AND n.verification_code_sealed = f.was
    RETURNING 1
), digest_key AS (
    UPDATE wabamigrate.keyring k SET digest_key_sealed = f.now FROM fresh f
     WHERE $1 = 'keyring.digest_key_sealed' AND k.digest_key_sealed = f.was
    RETURNING 1
)
SELECT (SELECT count(*) FROM business_token) + (SELECT count(*) FROM signup_code)
       + (SELECT count(*) FROM pin) + (SELECT count(*) FROM verification_code)
       + (SELECT count(*) FROM digest_key) AS resealed;
