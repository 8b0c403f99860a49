-- What steps learned of a number's verification. A code is forgotten when it has done its work or was
-- refused, and only the very one that was sent: another may have come in meanwhile.
-- $1 number_id bigint[], $2 verified boolean[] (NULL: nothing new), $3 the code sent text[] (bytea; NULL
-- where none was refused)
UPDATE wabamigrate.number n
   SET verified_at = CASE WHEN i.is_verified THEN coalesce(n.verified_at, wabamigrate.clock())
                          WHEN NOT i.is_verified THEN NULL
                          ELSE n.verified_at END,
       verification_code_sealed = CASE WHEN i.is_verified THEN NULL
                                       ELSE nullif(n.verification_code_sealed, i.refused::bytea) END
  FROM (SELECT number_id, bool_or(is_verified) AS is_verified, max(refused) AS refused
          FROM unnest($1::bigint[], $2::boolean[], $3::text[]) AS u (number_id, is_verified, refused)
         GROUP BY number_id) i
 WHERE n.number_id = i.number_id;
