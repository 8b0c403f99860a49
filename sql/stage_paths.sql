-- Customers and numbers whose path has no steps in this release. $1 batch_id bigint
SELECT s.file, s.line
  FROM pg_temp.stage s
  JOIN wabamigrate.batch b ON b.batch_id = $1::bigint
 WHERE coalesce(s.path, CASE WHEN s.is_number THEN NULL ELSE b.path END) NOT IN
       (SELECT path FROM wabamigrate.path_step)
 ORDER BY s.line
 LIMIT 20;
