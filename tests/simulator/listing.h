/* SPDX-License-Identifier: PostgreSQL */
/*
 * listing -- what every paged edge has in common: limits, opaque cursors and the paging object.
 *
 * A cursor is bound to the list (node, edge and order) it came from; another list refuses it.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_LISTING_H
#define WABAMIGRATE_TESTS_SIMULATOR_LISTING_H

#include "tests/simulator/exchange.h"

struct field;

/* What a page was asked for: the parameters as given, NULL when not. */
struct listing {
    const char *limit, *after, *before, *sort, *filtering;
    const char *fields_text; /* `fields` as text, for the link to the next page */
    const struct field *fields;
};

/* The parameters of this exchange; false after having refused its fields. */
bool listing_read(struct exchange *exchange, struct listing *listing);

/* What there is to be paged, in its order and after its filters. */
struct listing_items {
    const char *list;            /* what its cursors are bound to */
    const char *node_id, *edge;  /* of the link to the next page */
    const char *const *repeated; /* parameters that link has as well, ends with NULL; or NULL */
    size_t limit_max, count;
    const void *items;
    /* Graph's ids are decimal numbers. */
    uint64_t (*id_at)(const void *items, size_t place);
    /* NULL after having refused. */
    json_object *(*render)(const struct world *world, struct exchange *exchange, const void *items,
                           size_t place, const struct field *fields);
};

/* {"data","paging"}: 25 items unless asked otherwise. NULL after having refused. */
json_object *listing_page(const struct world *world, struct exchange *exchange,
                          const struct listing *listing, const struct listing_items *items);

#endif
