-- All steps of a batch that has none yet: a first load. Nothing can be done of what they need, so how many
-- that is is the same for all that have the same settings, and nothing need be looked up. What a later load brings is
-- step_create.sql's. $1 batch_id bigint
WITH kinds AS MATERIALIZED (
    SELECT p.path, p.kind, p.ordinal, p.urgency, p.first_phase, p.subject, f.lane,
           e.region IS NOT NULL AS has_region, e.templates, d.prereqs_left,
           CASE WHEN d.prereqs_left = 0 THEN 'ready' ELSE 'pending' END AS state
      FROM wabamigrate.path_step p
      JOIN wabamigrate.job_phase f ON f.kind = p.kind AND f.phase = p.first_phase
      JOIN (SELECT r.region, m.templates, wabamigrate.settings_of(r.region, m.templates) AS settings
              FROM (VALUES (NULL::text), ('any')) r (region)
             CROSS JOIN (VALUES ('before_register'), ('after_register'), ('leave')) m (templates)) e
        ON p.only_with IS NULL OR p.only_with = ANY (e.settings)
     CROSS JOIN LATERAL (SELECT count(*)::smallint AS prereqs_left
                           FROM wabamigrate.path_need d
                           JOIN wabamigrate.path_step q ON q.path = d.path AND q.kind = d.needs
                          WHERE d.path = p.path AND d.kind = p.kind
                            AND (q.only_with IS NULL OR q.only_with = ANY (e.settings))) d
), customers AS MATERIALIZED (
    SELECT c.customer_id, coalesce(c.path, b.path) AS path,
           coalesce(c.data_localization_region, b.data_localization_region) AS region,
           -- What becomes of a WABA's templates: the first that it or one of its numbers asks for.
           CASE WHEN 'before_register' = ANY (w.words) THEN 'before_register'
                WHEN 'after_register' = ANY (w.words) THEN 'after_register' ELSE 'leave' END AS templates,
           wabamigrate.turn_of(coalesce(z.numbers, 0)) AS turn
      FROM wabamigrate.customer c JOIN wabamigrate.batch b USING (batch_id)
      LEFT JOIN (SELECT n.customer_id, count(*) AS numbers,
                        array_agg(DISTINCT n.templates) FILTER (WHERE n.templates IS NOT NULL) AS words
                   FROM wabamigrate.number n
                  WHERE n.batch_id = $1::bigint AND n.cancelled_at IS NULL
                  GROUP BY n.customer_id) z ON z.customer_id = c.customer_id
     CROSS JOIN LATERAL (SELECT z.words || coalesce(c.templates, b.templates) AS words) w
     WHERE c.batch_id = $1::bigint
       AND NOT EXISTS (SELECT 1 FROM wabamigrate.step s WHERE s.batch_id = $1::bigint)
), wanted AS (
    SELECT customer_id, NULL::bigint AS number_id, path, 'waba' AS subject, turn, region, templates
      FROM customers
    UNION ALL
    SELECT n.customer_id, n.number_id, coalesce(n.path, c.path), 'number', c.turn,
           coalesce(n.data_localization_region, c.region), c.templates
      FROM wabamigrate.number n JOIN customers c USING (customer_id)
     WHERE n.cancelled_at IS NULL
)
INSERT INTO wabamigrate.step (batch_id, customer_id, number_id, path, kind, ordinal, urgency, state,
                              prereqs_left, phase, lane, turn, not_before, moved_at)
SELECT $1::bigint, w.customer_id, w.number_id, w.path, k.kind, k.ordinal, k.urgency, k.state,
       k.prereqs_left, k.first_phase, k.lane, w.turn, t.now, t.now
  FROM wanted w
  JOIN kinds k ON k.path = w.path AND k.subject = w.subject
              AND k.has_region = (w.region IS NOT NULL) AND k.templates = w.templates
 CROSS JOIN (SELECT wabamigrate.clock() AS now OFFSET 0) t
 ORDER BY w.customer_id, w.number_id NULLS FIRST, k.ordinal;
