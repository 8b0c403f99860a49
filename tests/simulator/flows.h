/* SPDX-License-Identifier: PostgreSQL */
/*
 * flows -- the flows of a WABA, and their copies on another.
 *
 * Meta's OpenAPI description and SDK have migrate_flows; the migration guides do not mention it. It
 * makes copies of the same name; the source keeps its own. That a template with a flow button
 * cannot be copied before its flow has been, and what a repeat answers, is undocumented (U).
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_FLOWS_H
#define WABAMIGRATE_TESTS_SIMULATOR_FLOWS_H

#include "tests/simulator/exchange.h"
#include "tests/simulator/listing.h"
#include "tests/simulator/world.h"

#define FLOWS_MAX 10000

/* Another WABA's flow, as a destination knows it. In the world's arena, in the order of asking. */
struct flow_copy {
    const struct waba *source;
    unsigned number;
    bool is_own_named, is_copied;
    unsigned asked, asked_when_there;
    int64_t copied_ms;
    struct flow_copy *next;
};

/* What a scenario has fail. */
struct flow_error {
    const char *name;
    struct staged_error error;
    struct flow_error *next;
};

/* One flow, made up when it is asked for. */
struct flow {
    const struct waba *waba;
    unsigned number;
    bool is_own_named;
    const struct flow_copy *copy;
};

uint64_t flow_id(const struct flow *flow);
const char *flow_name(struct arena *arena, const struct flow *flow);

/* All on a WABA, its own first; how many. */
size_t flows_collect(struct arena *arena, const struct waba *waba, struct flow **flows);
/* The flow on `waba` that this template uses; false: there is none, or it is not copied yet. */
bool flows_find_of(const struct waba *waba, const struct template *template, struct flow *flow);

/* One page of them. NULL after having refused. */
json_object *flows_list(const struct world *world, struct exchange *exchange,
                        const struct waba *waba, const struct listing *listing);

#endif
