-- What a read of a WABA said; a NULL node means that it cannot be read.
-- $1 customer_id bigint[], $2 is_source boolean[], $3 node text[] (jsonb)
WITH input AS (
    SELECT * FROM unnest($1::bigint[], $2::boolean[], $3::text[]) AS i (customer_id, is_source, node)
), source AS (
    UPDATE wabamigrate.customer c
       SET source_node = i.node::jsonb, source_read_at = wabamigrate.clock()
      FROM input i WHERE i.is_source AND c.customer_id = i.customer_id
)
UPDATE wabamigrate.customer c
   SET destination_node = i.node::jsonb, destination_read_at = wabamigrate.clock()
  FROM input i WHERE NOT i.is_source AND c.customer_id = i.customer_id;
