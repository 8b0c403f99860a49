-- What doctor asks of the server.
SELECT current_setting('server_version') AS version, current_user AS role,
       pg_is_in_recovery() AS is_standby,
       wabamigrate_now.ms AS now_ms
  FROM (SELECT (extract(epoch FROM now()) * 1000)::bigint AS ms) wabamigrate_now;
