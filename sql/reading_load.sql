-- Readings of a book's WABAs that are fresh enough. $1 batch text, $2 oldest age in ms bigint
SELECT r.customer, r.is_source, r.waba_id, wabamigrate.rfc3339(r.read_at) AS read_at, r.asked, r.answer
  FROM wabamigrate.reading r
 WHERE r.batch = $1 AND r.read_at > wabamigrate.clock() - $2::bigint * interval '1 ms'
   AND r.read_at <= wabamigrate.clock()
 ORDER BY r.customer COLLATE "C", r.is_source;
