-- How long a reading is good enough not to be made again, and to be built on by a step that has not
-- written anything yet: an hour, as long as the quota that reading again would use up.
CREATE FUNCTION wabamigrate.is_fresh(read_at timestamptz) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(read_at > wabamigrate.clock() - interval '1 hour'
                    AND read_at <= wabamigrate.clock(), false);
