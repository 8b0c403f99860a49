-- Pages of lists of templates, as they were read, of either side; one a customer and side. After the last
-- page, what was not on any of them is not there any more; a copy that is gone is settled: somebody deleted it,
-- and nobody asks for it again unless a person does. What is first seen on the destination without
-- having been asked for, and cannot have come by itself, was there before.
-- $1 customer_id bigint[], $2 is of the source boolean[], $3 page text[] (jsonb: LEARNED_TEMPLATES_PAGE)
WITH moment AS MATERIALIZED (
    SELECT wabamigrate.clock() AS now
), page AS MATERIALIZED (
    SELECT i.customer_id, i.is_source, i.page::jsonb AS page,
           CASE WHEN (i.page::jsonb ->> 'is_first')::boolean THEN (SELECT now FROM moment)
                WHEN i.is_source THEN c.source_templates_from
                ELSE c.destination_templates_from END AS begun,
           (i.page::jsonb ->> 'is_last')::boolean AS is_last
      FROM unnest($1::bigint[], $2::boolean[], $3::text[]) AS i (customer_id, is_source, page)
      JOIN wabamigrate.customer c ON c.customer_id = i.customer_id
), entry AS MATERIALIZED (
    SELECT DISTINCT ON (p.customer_id, p.is_source, e.name, e.language)
           p.customer_id, p.is_source, e.*, (p.page ->> 'is_before')::boolean AS is_before
      FROM page p
     CROSS JOIN LATERAL jsonb_to_recordset(p.page -> 'list')
                AS e (id text, name text, language text, status text, category text, quality text,
                      rejected_reason text, flows text[])
), learned AS (
    UPDATE wabamigrate.customer c
       SET source_templates_from = CASE WHEN p.is_source THEN p.begun ELSE c.source_templates_from END,
           source_templates_at = CASE WHEN p.is_source AND p.is_last THEN (SELECT now FROM moment)
                                      ELSE c.source_templates_at END,
           source_templates_unread = CASE WHEN p.is_source THEN NULL ELSE c.source_templates_unread END,
           destination_templates_from = CASE WHEN p.is_source THEN c.destination_templates_from
                                             ELSE p.begun END,
           destination_templates_at = CASE WHEN p.is_last AND NOT p.is_source THEN (SELECT now FROM moment)
                                           ELSE c.destination_templates_at END
      FROM page p
     WHERE c.customer_id = p.customer_id
), gone AS (
    UPDATE wabamigrate.template t
       SET source_gone_at = CASE WHEN p.is_source THEN (SELECT now FROM moment) ELSE t.source_gone_at END,
           destination_gone_at = CASE WHEN p.is_source THEN t.destination_gone_at
                                      ELSE (SELECT now FROM moment) END,
           destination_id = CASE WHEN p.is_source THEN t.destination_id END,
           settled_at = CASE WHEN p.is_source THEN t.settled_at
                             ELSE coalesce(t.settled_at, (SELECT now FROM moment)) END
      FROM page p
     WHERE t.customer_id = p.customer_id AND p.is_last
       AND CASE WHEN p.is_source THEN t.source_id IS NOT NULL AND t.source_gone_at IS NULL
                                      AND t.source_read_at < p.begun
                ELSE t.destination_id IS NOT NULL AND t.destination_read_at < p.begun END
       AND (t.customer_id, t.name, t.language) NOT IN (SELECT e.customer_id, e.name, e.language FROM entry e)
)
INSERT INTO wabamigrate.template AS t
       (customer_id, name, language, source_id, source_status, source_category, source_quality,
        source_flow_ids, source_read_at, destination_id, destination_status, destination_category,
        destination_quality, destination_rejected_reason, destination_read_at, was_there_before,
        seen_at, usable_at)
SELECT e.customer_id, e.name, e.language,
       CASE WHEN e.is_source THEN e.id END, CASE WHEN e.is_source THEN e.status END,
       CASE WHEN e.is_source THEN e.category END, CASE WHEN e.is_source THEN e.quality END,
       CASE WHEN e.is_source THEN e.flows END, CASE WHEN e.is_source THEN m.now END,
       CASE WHEN NOT e.is_source THEN e.id END, CASE WHEN NOT e.is_source THEN e.status END,
       CASE WHEN NOT e.is_source THEN e.category END, CASE WHEN NOT e.is_source THEN e.quality END,
       CASE WHEN NOT e.is_source THEN e.rejected_reason END, CASE WHEN NOT e.is_source THEN m.now END,
       e.is_before AND NOT e.is_source,
       CASE WHEN NOT e.is_source THEN m.now END,
       CASE WHEN NOT e.is_source AND e.status = 'APPROVED' THEN m.now END
  FROM entry e CROSS JOIN moment m
 ORDER BY e.customer_id, e.name, e.language
ON CONFLICT (customer_id, name, language) DO UPDATE
   SET source_id = coalesce(excluded.source_id, t.source_id),
       source_status = coalesce(excluded.source_status, t.source_status),
       source_category = coalesce(excluded.source_category, t.source_category),
       source_quality = coalesce(excluded.source_quality, t.source_quality),
       source_flow_ids = CASE WHEN excluded.source_id IS NULL THEN t.source_flow_ids
                              ELSE excluded.source_flow_ids END,
       source_read_at = coalesce(excluded.source_read_at, t.source_read_at),
       source_gone_at = CASE WHEN excluded.source_id IS NULL THEN t.source_gone_at END,
       destination_id = coalesce(excluded.destination_id, t.destination_id),
       destination_status = coalesce(excluded.destination_status, t.destination_status),
       destination_category = coalesce(excluded.destination_category, t.destination_category),
       destination_quality = coalesce(excluded.destination_quality, t.destination_quality),
       destination_rejected_reason = CASE WHEN excluded.destination_id IS NULL
                                          THEN t.destination_rejected_reason
                                          ELSE excluded.destination_rejected_reason END,
       destination_read_at = coalesce(excluded.destination_read_at, t.destination_read_at),
       destination_gone_at = CASE WHEN excluded.destination_id IS NULL THEN t.destination_gone_at END,
       was_there_before = t.was_there_before
           OR excluded.destination_id IS NOT NULL AND t.seen_at IS NULL AND t.asks = 0
              AND (excluded.was_there_before
                   OR t.source_id IS NOT NULL
                      AND wabamigrate.template_qualifies(t.source_status, t.source_quality)
                          <> 'automatic'),
       seen_at = coalesce(t.seen_at, excluded.seen_at),
       usable_at = coalesce(t.usable_at, excluded.usable_at),
       given_up = CASE WHEN excluded.destination_id IS NULL THEN t.given_up END,
       settled_at = CASE WHEN excluded.destination_id IS NULL
                              OR t.settled_at IS NOT NULL AND t.destination_gone_at IS NULL THEN t.settled_at
                         WHEN t.seen_at + interval '24 hours' <= excluded.destination_read_at
                              AND excluded.destination_status NOT IN ('PENDING', 'IN_APPEAL')
                         THEN excluded.destination_read_at END;
