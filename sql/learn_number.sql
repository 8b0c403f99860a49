-- What a WABA's list said of its numbers. On the destination the list also tells each number's id
-- there. One group may hold both lists of a number, and a row can be updated only once. They are found by
-- their number: by their customer (hence the + 0), each would be looked for among all of the customer's.
-- $1 customer_id bigint[], $2 is_source boolean[], $3 digits text[], $4 id text[], $5 node text[]
UPDATE wabamigrate.number n
   SET source_node = coalesce(i.source_node::jsonb, n.source_node),
       source_phone_number_id = coalesce(i.source_id, n.source_phone_number_id),
       destination_node = coalesce(i.destination_node::jsonb, n.destination_node),
       phone_number_id = coalesce(i.destination_id, n.phone_number_id),
       verified_at = CASE WHEN i.destination_node::jsonb ->> 'code_verification_status' = 'VERIFIED'
                          THEN coalesce(n.verified_at, wabamigrate.clock())
                          ELSE n.verified_at END
  FROM (SELECT customer_id, digits,
               max(id) FILTER (WHERE is_source) AS source_id,
               max(node) FILTER (WHERE is_source) AS source_node,
               max(id) FILTER (WHERE NOT is_source) AS destination_id,
               max(node) FILTER (WHERE NOT is_source) AS destination_node
          FROM unnest($1::bigint[], $2::boolean[], $3::text[], $4::text[], $5::text[])
               AS u (customer_id, is_source, digits, id, node)
         GROUP BY customer_id, digits) i
 WHERE n.number = '+' || i.digits AND n.customer_id + 0 = i.customer_id;
