/* SPDX-License-Identifier: PostgreSQL */
/* The partner's credit line: found, shared, attached, looked up, revoked. */
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/calls.h"
#include "tests/simulator/fields.h"
#include "tests/simulator/listing.h"

static bool is_partner(const struct world *world, struct exchange *exchange)
{
    (void)world;
    if (exchange->node->business->is_partner)
        return true;
    exchange_refuse(exchange, 200, 0, "(#200) Permissions error: not your business");
    return false;
}

void call_list_system_users(struct world *world, struct exchange *exchange)
{
    if (!is_partner(world, exchange))
        return;
    static const char *const roles[SYSTEM_USERS] = {"ADMIN", "EMPLOYEE"};
    json_object *json = json_object_new_object(), *data = json_object_new_array();
    for (unsigned i = 0; i < SYSTEM_USERS; i++) {
        json_object *user = json_object_new_object();
        json_object_object_add(user, "id", json_object_new_string(world->system_user_ids[i]));
        json_object_object_add(user, "name", json_object_new_string("System user"));
        json_object_object_add(user, "role", json_object_new_string(roles[i]));
        json_object_array_add(data, user);
    }
    json_object_object_add(json, "data", data);
    exchange_answer(exchange, json);
}

void call_list_credit_lines(struct world *world, struct exchange *exchange)
{
    if (!is_partner(world, exchange))
        return;
    const char *text = exchange_text(exchange, "fields");
    const struct field *fields = text ? fields_parse(exchange, text) : NULL;
    if (text && !fields)
        return;
    json_object *json = json_object_new_object(), *data = json_object_new_array();
    json_object_object_add(json, "data", data);
    if (world->credit_line_id) {
        json_object *one =
            fields_render(world, exchange, world_find_node(world, world->credit_line_id), fields);
        if (!one) {
            json_object_put(json);
            return;
        }
        json_object_array_add(data, one);
    }
    exchange_answer(exchange, json);
}

/* ---- client WABAs ---- */

static int by_creation(const void *left, const void *right)
{
    const struct waba *a = *(struct waba *const *)left, *b = *(struct waba *const *)right;
    if (a->created_ms != b->created_ms)
        return a->created_ms < b->created_ms ? 1 : -1;
    return strcmp(a->id, b->id);
}

/* [{"field":"creation_time","operator":"GREATER_THAN","value":"<unix>"}] */
static bool read_created_after(struct exchange *exchange, int64_t *after_ms)
{
    const char *text = exchange_text(exchange, "filtering");
    *after_ms = -1;
    if (!text)
        return true;
    json_object *filters = json_tokener_parse(text), *field = NULL, *how = NULL, *value = NULL;
    json_object *filter = json_object_is_type(filters, json_type_array)
                              ? json_object_array_get_idx(filters, 0)
                              : NULL;
    json_object_object_get_ex(filter, "field", &field);
    json_object_object_get_ex(filter, "operator", &how);
    json_object_object_get_ex(filter, "value", &value);
    bool is_known = field && how && value &&
                    strcmp(json_object_get_string(field), "creation_time") == 0 &&
                    strcmp(json_object_get_string(how), "GREATER_THAN") == 0;
    if (is_known)
        *after_ms = strtoll(json_object_get_string(value), NULL, 10) * 1000;
    else
        exchange_refuse(exchange, 100, 0, "(#100) Param filtering is not supported as given");
    json_object_put(filters);
    return is_known;
}

static size_t collect_wabas(const struct world *world, struct arena *arena, int64_t after_ms,
                            struct waba ***wabas)
{
    size_t count = 0;
    *wabas = arena_alloc(arena, (world->customer_count + 1) * sizeof **wabas);
    for (struct customer *at = world->first_customer; at; at = at->next) {
        if (at->destination && !at->waba_not_shared && at->destination->created_ms > after_ms)
            (*wabas)[count++] = at->destination;
    }
    qsort(*wabas, count, sizeof **wabas, by_creation);
    return count;
}

