-- The batches there are. $1 name text (NULL: all)
SELECT batch_id, name, state, graph_version
  FROM wabamigrate.batch WHERE $1::text IS NULL OR name = $1 ORDER BY name;
