/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const WORLD_TASKS[] = {"DEVELOP",
                                   "MANAGE",
                                   "MANAGE_EXTENSIONS",
                                   "MANAGE_PHONE",
                                   "MANAGE_PHONE_ASSETS",
                                   "MANAGE_TEMPLATES",
                                   "MESSAGING",
                                   "VIEW_COST",
                                   "VIEW_PHONE_ASSETS",
                                   "VIEW_TEMPLATES",
                                   "VIEW_INSIGHTS",
                                   "MANAGE_USERS",
                                   "MANAGE_BILLING",
                                   NULL};

void world_init(struct world *world)
{
    *world = (struct world){
        .waba_fresh_limit = 200, .waba_limit = 5000, .credit_limit = 5000, .code_life_ms = 30000};
    world->arena = arena_create();
    world->last_customer = &world->first_customer;
    world->last_line = &world->first_line;
    copying_rules_init(&world->copying);
    clock_init(&world->clock);
}

void world_finish(struct world *world)
{
    for (struct customer *customer = world->first_customer; customer; customer = customer->next)
        json_object_put(customer->destination_fields);
    for (struct line *line = world->first_line; line; line = line->next) {
        json_object_put(line->fields);
        json_object_put(line->destination_fields);
        json_object_put(line->profile);
    }
    for (size_t i = 0; i < world->nodes.capacity; i++) {
        struct node *node = world->nodes.slots[i].value;
        if (node && node->kind == NODE_WABA) {
            json_object_put(node->waba->fields);
            free(node->waba->phones);
        } else if (node && node->kind == NODE_PHONE) {
            json_object_put(node->phone->storage);
            json_object_put(node->phone->profile);
        }
    }
    index_finish(&world->nodes);
    index_finish(&world->tokens);
    index_finish(&world->codes);
    index_finish(&world->customers);
    index_finish(&world->lines);
    index_finish(&world->allocations);
    arena_destroy(world->arena);
}

int64_t world_now_ms(const struct world *world)
{
    return clock_wall_ms(&world->clock);
}

struct customer *world_customer(struct world *world, const char *id)
{
    struct customer *customer = index_find(&world->customers, id);
    if (customer)
        return customer;
    customer = arena_alloc(world->arena, sizeof *customer);
    customer->id = arena_copy_text(world->arena, id);
    customer->token_scopes = SCOPE_WHATSAPP_MANAGEMENT | SCOPE_WHATSAPP_MESSAGING;
    index_put(&world->customers, customer->id, customer);
    *world->last_customer = customer;
    world->last_customer = &customer->next;
    world->customer_count++;
    return customer;
}

struct line *world_line(struct world *world, const struct e164 *number)
{
    struct line *line = index_find(&world->lines, number->text);
    if (line)
        return line;
    line = arena_alloc(world->arena, sizeof *line);
    line->number = *number;
    index_put(&world->lines, line->number.text, line);
    *world->last_line = line;
    world->last_line = &line->next;
    world->line_count++;
    return line;
}

struct token *world_add_token(struct world *world, const char *text)
{
    struct token *token = index_find(&world->tokens, text);
    if (token)
        return token;
    token = arena_alloc(world->arena, sizeof *token);
    token->text = arena_copy_text(world->arena, text);
    token->scopes = SCOPE_WHATSAPP_MANAGEMENT | SCOPE_WHATSAPP_MESSAGING;
    token->user_id = world_new_id(world, '3', "user", text);
    index_put(&world->tokens, token->text, token);
    return token;
}

struct node *world_find_node(const struct world *world, const char *id)
{
    return index_find(&world->nodes, id);
}

void world_add_node(struct world *world, const char *id, enum node_kind kind, void *object)
{
    struct node *node = arena_alloc(world->arena, sizeof *node);
    node->kind = kind;
    node->any = object;
    index_put(&world->nodes, id, node);
}

const char *world_new_id(struct world *world, char lead, const char *what, const char *key)
{
    char id[32];
    const char *seed = arena_printf(world->arena, "%s/%s", what, key);
    uint64_t hash = index_hash(seed);
    do {
        snprintf(id, sizeof id, "%c%014" PRIu64, lead, hash % UINT64_C(100000000000000));
        hash = index_mix(hash + 1);
    } while (world_find_node(world, id));
    return arena_copy_text(world->arena, id);
}

struct business *world_add_business(struct world *world, const char *id, const char *name)
{
    struct node *known = world_find_node(world, id);
    if (known)
        return known->kind == NODE_BUSINESS ? known->business : NULL;
    struct business *business = arena_alloc(world->arena, sizeof *business);
    business->id = arena_copy_text(world->arena, id);
    business->name = arena_copy_text(world->arena, name);
    business->verification_status = "verified";
    world_add_node(world, business->id, NODE_BUSINESS, business);
    return business;
}