static uint64_t waba_id_at(const void *items, size_t place)
{
    struct waba *const *wabas = items;
    return strtoull(wabas[place]->id, NULL, 10);
}

static json_object *render_waba(const struct world *world, struct exchange *exchange,
                                const void *items, size_t place, const struct field *fields)
{
    struct waba *const *wabas = items;
    struct node node = {.kind = NODE_WABA, .waba = wabas[place]};
    return fields_render(world, exchange, &node, fields);
}

void call_list_client_wabas(struct world *world, struct exchange *exchange)
{
    struct listing listing;
    int64_t after_ms;
    if (!is_partner(world, exchange) || !listing_read(exchange, &listing) ||
        !read_created_after(exchange, &after_ms))
        return;
    listing.sort = NULL; /* newest first is all there is */
    struct waba **wabas;
    size_t count = collect_wabas(world, exchange->arena, after_ms, &wabas);
    struct listing_items items = {.list = exchange->node_id,
                                  .node_id = exchange->node_id,
                                  .edge = exchange->edge,
                                  .limit_max = 100,
                                  .count = count,
                                  .items = wabas,
                                  .id_at = waba_id_at,
                                  .render = render_waba};
    json_object *json = listing_page(world, exchange, &listing, &items);
    if (json)
        exchange_answer(exchange, json);
}

/* ---- allocations ---- */

static struct allocation *active_allocation(const struct world *world, const char *business_id)
{
    struct allocation *allocation = index_find(&world->allocations, business_id);
    return allocation && !allocation->is_deleted ? allocation : NULL;
}

void call_list_allocations(struct world *world, struct exchange *exchange)
{
    const char *business_id = exchange_text(exchange, "receiving_business_id");
    const char *text = exchange_text(exchange, "fields");
    const struct field *fields = text ? fields_parse(exchange, text) : NULL;
    if (text && !fields)
        return;
    if (!business_id) {
        exchange_refuse(exchange, 100, 0,
                        "(#100) Only with receiving_business_id is this edge known here");
        return;
    }
    json_object *json = json_object_new_object(), *data = json_object_new_array();
    json_object_object_add(json, "data", data);
    struct allocation *allocation = active_allocation(world, business_id);
    if (allocation) {
        struct node node = {.kind = NODE_ALLOCATION, .allocation = allocation};
        json_object *one = fields_render(world, exchange, &node, fields);
        if (!one) {
            json_object_put(json);
            return;
        }
        json_object_array_add(data, one);
    }
    exchange_answer(exchange, json);
}

static struct allocation *add_allocation(struct world *world, const struct business *receiver)
{
    struct allocation *allocation = arena_alloc(world->arena, sizeof *allocation);
    allocation->id = world_new_id(world, '5', "allocation", receiver->id);
    allocation->credential_id = world_new_id(world, '4', "credential", allocation->id);
    allocation->receiving_business_id = receiver->id;
    allocation->receiving_business_name = receiver->name;
    world_add_node(world, allocation->id, NODE_ALLOCATION, allocation);
    index_put(&world->allocations, allocation->receiving_business_id, allocation);
    world->allocation_count++;
    return allocation;
}

/* The WABA of `waba_id`, as far as this token may know it. */
static struct waba *waba_param(const struct world *world, struct exchange *exchange)
{
    const char *id = exchange_text(exchange, "waba_id");
    const struct node *node = world_find_node(world, id);
    if (node && node->kind == NODE_WABA && world_may_write(world, exchange->token, node))
        return node->waba;
    exchange_refuse(exchange, 100, 33,
                    "Unsupported post request. Object with ID '%.40s' does not exist, cannot be "
                    "loaded due to missing permissions, or does not support this operation",
                    id);
    return NULL;
}

static bool may_attach(struct exchange *exchange, struct waba *waba)
{
    if (call_refuse_as_staged(exchange, &waba->customer->credit_error))
        return false;
    if (waba->customer->is_restricted)
        exchange_refuse(exchange, 368, 0,
                        "(#368) The account has been temporarily blocked for policy violations");
    else if (waba->is_credit_attached)
        exchange_refuse(exchange, 4000, 0,
                        "(#4000) A credit allocation between the two businesses already exists");
    else
        return true;
    return false;
}

