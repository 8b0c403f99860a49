-- $1 run_id bigint, $2 exit_code smallint, $3 calls bigint
UPDATE wabamigrate.run
   SET ended_at = coalesce(ended_at, wabamigrate.clock()), exit_code = $2::smallint, calls = $3::bigint
 WHERE run_id = $1::bigint;
