/* SPDX-License-Identifier: PostgreSQL */
/* GET /?ids=A,B,C: many nodes in one request. Each counts as a call, and one that cannot be read
 * fails them all. */
#include <string.h>

#include "tests/simulator/calls.h"
#include "tests/simulator/fields.h"
#include "tests/simulator/usage.h"

#define IDS_MAX 50

struct ids {
    const char *texts[IDS_MAX];
    struct node *nodes[IDS_MAX]; /* NULL: not there, or not for this token */
    size_t count;
};

static struct waba *waba_of(const struct node *node)
{
    if (node && node->kind == NODE_WABA)
        return node->waba;
    return node && node->kind == NODE_PHONE ? node->phone->waba : NULL;
}

static bool read_ids(const struct world *world, struct exchange *exchange, struct ids *ids)
{
    char *rest = arena_copy_text(exchange->arena, exchange_text(exchange, "ids"));
    ids->count = 0;
    for (char *id; (id = strsep(&rest, ",")) != NULL;) {
        if (*id == '\0') {
            exchange_refuse(exchange, 100, 0, "(#100) Param ids must hold no empty string");
            return false;
        }
        if (ids->count == IDS_MAX) {
            exchange_refuse(exchange, 100, 0,
                            "(#100) Too many IDs. Maximum: %d. Provided: more than that", IDS_MAX);
            return false;
        }
        ids->texts[ids->count] = id;
        ids->nodes[ids->count++] = world_find_node(world, id);
    }
    return true;
}

static bool charge(struct world *world, struct exchange *exchange, const struct ids *ids)
{
    struct waba *wabas[IDS_MAX];
    size_t count = 0;
    /* The router has charged the app for the request itself. */
    for (size_t i = 1; i < ids->count; i++) {
        if (!usage_charge_app(world, exchange))
            return false;
    }
    for (size_t i = 0; i < ids->count; i++) {
        wabas[count] = waba_of(ids->nodes[i]);
        count += wabas[count] != NULL;
    }
    return usage_charge_many(world, exchange, wabas, count);
}

static bool is_unnamed(const struct world *world, const struct node *node)
{
    const struct waba *waba = waba_of(node);
    return world->unreadable_unnamed || (waba && waba->customer->unreadable_unnamed);
}

/* A token that several customers were given may have ended for one of them only. */
static bool is_ended(const struct exchange *exchange, const struct ids *ids)
{
    for (size_t i = 0; i < ids->count; i++) {
        const struct waba *waba = waba_of(ids->nodes[i]);
        if (waba && !waba->is_source && !exchange->token->is_system &&
            waba->customer->token_expired)
            return true;
    }
    return false;
}

static bool may_read_all(const struct world *world, struct exchange *exchange,
                         const struct ids *ids)
{
    for (size_t i = 0; i < ids->count; i++) {
        if (ids->nodes[i] && world_may_read(world, exchange->token, ids->nodes[i]))
            continue;
        if (is_unnamed(world, ids->nodes[i]))
            exchange_refuse(exchange, 803, 0,
                            "(#803) Some of the aliases you requested do not exist");
        else
            exchange_refuse(exchange, 803, 0,
                            "(#803) Some of the aliases you requested do not exist: %.40s",
                            ids->texts[i]);
        return false;
    }
    return true;
}

void call_many(struct world *world, struct exchange *exchange)
{
    const char *text = exchange_text(exchange, "fields");
    const struct field *fields = text ? fields_parse(exchange, text) : NULL;
    struct ids ids;
    if ((text && !fields) || !read_ids(world, exchange, &ids) || !charge(world, exchange, &ids))
        return;
    if (is_ended(exchange, &ids)) {
        exchange_refuse(exchange, 190, 463, "Error validating access token: Session has expired");
        return;
    }
    if (!may_read_all(world, exchange, &ids))
        return;
    json_object *json = json_object_new_object();
    for (size_t i = 0; i < ids.count; i++) {
        json_object *one = fields_render(world, exchange, ids.nodes[i], fields);
        if (!one) {
            json_object_put(json);
            return;
        }
        json_object_object_add(json, ids.texts[i], one);
    }
    exchange_answer(exchange, json);
}