static void attach(struct world *world, struct waba *waba, const struct allocation *allocation,
                   const char *currency)
{
    waba->is_credit_attached = true;
    waba->funding_id = allocation->credential_id;
    waba->currency = arena_copy_text(world->arena, currency);
}

static void answer_attached(struct exchange *exchange, const struct waba *waba,
                            const struct allocation *allocation, bool with_success)
{
    json_object *json = json_object_new_object();
    if (with_success)
        json_object_object_add(json, "success", json_object_new_boolean(true));
    json_object_object_add(json, "allocation_config_id", json_object_new_string(allocation->id));
    json_object_object_add(json, "waba_id", json_object_new_string(waba->id));
    exchange_answer(exchange, json);
    exchange->has_effect = true;
}

static struct business *owner_of(const struct world *world, const struct waba *waba)
{
    const struct node *node = world_find_node(world, waba->owner_business_id);
    return node && node->kind == NODE_BUSINESS ? node->business : NULL;
}

void call_share_and_attach(struct world *world, struct exchange *exchange)
{
    struct waba *waba = waba_param(world, exchange);
    if (!waba)
        return;
    if (!((waba->tasks[0] | waba->tasks[1]) & TASK_MANAGE)) {
        exchange_refuse(
            exchange, 200, 0,
            "(#200) Permissions error: the system user must be assigned to the WhatsApp "
            "Business account with the MANAGE task");
        return;
    }
    if (!may_attach(exchange, waba))
        return;
    struct allocation *allocation = active_allocation(world, waba->owner_business_id);
    if (!allocation)
        allocation = add_allocation(world, owner_of(world, waba));
    attach(world, waba, allocation, exchange_text(exchange, "waba_currency"));
    answer_attached(exchange, waba, allocation, false);
}

void call_share(struct world *world, struct exchange *exchange)
{
    const char *id = exchange_text(exchange, "receiving_business_id");
    const struct node *node = world_find_node(world, id);
    if (!node || node->kind != NODE_BUSINESS || node->business->is_partner) {
        exchange_refuse(exchange, 100, 0, "(#100) Param receiving_business_id: no such business");
        return;
    }
    struct customer *customer = node->business->customer;
    if (customer && call_refuse_as_staged(exchange, &customer->credit_error))
        return;
    if (active_allocation(world, id)) {
        exchange_refuse(exchange, 4000, 0,
                        "(#4000) A credit allocation between the two businesses already exists");
        return;
    }
    const struct allocation *allocation = add_allocation(world, node->business);
    exchange_answer_success(exchange);
    json_object_object_add(exchange->json, "allocation_config_id",
                           json_object_new_string(allocation->id));
}

void call_attach(struct world *world, struct exchange *exchange)
{
    struct waba *waba = waba_param(world, exchange);
    if (!waba || !may_attach(exchange, waba))
        return;
    const struct allocation *allocation = active_allocation(world, waba->owner_business_id);
    if (exchange->token->is_system) {
        exchange_refuse(exchange, 200, 0,
                        "(#200) Permissions error: attach with the customer's business token");
    } else if (!allocation) {
        exchange_refuse(exchange, 100, 0,
                        "(#100) The credit line is not shared with the business yet");
    } else {
        attach(world, waba, allocation, exchange_text(exchange, "waba_currency"));
        answer_attached(exchange, waba, allocation, true);
    }
}

void call_revoke(struct world *world, struct exchange *exchange)
{
    struct allocation *allocation = exchange->node->allocation;
    allocation->is_deleted = true;
    for (struct customer *at = world->first_customer; at; at = at->next) {
        struct waba *waba = at->destination;
        if (waba && waba->is_credit_attached && waba->funding_id == allocation->credential_id)
            waba->funding_id = NULL; /* a line that is gone pays for nothing */
    }
    exchange_answer_success(exchange);
}
