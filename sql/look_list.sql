-- How the book stood, look by look: the last of each command of each day, UTC. $1 batch text
SELECT DISTINCT ON ((l.at AT TIME ZONE 'UTC')::date, l.command)
       wabamigrate.rfc3339(l.at) AS at, l.command, l.numbers, l.eligible, l.not_eligible,
       coalesce((l.by_state->>'done')::integer, 0) AS done,
       coalesce((l.by_state->>'failed')::integer, 0) AS failed, l.calls
  FROM wabamigrate.look l
 WHERE l.batch = $1 AND l.is_whole
 ORDER BY (l.at AT TIME ZONE 'UTC')::date, l.command, l.at DESC;
