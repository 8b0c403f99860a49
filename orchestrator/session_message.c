/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/session_message.h"

#include <json-c/json.h>
#include <stddef.h>
#include <string.h>

#include "jobs/body.h"

#define ID_DIGITS_MAX 19 /* Meta's ids are 64-bit numbers */
#define KEY_BYTES_MAX 128
#define CODE_BYTES_MAX (16 * 1024)

/* How a signup may end (Meta, Embedded Signup implementation, v4) and what that is to a migration.
 */
struct event_rule {
    const char *name;
    enum { EVENT_TAKEN, EVENT_PASSED, EVENT_REFUSED } use;
    const char *why;
};

/* clang-format off */
static const struct event_rule event_rules[] = {
    {"FINISH", EVENT_TAKEN, NULL},
    /* The WABA is there; its numbers are found by listing it, or the customer signs up again. */
    {"FINISH_ONLY_WABA", EVENT_TAKEN, NULL},
    {"CANCEL", EVENT_PASSED, "the customer left the signup before its end; send the link again"},
    {"ERROR", EVENT_PASSED, "the signup ended in an error; send the link again"},
    {"FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING", EVENT_REFUSED,
     "this signup shares a number with the WhatsApp Business app, which is no move between WABAs; the "
     "customer must choose the number that is to move"},
    {"FINISH_OBO_MIGRATION", EVENT_REFUSED,
     "Meta does not document what this event leaves behind; look at the WABA in WhatsApp Manager"},
    {"FINISH_GRANT_ONLY_API_ACCESS", EVENT_REFUSED,
     "this signup granted access only and made no WABA; the customer must repeat it with the number"},
};
/* clang-format on */

static const struct event_rule *find_rule(const char *event)
{
    for (size_t i = 0; event && i < sizeof event_rules / sizeof event_rules[0]; i++) {
        if (strcmp(event_rules[i].name, event) == 0)
            return &event_rules[i];
    }
    return NULL;
}

static bool is_printable(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return false;
    }
    return true;
}

static bool is_id(const char *text)
{
    size_t length = strlen(text);

    return length > 0 && length <= ID_DIGITS_MAX && *text != '0' &&
           strspn(text, "0123456789") == length;
}

/* A text of the object's, or NULL where it is absent, null or empty. What is there and cannot be
 * one is refused by its name: `what` is never repeated, it may be a code. */
static enum status read_text(struct arena *arena, struct json_object *object, const char *name,
                             size_t bytes_max, const char **text, struct fault *fault)
{
    struct json_object *value = body_get(object, name);

    *text = NULL;
    if (!value)
        return STATUS_OK;
    if (!json_object_is_type(value, json_type_string))
        return fault_set(fault, STATUS_INVALID, "\"%s\" is not a text; write it in quotes", name);
    const char *found = json_object_get_string(value);
    if (strlen(found) > bytes_max || !is_printable(found))
        return fault_set(fault, STATUS_INVALID,
                         "\"%s\" is longer than %zu bytes or has a control character in it; pass "
                         "it on as it was made",
                         name, bytes_max);
    if (*found)
        *text = arena_copy_text(arena, found);
    return STATUS_OK;
}

/* The same for an id, which older browsers' code made a number of. */
static enum status read_id(struct arena *arena, struct json_object *data, const char *name,
                           const char **id, struct fault *fault)
{
    const char *text = body_text(data, name);

    *id = text ? arena_copy_text(arena, text) : NULL;
    bool is_absent = !body_get(data, name) ||
                     (json_object_is_type(body_get(data, name), json_type_string) && !text);
    if (is_absent || (text && is_id(text)))
        return STATUS_OK;
    return fault_set(fault, STATUS_INVALID,
                     "data.%s is not an id; pass the session message on as the browser got it",
                     name);
}

static enum status read_ids(struct session_message *message, struct json_object *data,
                            struct fault *fault)
{
    enum status status = read_id(message->arena, data, "waba_id", &message->waba_id, fault);

    if (status == STATUS_OK)
        status = read_id(message->arena, data, "phone_number_id", &message->phone_number_id, fault);
    if (status == STATUS_OK)
        status = read_id(message->arena, data, "business_id", &message->business_id, fault);
    if (status == STATUS_OK && !message->waba_id)
        return fault_set(fault, STATUS_INVALID,
                         "data.waba_id is missing; pass the session message on as the browser got "
                         "it");
    return status;
}

/* What the partner's own page put beside Meta's message. */
static enum status read_beside(struct session_message *message, struct json_object *object,
                               struct fault *fault)
{
    struct arena *arena = message->arena;
    const char *code = NULL;
    enum status status =
        read_text(arena, object, "customer", KEY_BYTES_MAX, &message->customer, fault);

    if (status == STATUS_OK)
        status = read_text(arena, object, "batch", KEY_BYTES_MAX, &message->batch, fault);
    if (status == STATUS_OK)
        status = read_text(arena, object, "code", CODE_BYTES_MAX, &code, fault);
    if (status == STATUS_OK && code)
        message->code = secret_create(code);
    return status;
}

static enum status read_message(struct session_message *message, struct json_object *object,
                                struct fault *fault)
{
    if (!body_text_is(object, "type", "WA_EMBEDDED_SIGNUP"))
        return fault_set(fault, STATUS_INVALID,
                         "this is not an Embedded Signup session message: \"type\" must be "
                         "\"WA_EMBEDDED_SIGNUP\"");
    enum status status =
        read_text(message->arena, object, "event", KEY_BYTES_MAX, &message->event, fault);
    if (status != STATUS_OK)
        return status;
    const struct event_rule *rule = find_rule(message->event);
    if (!rule)
        return fault_set(fault, STATUS_INVALID,
                         "\"event\" is %s, which is not one that Meta documents; nothing is taken "
                         "from it",
                         message->event ? message->event : "missing");
    if (rule->use == EVENT_REFUSED)
        return fault_set(fault, STATUS_INVALID, "%s: %s", rule->name, rule->why);
    message->is_taken = rule->use == EVENT_TAKEN;
    message->why_passed = rule->why;
    if (!message->is_taken)
        return STATUS_OK;
    status = read_beside(message, object, fault);
    return status == STATUS_OK ? read_ids(message, body_get(object, "data"), fault) : status;
}

enum status session_message_read(const char *text, struct session_message *message,
                                 struct fault *fault)
{
    BODY_OWNED *object = body_parse(text, strlen(text));

    *message = (struct session_message){.arena = arena_create()};
    if (!json_object_is_type(object, json_type_object))
        return fault_set(fault, STATUS_INVALID, "not a JSON object on one line");
    return read_message(message, object, fault);
}

void session_message_finish(struct session_message *message)
{
    secret_destroy(message->code);
    arena_destroy(message->arena);
    *message = (struct session_message){0};
}
