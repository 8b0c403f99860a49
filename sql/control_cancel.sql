-- Cancels numbers: their steps that have not begun are given up. What is in flight lands and is recorded.
-- A whole batch is cancelled with all its numbers. $1 batch_id bigint, $2 customers or numbers text[]
-- (NULL: the batch)
WITH chosen AS (
    UPDATE wabamigrate.number n SET cancelled_at = wabamigrate.clock()
      FROM wabamigrate.customer c
     WHERE n.batch_id = $1::bigint AND c.customer_id = n.customer_id AND n.cancelled_at IS NULL
       AND ($2::text[] IS NULL OR c.key = ANY ($2::text[]) OR n.number = ANY ($2::text[]))
       AND EXISTS (SELECT 1 FROM wabamigrate.step s
                    WHERE s.number_id = n.number_id AND s.state NOT IN ('done', 'cancelled'))
    RETURNING n.number_id, n.customer_id
), steps AS (
    UPDATE wabamigrate.step s SET state = 'cancelled', moved_at = wabamigrate.clock()
      FROM chosen h
     WHERE s.state NOT IN ('done', 'running', 'cancelled')
       AND (s.number_id = h.number_id
            OR s.number_id IS NULL AND s.customer_id = h.customer_id
               AND NOT EXISTS (SELECT 1 FROM wabamigrate.number o
                                WHERE o.customer_id = h.customer_id AND o.cancelled_at IS NULL
                                  AND o.number_id NOT IN (SELECT number_id FROM chosen)))
), batch AS (
    UPDATE wabamigrate.batch SET state = 'cancelled'
     WHERE batch_id = $1::bigint AND $2::text[] IS NULL
)
SELECT count(*) FROM chosen;
