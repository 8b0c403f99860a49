/* SPDX-License-Identifier: PostgreSQL */
/*
 * read_source, read_destination: a WABA and all its numbers, in as few calls as there are pages.
 *
 * The source is often not ours to read: then its facts are forgotten and the eligibility rules fall
 * back on what the customer attests. That is never a reason to stop.
 */
#include <ctype.h>
#include <json-c/json.h>
#include <string.h>

#include "jobs/job_table.h"
#include "jobs/step.h"

#define PAGE_NUMBERS "100"

static const char *waba_id(const struct facts *facts, bool is_source)
{
    return is_source ? facts->source_waba_id : facts->destination_waba_id;
}

static enum step_token token_of(bool is_source)
{
    return is_source ? STEP_TOKEN_SOURCE : STEP_TOKEN_CUSTOMER;
}

/* Graph fails the whole read for one field that it does not give to this app. Such a field is left
 * out from then on: the memo's "without" is ",name,name,". */
static bool is_left_out(struct json_object *memo, const char *name, size_t length)
{
    const char *without = body_text(memo, "without");

    for (const char *at = without; at != NULL && (at = strchr(at, ',')) != NULL; at++) {
        if (strncmp(at + 1, name, length) == 0 && at[1 + length] == ',')
            return true;
    }
    return false;
}

/* The top-level names of a field list; "a{b,c}" is one name, "a", with all that follows it. */
static const char *next_field(const char *list, size_t *name_length, size_t *length)
{
    int depth = 0;
    size_t i = 0;

    *name_length = strcspn(list, ",.{(");
    for (; list[i] != '\0' && (depth > 0 || list[i] != ','); i++)
        depth += (list[i] == '{' || list[i] == '(') - (list[i] == '}' || list[i] == ')');
    *length = i;
    return list[i] == ',' ? list + i + 1 : list + i;
}

static const char *usable_fields(const struct facts *facts, struct arena *arena, const char *fields)
{
    BODY_OWNED *memo = step_memo(facts);
    const char *usable = "";

    while (*fields != '\0') {
        size_t name_length, length;
        const char *next = next_field(fields, &name_length, &length);
        if (length > 0 && !is_left_out(memo, fields, name_length))
            usable = arena_printf(arena, "%s%s%.*s", usable, usable[0] != '\0' ? "," : "",
                                  (int)length, fields);
        fields = next;
    }
    return usable;
}

static bool has_field(const char *fields, const char *name, size_t name_size)
{
    while (fields != NULL && *fields != '\0') {
        size_t name_length, length;
        const char *next = next_field(fields, &name_length, &length);
        if (name_length == name_size && strncmp(fields, name, name_size) == 0)
            return true;
        fields = next;
    }
    return false;
}

/* The id is always asked for, and a number's digits: nothing can be filed without them. */
static const char *asked_fields(const struct facts *facts, struct arena *arena, const char *fields,
                                const char *needed)
{
    const char *usable = usable_fields(facts, arena, fields != NULL ? fields : needed);

    while (*needed != '\0') {
        size_t name_length, length;
        const char *next = next_field(needed, &name_length, &length);
        if (!has_field(usable, needed, name_length))
            usable = arena_printf(arena, "%s%s%.*s", usable, usable[0] != '\0' ? "," : "",
                                  (int)length, needed);
        needed = next;
    }
    return usable;
}

static const char *number_fields(const struct facts *facts, struct arena *arena)
{
    return asked_fields(facts, arena, facts->number_fields, "id,display_phone_number");
}

static const char *waba_fields(const struct facts *facts, struct arena *arena)
{
    return asked_fields(facts, arena, facts->waba_fields, "id");
}

static enum outcome build_waba(const struct facts *facts, struct request *request,
                               struct reply *reply, bool is_source)
{
    const char *id = waba_id(facts, is_source);

