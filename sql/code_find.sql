-- The number a verification code is for, in the batch that waits for one first; locked, so that two codes
-- come one after the other. $1 number text
SELECT n.number_id, b.name AS batch, n.verification_code_digest,
       n.verification_code_sealed IS NOT NULL AS has_code, n.verified_at IS NOT NULL AS is_verified,
       n.cancelled_at IS NOT NULL AS is_cancelled,
       EXISTS (SELECT 1 FROM wabamigrate.step s
                 JOIN wabamigrate.path_step p ON p.path = s.path AND p.kind = s.kind AND p.takes_code
                WHERE s.number_id = n.number_id) AS is_on_path,
       EXISTS (SELECT 1
                 FROM wabamigrate.step s
                 JOIN wabamigrate.path_step p ON p.path = s.path AND p.kind = s.kind AND p.takes_code
                 LEFT JOIN wabamigrate.step r ON r.number_id = s.number_id AND r.kind = p.renewed_by
                WHERE s.number_id = n.number_id
                  AND (s.state IN ('ready', 'running')
                       OR s.state = 'waiting' AND s.waiting_for = 'code'
                       -- The code may be faster than Meta's answer to the request for it.
                       OR s.state = 'pending' AND (r.state = 'running' OR r.is_in_doubt))) AS is_waiting
  FROM wabamigrate.number n
  JOIN wabamigrate.batch b USING (batch_id)
 WHERE n.number = $1
 ORDER BY is_waiting DESC, n.number_id DESC
 LIMIT 1
   FOR UPDATE OF n;
