-- $1 version integer, $2 name text, $3 checksum text
INSERT INTO wabamigrate.migration (version, name, checksum) VALUES ($1::integer, $2, $3);
