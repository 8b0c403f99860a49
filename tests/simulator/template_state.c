/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/template_state.h"

#include <inttypes.h>
#include <string.h>

#include "tests/simulator/copying.h"
#include "tests/simulator/flows.h"
#include "tests/simulator/template_kinds.h"

#define CALL_MAX 500 /* templates a call takes */

static void add_text(json_object *json, const char *name, const char *text)
{
    json_object_object_add(json, name, text ? json_object_new_string(text) : NULL);
}

static void add_int(json_object *json, const char *name, int64_t number)
{
    json_object_object_add(json, name, json_object_new_int64(number));
}

static void add_time(json_object *json, struct arena *arena, const char *name, int64_t wall_ms)
{
    add_text(json, name, wall_ms ? world_format_time(arena, wall_ms) : NULL);
}

static json_object *copy_state(const struct world *world, struct arena *arena,
                               const struct waba *waba, const struct copy *copy)
{
    static const char *const by[] = {NULL, "call", "registration"};
    json_object *json = json_object_new_object();
    struct template template = {waba, copy->kind, copy->number, copy->is_own_named, copy};
    bool is_there = template_is_there(world, &template);
    struct template_look look = template_look(world, &template);
    add_text(json, "source_id", arena_printf(arena, "%" PRIu64, copy->source_id));
    add_text(json, "name", template_name(arena, &template));
    add_text(json, "language", template_language(&template));
    add_text(json, "copied_by", by[copy->by]);
    add_time(json, arena, "copied_at", copy->copied_ms);
    add_time(json, arena, "there_at", copy->there_ms);
    add_text(json, "status", is_there ? look.status : NULL);
    add_text(json, "category", is_there ? look.category : NULL);
    add_text(json, "quality", is_there ? look.score : NULL);
    add_text(json, "to_become", copying_rules_fate_name(copy->fate));
    add_int(json, "asked", copy->asked);
    add_int(json, "failed", copy->failed);
    add_int(json, "asked_when_there", copy->asked_when_there);
    return json;
}

static json_object *copies_state(const struct world *world, struct arena *arena,
                                 const struct waba *waba)
{
    json_object *json = json_object_new_array();
    for (size_t i = 0; waba->copies && i < waba->copies->count; i++)
        json_object_array_add(json, copy_state(world, arena, waba, waba->copies->in_order[i]));
    return json;
}

static json_object *flows_state(struct arena *arena, const struct waba *waba)
{
    json_object *json = json_object_new_array();
    for (const struct flow_copy *copy = waba->flow_copies; copy; copy = copy->next) {
        struct flow flow = {waba, copy->number, copy->is_own_named, copy};
        json_object *one = json_object_new_object();
        add_text(one, "name", flow_name(arena, &flow));
        add_time(one, arena, "copied_at", copy->copied_ms);
        add_int(one, "asked", copy->asked);
        add_int(one, "asked_when_there", copy->asked_when_there);
        json_object_array_add(json, one);
    }
    return json;
}

static void add_qualifying(const struct world *world, struct arena *arena, json_object *json,
                           const struct waba *source)
{
    struct template *templates;
    size_t count = copying_collect(world, arena, source, &templates);
    int64_t by_call = 0, by_registration = 0;
    for (size_t i = 0; i < count; i++) {
        by_call += copying_qualifies(world, &templates[i], true);
        by_registration += copying_qualifies(world, &templates[i], false);
    }
    json_object *qualifying = json_object_new_object();
    add_int(qualifying, "by_call", by_call);
    add_int(qualifying, "by_registration", by_registration);
    json_object_object_add(json, "qualifying", qualifying);
    add_int(json, "least_calls", (by_call + CALL_MAX - 1) / CALL_MAX);
}

static void add_sums(const struct world *world, json_object *json, const struct waba *waba)
{
    int64_t on_their_way = 0, repeated = 0;
    for (size_t i = 0; waba->copies && i < waba->copies->count; i++) {
        const struct copy *copy = waba->copies->in_order[i];
        on_their_way += copy->by != COPIED_BY_NOBODY && copy->there_ms > world_now_ms(world);
        repeated += copy->asked_when_there;
    }
    add_int(json, "calls", (int64_t)waba->template_calls);
    add_int(json, "copied", waba->copies ? (int64_t)waba->copies->copied : 0);
    add_int(json, "on_their_way", on_their_way);
    add_int(json, "asked_when_there", repeated);
}

static json_object *customer_state(const struct world *world, const struct customer *customer,
                                   bool is_short)
{
    struct arena *arena = arena_create();
    const struct waba *waba = customer->destination;
    json_object *json = json_object_new_object();
    add_text(json, "source_waba_id", customer->source->id);
    add_text(json, "waba_id", waba->id);
    add_int(json, "limit", copying_limit(world, waba));
    add_int(json, "taken", copying_taken(world, waba));
    add_qualifying(world, arena, json, customer->source);
    add_sums(world, json, waba);
    if (!is_short) {
        json_object_object_add(json, "templates", copies_state(world, arena, waba));
        json_object_object_add(json, "flows", flows_state(arena, waba));
    }
    arena_destroy(arena);
    return json;
}

json_object *template_state_json(const struct world *world, const char *customer, bool is_short)
{
    json_object *json = json_object_new_object();
    for (const struct customer *at = world->first_customer; at; at = at->next) {
        if (at->destination && (!customer || strcmp(customer, at->id) == 0))
            json_object_object_add(json, at->id, customer_state(world, at, is_short));
    }
    return json;
}
