/* SPDX-License-Identifier: PostgreSQL */
/* template_state -- what has really become of templates and flows, for tests to compare with. */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_TEMPLATE_STATE_H
#define WABAMIGRATE_TESTS_SIMULATOR_TEMPLATE_STATE_H

#include "tests/simulator/world.h"

/* {"CUSTOMER": {…}}; `customer` narrows it, NULL is all of them. Of each destination:
 * "source_waba_id", "waba_id", "limit", "taken",
 * "qualifying": {"by_registration", "by_call"}  of the source's, whatever is there already
 * "least_calls"      that could copy all of those which do by a call
 * "calls"            that were not refused
 * "copied", "on_their_way", "asked_when_there"  (nothing moved twice: the last is 0)
 * "templates": [{"source_id", "name", "language", "copied_by": "call" | "registration" | null,
 *               "copied_at", "there_at", "status", "category", "quality", "asked", "failed",
 *               "asked_when_there", "to_become"}]    in the order in which they were first known
 * "flows": [{"name", "copied_at", "asked", "asked_when_there"}]
 * With `is_short`, without the two lists. The caller puts the result. */
json_object *template_state_json(const struct world *world, const char *customer, bool is_short);

#endif
