/* SPDX-License-Identifier: PostgreSQL */
/* Codes and tokens: /oauth/access_token, /debug_token, /me. */
#include <string.h>

#include "tests/simulator/calls.h"
#include "tests/simulator/fields.h"

#define BUSINESS_TOKEN_LIFE_MS ((int64_t)60 * 86400000)

/* Takes the code: whatever comes of the answer, it is burnt. */
static struct token *mint_token(struct world *world, struct signup_code *code)
{
    code->is_used = true;
    world->codes_used++;
    const char *text = arena_printf(world->arena, "EAAsim%016llxB%s",
                                    (unsigned long long)index_hash(code->text), code->text + 10);
    struct token *token = world_add_token(world, text);
    token->customer = code->customer;
    token->scopes = code->customer->token_scopes;
    token->expires_ms = world_now_ms(world) + BUSINESS_TOKEN_LIFE_MS;
    return token;
}

void call_exchange_code(struct world *world, struct exchange *exchange)
{
    const char *secret = exchange_text(exchange, "client_secret");
    struct signup_code *code = index_find(&world->codes, exchange_text(exchange, "code"));
    if (strcmp(exchange_text(exchange, "client_id"), world->app_id) != 0) {
        exchange_refuse(exchange, 101, 0, "Error validating application.");
    } else if (!world->app_secret || strcmp(secret, world->app_secret) != 0) {
        exchange_refuse(exchange, 1, 0, "Error validating client secret.");
    } else if (!code) {
        exchange_refuse(exchange, 100, 36008, "Invalid verification code format.");
    } else if (code->is_used) {
        exchange_refuse(exchange, 100, 36009, "This authorization code has been used.");
    } else if (world_now_ms(world) > code->expires_ms) {
        exchange_refuse(exchange, 100, 36007, "This authorization code has expired.");
    } else {
        const struct token *token = mint_token(world, code);
        json_object *json = json_object_new_object();
        json_object_object_add(json, "access_token", json_object_new_string(token->text));
        json_object_object_add(json, "token_type", json_object_new_string("bearer"));
        json_object_object_add(json, "expires_in",
                               json_object_new_int64(BUSINESS_TOKEN_LIFE_MS / 1000));
        exchange_answer(exchange, json);
        exchange->has_effect = true;
    }
}

static json_object *scopes_json(unsigned scopes)
{
    static const char *const names[] = {"business_management", "whatsapp_business_management",
                                        "whatsapp_business_messaging"};
    json_object *json = json_object_new_array();
    for (unsigned i = 0; i < 3; i++) {
        if (scopes & (1U << i))
            json_object_array_add(json, json_object_new_string(names[i]));
    }
    return json;
}

static json_object *granular_scopes(const struct token *token)
{
    json_object *json = json_object_new_array();
    if (token->customer && token->customer->destination) {
        json_object *one = json_object_new_object(), *targets = json_object_new_array();
        json_object_array_add(targets, json_object_new_string(token->customer->destination->id));
        json_object_object_add(one, "scope",
                               json_object_new_string("whatsapp_business_management"));
        json_object_object_add(one, "target_ids", targets);
        json_object_array_add(json, one);
    }
    return json;
}

void call_debug_token(struct world *world, struct exchange *exchange)
{
    const struct token *asked = index_find(&world->tokens, exchange_text(exchange, "input_token"));
    if (!exchange->token->is_system && !exchange->token->is_app) {
        exchange_refuse(exchange, 100, 0,
                        "(#100) You must provide an app access token, or a user access token that "
                        "is an owner or developer of the app");
        return;
    }
    json_object *json = json_object_new_object(), *data = json_object_new_object();
    bool is_valid = asked && !asked->is_expired &&
                    (asked->expires_ms == 0 || world_now_ms(world) < asked->expires_ms);
    json_object_object_add(data, "app_id", json_object_new_string(world->app_id));
    json_object_object_add(data, "application", json_object_new_string("Partner app"));
    json_object_object_add(data, "type", json_object_new_string("SYSTEM_USER"));
    json_object_object_add(data, "is_valid", json_object_new_boolean(is_valid));
    if (asked) {
        json_object_object_add(data, "expires_at", json_object_new_int64(asked->expires_ms / 1000));
        json_object_object_add(data, "data_access_expires_at", json_object_new_int64(0));
        json_object_object_add(data, "scopes", scopes_json(asked->scopes));
        json_object_object_add(data, "granular_scopes", granular_scopes(asked));
        json_object_object_add(data, "user_id", json_object_new_string(asked->user_id));
    }
    json_object_object_add(json, "data", data);
    exchange_answer(exchange, json);
}

void call_me(struct world *world, struct exchange *exchange)
{
    const char *text = exchange_text(exchange, "fields");
    const struct field *field = fields_parse(exchange, text ? text : "id,name");
    const struct token *token = exchange->token;
    if (!field)
        return;
    json_object *json = json_object_new_object();
    json_object_object_add(
        json, "id",
        json_object_new_string(token->is_system ? world->system_user_ids[0] : token->user_id));
    for (; field; field = field->next) {
        if (strcmp(field->name, "name") == 0) {
            json_object_object_add(json, "name", json_object_new_string("System user"));
        } else if (strcmp(field->name, "id") != 0) {
            json_object_put(json);
            exchange_refuse(exchange, 100, 0,
                            "(#100) Tried accessing nonexisting field (%s) on node type (User)",
                            field->name);
            return;
        }
    }
    exchange_answer(exchange, json);
}
