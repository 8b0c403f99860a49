-- What became of asking for copies of templates, or why their source's list cannot be read; one a customer.
-- $1 customer_id bigint[], $2 news text[] (jsonb). Of the news:
-- asked              source ids that a call named; all: whatever may be asked for now and never was
-- failed             {id: why}, of those or of a page
-- pause_ms           not to be asked for again before; refused_pause_ms, longer each time, where it failed
-- automatic_pause_ms the same for what Meta copies by itself at registration, unasked
-- given_up           limit: what no call has accepted; time: what is missing or not decided on
-- refusal            what Graph said to that; unread: why the list is not known
--
-- A template that was refused is asked for twice more, then given up with Graph's reason.
WITH moment AS MATERIALIZED (
    SELECT wabamigrate.clock() AS now
), input AS MATERIALIZED (
    SELECT i.customer_id, i.news::jsonb AS news
      FROM unnest($1::bigint[], $2::text[]) AS i (customer_id, news)
), named AS MATERIALIZED (
    SELECT i.customer_id, a.id, i.news -> 'failed' ->> a.id AS refusal,
           (i.news ->> 'pause_ms')::bigint AS pause_ms,
           (i.news ->> 'refused_pause_ms')::bigint AS refused_pause_ms
      FROM input i
     CROSS JOIN LATERAL (
           SELECT jsonb_array_elements_text(CASE WHEN jsonb_typeof(i.news -> 'asked') = 'array'
                                                 THEN i.news -> 'asked' ELSE '[]' END)
            UNION
           SELECT jsonb_object_keys(CASE WHEN jsonb_typeof(i.news -> 'failed') = 'object'
                                         THEN i.news -> 'failed' ELSE '{}' END)) a (id)
), answered AS (
    UPDATE wabamigrate.template t
       SET asks = t.asks + 1, asked_at = (SELECT now FROM moment),
           refusals = t.refusals + (n.refusal IS NOT NULL)::integer,
           refusal = n.refusal,
           ask_after = (SELECT now FROM moment)
                       + CASE WHEN n.refusal IS NULL THEN n.pause_ms
                              ELSE n.refused_pause_ms * (1 + 3 * t.refusals) END * interval '1 ms',
           given_up = CASE WHEN n.refusal IS NOT NULL AND t.refusals >= 2 THEN 'refused'
                           ELSE t.given_up END
      FROM named n
     WHERE t.customer_id = n.customer_id AND t.source_id = n.id
), rest AS (
    UPDATE wabamigrate.template t
       SET asks = t.asks + 1, asked_at = (SELECT now FROM moment),
           ask_after = (SELECT now FROM moment) + (i.news ->> 'pause_ms')::bigint * interval '1 ms'
      FROM input i
     WHERE i.news ? 'all' AND t.customer_id = i.customer_id
       AND t.settled_at IS NULL AND t.given_up IS NULL AND t.source_status = 'APPROVED'
       AND t.source_gone_at IS NULL AND NOT t.was_there_before AND t.source_id IS NOT NULL
       AND t.destination_id IS NULL AND t.asks = 0
       AND wabamigrate.template_qualifies(t.source_status, t.source_quality) <> 'none'
       AND NOT coalesce(i.news -> 'failed' ? t.source_id, false)
), held AS (
    UPDATE wabamigrate.template t
       SET ask_after = (SELECT now FROM moment)
                       + (i.news ->> 'automatic_pause_ms')::bigint * interval '1 ms'
      FROM input i
     WHERE i.news ? 'automatic_pause_ms' AND t.customer_id = i.customer_id
       AND t.settled_at IS NULL AND t.given_up IS NULL AND t.source_status = 'APPROVED'
       AND t.source_gone_at IS NULL AND NOT t.was_there_before AND t.source_id IS NOT NULL
       AND t.destination_id IS NULL
       AND wabamigrate.template_qualifies(t.source_status, t.source_quality) = 'automatic'
), ended AS (
    UPDATE wabamigrate.template t
       SET given_up = CASE WHEN i.news ->> 'given_up' <> 'time' THEN i.news ->> 'given_up'
                           WHEN t.refusal IS NOT NULL THEN 'refused'
                           WHEN t.asks > 0 THEN 'not_seen'
                           ELSE 'no_time' END,
           refusal = coalesce(i.news ->> 'refusal', t.refusal)
      FROM input i
     WHERE i.news ? 'given_up' AND t.customer_id = i.customer_id
       AND t.settled_at IS NULL AND t.given_up IS NULL AND t.source_status = 'APPROVED'
       AND t.source_gone_at IS NULL AND NOT t.was_there_before AND t.source_id IS NOT NULL
       AND (t.destination_id IS NOT NULL
            OR wabamigrate.template_qualifies(t.source_status, t.source_quality) <> 'none')
       AND (i.news ->> 'given_up' = 'time'
            OR t.destination_id IS NULL AND (t.asks = 0 OR t.refusal IS NOT NULL))
)
UPDATE wabamigrate.customer c
   SET source_templates_unread = coalesce(i.news ->> 'unread', c.source_templates_unread),
       templates_full_at = CASE WHEN i.news ->> 'given_up' = 'limit' THEN (SELECT now FROM moment)
                                ELSE c.templates_full_at END
  FROM input i
 WHERE c.customer_id = i.customer_id AND (i.news ? 'unread' OR i.news ->> 'given_up' = 'limit');
