-- What became of a group's calls, and what Graph said of our quotas. The app's row comes first: whoever
-- holds it is alone with the budgets (budget_take). $1 scope text[], $2 subject text[],
-- $3 answered integer[], $4 returned integer[] (never left), $5 percent integer[] (NULL: nothing said),
-- $6 park for ms bigint[] (0: do not park), $7 a number of it is registered boolean[], $8 header text[]
-- (NULL: nothing to keep)
SELECT wabamigrate.budget_note($1::text[], $2::text[], $3::integer[], $4::integer[], $5::integer[],
                               $6::bigint[], $7::boolean[], $8::text[]);
