/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/denials.h"

#include <string.h>

#include "tests/simulator/fields.h"
#include "tests/simulator/flows.h"

/* clang-format off */
static const struct {
    const char *name;
    unsigned where;
} places[] = {
    {"source",      DENIED_AT_SOURCE},
    {"destination", DENIED_AT_DESTINATION},
    {"system",      DENIED_TO_SYSTEM},
    {"business",    DENIED_TO_OTHERS},
};
static const struct {
    const char *name;
    enum node_kind kind;
} kinds[] = {
    {"phone", NODE_PHONE}, {"waba", NODE_WABA}, {"business", NODE_BUSINESS}, {"template", NODE_TEMPLATE},
};
/* clang-format on */

struct subject denials_subject(const struct node *node)
{
    const struct waba *waba = node->kind == NODE_WABA       ? node->waba
                              : node->kind == NODE_PHONE    ? node->phone->waba
                              : node->kind == NODE_TEMPLATE ? node->template->waba
                              : node->kind == NODE_FLOW     ? node->flow->waba
                                                            : NULL;
    if (waba)
        return (struct subject){node->kind, waba->is_source, waba->customer};
    return (struct subject){node->kind, false,
                            node->kind == NODE_BUSINESS ? node->business->customer : NULL};
}

/* "phone.status" is the number's only, "status" everybody's. */
static enum status read_name(struct denial *denial, struct fault *fault)
{
    const char *dot = strchr(denial->name, '.');
    if (!dot)
        return STATUS_OK;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t length = strlen(kinds[i].name);
        if ((size_t)(dot - denial->name) == length &&
            strncmp(kinds[i].name, denial->name, length) == 0) {
            denial->kind = kinds[i].kind;
            denial->name = dot + 1;
            return STATUS_OK;
        }
    }
    return fault_set(fault, STATUS_INVALID, "%s: no such kind of node", denial->name);
}

static enum status add_names(struct world *world, int code, unsigned where, json_object *names,
                             struct fault *fault)
{
    if (!json_object_is_type(names, json_type_array))
        return fault_set(fault, STATUS_INVALID, "names of fields are a list");
    for (size_t i = 0; i < json_object_array_length(names); i++) {
        struct denial *denial = arena_alloc(world->arena, sizeof *denial);
        denial->name = arena_copy_text(world->arena,
                                       json_object_get_string(json_object_array_get_idx(names, i)));
        denial->code = code;
        denial->where = where;
        if (!denial->name)
            return fault_set(fault, STATUS_INVALID, "null is no field");
        enum status status = read_name(denial, fault);
        if (status != STATUS_OK)
            return status;
        denial->next = world->denials;
        world->denials = denial;
    }
    return STATUS_OK;
}

static void forget(struct world *world, int code)
{
    for (struct denial **at = &world->denials; *at;) {
        if ((*at)->code == code)
            *at = (*at)->next;
        else
            at = &(*at)->next;
    }
}

enum status denials_read(struct world *world, int code, json_object *json, struct fault *fault)
{
    forget(world, code);
    if (!json)
        return STATUS_OK;
    if (!json_object_is_type(json, json_type_object))
        return add_names(world, code, 0, json, fault);
    json_object_object_foreach(json, place, names)
    {
        size_t i = 0;
        while (i < sizeof places / sizeof places[0] && strcmp(places[i].name, place) != 0)
            i++;
        if (i == sizeof places / sizeof places[0])
            return fault_set(fault, STATUS_INVALID,
                             "%s is none of source, destination, system, business", place);
        enum status status = add_names(world, code, places[i].where, names, fault);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static bool holds_for(const struct denial *denial, const struct exchange *exchange,
                      const struct subject *subject)
{
    switch (denial->where) {
    case DENIED_AT_SOURCE:
        return subject->is_source;
    case DENIED_AT_DESTINATION:
        return !subject->is_source;
    case DENIED_TO_SYSTEM:
        return exchange->token->is_system;
    case DENIED_TO_OTHERS:
        return !exchange->token->is_system && !subject->is_source;
    default:
        return true;
    }
}

static const struct denial *find(const struct world *world, const struct exchange *exchange,
                                 const struct subject *subject, const char *name)
{
    for (const struct denial *at = world->denials; at; at = at->next) {
        if ((at->kind == NODE_NONE || at->kind == subject->kind) && strcmp(at->name, name) == 0 &&
            holds_for(at, exchange, subject))
            return at;
    }
    return NULL;
}

bool denials_hide(const struct world *world, const struct exchange *exchange,
                  const struct subject *subject, const char *name)
{
    return find(world, exchange, subject, name) != NULL;
}

bool denials_allow(const struct world *world, struct exchange *exchange,
                   const struct subject *subject, const char *name)
{
    const struct denial *denial = find(world, exchange, subject, name);
    if (!denial)
        return true;
    if (denial->code == 10)
        exchange_refuse(exchange, 10, 0,
                        "(#10) Application does not have permission for this action: field %s",
                        name);
    else
        fields_refuse_unknown(exchange, subject->kind, name);
    return false;
}

bool denials_allow_more(struct exchange *exchange, const struct subject *subject)
{
    const char *where = subject->customer ? subject->customer->forbidden_reads : NULL;
    if (!where || (strcmp(where, "both") != 0 &&
                   strcmp(where, subject->is_source ? "source" : "destination") != 0))
        return true;
    exchange_refuse(exchange, 10, 0, "(#10) Application does not have permission for this action");
    return false;
}
