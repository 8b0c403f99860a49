-- What was read just now. $1 batch text; arrays of one length: $2 customer text[], $3 is_source
-- boolean[], $4 waba_id text[], $5 read_at text[] (timestamptz), $6 asked text[], $7 answer text[]
-- (jsonb)
INSERT INTO wabamigrate.reading (batch, customer, is_source, waba_id, read_at, asked, answer)
SELECT $1, i.customer, i.is_source, i.waba_id, i.read_at::timestamptz, i.asked, i.answer::jsonb
  FROM unnest($2::text[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::text[])
       AS i (customer, is_source, waba_id, read_at, asked, answer)
ON CONFLICT (batch, customer, is_source) DO UPDATE
   SET waba_id = excluded.waba_id, read_at = excluded.read_at, asked = excluded.asked,
       answer = excluded.answer;
