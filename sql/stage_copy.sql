-- The manifest, in COPY's text format.
COPY pg_temp.stage FROM STDIN;
