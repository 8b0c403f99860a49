-- The programmatic path: verification codes, and going back to the step that asks for one.

ALTER TABLE wabamigrate.path_step
    ADD COLUMN renewed_by text,
    ADD COLUMN takes_code boolean NOT NULL DEFAULT false;

-- The digest outlives the code, so that one which Meta has refused is not taken again.
ALTER TABLE wabamigrate.number
    ADD COLUMN verification_code_sealed bytea,
    ADD COLUMN verification_code_digest bytea,
    ADD COLUMN verification_code_at timestamptz,
    ADD COLUMN verified_at timestamptz;

-- The codes belong to what the key seals.
CREATE OR REPLACE VIEW wabamigrate.sealed_value AS
SELECT 'customer.business_token_sealed' AS place, c.customer_id AS id,
       'business_token:' || b.name || '/' || c.key AS context, c.business_token_sealed AS sealed
  FROM wabamigrate.customer c JOIN wabamigrate.batch b USING (batch_id)
 WHERE c.business_token_sealed IS NOT NULL
UNION ALL
SELECT 'customer.signup_code_sealed', c.customer_id,
       'signup_code:' || b.name || '/' || c.key, c.signup_code_sealed
  FROM wabamigrate.customer c JOIN wabamigrate.batch b USING (batch_id)
 WHERE c.signup_code_sealed IS NOT NULL
UNION ALL
SELECT 'number.pin_sealed', n.number_id, 'pin:' || b.name || '/' || n.number, n.pin_sealed
  FROM wabamigrate.number n JOIN wabamigrate.batch b USING (batch_id)
 WHERE n.pin_sealed IS NOT NULL
UNION ALL
SELECT 'number.verification_code_sealed', n.number_id,
       'verification_code:' || b.name || '/' || n.number, n.verification_code_sealed
  FROM wabamigrate.number n JOIN wabamigrate.batch b USING (batch_id)
 WHERE n.verification_code_sealed IS NOT NULL
UNION ALL
SELECT 'keyring.digest_key_sealed', 1, 'digest_key:keyring', k.digest_key_sealed
  FROM wabamigrate.keyring k;
