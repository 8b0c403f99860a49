-- Which key seals this database's secrets, and where they are. The keys themselves are in the key file
-- (base/key_file.h) and never here.

-- One row. Opening `digest_key_sealed` proves that the key file is the right one; the key in it digests
-- captured codes, and stays when the sealing key is rotated.
CREATE TABLE wabamigrate.keyring (
    is_only           boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    key_id            text        NOT NULL, -- 16 hexadecimal digits; a sealed value begins with these bytes
    digest_key_sealed bytea       NOT NULL,
    rotated_at        timestamptz NOT NULL DEFAULT wabamigrate.clock(),
    is_rotating       boolean     NOT NULL DEFAULT false -- not everything is sealed with it yet
);

-- Every sealed value, with the context that it is bound to (orchestrator/credentials.h). A new column
-- belongs here and in sql/keyring_seal.sql; a test looks for the *_sealed columns that are missing.
CREATE VIEW wabamigrate.sealed_value AS
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
SELECT 'keyring.digest_key_sealed', 1, 'digest_key:keyring', k.digest_key_sealed
  FROM wabamigrate.keyring k;

-- Whether there is a code may be known to those who may not read it, sealed as it is (examples/auditor.sql).
ALTER TABLE wabamigrate.customer
    ADD COLUMN has_signup_code boolean NOT NULL GENERATED ALWAYS AS (signup_code_sealed IS NOT NULL) STORED;