    if (id == NULL && is_source)
        return reply_done(reply, "no source WABA is given; what matters there must be attested");
    if (id == NULL)
        return reply_wait_person(reply, "signup", "customer",
                                 "Send the customer the signup link, or feed its result with "
                                 "`wabamigrate capture`.");
    if (is_source && facts->source_token == NULL && facts->system_token == NULL) {
        reply_learn(reply, LEARNED_UNREADABLE, true, id, NULL, NULL, NULL);
        return reply_done(reply, "there is no token to read the source WABA with");
    }
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version, id, NULL);
    request_add_text(request, REQUEST_QUERY, "fields",
                     arena_printf(reply->arena, "%s,phone_numbers.limit(" PAGE_NUMBERS "){%s}",
                                  waba_fields(facts, reply->arena),
                                  number_fields(facts, reply->arena)));
    return step_send(facts, request, reply, token_of(is_source));
}

static enum outcome build_page(const struct facts *facts, struct request *request,
                               struct reply *reply, bool is_source)
{
    const char *id = waba_id(facts, is_source);

    /* Without a WABA or a place to go on from, the first phase says what to do. */
    BODY_OWNED *memo = step_memo(facts);
    if (id == NULL || body_text(memo, "after") == NULL)
        return reply_next(reply, "waba", NULL);
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version, id, "phone_numbers");
    request_add_text(request, REQUEST_QUERY, "fields", number_fields(facts, reply->arena));
    request_add_text(request, REQUEST_QUERY, "limit", PAGE_NUMBERS);
    step_add_page(facts, request);
    return step_send(facts, request, reply, token_of(is_source));
}

static void learn_number(struct reply *reply, bool is_source, struct json_object *number)
{
    const char *id = body_text(number, "id");
    const char *display = body_text(number, "display_phone_number");
    char digits[32];
    size_t count = 0;

    for (const char *c = display; c != NULL && *c != '\0' && count < sizeof digits - 1; c++) {
        if (isdigit((unsigned char)*c))
            digits[count++] = *c;
    }
    digits[count] = '\0';
    if (id == NULL || count == 0)
        return;
    reply_learn(reply, LEARNED_NUMBER, is_source, id, digits,
                json_object_to_json_string_ext(number, JSON_C_TO_STRING_PLAIN), NULL);
}

static void learn_numbers(const struct facts *facts, struct reply *reply, bool is_source,
                          struct json_object *numbers)
{
    struct json_object *list = body_list(numbers);

    for (size_t i = 0; i < body_length(list); i++)
        learn_number(reply, is_source, body_at(list, i));
    if (!step_next_page(facts, reply, "page", numbers))
        (void)reply_done(reply, NULL);
}

/* The WABA's own fields, without its list of numbers. */
static void learn_waba(struct reply *reply, const char *id, bool is_source,
                       struct json_object *body)
{
    BODY_OWNED *own = json_object_new_object();

    json_object_object_foreach(body, key, value)
    {
        if (strcmp(key, "phone_numbers") != 0)
            json_object_object_add(own, key, json_object_get(value));
    }
    reply_learn(reply, LEARNED_WABA, is_source, id, NULL,
                json_object_to_json_string_ext(own, JSON_C_TO_STRING_PLAIN), NULL);
}

static void answer_waba(const struct facts *facts, struct json_object *body, struct reply *reply,
                        bool is_source)
{
    const char *id = waba_id(facts, is_source);

    if (!body_text_is(body, "id", id)) {
        step_unclear(reply, "the answer is not about the WABA asked for");
        return;
    }
    learn_waba(reply, id, is_source, body);
    /* A WABA without numbers has no list at all. */
    learn_numbers(facts, reply, is_source, body_get(body, "phone_numbers"));
}

static void answer_page(const struct facts *facts, struct json_object *body, struct reply *reply,
                        bool is_source)
{
    if (body_list(body) == NULL)
        step_unclear(reply, "the answer holds no list");
    else
        learn_numbers(facts, reply, is_source, body);
}

/* "(#100) Tried accessing nonexisting field (is_pin_enabled) on node type (…)": true when the read
 * can go on without that field. */
static bool leave_field_out(const struct facts *facts, const struct graph_error *error,
                            struct reply *reply, const char *phase)
{
    static const char marker[] = "nonexisting field (";
    const char *name = error->message != NULL ? strstr(error->message, marker) : NULL;

