/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/scenario.h"

#include <string.h>

#include "tests/simulator/denials.h"
#include "tests/simulator/fields.h"
#include "tests/simulator/scenario_parts.h"
#include "tests/simulator/template_kinds.h"

static int int_member(json_object *json, const char *name, int otherwise)
{
    json_object *value;
    return json_object_object_get_ex(json, name, &value) ? json_object_get_int(value) : otherwise;
}

static void merge(json_object **into, const char *name, json_object *value)
{
    if (!*into)
        *into = json_object_new_object();
    json_object_object_add(*into, name, json_object_get(value));
}

/* ---- numbers ---- */

static enum status merge_phone_fields(json_object *json, json_object **into, struct fault *fault)
{
    json_object_object_foreach(json, name, value)
    {
        if (!fields_is_phone_field(name))
            return fault_set(fault, STATUS_INVALID, "destination.%s is no field of a number", name);
        merge(into, name, value);
    }
    return STATUS_OK;
}

static enum status apply_to_line(struct world *world, struct line *line, const char *name,
                                 json_object *value, struct fault *fault)
{
    bool is_known;
    enum status status = scenario_apply_move(line, name, value, &is_known, fault);
    if (is_known)
        return status;
    if (strcmp(name, "register_error") == 0)
        scenario_read_error(world->arena, value, &line->register_error);
    else if (strcmp(name, "create_error") == 0)
        scenario_read_error(world->arena, value, &line->create_error);
    else if (strcmp(name, "code_error") == 0)
        scenario_read_error(world->arena, value, &line->code_error);
    else if (strcmp(name, "unverified_after_signup") == 0)
        line->unverified_after_signup = json_object_get_boolean(value);
    else if (strcmp(name, "no_signup") == 0)
        line->no_signup = json_object_get_boolean(value);
    else if (strcmp(name, "signup_event") == 0)
        line->signup_event = arena_copy_text(world->arena, json_object_get_string(value));
    else if (strcmp(name, "source_unreadable") == 0)
        line->source->is_unreadable = json_object_get_boolean(value);
    else if (strcmp(name, "destination") == 0)
        return merge_phone_fields(value, &line->destination_fields, fault);
    else if (fields_is_phone_field(name))
        merge(&line->fields, name, value);
    else if (name[0] != '_')
        return fault_set(fault, STATUS_INVALID, "%s is no field of a number", name);
    return STATUS_OK;
}

static enum status apply_number(struct world *world, struct line *line, json_object *json,
                                struct fault *fault)
{
    json_object_object_foreach(json, name, value)
    {
        enum status status = apply_to_line(world, line, name, value, fault);
        if (status != STATUS_OK)
            return status;
    }
    /* Only what is said now: what was said before may have been overtaken by events. */
    json_object *destination;
    world_stage_phone(world, line->source, json);
    if (json_object_object_get_ex(json, "destination", &destination))
        world_stage_phone(world, line->destination, destination);
    return STATUS_OK;
}

static enum status apply_numbers(struct world *world, const char *number, json_object *json,
                                 struct fault *fault)
{
    struct e164 parsed;
    bool is_every = strcmp(number, "*") == 0;
    enum status status = is_every ? STATUS_OK : e164_parse(number, &parsed, fault);
    for (struct line *at = world->first_line; is_every && status == STATUS_OK && at; at = at->next)
        status = apply_number(world, at, json, fault);
    if (status != STATUS_OK || is_every)
        return status;
    struct line *line = index_find(&world->lines, parsed.text);
    if (!line)
        return fault_set(fault, STATUS_INVALID, "the manifest has no such number");
    return apply_number(world, line, json, fault);
}

/* ---- customers ---- */

static const struct {
    const char *name;
    size_t at;
} flags[] = {
    {"no_signup", offsetof(struct customer, no_signup)},
    {"source_unreadable", offsetof(struct customer, source_unreadable)},
    {"source_shared", offsetof(struct customer, source_shared)},
    {"token_expired", offsetof(struct customer, token_expired)},
    {"code_expired", offsetof(struct customer, code_expired)},
    {"waba_not_shared", offsetof(struct customer, waba_not_shared)},
    {"restricted", offsetof(struct customer, is_restricted)},
    {"no_payment_method", offsetof(struct customer, no_payment_method)},
    {"source_waba_unreadable", offsetof(struct customer, source_waba_unreadable)},
    {"unreadable_unnamed", offsetof(struct customer, unreadable_unnamed)},
    {"webhooks_subscribed", offsetof(struct customer, webhooks_subscribed)},
    {"foreign_app_subscribed", offsetof(struct customer, foreign_app_subscribed)},
};

