-- What a WABA's list said of its numbers. On the destination the list also tells each number's id
-- there. $1 customer_id bigint[], $2 is_source boolean[], $3 digits text[], $4 id text[], $5 node text[]
WITH input AS (
    SELECT * FROM unnest($1::bigint[], $2::boolean[], $3::text[], $4::text[], $5::text[])
        AS i (customer_id, is_source, digits, id, node)
), source AS (
    UPDATE wabamigrate.number n
       SET source_node = i.node::jsonb, source_phone_number_id = i.id
      FROM input i
     WHERE i.is_source AND n.customer_id = i.customer_id AND n.number = '+' || i.digits
)
UPDATE wabamigrate.number n
   SET destination_node = i.node::jsonb, phone_number_id = i.id
  FROM input i
 WHERE NOT i.is_source AND n.customer_id = i.customer_id AND n.number = '+' || i.digits;
