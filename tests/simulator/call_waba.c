/* SPDX-License-Identifier: PostgreSQL */
/* Calls on a WABA: reads, webhook subscription, assigned users. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/calls.h"
#include "tests/simulator/fields.h"

bool call_refuse_as_staged(struct exchange *exchange, struct staged_error *staged)
{
    if (staged->times == 0)
        return false;
    if (staged->times > 0)
        staged->times--;
    exchange_refuse_as(
        exchange,
        &(struct refusal){
            .code = staged->code,
            .subcode = staged->subcode,
            .title = staged->title,
            .details = staged->details,
            .message = staged->message ? staged->message
                                       : arena_printf(exchange->arena, "(#%d) %s", staged->code,
                                                      staged->title ? staged->title : "Refused")});
    return true;
}

void call_read_node(struct world *world, struct exchange *exchange)
{
    const char *text = exchange_text(exchange, "fields");
    const struct field *fields = text ? fields_parse(exchange, text) : NULL;
    if (text && !fields)
        return;
    json_object *json = fields_render(world, exchange, exchange->node, fields);
    if (json)
        exchange_answer(exchange, json);
}

void call_list_phones(struct world *world, struct exchange *exchange)
{
    struct listing listing;
    json_object *json = NULL;
    if (listing_read(exchange, &listing))
        json = fields_list_phones(world, exchange, exchange->node->waba, &listing);
    if (json)
        exchange_answer(exchange, json);
}

/* ---- webhooks ---- */

void call_list_subscribed(struct world *world, struct exchange *exchange)
{
    exchange_answer(exchange, fields_list_subscribed_apps(world, exchange->node->waba));
}

void call_subscribe(struct world *world, struct exchange *exchange)
{
    struct waba *waba = exchange->node->waba;
    const char *uri = exchange_text(exchange, "override_callback_uri");
    const char *token = exchange_text(exchange, "verify_token");
    if (waba->customer->is_restricted) {
        exchange_refuse(exchange, 368, 0,
                        "(#368) The account has been temporarily blocked for policy violations");
    } else if (uri && (strncmp(uri, "https://", 8) != 0 || strlen(uri) > 200)) {
        exchange_refuse(exchange, 100, 0,
                        "(#100) Param override_callback_uri must be an https URL of at most 200 "
                        "characters");
    } else if ((uri != NULL) != (token != NULL)) {
        exchange_refuse(exchange, 100, 0,
                        "(#100) Params override_callback_uri and verify_token go together");
    } else if (uri && !waba->is_subscribed) {
        exchange_refuse(exchange, 100, 0,
                        "(#100) Before override the current callback uri, your app must be "
                        "subscribed to receive messages for WhatsApp Business Account");
    } else {
        /* Without a body, a repeat deletes the alternate callback: that is the documented way. */
        waba->is_subscribed = true;
        waba->override_uri = arena_copy_text(world->arena, uri);
        waba->verify_token = arena_copy_text(world->arena, token);
        exchange_answer_success(exchange);
    }
}

void call_unsubscribe(struct world *world, struct exchange *exchange)
{
    struct waba *waba = exchange->node->waba;
    (void)world;
    waba->is_subscribed = false;
    waba->override_uri = waba->verify_token = NULL;
    exchange_answer_success(exchange);
}

/* ---- assigned users ---- */

static json_object *assigned_json(const struct world *world, const struct waba *waba, unsigned user)
{
    json_object *json = json_object_new_object(), *tasks = json_object_new_array();
    json_object_object_add(json, "id", json_object_new_string(world->system_user_ids[user]));
    json_object_object_add(json, "name", json_object_new_string("System user"));
    for (unsigned i = 0; WORLD_TASKS[i]; i++) {
        if (waba->tasks[user] & (1U << i))
            json_object_array_add(tasks, json_object_new_string(WORLD_TASKS[i]));
    }
    json_object_object_add(json, "tasks", tasks);
    return json;
}

void call_list_assigned(struct world *world, struct exchange *exchange)
{
    const struct waba *waba = exchange->node->waba;
    json_object *json = json_object_new_object(), *data = json_object_new_array();
    bool is_partner = strcmp(exchange_text(exchange, "business"), world->partner_business_id) == 0;
    for (unsigned user = 0; is_partner && user < SYSTEM_USERS; user++) {
        if (waba->tasks[user])
            json_object_array_add(data, assigned_json(world, waba, user));
    }
    json_object_object_add(json, "data", data);
    exchange_answer(exchange, json);
}

static bool find_system_user(const struct world *world, struct exchange *exchange, unsigned *user)
{
    const char *id = exchange_text(exchange, "user");
    for (*user = 0; *user < SYSTEM_USERS; (*user)++) {
        if (strcmp(world->system_user_ids[*user], id) == 0)
            return true;
    }
    exchange_refuse(exchange, 100, 0, "(#100) Param user: %.40s is no system user of your business",
                    id);
    return false;
}

static bool read_task(struct exchange *exchange, const char *start, size_t length, unsigned *tasks)
{
    for (unsigned i = 0; WORLD_TASKS[i]; i++) {
        if (strlen(WORLD_TASKS[i]) == length && strncmp(WORLD_TASKS[i], start, length) == 0) {
            *tasks |= 1U << i;
            return true;
        }
    }
    exchange_refuse(exchange, 100, 0, "(#100) Param tasks: %.*s is no task", (int)length, start);
    return false;
}

/* ['MANAGE'], ["MANAGE","VIEW_COST"]: Meta's page quotes with apostrophes, JSON does not. */
static bool read_tasks(struct exchange *exchange, unsigned *tasks)
{
    const char *at = exchange_text(exchange, "tasks");
    *tasks = 0;
    for (at += strcspn(at, "'\""); *at; at += strcspn(at, "'\"")) {
        char quote = *at++;
        const char *end = strchr(at, quote);
        if (!end || !read_task(exchange, at, (size_t)(end - at), tasks))
            break;
        at = end + 1;
    }
    if (*tasks == 0 && !exchange->error_code)
        exchange_refuse(exchange, 100, 0, "(#100) Param tasks must name at least one task");
    return !exchange->error_code;
}

void call_assign(struct world *world, struct exchange *exchange)
{
    struct waba *waba = exchange->node->waba;
    unsigned user, tasks;
    if (waba->customer->is_restricted) {
        exchange_refuse(exchange, 368, 0,
                        "(#368) The account has been temporarily blocked for policy violations");
    } else if (find_system_user(world, exchange, &user) && read_tasks(exchange, &tasks)) {
        waba->tasks[user] = tasks;
        exchange_answer_success(exchange);
    }
}

void call_unassign(struct world *world, struct exchange *exchange)
{
    unsigned user;
    if (find_system_user(world, exchange, &user)) {
        exchange->node->waba->tasks[user] = 0;
        exchange_answer_success(exchange);
    }
}
