/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/state.h"

#include <string.h>

static void add_text(json_object *json, const char *name, const char *text)
{
    json_object_object_add(json, name, text ? json_object_new_string(text) : NULL);
}

static void add_int(json_object *json, const char *name, int64_t number)
{
    json_object_object_add(json, name, json_object_new_int64(number));
}

static void add_flag(json_object *json, const char *name, bool flag)
{
    json_object_object_add(json, name, json_object_new_boolean(flag));
}

static json_object *phone_state(const struct phone *phone)
{
    if (!phone)
        return NULL;
    json_object *json = json_object_new_object();
    add_text(json, "id", phone->id);
    add_text(json, "waba_id", phone->waba->id);
    add_text(json, "status", phone->status);
    add_text(json, "code_verification_status", phone->verification);
    add_flag(json, "is_registered", phone->is_registered);
    add_flag(json, "is_pin_enabled", phone->is_pin_enabled);
    add_text(json, "pin", phone->pin[0] ? phone->pin : NULL);
    add_int(json, "register_attempts", phone->attempt_count);
    add_int(json, "register_count", phone->register_count);
    add_int(json, "codes_by_sms", phone->sms_count);
    add_int(json, "codes_by_voice", phone->otp_count - phone->sms_count);
    add_int(json, "verify_count", phone->verify_count);
    add_text(json, "webhook_override", phone->webhook_uri);
    json_object_object_add(json, "storage_configuration", json_object_get(phone->storage));
    return json;
}

static json_object *line_state(const struct world *world, const struct line *line)
{
    json_object *json = json_object_new_object();
    const struct phone *source = line->source, *destination = line->destination;
    add_text(json, "customer", line->customer->id);
    add_text(json, "registered_on",
             destination && destination->is_registered ? "destination"
             : source->is_registered                   ? "source"
                                                       : NULL);
    add_int(json, "register_count", destination ? destination->register_count : 0);
    json_object_object_add(json, "after_move", losses_json(world, line));
    json_object_object_add(json, "source", phone_state(source));
    json_object_object_add(json, "destination", phone_state(destination));
    return json;
}

static json_object *waba_state(const struct waba *waba)
{
    if (!waba)
        return NULL;
    json_object *json = json_object_new_object();
    add_text(json, "id", waba->id);
    add_text(json, "owner_business_id", waba->owner_business_id);
    add_int(json, "numbers", (int64_t)waba->phone_count);
    add_int(json, "registered", waba->registered_count);
    add_flag(json, "subscribed", waba->is_subscribed);
    add_text(json, "override_callback_uri", waba->override_uri);
    add_text(json, "verify_token", waba->verify_token);
    add_flag(json, "credit_attached", waba->is_credit_attached);
    add_text(json, "primary_funding_id", waba->funding_id);
    add_text(json, "currency", waba->currency);
    add_flag(json, "system_user_assigned", (waba->tasks[0] | waba->tasks[1]) != 0);
    return json;
}

static json_object *customers_state(const struct world *world, const char *id)
{
    json_object *json = json_object_new_object();
    for (const struct customer *at = world->first_customer; at; at = at->next) {
        if (id && strcmp(id, at->id) != 0)
            continue;
        json_object *one = json_object_new_object();
        json_object_object_add(one, "source", waba_state(at->source));
        json_object_object_add(one, "destination", waba_state(at->destination));
        json_object_object_add(json, at->id, one);
    }
    return json;
}

static json_object *numbers_state(const struct world *world, const char *number,
                                  const char *customer)
{
    json_object *json = json_object_new_object();
    for (const struct line *at = world->first_line; at; at = at->next) {
        if ((!number || strcmp(number, at->number.text) == 0) &&
            (!customer || strcmp(customer, at->customer->id) == 0))
            json_object_object_add(json, at->number.text, line_state(world, at));
    }
    return json;
}

static json_object *allocations_state(const struct world *world)
{
    json_object *json = json_object_new_object();
    for (size_t i = 0; i < world->allocations.capacity; i++) {
        const struct allocation *allocation = world->allocations.slots[i].value;
        if (!allocation)
            continue;
        json_object *one = json_object_new_object();
        add_text(one, "receiving_business_id", allocation->receiving_business_id);
        add_text(one, "credential_id", allocation->credential_id);
        add_flag(one, "is_deleted", allocation->is_deleted);
        json_object_object_add(json, allocation->id, one);
    }
    return json;
}

static json_object *calls_state(const struct simulator *simulator)
{
    json_object *json = json_object_new_object();
    for (size_t i = 0; i < simulator->counts.capacity; i++) {
        const struct call_count *count = simulator->counts.slots[i].value;
        if (!count)
            continue;
        json_object *one = json_object_new_object();
        add_int(one, "calls", (int64_t)count->calls);
        add_int(one, "effects", (int64_t)count->effects);
        add_int(one, "refused", (int64_t)count->refused);
        json_object_object_add(json, simulator->counts.slots[i].key, one);
    }
    return json;
}

static json_object *faults_state(const struct simulator *simulator)
{
    json_object *json = json_object_new_object();
    for (unsigned i = 1; i < FAULT_KIND_COUNT; i++) {
        if (simulator->faults.counts[i])
            add_int(json, fault_kind_name((enum fault_kind)i),
                    (int64_t)simulator->faults.counts[i]);
    }
    return json;
}

static json_object *summary_state(const struct world *world)
{
    json_object *json = json_object_new_object();
    int64_t moved = 0, twice = 0, signed_up = 0;
    for (const struct line *at = world->first_line; at; at = at->next) {
        signed_up += at->destination != NULL;
        moved += at->destination && at->destination->is_registered;
        twice += at->destination && at->destination->register_count > 1;
    }
    add_int(json, "numbers", (int64_t)world->line_count);
    add_int(json, "signed_up", signed_up);
    add_int(json, "moved", moved);
    add_int(json, "registered_more_than_once", twice);
    add_int(json, "codes_made", (int64_t)world->codes_made);
    add_int(json, "codes_used", (int64_t)world->codes_used);
    add_int(json, "allocations", (int64_t)world->allocation_count);
    add_int(json, "templates_copied", (int64_t)world->templates_copied);
    add_int(json, "templates_asked_when_there", (int64_t)world->templates_repeated);
    return json;
}

json_object *state_summary_json(const struct simulator *simulator, struct arena *arena)
{
    const struct world *world = &simulator->world;
    json_object *json = json_object_new_object();
    add_text(json, "now", world_format_time(arena, world_now_ms(world)));
    add_int(json, "requests", (int64_t)simulator->requests);
    json_object_object_add(json, "summary", summary_state(world));
    json_object_object_add(json, "calls", calls_state(simulator));
    json_object_object_add(json, "faults", faults_state(simulator));
    return json;
}

json_object *state_json(const struct simulator *simulator, struct arena *arena, const char *number,
                        const char *customer)
{
    const struct world *world = &simulator->world;
    json_object *json = state_summary_json(simulator, arena);
    json_object_object_add(json, "allocations", allocations_state(world));
    json_object_object_add(json, "customers", customers_state(world, customer));
    json_object_object_add(json, "numbers", numbers_state(world, number, customer));
    return json;
}