/* A destination that is there already was made before it was said. */
static void apply_to_destination(struct customer *customer, const char *name)
{
    struct waba *waba = customer->destination;
    if (waba && strcmp(name, "webhooks_subscribed") == 0)
        waba->is_subscribed = customer->webhooks_subscribed;
    if (waba && strcmp(name, "no_payment_method") == 0 && customer->no_payment_method &&
        !waba->is_credit_attached)
        waba->funding_id = NULL;
}

static bool apply_flag(struct customer *customer, const char *name, json_object *value)
{
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(flags[i].name, name) == 0) {
            *(bool *)((char *)customer + flags[i].at) = json_object_get_boolean(value);
            apply_to_destination(customer, name);
            return true;
        }
    }
    return false;
}

static enum status stage_waba(struct world *world, struct waba *waba, json_object *fields,
                              struct fault *fault)
{
    json_object_object_foreach(fields, name, value)
    {
        (void)value;
        if (!fields_is_waba_field(name))
            return fault_set(fault, STATUS_INVALID, "%s is no field of a WABA", name);
    }
    world_stage_waba(world, waba, fields);
    return STATUS_OK;
}

/* The destination may not be there yet: then it finds its fields when it is made. */
static enum status stage_destination(struct world *world, struct customer *customer,
                                     json_object *fields, struct fault *fault)
{
    json_object_object_foreach(fields, name, value)
    {
        if (!fields_is_waba_field(name))
            return fault_set(fault, STATUS_INVALID, "%s is no field of a WABA", name);
        merge(&customer->destination_fields, name, value);
    }
    if (customer->destination)
        world_stage_waba(world, customer->destination, customer->destination_fields);
    return STATUS_OK;
}

static enum status stage_one(struct world *world, struct customer *customer, const char *sides,
                             const char *name, json_object *value, struct fault *fault)
{
    json_object *fields = json_object_new_object();
    json_object_object_add(fields, name, json_object_get(value));
    enum status status = STATUS_OK;
    if (strchr(sides, 's'))
        status = stage_waba(world, customer->source, fields, fault);
    if (status == STATUS_OK && strchr(sides, 'd'))
        status = stage_destination(world, customer, fields, fault);
    json_object_put(fields);
    return status;
}

static enum status stage_owner(struct world *world, struct customer *customer, bool is_other)
{
    customer->owner_business_id = customer->business_id;
    if (is_other) {
        const char *name = arena_printf(world->arena, "%s (another portfolio)", customer->name);
        const char *id = world_new_id(world, '7', "other business", customer->id);
        struct business *business = world_add_business(world, id, name);
        business->customer = customer;
        customer->owner_business_id = business->id;
    }
    if (customer->destination)
        customer->destination->owner_business_id = customer->owner_business_id;
    return STATUS_OK;
}

static enum status read_scopes(struct customer *customer, json_object *json, struct fault *fault)
{
    unsigned scopes = 0;
    for (size_t i = 0; i < json_object_array_length(json); i++) {
        const char *name = json_object_get_string(json_object_array_get_idx(json, i));
        if (strcmp(name, "business_management") == 0)
            scopes |= SCOPE_BUSINESS_MANAGEMENT;
        else if (strcmp(name, "whatsapp_business_management") == 0)
            scopes |= SCOPE_WHATSAPP_MANAGEMENT;
        else if (strcmp(name, "whatsapp_business_messaging") == 0)
            scopes |= SCOPE_WHATSAPP_MESSAGING;
        else
            return fault_set(fault, STATUS_INVALID, "token_scopes: %s is no permission", name);
    }
    customer->token_scopes = scopes;
    return STATUS_OK;
}

