-- A person has templates copied that are missing: what was given up may be asked for again, and the step that
-- looks after the copies is taken up by the next run, from its beginning. What was asked for lately stays asked
-- for. A step that copies them before a registration is taken up again only where it failed: others wait for it.
-- $1 batch_id bigint, $2 customers or numbers text[] (NULL: all)
WITH chosen AS (
    SELECT c.customer_id
      FROM wabamigrate.customer c
     WHERE c.batch_id = $1::bigint AND c.destination_waba_id IS NOT NULL
       AND ($2::text[] IS NULL OR c.key = ANY ($2::text[])
            OR EXISTS (SELECT 1 FROM wabamigrate.number n
                        WHERE n.batch_id = c.batch_id AND n.number = ANY ($2::text[])
                          AND n.customer_id = c.customer_id))
), again AS (
    UPDATE wabamigrate.template t
       SET given_up = NULL, refusals = 0, asks = 0,
           -- what nobody knows of may still be on its way
           ask_after = CASE WHEN t.given_up IN ('not_seen', 'no_time') THEN t.ask_after END
      FROM chosen h
     WHERE t.customer_id = h.customer_id AND t.given_up IS NOT NULL AND t.destination_id IS NULL
       AND t.source_gone_at IS NULL
    RETURNING t.customer_id
), emptied AS (
    UPDATE wabamigrate.customer c
       SET templates_full_at = NULL
      FROM chosen h
     WHERE c.customer_id = h.customer_id AND c.templates_full_at IS NOT NULL
), listed AS (
    SELECT h.customer_id
      FROM chosen h
     WHERE EXISTS (SELECT 1 FROM again a WHERE a.customer_id = h.customer_id)
        OR EXISTS (SELECT 1 FROM wabamigrate.template_difference d
                    WHERE d.customer_id = h.customer_id AND d.result IN ('missing', 'given_up'))
), opened AS (
    UPDATE wabamigrate.step s
       SET state = 'ready', phase = p.first_phase, tries = 0,
           -- it has begun: what Meta copies by itself at a registration is not waited for again
           memo = CASE s.kind WHEN 'settle_templates'
                              THEN jsonb_build_object('since', wabamigrate.unix_ms(wabamigrate.clock()),
                                                      'is_by_ids', true) END,
           error = NULL, waiting_for = NULL,
           note = 'templates are copied again: a person asked for it', not_before = wabamigrate.clock(),
           moved_at = wabamigrate.clock()
      FROM listed l, wabamigrate.path_step p
     WHERE s.customer_id = l.customer_id AND s.number_id IS NULL
       AND p.path = s.path AND p.kind = s.kind
       AND (s.kind = 'settle_templates' AND s.state IN ('done', 'failed')
            OR s.kind IN ('list_templates', 'migrate_templates') AND s.state = 'failed')
    RETURNING s.customer_id
), hurried AS (
    UPDATE wabamigrate.step s
       SET not_before = wabamigrate.clock(), phase = p.first_phase,
           memo = jsonb_build_object('since', wabamigrate.unix_ms(wabamigrate.clock()), 'is_by_ids', true)
      FROM listed l, wabamigrate.path_step p
     WHERE s.customer_id = l.customer_id AND s.number_id IS NULL AND s.kind = 'settle_templates'
       AND s.state = 'ready' AND NOT s.is_in_doubt AND p.path = s.path AND p.kind = s.kind
    RETURNING s.customer_id
)
SELECT (SELECT count(*) FROM again) AS given_up,
       (SELECT count(*) FROM listed) AS customers,
       (SELECT count(DISTINCT o.customer_id) FROM (SELECT customer_id FROM opened
                                                   UNION ALL SELECT customer_id FROM hurried) o) AS opened;
