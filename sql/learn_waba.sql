-- What a read of a WABA said; a NULL node means that it cannot be read. One group may hold both WABAs
-- of a customer, and a row can be updated only once. A part is added to what is known of the WABA.
-- $1 customer_id bigint[], $2 is_source boolean[], $3 node text[] (jsonb), $4 is a part boolean[]
UPDATE wabamigrate.customer c
   SET source_node = CASE WHEN i.has_source_part THEN c.source_node || i.source::jsonb
                          WHEN i.has_source THEN i.source::jsonb ELSE c.source_node END,
       source_read_at = CASE WHEN i.has_source THEN wabamigrate.clock() ELSE c.source_read_at END,
       destination_node = CASE WHEN i.has_destination_part
                               THEN c.destination_node || i.destination::jsonb
                               WHEN i.has_destination THEN i.destination::jsonb
                               ELSE c.destination_node END,
       destination_read_at = CASE WHEN i.has_destination THEN wabamigrate.clock()
                                  ELSE c.destination_read_at END
  FROM (SELECT customer_id, bool_or(is_source) AS has_source, bool_or(NOT is_source) AS has_destination,
               bool_or(is_source AND is_part) AS has_source_part,
               bool_or(NOT is_source AND is_part) AS has_destination_part,
               max(node) FILTER (WHERE is_source) AS source,
               max(node) FILTER (WHERE NOT is_source) AS destination
          FROM unnest($1::bigint[], $2::boolean[], $3::text[], $4::boolean[])
               AS u (customer_id, is_source, node, is_part)
         GROUP BY customer_id) i
 WHERE c.customer_id = i.customer_id;