static enum status read_templates(struct customer *customer, bool is_source, json_object *json,
                                  struct fault *fault)
{
    uint16_t *counts = is_source ? customer->source->templates : customer->destination_templates;
    enum status status = template_kinds_read(json, counts, fault);
    if (status == STATUS_OK && !is_source && customer->destination)
        memcpy(customer->destination->templates, counts, sizeof customer->destination_templates);
    return status;
}

/* true is both sides, false and null neither. */
static enum status read_forbidden(struct customer *customer, json_object *value,
                                  struct fault *fault)
{
    static const char *const sides[] = {"source", "destination", "both"};
    customer->forbidden_reads = NULL;
    if (!value || json_object_is_type(value, json_type_boolean)) {
        customer->forbidden_reads = json_object_get_boolean(value) ? "both" : NULL;
        return STATUS_OK;
    }
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        if (strcmp(sides[i], json_object_get_string(value)) == 0)
            customer->forbidden_reads = sides[i];
    }
    return customer->forbidden_reads
               ? STATUS_OK
               : fault_set(fault, STATUS_INVALID,
                           "forbidden_reads is true, false, source, destination or both");
}

static enum status apply_to_customer(struct world *world, struct customer *customer,
                                     const char *name, json_object *value, struct fault *fault)
{
    bool is_known;
    if (apply_flag(customer, name, value) || name[0] == '_')
        return STATUS_OK;
    enum status status = scenario_apply_flows(world, customer, name, value, &is_known, fault);
    if (is_known)
        return status;
    if (strcmp(name, "business_verification_status") == 0) {
        struct node *node = world_find_node(world, customer->business_id);
        if (node && node->kind == NODE_BUSINESS)
            node->business->verification_status =
                arena_copy_text(world->arena, json_object_get_string(value));
        return stage_one(world, customer, "sd", name, value, fault);
    }
    if (strcmp(name, "waba_review") == 0)
        return stage_one(world, customer, "d", "account_review_status", value, fault);
    if (strcmp(name, "source_waba_review") == 0)
        return stage_one(world, customer, "s", "account_review_status", value, fault);
    if (strcmp(name, "source_owner") == 0)
        return stage_one(world, customer, "s", "owner_business_info", value, fault);
    if (strcmp(name, "templates") == 0 || strcmp(name, "destination_templates") == 0)
        return read_templates(customer, name[0] == 't', value, fault);
    if (strcmp(name, "forbidden_reads") == 0)
        return read_forbidden(customer, value, fault);
    if (strcmp(name, "source_waba") == 0)
        return stage_waba(world, customer->source, value, fault);
    if (strcmp(name, "destination_waba") == 0)
        return stage_destination(world, customer, value, fault);
    if (strcmp(name, "other_business") == 0)
        return stage_owner(world, customer, json_object_get_boolean(value));
    if (strcmp(name, "token_scopes") == 0)
        return read_scopes(customer, value, fault);
    if (strcmp(name, "credit_error") == 0) {
        scenario_read_error(world->arena, value, &customer->credit_error);
        return STATUS_OK;
    }
    return fault_set(fault, STATUS_INVALID, "%s is nothing a customer has", name);
}

