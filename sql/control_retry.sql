-- Failed steps of a selection are taken up again, whatever phase they failed in: from their first phase
-- where that is a read, else from the phase that looks before it is sent.
-- $1 batch_id bigint, $2 customers or numbers text[] (NULL: all)
WITH again AS (
    UPDATE wabamigrate.step s
       SET state = 'ready', tries = 0, error = NULL, waiting_for = NULL, note = 'retried by a person',
           phase = coalesce(f.in_doubt, p.first_phase), memo = NULL,
           not_before = wabamigrate.clock(), moved_at = wabamigrate.clock()
      FROM wabamigrate.customer c, wabamigrate.path_step p, wabamigrate.job_phase f
     WHERE s.batch_id = $1::bigint AND s.state = 'failed' AND c.customer_id = s.customer_id
       AND p.path = s.path AND p.kind = s.kind AND f.kind = p.kind AND f.phase = p.first_phase
       AND ($2::text[] IS NULL OR c.key = ANY ($2::text[])
            OR EXISTS (SELECT 1 FROM wabamigrate.number n
                        WHERE n.number = ANY ($2::text[]) AND n.customer_id = s.customer_id
                          AND (s.number_id IS NULL OR s.number_id = n.number_id)))
    RETURNING s.step_id
)
SELECT count(*) FROM again;
