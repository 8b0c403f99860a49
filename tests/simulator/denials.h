/* SPDX-License-Identifier: PostgreSQL */
/*
 * denials -- fields and edges of an existing node that Graph does not give to this app.
 *
 * A refused field answers code 100, as if it did not exist; a forbidden one code 10. Which of a
 * node's fields an app may read is not documented to the end: a client has to do without.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_DENIALS_H
#define WABAMIGRATE_TESTS_SIMULATOR_DENIALS_H

#include "tests/simulator/exchange.h"
#include "tests/simulator/world.h"

/* Whose field is asked for: a node, or the nodes of a list before there are any. */
struct subject {
    enum node_kind kind;
    bool is_source;
    const struct customer *customer; /* NULL: nobody's */
};
struct subject denials_subject(const struct node *node);

/* ["is_pin_enabled", "phone.status", …] or {"source": […], "destination": […], "system": […],
 * "business": […]}; takes the place of what was said before for this code (100 or 10). */
MUST_CHECK enum status denials_read(struct world *world, int code, json_object *json,
                                    struct fault *fault);

/* Whether the field or edge may be asked for; false after having refused. */
bool denials_allow(const struct world *world, struct exchange *exchange,
                   const struct subject *subject, const char *name);
/* The same without a word: for fields that were not asked for. */
bool denials_hide(const struct world *world, const struct exchange *exchange,
                  const struct subject *subject, const char *name);
/* A customer whose nodes show their default fields and nothing else; false after having refused. */
bool denials_allow_more(struct exchange *exchange, const struct subject *subject);

#endif
