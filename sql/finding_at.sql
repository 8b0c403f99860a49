-- Which numbers had findings at a time, and whether they might move then: the answers that stood.
-- $1 batch text, $2 at text (timestamptz)
SELECT number, NOT bool_or(is_blocking) AS is_eligible
  FROM (SELECT DISTINCT ON (f.number, f.rule) f.number, f.is_blocking
          FROM wabamigrate.finding f
         WHERE f.batch = $1 AND f.found_at <= $2::timestamptz
         ORDER BY f.number, f.rule, f.finding_id DESC) l
 GROUP BY number
 ORDER BY number COLLATE "C";
