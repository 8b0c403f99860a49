-- How numbers stand on the destination at the end, and what the comparison with before said: by the first
-- confirmation, and never changed.
-- $1 number_id bigint[], $2 node text[] (jsonb), $3 audit text[] (jsonb)
UPDATE wabamigrate.number n
   SET after = i.node::jsonb, audit = i.audit::jsonb
  FROM unnest($1::bigint[], $2::text[], $3::text[]) AS i (number_id, node, audit)
 WHERE n.number_id = i.number_id AND n.after IS NULL;
