/* SPDX-License-Identifier: PostgreSQL */
/* scenario_parts -- what a scenario says of storage, profiles, flows and the Date header. */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_SCENARIO_PARTS_H
#define WABAMIGRATE_TESTS_SIMULATOR_SCENARIO_PARTS_H

#include <json-c/json.h>

#include "base/fault.h"
#include "tests/simulator/world.h"

/* Each sets `*is_known` to whether it was theirs. */
MUST_CHECK enum status scenario_apply_move(struct line *line, const char *name, json_object *value,
                                           bool *is_known, struct fault *fault);
MUST_CHECK enum status scenario_apply_flows(struct world *world, struct customer *customer,
                                            const char *name, json_object *value, bool *is_known,
                                            struct fault *fault);
MUST_CHECK enum status scenario_apply_rules(struct world *world, const char *name,
                                            json_object *value, bool *is_known,
                                            struct fault *fault);

/* ERROR; null takes it back. */
void scenario_read_error(struct arena *arena, json_object *json, struct staged_error *error);

#endif