static enum status apply_customer(struct world *world, struct customer *customer, json_object *json,
                                  struct fault *fault)
{
    json_object_object_foreach(json, name, value)
    {
        enum status status = apply_to_customer(world, customer, name, value, fault);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status apply_customers(struct world *world, const char *id, json_object *json,
                                   struct fault *fault)
{
    enum status status = STATUS_OK;
    bool is_every = strcmp(id, "*") == 0;
    struct customer *at = is_every ? world->first_customer : index_find(&world->customers, id);
    if (!at)
        return fault_set(fault, STATUS_INVALID, "the manifest has no such customer");
    for (; status == STATUS_OK && at; at = is_every ? at->next : NULL)
        status = apply_customer(world, at, json, fault);
    return status;
}

static enum status apply_waba(struct world *world, const char *id, json_object *json,
                              struct fault *fault)
{
    struct node *node = world_find_node(world, id);
    if (!node || node->kind != NODE_WABA)
        return fault_set(fault, STATUS_INVALID, "there is no such WABA");
    return stage_waba(world, node->waba, json, fault);
}

/* ---- the rest ---- */

static enum status apply_quotas(struct world *world, json_object *json, struct fault *fault)
{
    json_object_object_foreach(json, name, value)
    {
        uint32_t limit = (uint32_t)json_object_get_int(value);
        if (strcmp(name, "waba_fresh") == 0)
            world->waba_fresh_limit = limit;
        else if (strcmp(name, "waba") == 0)
            world->waba_limit = limit;
        else if (strcmp(name, "credit") == 0)
            world->credit_limit = limit;
        else if (strcmp(name, "app") == 0)
            world->app_limit = limit;
        else
            return fault_set(fault, STATUS_INVALID, "quotas: unknown key %s", name);
    }
    return STATUS_OK;
}

static enum status apply_latency(struct simulator *simulator, json_object *json,
                                 struct fault *fault)
{
    int least = int_member(json, "min", 0), most = int_member(json, "max", least);
    if (least < 0 || most < least || most > 600000)
        return fault_set(fault, STATUS_INVALID, "latency_ms: 0 <= min <= max <= 600000");
    simulator->latency_min_ms = (unsigned)least;
    simulator->latency_max_ms = (unsigned)most;
    return STATUS_OK;
}

typedef enum status apply_each(struct world *world, const char *key, json_object *json,
                               struct fault *fault);

static enum status apply_all(struct world *world, const char *what, json_object *json,
                             apply_each *apply, struct fault *fault)
{
    json_object_object_foreach(json, key, value)
    {
        if (key[0] == '_')
            continue;
        enum status status = apply(world, key, value, fault);
        if (status != STATUS_OK) {
            fault_prefix(fault, "%s: %s: ", what, key);
            return status;
        }
    }
    return STATUS_OK;
}

static enum status apply_top(struct simulator *simulator, const char *name, json_object *value,
                             struct fault *fault)
{
    struct world *world = &simulator->world;
    bool is_known;
    enum status status = scenario_apply_rules(world, name, value, &is_known, fault);
    if (is_known)
        return status;
    if (strcmp(name, "numbers") == 0)
        return apply_all(world, name, value, apply_numbers, fault);
    if (strcmp(name, "customers") == 0)
        return apply_all(world, name, value, apply_customers, fault);
    if (strcmp(name, "wabas") == 0)
        return apply_all(world, name, value, apply_waba, fault);
    if (strcmp(name, "latency_ms") == 0)
        return apply_latency(simulator, value, fault);
    if (strcmp(name, "quotas") == 0)
        return apply_quotas(world, value, fault);
    if (strcmp(name, "faults") == 0)
        return fault_plan_read(&simulator->faults, value, fault);
    if (strcmp(name, "refused_fields") == 0)
        return denials_read(world, 100, value, fault);
    if (strcmp(name, "forbidden_fields") == 0)
        return denials_read(world, 10, value, fault);
    if (strcmp(name, "unreadable_unnamed") == 0) {
        world->unreadable_unnamed = json_object_get_boolean(value);
        return STATUS_OK;
    }
    if (strcmp(name, "system_token_expired") == 0) {
        world->system_token_expired = json_object_get_boolean(value);
        return STATUS_OK;
    }
    if (name[0] == '_')
        return STATUS_OK;
    return fault_set(fault, STATUS_INVALID, "unknown key %s", name);
}

enum status scenario_apply(struct simulator *simulator, json_object *json, struct fault *fault)
{
    if (!json_object_is_type(json, json_type_object))
        return fault_set(fault, STATUS_INVALID, "a scenario is a JSON object");
    json_object_object_foreach(json, name, value)
    {
        enum status status = apply_top(simulator, name, value, fault);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status scenario_read_file(struct simulator *simulator, const char *path, struct fault *fault)
{
    json_object *json = json_object_from_file(path);
    if (!json)
        return fault_set(fault, STATUS_INVALID, "%s cannot be read as JSON: %s", path,
                         json_util_get_last_err());
    enum status status = scenario_apply(simulator, json, fault);
    json_object_put(json);
    if (status != STATUS_OK)
        fault_prefix(fault, "%s: ", path);
    return status;
}
