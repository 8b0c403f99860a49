-- Keeps the lease of every step this run holds. No row: the run has been declared dead by another.
-- $1 run_id bigint, $2 lease in ms bigint, $3 calls made so far bigint
UPDATE wabamigrate.run
   SET lease_until = wabamigrate.clock() + $2::bigint * interval '1 ms', calls = $3::bigint
 WHERE run_id = $1::bigint AND ended_at IS NULL
RETURNING run_id;
