-- Before the program's own tables are written anew: one at a time, and while nobody moves a step, in the
-- order in which a load takes these locks. The writing itself would take that on the steps first, and two
-- that load would wait for each other in a circle.
LOCK TABLE wabamigrate.path_step, wabamigrate.step IN SHARE ROW EXCLUSIVE MODE;
