/* SPDX-License-Identifier: PostgreSQL */
/* node_rows -- what fields a kind of node has: tables, private to those who render nodes. */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_NODE_ROWS_H
#define WABAMIGRATE_TESTS_SIMULATOR_NODE_ROWS_H

#include "tests/simulator/fields.h"

/* What a getter needs besides its node. */
struct view {
    const struct world *world;
    struct exchange *exchange;
    const struct field *field; /* as it was asked for, with its children */
};

struct field_row {
    const char *name;
    bool is_default;
    /* NULL after a refusal, or where the node has no such value: then the field is left out. */
    json_object *(*get)(const struct view *view, const void *object);
};

extern const struct field_row TEMPLATE_ROWS[], FLOW_ROWS[]; /* each ends with a NULL name */

#endif