struct waba *world_add_waba(struct world *world, const char *id, struct customer *customer,
                            bool is_source)
{
    struct waba *waba = arena_alloc(world->arena, sizeof *waba);
    waba->id = arena_copy_text(world->arena, id);
    waba->name = customer->name;
    waba->customer = customer;
    waba->is_source = is_source;
    waba->owner_business_id = is_source ? customer->business_id : customer->owner_business_id;
    waba->review_status = "APPROVED";
    waba->verification_status = "verified";
    waba->created_ms = world_now_ms(world);
    if (is_source) {
        /* Four to be copied by themselves, one by a call only, one not at all. */
        waba->templates[0] = 4;
        waba->templates[1] = 1;
        waba->templates[4] = 1;
        waba->created_ms -= (int64_t)400 * 86400000;
        waba->currency = "USD";
        waba->funding_id = world_new_id(world, '4', "funding", id);
    } else if (!world->credit_line_id && !customer->no_payment_method) {
        /* Without a line of the partner, customers pay Meta themselves: they did so at signup. */
        waba->currency = "EUR";
        waba->funding_id = world_new_id(world, '4', "funding", id);
    }
    world_add_node(world, waba->id, NODE_WABA, waba);
    return waba;
}

struct phone *world_add_phone(struct world *world, const char *id, struct line *line,
                              struct waba *waba)
{
    struct phone *phone = arena_alloc(world->arena, sizeof *phone);
    phone->id = arena_copy_text(world->arena, id);
    phone->line = line;
    phone->waba = waba;
    phone->status = "PENDING";
    phone->verification = "NOT_VERIFIED";
    phone->created_ms = world_now_ms(world);
    if (waba->phone_count == waba->phone_capacity) {
        waba->phone_capacity = waba->phone_capacity ? waba->phone_capacity * 2 : 4;
        waba->phones = memory_resize(waba->phones, waba->phone_capacity * sizeof *waba->phones);
    }
    waba->phones[waba->phone_count++] = phone;
    world_add_node(world, phone->id, NODE_PHONE, phone);
    return phone;
}

/* A staged text that decides something stands in the structure; the rest is only shown. */
static void stage_text(struct world *world, json_object *fields, const char *name,
                       const char **text)
{
    json_object *value;
    /* null hides the field from view; what holds, holds. */
    if (json_object_object_get_ex(fields, name, &value) && value)
        *text = arena_copy_text(world->arena, json_object_get_string(value));
}

/* "700100" or {"id":"700100","name":"…"}: whoever it is, is a business from now on. */
static void stage_owner(struct world *world, struct waba *waba, json_object *owner)
{
    json_object *id = owner, *name = NULL;
    if (json_object_is_type(owner, json_type_object)) {
        json_object_object_get_ex(owner, "name", &name);
        if (!json_object_object_get_ex(owner, "id", &id))
            return;
    }
    const char *text = arena_copy_text(world->arena, json_object_get_string(id));
    world_add_business(world, text, name ? json_object_get_string(name) : text);
    waba->owner_business_id = text;
}

void world_stage_waba(struct world *world, struct waba *waba, json_object *fields)
{
    if (!fields)
        return;
    stage_text(world, fields, "account_review_status", &waba->review_status);
    stage_text(world, fields, "business_verification_status", &waba->verification_status);
    if (!waba->fields)
        waba->fields = json_object_new_object();
    json_object_object_foreach(fields, name, value)
    {
        /* These change as things happen: they stand in the structure alone. */
        if (strcmp(name, "currency") == 0)
            waba->currency = arena_copy_text(world->arena, json_object_get_string(value));
        else if (strcmp(name, "primary_funding_id") == 0)
            waba->funding_id = arena_copy_text(world->arena, json_object_get_string(value));
        else if (strcmp(name, "owner_business_info") == 0 && value)
            stage_owner(world, waba, value);
        else
            json_object_object_add(waba->fields, name, json_object_get(value));
    }
}

/* A number that is staged to be gone is not registered here any more; one that is in service is. */
static void stage_status(struct world *world, struct phone *phone, const char *status)
{
    static const char in_service[] = "CONNECTED FLAGGED RESTRICTED RATE_LIMITED ";
    static const char gone[] = "MIGRATED DELETED DISCONNECTED UNLINKED ";
    const char *word = arena_printf(world->arena, "%s ", status);
    bool is_registered =
        phone->is_registered ? strstr(gone, word) == NULL : strstr(in_service, word) != NULL;
    phone->status = arena_copy_text(world->arena, status);
    if (is_registered == phone->is_registered)
        return;
    phone->is_registered = is_registered;
    if (is_registered)
        phone->waba->registered_count++;
    else
        phone->waba->registered_count--;
    if (is_registered && phone->onboarded_ms == 0)
        phone->onboarded_ms = world_now_ms(world);
}

void world_stage_phone(struct world *world, struct phone *phone, json_object *fields)
{
    json_object *value;
    if (!phone || !fields)
        return;
    if (json_object_object_get_ex(fields, "status", &value) && value)
        stage_status(world, phone, json_object_get_string(value));
    stage_text(world, fields, "code_verification_status", &phone->verification);
    if (json_object_object_get_ex(fields, "is_pin_enabled", &value) && value)
        phone->is_pin_enabled = json_object_get_boolean(value);
}

