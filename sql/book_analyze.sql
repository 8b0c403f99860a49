-- After a load: statements planned for empty tables walk through full ones.
ANALYZE wabamigrate.customer, wabamigrate.number, wabamigrate.step;
