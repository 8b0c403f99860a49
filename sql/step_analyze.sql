-- After a load, so that the run's statements are planned for the size of this book.
ANALYZE wabamigrate.step, wabamigrate.open_step, wabamigrate.attempt, wabamigrate.assessment;
