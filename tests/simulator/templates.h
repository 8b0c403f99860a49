/* SPDX-License-Identifier: PostgreSQL */
/* templates -- the list of a WABA's message templates: fields, filters and pages. */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_TEMPLATES_H
#define WABAMIGRATE_TESTS_SIMULATOR_TEMPLATES_H

#include "tests/simulator/exchange.h"
#include "tests/simulator/listing.h"
#include "tests/simulator/world.h"

/* One page; `is_edge`: the exchange's parameters filter it (status, category, language, name,
 * quality_score). NULL after having refused. */
json_object *templates_list(const struct world *world, struct exchange *exchange,
                            const struct waba *waba, const struct listing *listing, bool is_edge);

#endif
