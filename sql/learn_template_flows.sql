-- Flows that templates open: what the source calls them, and what became of asking for their copies.
-- $1 customer_id bigint[], $2 news text[] (jsonb). Of the news: source [{id, name}] (kept where a template
-- that qualifies opens it); asked [names]; copied {name: id on the destination}; failed {name: why}
WITH input AS MATERIALIZED (
    SELECT i.customer_id, i.news::jsonb AS news
      FROM unnest($1::bigint[], $2::text[]) AS i (customer_id, news)
), used AS (
    SELECT DISTINCT t.customer_id, u.id
      FROM input i
      JOIN wabamigrate.template t ON t.customer_id = i.customer_id
     CROSS JOIN LATERAL unnest(t.source_flow_ids) AS u (id)
     WHERE i.news ? 'source' AND t.source_flow_ids IS NOT NULL
       AND wabamigrate.template_qualifies(t.source_status, t.source_quality) <> 'none'
), answered AS (
    UPDATE wabamigrate.template_flow f
       SET asked_at = CASE WHEN coalesce(i.news -> 'asked' ? f.name, false) THEN wabamigrate.clock()
                           ELSE f.asked_at END,
           asks = f.asks + coalesce(i.news -> 'asked' ? f.name, false)::integer,
           copied_id = coalesce(i.news -> 'copied' ->> f.name, f.copied_id),
           refusal = coalesce(i.news -> 'failed' ->> f.name, f.refusal)
      FROM input i
     WHERE f.customer_id = i.customer_id AND NOT i.news ? 'source'
       AND (i.news -> 'asked' ? f.name OR i.news -> 'copied' ? f.name OR i.news -> 'failed' ? f.name)
)
INSERT INTO wabamigrate.template_flow AS f (customer_id, source_id, name)
SELECT u.customer_id, u.id, min(e.name)
  FROM used u
  JOIN input i ON i.customer_id = u.customer_id
 CROSS JOIN LATERAL jsonb_to_recordset(i.news -> 'source') AS e (id text, name text)
 WHERE e.id = u.id
 GROUP BY u.customer_id, u.id
ON CONFLICT (customer_id, source_id) DO UPDATE SET name = excluded.name;
