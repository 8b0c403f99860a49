-- The templates of a batch's customers, those of the source by name and language; a customer whose list is not
-- known, or whose templates nobody looks after any more, has a row that says why.
-- $1 batch_id bigint, $2 number text (NULL: all customers, else its own)
SELECT c.key AS customer, c.name AS customer_name, coalesce(c.language, b.language) AS language_of_customer,
       c.source_waba_id, c.destination_waba_id,
       coalesce(f.why, c.source_templates_unread) AS source_templates_unread,
       wabamigrate.rfc3339(c.source_templates_at) AS source_read_at,
       wabamigrate.rfc3339(c.destination_templates_at) AS destination_read_at,
       d.name, d.language, d.source_status, d.source_category, d.source_quality, d.destination_status,
       d.destination_category, d.destination_quality, d.destination_rejected_reason, d.qualifies, d.result,
       d.reason, d.reason_text, d.is_usable, wabamigrate.rfc3339(d.usable_at) AS usable_at
  FROM wabamigrate.customer c
  JOIN wabamigrate.batch b USING (batch_id)
  LEFT JOIN wabamigrate.template_difference d USING (customer_id)
  LEFT JOIN LATERAL (
       -- Its numbers may be done nonetheless: no state of theirs tells it.
       SELECT concat_ws('. ', s.error ->> 'title', s.error ->> 'remedy') AS why
         FROM wabamigrate.step s JOIN wabamigrate.path_step p USING (path, kind)
        WHERE s.customer_id = c.customer_id AND s.number_id IS NULL AND s.state = 'failed'
          AND p.only_with IN ('templates', 'templates_before')
        ORDER BY s.ordinal LIMIT 1) f ON true
 WHERE c.batch_id = $1::bigint
   AND ($2::text IS NULL
        OR EXISTS (SELECT 1 FROM wabamigrate.number n
                    WHERE n.batch_id = c.batch_id AND n.number = $2 AND n.customer_id = c.customer_id))
   AND (d.name IS NOT NULL OR c.source_templates_at IS NOT NULL OR f.why IS NOT NULL
        OR c.source_templates_unread IS NOT NULL)
 ORDER BY c.key COLLATE "C", d.name COLLATE "C", d.language COLLATE "C";
