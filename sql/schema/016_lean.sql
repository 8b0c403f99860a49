-- What every step costs the database, once more: an index less to keep, and no step where there is nothing
-- to do.

-- A step with this set is made only for those that have that setting of the manifest.
ALTER TABLE wabamigrate.path_step ADD COLUMN only_with text;

-- Where set_storage is not made, nobody may wait for it: what waited for it waits for what comes before it
-- too, in its own name.
CREATE TEMPORARY TABLE need_added ON COMMIT DROP AS
SELECT * FROM (VALUES ('embedded_signup', 'register_number', 'check'),
                      ('embedded_signup', 'register_number', 'share_credit_line'),
                      ('programmatic', 'register_number', 'verify_code')) AS n (path, kind, needs)
 WHERE EXISTS (SELECT 1 FROM wabamigrate.path_step p WHERE p.path = n.path AND p.kind = n.needs);
INSERT INTO wabamigrate.path_need SELECT * FROM need_added ON CONFLICT DO NOTHING;
UPDATE wabamigrate.step t
   SET prereqs_left = t.prereqs_left + o.open
  FROM (SELECT s.step_id, count(*) AS open
          FROM wabamigrate.step s
          JOIN need_added n ON n.path = s.path AND n.kind = s.kind
          JOIN wabamigrate.step e ON e.customer_id = s.customer_id AND e.kind = n.needs
                                 AND (e.number_id IS NULL OR e.number_id = s.number_id)
         WHERE s.state = 'pending' AND e.state <> 'done'
         GROUP BY s.step_id) o
 WHERE t.step_id = o.step_id;
DROP TABLE need_added;

-- A number's steps are found through its customer's numbers, a WABA's by an index of their own.
DROP INDEX wabamigrate.step_by_customer;

CREATE OR REPLACE FUNCTION wabamigrate.has_begun(customer bigint) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN EXISTS (SELECT 1
                     FROM wabamigrate.step s
                     JOIN wabamigrate.attempt a USING (step_id)
                    WHERE s.customer_id = customer AND s.number_id IS NULL AND a.is_effect)
        OR EXISTS (SELECT 1
                     FROM wabamigrate.number n
                     JOIN wabamigrate.step s ON s.number_id = n.number_id
                     JOIN wabamigrate.attempt a USING (step_id)
                    WHERE n.customer_id = customer AND a.is_effect);

-- The same as before, from the index of what is parked: the scope is asked of what that finds, or all WABAs
-- ever called would be read for each claim.
CREATE OR REPLACE VIEW wabamigrate.parked_lane AS
SELECT c.customer_id, 1::smallint AS lane, g.parked_until
  FROM wabamigrate.budget g JOIN wabamigrate.customer c ON c.source_waba_id = g.subject
 WHERE g.scope || '' = 'waba' AND g.parked_until > wabamigrate.clock()
UNION ALL
SELECT c.customer_id, 2::smallint, g.parked_until
  FROM wabamigrate.budget g JOIN wabamigrate.customer c ON c.destination_waba_id = g.subject
 WHERE g.scope || '' = 'waba' AND g.parked_until > wabamigrate.clock();

-- A customer's numbers that are not done, without those that are.
DROP INDEX wabamigrate.number_open;
CREATE INDEX number_open ON wabamigrate.number (batch_id, customer_id) WHERE NOT is_done;
