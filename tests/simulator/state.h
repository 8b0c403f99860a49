/* SPDX-License-Identifier: PostgreSQL */
/* state -- the world as JSON, for tests to ask what has really happened. */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_STATE_H
#define WABAMIGRATE_TESTS_SIMULATOR_STATE_H

#include "tests/simulator/router.h"

/* `number` and `customer` narrow what is shown; NULL for all. The caller puts the result. */
json_object *state_json(const struct simulator *simulator, struct arena *arena, const char *number,
                        const char *customer);

/* Only the sums: cheap with any number of numbers. */
json_object *state_summary_json(const struct simulator *simulator, struct arena *arena);

#endif