    if (error->code != 100 || name == NULL)
        return false;
    name += sizeof marker - 1;
    size_t length = strcspn(name, ")");
    BODY_OWNED *memo = step_memo(facts);
    if (is_left_out(memo, name, length) || (!has_field(facts->waba_fields, name, length) &&
                                            !has_field(facts->number_fields, name, length)))
        return false;
    const char *without = body_text(memo, "without");
    step_memo_text(
        memo, "without",
        arena_printf(reply->arena, "%s%.*s,", without != NULL ? without : ",", (int)length, name));
    step_remember(reply, memo);
    (void)reply_next(reply, phase,
                     arena_printf(reply->arena,
                                  "Graph does not give the field %.*s; reading on "
                                  "without it",
                                  (int)length, name));
    return true;
}

static bool error_source(const struct facts *facts, const struct graph_error *error,
                         struct reply *reply, const char *phase)
{
    bool is_our_token = facts->source_token == NULL;
    bool is_token_refused = error->rule->class == ERROR_CREDENTIAL;

    if (leave_field_out(facts, error, reply, phase))
        return true;
    if (!step_is_refused_access(error) && (!is_token_refused || is_our_token))
        return false;
    reply_learn(reply, LEARNED_UNREADABLE, true, facts->source_waba_id, NULL, NULL, NULL);
    (void)reply_done(reply,
                     arena_printf(reply->arena,
                                  "the source WABA cannot be read (%s, code %lld); what matters "
                                  "there must be attested",
                                  is_token_refused ? "its token is refused" : "no access",
                                  (long long)error->code));
    return true;
}

static bool error_destination(const struct facts *facts, const struct graph_error *error,
                              struct reply *reply, const char *phase)
{
    if (leave_field_out(facts, error, reply, phase))
        return true;
    if (!step_is_refused_access(error))
        return false;
    bool is_permission = error->code == 10 || error->code == 131005;
    (void)reply_wait_person(
        reply, "access", is_permission ? "partner" : "customer",
        is_permission
            ? "Grant the token whatsapp_business_management and whatsapp_business_messaging, then "
              "run again."
            : "The destination WABA is not visible to the token: check its id, and let the "
              "customer "
              "share the WABA with the partner's portfolio (Embedded Signup does so), then run "
              "again.");
    const struct error_rule *rule = reply->error.rule;
    reply->error = *error;
    reply->error.rule = rule;
    return true;
}

#define DEFINE_SIDE(side, is_source)                                                          \
    static enum outcome build_waba_##side(const struct facts *facts, struct request *request, \
                                          struct reply *reply)                                \
    {                                                                                         \
        return build_waba(facts, request, reply, is_source);                                  \
    }                                                                                         \
    static enum outcome build_page_##side(const struct facts *facts, struct request *request, \
                                          struct reply *reply)                                \
    {                                                                                         \
        return build_page(facts, request, reply, is_source);                                  \
    }                                                                                         \
    static void answer_waba_##side(const struct facts *facts, struct json_object *body,       \
                                   struct reply *reply)                                       \
    {                                                                                         \
        answer_waba(facts, body, reply, is_source);                                           \
    }                                                                                         \
    static void answer_page_##side(const struct facts *facts, struct json_object *body,       \
                                   struct reply *reply)                                       \
    {                                                                                         \
        answer_page(facts, body, reply, is_source);                                           \
    }                                                                                         \
    static bool error_waba_##side(const struct facts *facts, const struct graph_error *error, \
                                  struct reply *reply)                                        \
    {                                                                                         \
        return error_##side(facts, error, reply, "waba");                                     \
    }                                                                                         \
    static bool error_page_##side(const struct facts *facts, const struct graph_error *error, \
                                  struct reply *reply)                                        \
    {                                                                                         \
        return error_##side(facts, error, reply, "page");                                     \
    }                                                                                         \
    static const struct job_phase phases_##side[] = {                                         \
        {"waba", PHASE_READ, NULL, build_waba_##side, answer_waba_##side, error_waba_##side}, \
        {"page", PHASE_READ, NULL, build_page_##side, answer_page_##side, error_page_##side}, \
    };

DEFINE_SIDE(source, true)
DEFINE_SIDE(destination, false)

const struct job_kind JOB_READ_SOURCE = {
    .name = "read_source", .subject = SUBJECT_WABA, .phases = phases_source, .phase_count = 2};
const struct job_kind JOB_READ_DESTINATION = {.name = "read_destination",
                                              .subject = SUBJECT_WABA,
                                              .phases = phases_destination,
                                              .phase_count = 2};
