-- $1 batch_id bigint, $2 worker text, $3 process text, $4 lease in ms bigint
INSERT INTO wabamigrate.run (batch_id, worker, process, lease_until)
VALUES ($1::bigint, $2, $3, wabamigrate.clock() + $4::bigint * interval '1 ms')
RETURNING run_id;
