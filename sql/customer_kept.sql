-- Where a changed manifest says other than what has already been used on Graph: it is not changed, and
-- said so. $1 batch_id bigint
SELECT s.file, s.line, c.key,
       CASE WHEN c.business_id <> s.business_id THEN 'business_id'
            WHEN c.source_waba_id <> s.source_waba_id THEN 'source_waba_id'
            ELSE 'destination_waba_id' END AS field,
       CASE WHEN c.business_id <> s.business_id THEN c.business_id
            WHEN c.source_waba_id <> s.source_waba_id THEN c.source_waba_id
            ELSE c.destination_waba_id END AS kept
  FROM pg_temp.stage_customer s
  JOIN wabamigrate.customer c ON c.batch_id = $1::bigint AND c.key = s.key
 WHERE c.business_id <> s.business_id OR c.source_waba_id <> s.source_waba_id
    OR c.destination_waba_id <> s.destination_waba_id
 ORDER BY s.line;
