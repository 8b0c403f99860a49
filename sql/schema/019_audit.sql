-- What came along with a number, and when it moved.

-- A step with this set learns how its number stands at the end, which is compared with what was before.
ALTER TABLE wabamigrate.path_step ADD COLUMN is_audited boolean NOT NULL DEFAULT false;

-- What the source showed when a number of the customer, or the number itself, was first found eligible:
-- ahead of the first write for it, and never changed afterwards. An object without an id: the source could
-- not be read. A certificate is never in it, because it is never asked for.
ALTER TABLE wabamigrate.customer ADD COLUMN before jsonb;
ALTER TABLE wabamigrate.number
    ADD COLUMN before jsonb,
    ADD COLUMN after  jsonb, -- what the destination showed when the number was confirmed there
    ADD COLUMN audit  jsonb; -- what the comparison said then: planner/audit.h

CREATE FUNCTION wabamigrate.from_unix_ms(ms bigint) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN timestamptz 'epoch' + ms * interval '1 ms';

-- Whether a business profile that has changed is written back: keep, or report (NULL too).
ALTER TABLE wabamigrate.batch ADD COLUMN business_profile text;
ALTER TABLE wabamigrate.customer ADD COLUMN business_profile text;

-- When an exchange ended for us (an answer, or the news that there is none), by the worker's clock, and the
-- Date of the answer, by Meta's: whole seconds. The request had left `ms` before the first.
ALTER TABLE wabamigrate.attempt
    ADD COLUMN heard_at   timestamptz,
    ADD COLUMN graph_date timestamptz;

-- Between what a step's effect did its work: from when the first request left that can have done it, to the
-- first answer that shows it. What was asked before an answer that shows it not done (a refusal, or a look-up
-- after which the request was sent again) has not done it; that it had been done already, by whomever, takes
-- such answers back. No row: it was not done by this step, or not yet.
CREATE FUNCTION wabamigrate.took_place(a_step_id bigint)
    RETURNS TABLE (sent_at timestamptz, heard_at timestamptz, graph_date timestamptz, was_lost boolean)
    LANGUAGE sql STABLE
AS $$
    WITH tried AS (
        SELECT a.epoch, a.is_effect, coalesce(a.outcome, 'intended') AS outcome, a.heard_at, a.graph_date,
               coalesce(a.heard_at - a.ms * interval '1 ms', a.intended_at) AS sent_at,
               lead(a.is_effect) OVER (ORDER BY a.epoch) AS is_sent_again
          FROM wabamigrate.attempt a
         WHERE a.step_id = a_step_id AND a.outcome IS DISTINCT FROM 'not_sent'
    ), shown AS (
        SELECT t.epoch, t.heard_at, t.graph_date FROM tried t
         WHERE t.outcome = 'done' ORDER BY t.epoch DESC LIMIT 1
    ), refuted AS (
        SELECT max(t.epoch) AS epoch FROM tried t, shown s
         WHERE t.epoch < s.epoch
           AND CASE WHEN t.is_effect THEN t.outcome IN ('retry', 'wait_time', 'wait_person', 'failed')
                    ELSE t.is_sent_again END
           AND NOT EXISTS (SELECT 1 FROM tried o WHERE o.is_effect AND o.outcome = 'next')
    )
    SELECT t.sent_at, s.heard_at, s.graph_date, t.epoch < s.epoch
      FROM tried t, shown s, refuted r
     WHERE t.is_effect AND t.outcome IN ('done', 'unsure', 'lost', 'intended')
       AND t.epoch <= s.epoch AND t.epoch > coalesce(r.epoch, 0)
     ORDER BY t.epoch LIMIT 1
$$;

-- The cut-over of each number that this program has moved: the last answer before its registration left, and
-- the first one that shows it registered. A number that was registered already has none.
CREATE VIEW wabamigrate.cutover AS
SELECT n.number_id, n.batch_id, n.customer_id, n.number, s.path,
       b.heard_at AS before_at, b.graph_date AS before_graph_date,
       t.sent_at, t.heard_at AS after_at, t.graph_date AS after_graph_date, t.was_lost
  FROM wabamigrate.number n
  JOIN wabamigrate.step s ON s.number_id = n.number_id AND s.state = 'done'
                         AND EXISTS (SELECT 1 FROM wabamigrate.job_phase p
                                      WHERE p.kind = s.kind AND p.is_registration)
 CROSS JOIN LATERAL wabamigrate.took_place(s.step_id) t
  LEFT JOIN LATERAL (
       SELECT a.heard_at, a.graph_date
         FROM (SELECT o.step_id FROM wabamigrate.step o WHERE o.number_id = n.number_id
               UNION ALL
               SELECT o.step_id FROM wabamigrate.step o
                WHERE o.customer_id = n.customer_id AND o.number_id IS NULL) o
         JOIN wabamigrate.attempt a USING (step_id)
        WHERE a.http_status > 0 AND a.heard_at <= t.sent_at
        ORDER BY a.heard_at DESC LIMIT 1) b ON true
