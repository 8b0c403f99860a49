/* SPDX-License-Identifier: PostgreSQL */
/* Calls on a phone number besides registering and verifying it: PIN, webhooks, storage. */
#include <stdio.h>
#include <string.h>

#include "tests/simulator/calls.h"
#include "tests/simulator/fields.h"

const char *call_text_of(json_object *json, const char *name)
{
    json_object *value;
    if (!json_object_object_get_ex(json, name, &value))
        return NULL;
    return json_object_get_string(value);
}

static bool has_only(json_object *json, const char *const *names)
{
    json_object_object_foreach(json, name, value)
    {
        const char *const *at = names;
        (void)value;
        while (*at && strcmp(*at, name) != 0)
            at++;
        if (!*at)
            return false;
    }
    return true;
}

/* An object parameter, whether it came as JSON or as text. The caller puts it. */
static json_object *object_param(struct exchange *exchange, const char *name)
{
    const struct param *param = exchange_param(exchange, name);
    if (!param)
        return NULL;
    return param->json ? json_object_get(param->json) : json_tokener_parse(param->text);
}

static bool set_webhooks(struct world *world, struct exchange *exchange, struct phone *phone,
                         json_object *json)
{
    static const char *const known[] = {"override_callback_uri", "verify_token", NULL};
    const char *uri = call_text_of(json, "override_callback_uri");
    const char *token = call_text_of(json, "verify_token");
    bool is_deleting = uri && *uri == '\0';
    if (!has_only(json, known) || !uri || (!is_deleting && !token) || strlen(uri) > 200 ||
        (!is_deleting && strncmp(uri, "https://", 8) != 0)) {
        exchange_refuse(
            exchange, 100, 0,
            "(#100) Param webhook_configuration needs an https override_callback_uri of "
            "at most 200 characters and a verify_token");
        return false;
    }
    if (!phone->waba->is_subscribed) {
        exchange_refuse(exchange, 100, 0,
                        "(#100) Before override the current callback uri, your app must be "
                        "subscribed to receive messages for WhatsApp Business Account");
        return false;
    }
    phone->webhook_uri = is_deleting ? NULL : arena_copy_text(world->arena, uri);
    phone->webhook_verify_token = is_deleting ? NULL : arena_copy_text(world->arena, token);
    return true;
}

void call_update_phone(struct world *world, struct exchange *exchange)
{
    struct phone *phone = exchange->node->phone;
    const char *pin = exchange_text(exchange, "pin");
    json_object *webhooks = object_param(exchange, "webhook_configuration");
    if (!pin && !webhooks) {
        exchange_refuse(exchange, 100, 0, "(#100) Nothing to update");
    } else if (!webhooks || set_webhooks(world, exchange, phone, webhooks)) {
        if (pin) {
            snprintf(phone->pin, sizeof phone->pin, "%s", pin);
            phone->is_pin_enabled = true;
            phone->pin_failures = 0;
            phone->pin_locked_until_ms = 0;
        }
        exchange_answer_success(exchange);
    }
    json_object_put(webhooks);
}

/* ---- storage ---- */

json_object *call_settings(const struct phone *phone)
{
    json_object *json = json_object_new_object(), *storage = phone->storage;
    if (storage) {
        json_object_get(storage);
    } else {
        storage = json_object_new_object();
        json_object_object_add(storage, "status",
                               json_object_new_string("IN_COUNTRY_STORAGE_DISABLED"));
    }
    json_object_object_add(json, "storage_configuration", storage);
    return json;
}

void call_read_settings(struct world *world, struct exchange *exchange)
{
    (void)world;
    exchange_answer(exchange, call_settings(exchange->node->phone));
}

static bool is_region(const char *region)
{
    static const char regions[] = "AU|ID|IN|JP|SG|KR|DE|CH|GB|BR|BH|ZA|AE|CA";
    const char *at = region && strlen(region) == 2 ? strstr(regions, region) : NULL;
    return at != NULL;
}

static const char *trouble_with_storage(json_object *storage)
{
    static const char *const known[] = {"status", "data_localization_region", "retention_minutes",
                                        NULL};
    const char *status = call_text_of(storage, "status");
    const char *region = call_text_of(storage, "data_localization_region");
    if (!json_object_is_type(storage, json_type_object) || !has_only(storage, known) || !status)
        return "must be an object with status";
    if (strcmp(status, "IN_COUNTRY_STORAGE_ENABLED") == 0)
        return is_region(region) ? NULL : "data_localization_region is missing or not a region";
    if (strcmp(status, "IN_COUNTRY_STORAGE_DISABLED") == 0)
        return region ? "data_localization_region goes with IN_COUNTRY_STORAGE_ENABLED" : NULL;
    return strcmp(status, "NO_STORAGE_ENABLED") == 0 ? NULL : "status is none of the known ones";
}

void call_write_settings(struct world *world, struct exchange *exchange)
{
    struct phone *phone = exchange->node->phone;
    json_object *storage = object_param(exchange, "storage_configuration");
    const char *trouble = trouble_with_storage(storage);
    (void)world;
    if (trouble) {
        exchange_refuse(exchange, 100, 0, "(#100) Param storage_configuration: %s", trouble);
    } else if (phone->is_registered) {
        exchange_refuse(exchange, 100, 0,
                        "(#100) The storage configuration cannot be changed while the phone number "
                        "is registered");
    } else {
        json_object_put(phone->storage);
        phone->storage = json_object_get(storage);
        exchange_answer_success(exchange);
    }
    json_object_put(storage);
}
