-- Commands about one batch, and its loads, go one after the other. $1 batch_id bigint
SELECT state FROM wabamigrate.batch WHERE batch_id = $1::bigint FOR NO KEY UPDATE;
