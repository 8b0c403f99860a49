/* SPDX-License-Identifier: PostgreSQL */
/* Calls on a WABA's flows: the list of them, and copying them from another WABA. */
#include <inttypes.h>
#include <string.h>

#include "tests/simulator/calls.h"
#include "tests/simulator/flows.h"

void call_list_flows(struct world *world, struct exchange *exchange)
{
    struct listing listing;
    json_object *json = NULL;
    if (listing_read(exchange, &listing))
        json = flows_list(world, exchange, exchange->node->waba, &listing);
    if (json)
        exchange_answer(exchange, json);
}

struct waba *call_find_source(const struct world *world, struct exchange *exchange)
{
    const struct waba *destination = exchange->node->waba;
    const char *id = exchange_text(exchange, "source_waba_id");
    struct node *node = world_find_node(world, id);
    if (!node || node->kind != NODE_WABA || node->waba == destination) {
        exchange_refuse(exchange, 100, 0,
                        "(#100) Param source_waba_id: %.40s is no other WhatsApp Business account",
                        id);
        return NULL;
    }
    if (strcmp(node->waba->owner_business_id, destination->owner_business_id) == 0)
        return node->waba;
    /* Meta, "Template migration": both belong to the same business. The titles that are known speak
     * of numbers (Meta, "Error codes"); that this one stands here too is undocumented (U). */
    exchange_refuse_as(
        exchange,
        &(struct refusal){
            .code = 100,
            .subcode = 2388103,
            .message = "Invalid parameter",
            .title = "This phone number belongs to a different Business Manager account",
            .user_message =
                "The WhatsApp Business accounts belong to different Business Manager accounts"});
    return NULL;
}

json_object *call_read_list(struct exchange *exchange, const char *name)
{
    const struct param *param = exchange_param(exchange, name);
    if (!param)
        return NULL;
    json_object *list =
        param->json ? json_object_get(param->json) : json_tokener_parse(param->text);
    bool is_list = json_object_is_type(list, json_type_array);
    for (size_t i = 0; is_list && i < json_object_array_length(list); i++) {
        enum json_type type = json_object_get_type(json_object_array_get_idx(list, i));
        is_list = type == json_type_string || type == json_type_int;
    }
    if (is_list)
        return list;
    exchange_refuse(exchange, 100, 0, "(#100) Param %s must be an array of strings", name);
    json_object_put(list);
    return NULL;
}

/* ---- migrate_flows ---- */

static bool is_asked_for(json_object *names, const char *name)
{
    for (size_t i = 0; names && i < json_object_array_length(names); i++) {
        if (strcmp(json_object_get_string(json_object_array_get_idx(names, i)), name) == 0)
            return true;
    }
    return names == NULL;
}

static struct flow_copy *copy_of(struct world *world, struct waba *waba, const struct flow *flow)
{
    struct flow_copy **at = &waba->flow_copies;
    while (*at && ((*at)->number != flow->number || (*at)->is_own_named != flow->is_own_named))
        at = &(*at)->next;
    if (!*at) {
        *at = arena_alloc(world->arena, sizeof **at);
        **at = (struct flow_copy){
            .source = flow->waba, .number = flow->number, .is_own_named = flow->is_own_named};
    }
    return *at;
}

static void add_failed(json_object *failed, const char *name, int code, const char *message)
{
    json_object *json = json_object_new_object();
    json_object_object_add(json, "source_name", json_object_new_string(name));
    json_object_object_add(json, "error_code", json_object_new_int(code));
    json_object_object_add(json, "error_message", json_object_new_string(message));
    json_object_array_add(failed, json);
}

static bool fail_as_staged(const struct waba *waba, const char *name, json_object *failed)
{
    for (struct flow_error *at = waba->customer->flow_errors; at; at = at->next) {
        if (strcmp(at->name, name) != 0 || at->error.times == 0)
            continue;
        if (at->error.times > 0)
            at->error.times--;
        add_failed(failed, name, at->error.code,
                   at->error.message ? at->error.message : "An unknown error occurred");
        return true;
    }
    return false;
}

static void migrate_one(struct world *world, struct exchange *exchange, const struct flow *flow,
                        json_object *migrated, json_object *failed)
{
    struct waba *waba = exchange->node->waba;
    const char *name = flow_name(exchange->arena, flow);
    struct flow_copy *copy = copy_of(world, waba, flow);
    copy->asked++;
    if (copy->is_copied) {
        copy->asked_when_there++;
        add_failed(failed, name, 100, "A flow of this name exists already");
    } else if (!fail_as_staged(waba, name, failed)) {
        copy->is_copied = true;
        copy->copied_ms = world_now_ms(world);
        exchange->has_effect = true;
        struct flow made = {waba, flow->number, flow->is_own_named, copy};
        json_object *json = json_object_new_object();
        const char *source_id = arena_printf(exchange->arena, "%" PRIu64, flow_id(flow));
        const char *id = arena_printf(exchange->arena, "%" PRIu64, flow_id(&made));
        json_object_object_add(json, "source_name", json_object_new_string(name));
        json_object_object_add(json, "source_id", json_object_new_string(source_id));
        json_object_object_add(json, "migrated_id", json_object_new_string(id));
        json_object_array_add(migrated, json);
    }
}

static bool is_name_of(struct exchange *exchange, const struct flow *flows, size_t count,
                       const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(flow_name(exchange->arena, &flows[i]), name) == 0)
            return true;
    }
    return false;
}

/* Meta's OpenAPI description: {"migrated_flows":[…],"failed_flows":[…]}, 4233041 for a name that
 * the source does not have. */
static void migrate(struct world *world, struct exchange *exchange, const struct waba *source,
                    json_object *names)
{
    struct flow *flows;
    size_t count = flows_collect(exchange->arena, source, &flows);
    json_object *json = json_object_new_object();
    json_object *migrated = json_object_new_array(), *failed = json_object_new_array();
    for (size_t i = 0; i < count; i++) {
        if (is_asked_for(names, flow_name(exchange->arena, &flows[i])))
            migrate_one(world, exchange, &flows[i], migrated, failed);
    }
    for (size_t i = 0; names && i < json_object_array_length(names); i++) {
        const char *name = json_object_get_string(json_object_array_get_idx(names, i));
        if (!is_name_of(exchange, flows, count, name))
            add_failed(failed, name, 4233041, "Flow not found in the source account");
    }
    json_object_object_add(json, "migrated_flows", migrated);
    json_object_object_add(json, "failed_flows", failed);
    exchange_answer(exchange, json);
}

void call_migrate_flows(struct world *world, struct exchange *exchange)
{
    struct customer *customer = exchange->node->waba->customer;
    if (customer->is_restricted) {
        exchange_refuse(exchange, 368, 0,
                        "(#368) The account has been temporarily blocked for policy violations");
        return;
    }
    if (call_refuse_as_staged(exchange, &customer->flow_error))
        return;
    const struct waba *source = call_find_source(world, exchange);
    json_object *names = source ? call_read_list(exchange, "source_flow_names") : NULL;
    if (source && !exchange->error_code)
        migrate(world, exchange, source, names);
    json_object_put(names);
}
