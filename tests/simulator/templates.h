/* SPDX-License-Identifier: PostgreSQL */
/*
 * templates -- a WABA's message templates, made up from how many there are of each kind: a world of
 * 40,000 WABAs keeps a few bytes for each.
 *
 * An id depends on the WABA, the kind and the template's number within its kind, so that it stays
 * when a scenario changes how many there are of another kind.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_TEMPLATES_H
#define WABAMIGRATE_TESTS_SIMULATOR_TEMPLATES_H

#include "tests/simulator/exchange.h"
#include "tests/simulator/listing.h"
#include "tests/simulator/world.h"

#define TEMPLATES_OF_A_KIND_MAX 20000

/* {"approved_green": 4, "rejected": 1}: all others are none. STATUS_INVALID names the kind. */
MUST_CHECK enum status templates_read(json_object *json, uint16_t counts[TEMPLATE_KINDS],
                                      struct fault *fault);

/* One page; `is_edge`: the exchange's parameters filter it (status, category, language, name,
 * quality_score). NULL after having refused. */
json_object *templates_list(const struct world *world, struct exchange *exchange,
                            const struct waba *waba, const struct listing *listing, bool is_edge);

#endif
