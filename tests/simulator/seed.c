/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/seed.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "planner/credential_ref.h"
#include "planner/manifest.h"

struct seed {
    struct world *world;
    const char *system_token_ref, *app_secret_ref;
};

static enum status take_batch(void *self, const struct manifest_batch *batch, struct fault *fault)
{
    struct seed *seed = self;
    struct world *world = seed->world;
    (void)fault;
    world->batch = arena_copy_text(world->arena, batch->batch);
    world->partner_business_id = arena_copy_text(world->arena, batch->business_id);
    world->app_id = arena_copy_text(world->arena, batch->app_id);
    world->credit_line_id = arena_copy_text(world->arena, batch->credit_line_id);
    world->system_user_ids[0] = arena_copy_text(world->arena, batch->system_user_id);
    seed->system_token_ref = arena_copy_text(world->arena, batch->system_token_ref);
    seed->app_secret_ref = arena_copy_text(world->arena, batch->app_secret_ref);
    return STATUS_OK;
}

static enum status take_customer(void *self, const struct manifest_customer *from,
                                 struct fault *fault)
{
    struct seed *seed = self;
    struct arena *arena = seed->world->arena;
    struct customer *customer = world_customer(seed->world, from->id);
    (void)fault;
    customer->name = arena_copy_text(arena, from->name ? from->name : from->id);
    customer->business_id = arena_copy_text(arena, from->business_id);
    customer->owner_business_id = customer->business_id;
    customer->source_waba_id = arena_copy_text(arena, from->source_waba_id);
    customer->destination_waba_id = arena_copy_text(arena, from->destination_waba_id);
    customer->token_ref = arena_copy_text(arena, from->token_ref);
    customer->source_token_ref = arena_copy_text(arena, from->source_token_ref);
    return STATUS_OK;
}

static enum status take_number(void *self, const struct manifest_number *from, struct fault *fault)
{
    struct seed *seed = self;
    struct arena *arena = seed->world->arena;
    struct line *line = world_line(seed->world, &from->number);
    (void)fault;
    line->customer = world_customer(seed->world, from->customer_id);
    line->source_phone_id = arena_copy_text(arena, from->source_phone_number_id);
    line->destination_phone_id = arena_copy_text(arena, from->phone_number_id);
    return STATUS_OK;
}

static void tell_problem(void *self, const char *file, unsigned line, unsigned column,
                         const char *key, const char *what)
{
    (void)self;
    fprintf(stderr, "%s:%u:%u: %s: %s\n", file, line, column, key, what);
}

/* ---- from what was read to a world ---- */

static enum status resolve(struct world *world, const char *reference, struct token **token,
                           struct fault *fault)
{
    struct secret *secret;
    enum status status = credential_ref_resolve(reference, &secret, fault);
    if (status != STATUS_OK)
        return status;
    *token = world_add_token(world, secret_reveal(secret));
    secret_destroy(secret);
    return STATUS_OK;
}

/* A customer's token that nobody has set is a token nobody can use: worth a word, not an end. */
static void resolve_optional(struct world *world, const char *reference, struct token **token)
{
    struct fault fault = FAULT_NONE;
    if (reference && resolve(world, reference, token, &fault) != STATUS_OK)
        fprintf(stderr, "wabamigrate-simulator: %s\n", fault.message);
}

static enum status seed_partner(const struct seed *seed, struct fault *fault)
{
    struct world *world = seed->world;
    enum status status = resolve(world, seed->system_token_ref, &world->system_token, fault);
    if (status != STATUS_OK)
        return status;
    world->system_token->is_system = true;
    world->system_token->scopes = SCOPE_ALL;
    struct business *partner = world_add_business(world, world->partner_business_id, "Partner Ltd");
    partner->is_partner = true;
    if (world->credit_line_id)
        world_add_node(world, world->credit_line_id, NODE_CREDIT_LINE, world);
    for (unsigned i = 0; i < SYSTEM_USERS; i++) {
        if (!world->system_user_ids[i])
            world->system_user_ids[i] =
                world_new_id(world, '2', "system user", i ? "second" : "first");
    }
    if (!seed->app_secret_ref)
        return STATUS_OK;
    struct secret *secret;
    status = credential_ref_resolve(seed->app_secret_ref, &secret, fault);
    if (status != STATUS_OK)
        return status;
    world->app_secret = arena_copy_text(world->arena, secret_reveal(secret));
    secret_destroy(secret);
    struct token *app = world_add_token(
        world, arena_printf(world->arena, "%s|%s", world->app_id, world->app_secret));
    app->is_app = true;
    return STATUS_OK;
}

static enum status seed_customer(struct world *world, struct customer *customer,
                                 struct fault *fault)
{
    if (!customer->business_id || !customer->source_waba_id)
        return fault_set(fault, STATUS_INVALID,
                         "customer %s: the simulator needs business_id and source_waba_id",
                         customer->id);
    struct business *business = world_add_business(world, customer->business_id, customer->name);
    if (!business)
        return fault_set(fault, STATUS_INVALID, "customer %s: %s is the id of something else too",
                         customer->id, customer->business_id);
    if (!business->customer)
        business->customer = customer;
    const struct node *source = world_find_node(world, customer->source_waba_id);
    if (source && source->kind != NODE_WABA)
        return fault_set(fault, STATUS_INVALID, "customer %s: %s is the id of something else too",
                         customer->id, customer->source_waba_id);
    customer->source =
        source ? source->waba : world_add_waba(world, customer->source_waba_id, customer, true);
    resolve_optional(world, customer->token_ref, &customer->given_token);
    resolve_optional(world, customer->source_token_ref, &customer->source_token);
    return STATUS_OK;
}

static void seed_line(struct world *world, struct line *line)
{
    const char *id = line->source_phone_id;
    if (!id)
        id = world_new_id(world, '1', "source", line->number.text);
    struct phone *phone = world_add_phone(world, id, line, line->customer->source);
    phone->status = "CONNECTED";
    phone->verification = "VERIFIED";
    phone->is_registered = true;
    phone->waba->registered_count++;
    phone->created_ms -= (int64_t)300 * 86400000;
    phone->onboarded_ms = phone->created_ms + (int64_t)(index_hash(id) % 86400) * 1000;
    line->source = phone;
}

static enum status build(const struct seed *seed, struct fault *fault)
{
    struct world *world = seed->world;
    enum status status = seed_partner(seed, fault);
    for (struct customer *at = world->first_customer; status == STATUS_OK && at; at = at->next)
        status = seed_customer(world, at, fault);
    if (status != STATUS_OK)
        return status;
    for (struct line *at = world->first_line; at; at = at->next)
        seed_line(world, at);
    for (struct line *at = world->first_line; at; at = at->next) {
        /* Named in full: its signup lies behind it. */
        if (at->customer->destination_waba_id && at->destination_phone_id)
            world_sign_up(world, at);
    }
    for (struct customer *at = world->first_customer; at; at = at->next)
        world_open_destination(world, at);
    return STATUS_OK;
}

enum status seed_from_manifest(struct world *world, const char *path, struct fault *fault)
{
    struct seed seed = {.world = world};
    struct manifest_sink sink = {&seed, take_batch, take_customer, take_number, tell_problem};
    enum status status = manifest_read(path, false, &sink, fault);
    return status == STATUS_OK ? build(&seed, fault) : status;
}
