-- What Graph said of our quotas. A park is only ever made longer by a later word, until it has passed.
-- $1 scope text[], $2 subject text[], $3 percent integer[], $4 park for ms bigint[] (0: do not park)
INSERT INTO wabamigrate.budget AS g (scope, subject, percent, parked_until)
SELECT scope, subject, max(percent),
       CASE WHEN max(park_ms) > 0 THEN wabamigrate.clock() + max(park_ms) * interval '1 ms' END
  FROM unnest($1::text[], $2::text[], $3::integer[], $4::bigint[]) AS i (scope, subject, percent, park_ms)
 GROUP BY scope, subject
ON CONFLICT (scope, subject) DO UPDATE
   SET percent = excluded.percent, updated_at = wabamigrate.clock(),
       parked_until = greatest(g.parked_until, excluded.parked_until);
