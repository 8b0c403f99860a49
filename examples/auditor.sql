-- SPDX-License-Identifier: PostgreSQL
--
-- A role that may read the whole story and change nothing, nor see a sealed value: `status`, `report` and
-- `doctor` work with it, `pins export` does not. Run it as the schema's owner, again after `db upgrade`:
--
--   psql -v ON_ERROR_STOP=1 -v auditor=NAME -f auditor.sql "postgresql://OWNER@HOST/DATABASE"
--
-- The role itself is the database administrator's to make: CREATE ROLE NAME LOGIN PASSWORD '…'.
GRANT USAGE ON SCHEMA wabamigrate TO :"auditor";
SELECT format('GRANT SELECT (%s) ON %s TO %I',
              string_agg(quote_ident(a.attname), ', '), c.oid::regclass, :'auditor')
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'wabamigrate'::regnamespace AND c.relkind IN ('r', 'v')
   AND c.relname <> 'sealed_value' AND a.attname !~ '_sealed$'
 GROUP BY c.oid \gexec
