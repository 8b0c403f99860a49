-- Within a load: what follows would be planned for the tables as they were, most often empty.
ANALYZE wabamigrate.customer, wabamigrate.number;
