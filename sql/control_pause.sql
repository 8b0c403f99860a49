-- Pauses or resumes: a whole batch, or the customers and numbers of a selection.
-- $1 batch_id bigint, $2 customers or numbers text[] (NULL: the batch), $3 is_paused boolean
WITH batch AS (
    UPDATE wabamigrate.batch SET state = CASE WHEN $3::boolean THEN 'paused' ELSE 'open' END
     WHERE batch_id = $1::bigint AND $2::text[] IS NULL AND state <> 'cancelled'
), customer AS (
    UPDATE wabamigrate.customer SET is_paused = $3::boolean
     WHERE batch_id = $1::bigint AND (key = ANY ($2::text[]) OR $2::text[] IS NULL AND NOT $3::boolean)
), number AS (
    UPDATE wabamigrate.number SET is_paused = $3::boolean
     WHERE batch_id = $1::bigint
       AND (number = ANY ($2::text[]) OR $2::text[] IS NULL AND NOT $3::boolean)
)
SELECT 1;