static struct waba *destination_of(struct world *world, struct customer *customer)
{
    if (customer->destination)
        return customer->destination;
    const char *id = customer->destination_waba_id;
    if (!id)
        id = world_new_id(world, '9', "destination", customer->id);
    customer->destination = world_add_waba(world, id, customer, false);
    customer->destination->is_subscribed = customer->webhooks_subscribed;
    customer->destination->flows = customer->destination_flows;
    memcpy(customer->destination->templates, customer->destination_templates,
           sizeof customer->destination_templates);
    world_stage_waba(world, customer->destination, customer->destination_fields);
    return customer->destination;
}

void world_open_destination(struct world *world, struct customer *customer)
{
    if (customer->destination_waba_id)
        destination_of(world, customer);
}

void world_sign_up(struct world *world, struct line *line)
{
    struct waba *waba = destination_of(world, line->customer);
    if (line->destination)
        return;
    const char *id = line->destination_phone_id;
    if (!id)
        id = world_new_id(world, '6', "destination", line->number.text);
    line->destination = world_add_phone(world, id, line, waba);
    if (!line->unverified_after_signup)
        line->destination->verification = "VERIFIED";
    world_stage_phone(world, line->destination, line->destination_fields);
}

struct signup_code *world_new_code(struct world *world, struct customer *customer)
{
    struct signup_code *code = arena_alloc(world->arena, sizeof *code);
    const char *seed = arena_printf(world->arena, "code/%s/%zu", customer->id, world->codes_made++);
    uint64_t hash = index_hash(seed);
    code->text =
        arena_printf(world->arena, "AQ%016" PRIx64 "%016" PRIx64, hash, index_mix(hash ^ 0x5eed));
    code->customer = customer;
    code->expires_ms = world_now_ms(world) + (customer->code_expired ? -1 : world->code_life_ms);
    index_put(&world->codes, code->text, code);
    return code;
}

void world_move_line(struct world *world, struct phone *phone, const char *pin)
{
    struct phone *other = phone->line->source;
    if (other && other != phone && other->is_registered) {
        other->is_registered = false;
        other->status = "MIGRATED";
        other->waba->registered_count--;
    }
    if (!phone->is_registered)
        phone->waba->registered_count++;
    phone->is_registered = true;
    phone->is_deregistered = false;
    phone->status = "CONNECTED";
    phone->is_pin_enabled = true;
    snprintf(phone->pin, sizeof phone->pin, "%s", pin);
    phone->onboarded_ms = world_now_ms(world);
}

static struct customer *customer_of(const struct node *node, bool *is_source)
{
    struct waba *waba = node->kind == NODE_PHONE ? node->phone->waba : node->waba;
    *is_source = waba->is_source;
    return waba->customer;
}

static bool may_use_waba(const struct token *token, const struct node *node, bool for_writing)
{
    bool is_source;
    const struct customer *customer = customer_of(node, &is_source);
    bool is_phone = node->kind == NODE_PHONE;
    if (is_phone ? node->phone->is_unreadable : is_source && customer->source_waba_unreadable)
        return false;
    if (is_source) {
        bool is_owner = customer->source_token == token && !customer->source_unreadable;
        return !for_writing && (is_owner || (token->is_system && customer->source_shared));
    }
    if (token->is_system)
        return !customer->waba_not_shared;
    return token->customer == customer || customer->given_token == token;
}

static bool may_use_business(const struct token *token, const struct business *business)
{
    if (business->is_partner || token->is_system)
        return token->is_system;
    const struct customer *customer = business->customer;
    return customer && (token->customer == customer || customer->given_token == token ||
                        customer->source_token == token);
}

bool world_may_read(const struct world *world, const struct token *token, const struct node *node)
{
    (void)world;
    switch (node->kind) {
    case NODE_WABA:
    case NODE_PHONE:
        return may_use_waba(token, node, false);
    case NODE_BUSINESS:
        return may_use_business(token, node->business);
    case NODE_CREDIT_LINE:
    case NODE_ALLOCATION:
        return token->is_system;
    case NODE_ROOT:
        return true;
    case NODE_TEMPLATE: /* read through their WABA only */
    case NODE_FLOW:
    case NODE_NONE:
        break;
    }
    return false;
}

bool world_may_write(const struct world *world, const struct token *token, const struct node *node)
{
    if (node->kind == NODE_WABA || node->kind == NODE_PHONE)
        return may_use_waba(token, node, true);
    /* The alternate credit method attaches with the customer's own token. */
    if (node->kind == NODE_CREDIT_LINE)
        return true;
    return world_may_read(world, token, node);
}

const char *world_format_time(struct arena *arena, int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm utc;
    char text[40];
    gmtime_r(&seconds, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+0000", &utc);
    return arena_copy_text(arena, text);
}
