-- What a run asks for all the time, however much of the book is done.

-- A number whose own steps are all done: set by whoever records the last of them, taken back by whoever
-- claims a step of it again. Not set only means that it is looked at closely (number_status).
ALTER TABLE wabamigrate.number ADD COLUMN is_done boolean NOT NULL DEFAULT false;
UPDATE wabamigrate.number n SET is_done = true
 WHERE EXISTS (SELECT 1 FROM wabamigrate.step s WHERE s.number_id = n.number_id)
   AND NOT EXISTS (SELECT 1 FROM wabamigrate.step s
                    WHERE s.number_id = n.number_id AND s.state <> 'done');
CREATE INDEX number_open ON wabamigrate.number (batch_id, number_id) WHERE NOT is_done;

-- How many numbers the batch has, done or not: counted by each load that brings some.
ALTER TABLE wabamigrate.batch ADD COLUMN numbers bigint NOT NULL DEFAULT 0;
UPDATE wabamigrate.batch b
   SET numbers = (SELECT count(*) FROM wabamigrate.number n WHERE n.batch_id = b.batch_id);

-- What the start of a run looks at again, and what may spend a registration again.
CREATE INDEX step_held ON wabamigrate.step (batch_id) WHERE state IN ('waiting', 'blocked');
CREATE INDEX step_unspent ON wabamigrate.step (batch_id)
    WHERE state = 'ready' AND waiting_for = 'registrations';

-- The same as before, for a number that is not done, from its own steps and its WABA's alone: those of
-- its customer's other numbers are not read.
CREATE OR REPLACE VIEW wabamigrate.number_status AS
SELECT n.number_id, n.batch_id, n.customer_id, n.number, c.key AS customer, c.name AS customer_name,
       n.is_eligible,
       CASE
           WHEN n.cancelled_at IS NOT NULL THEN 'cancelled'
           WHEN f.step_id IS NULL THEN 'done'
           WHEN f.state = 'failed' THEN 'failed'
           WHEN f.state = 'blocked' THEN 'blocked'
           WHEN f.state = 'running' THEN 'running'
           WHEN f.state = 'waiting' THEN 'waiting'
           WHEN n.is_paused OR c.is_paused OR b.state = 'paused' THEN 'waiting'
           WHEN f.state = 'ready' AND f.not_before > wabamigrate.clock() THEN 'waiting'
           WHEN n.is_eligible IS NULL THEN 'pending'
           ELSE 'ready'
       END AS state,
       f.kind AS step,
       CASE
           WHEN n.cancelled_at IS NOT NULL THEN NULL
           WHEN f.state IN ('waiting', 'blocked') THEN f.waiting_for
           WHEN f.state IN ('pending', 'ready')
                AND (n.is_paused OR c.is_paused OR b.state = 'paused') THEN 'resume'
           WHEN f.state = 'ready' AND f.not_before > wabamigrate.clock() THEN 'time'
       END AS waiting_for,
       CASE WHEN f.state = 'ready' AND f.not_before > wabamigrate.clock() THEN f.not_before END
           AS not_before,
       f.note, f.error, n.is_done
  FROM wabamigrate.number n
  JOIN wabamigrate.customer c USING (customer_id)
  JOIN wabamigrate.batch b ON b.batch_id = n.batch_id
  LEFT JOIN LATERAL (
      SELECT s.*
        FROM (SELECT o.* FROM wabamigrate.step o
               WHERE o.number_id = n.number_id AND o.state <> 'done' AND NOT n.is_done
              UNION ALL
              SELECT o.* FROM wabamigrate.step o
               WHERE o.customer_id = n.customer_id AND o.number_id IS NULL AND o.state <> 'done'
                 AND NOT n.is_done
                 -- A number whose own steps are done has moved, whatever its customer's WABA is read
                 -- for again.
                 AND EXISTS (SELECT 1 FROM wabamigrate.step w
                              WHERE w.number_id = n.number_id AND w.state <> 'done')) s
       -- A verdict on the number itself says more than a step its customer has not reached.
       ORDER BY (s.state IN ('blocked', 'failed') AND s.number_id IS NOT NULL) DESC, s.ordinal
       LIMIT 1) f ON true;
