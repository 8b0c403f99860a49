-- What is left of a batch, for the loop: how the numbers stand, those that are done without a look at
-- them. $1 batch_id bigint
SELECT state, sum(numbers)::bigint AS numbers
  FROM (SELECT s.state, count(*) AS numbers
          FROM wabamigrate.number_status s
         WHERE s.batch_id = $1::bigint AND NOT s.is_done
         GROUP BY s.state
        UNION ALL
        SELECT 'done', b.numbers - (SELECT count(*) FROM wabamigrate.number n
                                     WHERE n.batch_id = b.batch_id AND NOT n.is_done)
          FROM wabamigrate.batch b
         WHERE b.batch_id = $1::bigint) s
 GROUP BY state;
