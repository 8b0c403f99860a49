-- The customers of a batch whose templates a person asks about, with the places their credentials are in.
-- $1 batch_id bigint, $2 customers or numbers text[] (NULL: all)
SELECT c.key AS customer, c.name AS customer_name, coalesce(c.language, b.language) AS language,
       c.business_id, c.source_waba_id, c.destination_waba_id, c.token_ref, c.source_token_ref,
       c.business_token_sealed, b.system_token_ref, b.graph_version, b.app_id, b.partner_business_id
  FROM wabamigrate.customer c
  JOIN wabamigrate.batch b USING (batch_id)
 WHERE c.batch_id = $1::bigint AND c.destination_waba_id IS NOT NULL
   AND ($2::text[] IS NULL OR c.key = ANY ($2::text[])
        OR EXISTS (SELECT 1 FROM wabamigrate.number n
                    WHERE n.batch_id = c.batch_id AND n.number = ANY ($2::text[])
                      AND n.customer_id = c.customer_id))
 ORDER BY c.key COLLATE "C";
