-- First in every transaction of a run that records or claims: another run ends it before that, or after
-- it. Where it has been ended, this fails (SQLSTATE WM001), and the transaction with it. $1 run_id bigint
SELECT wabamigrate.hold_run($1::bigint);
