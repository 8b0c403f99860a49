-- How a book stood at a look. $1 batch text, $2 command text, $3 is_whole boolean, $4 numbers integer,
-- $5 eligible integer, $6 not_eligible integer, $7 by_state jsonb, $8 calls bigint
INSERT INTO wabamigrate.look (batch, command, is_whole, numbers, eligible, not_eligible, by_state, calls)
VALUES ($1, $2, $3::boolean, $4::integer, $5::integer, $6::integer, $7::jsonb, $8::bigint)
RETURNING wabamigrate.rfc3339(at) AS at;
