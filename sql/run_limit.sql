-- The highest number_id of the first so many numbers that still have something to do.
-- $1 batch_id bigint, $2 how many bigint
SELECT max(number_id)
  FROM (SELECT number_id FROM wabamigrate.number_status
         WHERE batch_id = $1::bigint AND NOT is_done
           AND state NOT IN ('done', 'cancelled', 'failed', 'blocked')
         ORDER BY number_id LIMIT $2::bigint) f;
