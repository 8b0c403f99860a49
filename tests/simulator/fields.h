/* SPDX-License-Identifier: PostgreSQL */
/*
 * fields -- `fields=id,name,phone_numbers.limit(50){id,status}`: read, and answered from a node.
 *
 * An unknown field fails the whole read with code 100, as Graph does.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_FIELDS_H
#define WABAMIGRATE_TESTS_SIMULATOR_FIELDS_H

#include <json-c/json.h>

#include "tests/simulator/denials.h"
#include "tests/simulator/exchange.h"
#include "tests/simulator/listing.h"
#include "tests/simulator/world.h"

struct field {
    const char *name;
    const char *limit, *after; /* of an expanded edge, or NULL */
    const char *children_text; /* as it stood between the braces, or NULL */
    struct field *children, *next;
};

/* NULL after having refused the exchange. */
const struct field *fields_parse(struct exchange *exchange, const char *text);

/* The node as JSON; `fields` NULL is the node's default fields. NULL after having refused. */
json_object *fields_render(const struct world *world, struct exchange *exchange,
                           const struct node *node, const struct field *fields);

/* Whether all of them exist and may be asked for; false after having refused. */
bool fields_check(const struct world *world, struct exchange *exchange,
                  const struct subject *subject, const struct field *fields);
/* "(#100) Tried accessing nonexisting field (colour) on node type (WhatsAppBusinessAccount)" */
void fields_refuse_unknown(struct exchange *exchange, enum node_kind kind, const char *name);

/* One page of a WABA's numbers. NULL after having refused. */
json_object *fields_list_phones(const struct world *world, struct exchange *exchange,
                                const struct waba *waba, const struct listing *listing);
json_object *fields_list_subscribed_apps(const struct world *world, const struct waba *waba);

/* What a scenario says of a phone's field: a value, or NULL for one that is absent. False: nothing.
 */
bool fields_phone_staged(const struct phone *phone, const char *name, json_object **value);
/* What a phone shows for a field of text; "NONE" rather than NULL. */
const char *fields_phone_text(const struct phone *phone, const char *name);

/* Whether a scenario may set this field. */
bool fields_is_phone_field(const char *name);
bool fields_is_waba_field(const char *name);

#endif
