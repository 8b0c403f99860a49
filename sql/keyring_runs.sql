-- Runs that may be at work right now, as the database knows it.
SELECT count(*) AS runs, min(worker) AS worker
  FROM wabamigrate.run
 WHERE ended_at IS NULL AND lease_until > wabamigrate.clock();
