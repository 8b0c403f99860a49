/* SPDX-License-Identifier: PostgreSQL */
/*
 * listing -- what every paged edge has in common: limits, opaque cursors and the paging object.
 *
 * A cursor is bound to the list (node and order) it came from; another list refuses it.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_LISTING_H
#define WABAMIGRATE_TESTS_SIMULATOR_LISTING_H

#include "tests/simulator/exchange.h"

/* `id` is a decimal number. In the arena. */
const char *listing_cursor(struct arena *arena, const char *list, const char *id);
/* The id again, or NULL when the cursor is not one of this list. */
const char *listing_cursor_id(struct arena *arena, const char *list, const char *cursor);

/* 1 to 100; false after having refused. */
bool listing_limit(struct exchange *exchange, const char *text, size_t otherwise, size_t *limit);

struct listing_page {
    const char *list, *first_id, *last_id;
    bool has_next;
    /* what the link to the next page repeats; NULL leaves out */
    const char *node_id, *edge, *fields, *limit, *sort, *filtering;
};
json_object *listing_paging(struct exchange *exchange, const struct listing_page *page);

#endif
