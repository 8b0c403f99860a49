/* SPDX-License-Identifier: PostgreSQL */
/*
 * confirm_number: the destination itself must show the number as connected and able to send. No
 * webhook says that a move is finished.
 *
 * One list of the WABA tells it of all numbers that ask at that time. So a number that is
 * registered waits a moment for others of its WABA that are just being registered; not for one that
 * is stuck. What is not connected yet is looked for again by list, together, after a pause.
 *
 * The same list shows how the number came over: its fields are the audit's. What Graph does not
 * give is left out, and asked for no more.
 *
 * Where the business profile is to be kept and is not what it was, the old one is written and the
 * list read once more. That it cannot be written is no reason to say that the number has not moved.
 *
 * The memo: "looks", what jobs/read_fields.h keeps, "after" (the page), "profile_writes".
 */
#include <json-c/json.h>
#include <string.h>

#include "jobs/job_table.h"
#include "jobs/read_fields.h"
#include "jobs/step.h"

#define GATHER_MS 3000
#define LOOK_WAIT_MS 30000
#define LOOKS_MAX 20
#define PROFILE_WRITES_MAX 2

static enum outcome build_read(const struct facts *facts, struct request *request,
                               struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    const struct read_fields read = {facts, reply->arena, memo, false};

    return step_list_numbers(facts, request, reply, read_fields_list(&read, READ_CONFIRMED));
}

/* The first thing of that state (PHONE_NUMBER, WABA, BUSINESS, APP), or NULL. */
static struct json_object *find_entity(struct json_object *health, const char *state)
{
    struct json_object *entities = body_get(health, "entities");

    for (size_t i = 0; i < body_length(entities); i++) {
        if (body_text_is(body_at(entities, i), "can_send_message", state))
            return body_at(entities, i);
    }
    return NULL;
}

static const char *text_or(const char *text, const char *otherwise)
{
    return text != NULL ? text : otherwise;
}

static void fail_blocked(struct reply *reply, struct json_object *health)
{
    struct json_object *entity = find_entity(health, "BLOCKED");
    struct json_object *error =
        body_length(body_get(entity, "errors")) > 0 ? body_at(body_get(entity, "errors"), 0) : NULL;
    bool is_app = body_text_is(entity, "entity_type", "APP");

    reply->memo = "";
    (void)reply_failed(
        reply,
        arena_printf(reply->arena, "The number is connected but cannot send: %s is blocked",
                     text_or(body_text(entity, "entity_type"), "something")),
        is_app ? "partner" : "customer",
        arena_printf(reply->arena, "%s %s Then retry.",
                     text_or(body_text(error, "error_description"),
                             "Meta gives no description; look at the number in WhatsApp Manager."),
                     text_or(body_text(error, "possible_solution"), "")));
    reply->error.details = arena_copy_text(reply->arena, body_text(error, "error_description"));
    if (!body_integer(error, "error_code", &reply->error.code))
        reply->error.code = 0;
}

static const char *limited_note(struct reply *reply, struct json_object *health)
{
    struct json_object *entity = find_entity(health, "LIMITED");
    struct json_object *about = body_get(entity, "additional_info");
    const char *why = body_length(about) > 0 ? json_object_get_string(body_at(about, 0)) : NULL;

    return arena_printf(reply->arena, "connected, but its sending is limited (%s): %s",
                        text_or(body_text(entity, "entity_type"), "unknown"),
                        text_or(why, "Meta gives no reason"));
}

/* ---- the business profile ---- */

/* What can be written of it (Meta's OpenAPI description); a picture needs its file. */
static const char *const profile_names[] = {"about", "address",  "description",
                                            "email", "vertical", "websites"};
#define PROFILE_NAMES (sizeof profile_names / sizeof profile_names[0])

/* {"data":[{…}]}, where Meta's description has one more object around it. */
static struct json_object *inner_profile(struct json_object *profile)
{
    struct json_object *data = body_list(profile);
    struct json_object *inner = body_length(data) > 0 ? body_at(data, 0) : profile;
    struct json_object *nested = body_get(inner, "business_profile");

    return nested != NULL ? nested : inner;
}

/* An empty one cannot be written. */
static bool is_worth_writing(struct json_object *value)
{
    if (json_object_is_type(value, json_type_array))
        return body_length(value) > 0;
    return json_object_is_type(value, json_type_string) && json_object_get_string_len(value) > 0;
}

static bool is_profile_lost(const struct facts *facts, struct json_object *number)
{
    struct json_object *now = body_get(number, "whatsapp_business_profile");

    if (facts->kept_profile == NULL || now == NULL)
        return false;
    BODY_OWNED *kept = json_tokener_parse(facts->kept_profile);
    for (size_t i = 0; i < PROFILE_NAMES; i++) {
        struct json_object *value = body_get(inner_profile(kept), profile_names[i]);
        if (is_worth_writing(value) &&
            !json_object_equal(value, body_get(inner_profile(now), profile_names[i])))
            return true;
    }
    return false;
}

static enum outcome build_profile(const struct facts *facts, struct request *request,
                                  struct reply *reply)
{
    if (facts->kept_profile == NULL)
        return reply_next(reply, "read", "the business profile is not to be kept any more");
    if (!step_knows_number(facts, reply))
        return reply->outcome;
    BODY_OWNED *kept = json_tokener_parse(facts->kept_profile);
    request_begin(request, reply->arena, REQUEST_POST, facts->graph_version, facts->phone_number_id,
                  "whatsapp_business_profile");
    request_add_text(request, REQUEST_BODY, "messaging_product", "whatsapp");
    for (size_t i = 0; i < PROFILE_NAMES; i++) {
        struct json_object *value = body_get(inner_profile(kept), profile_names[i]);
        if (!is_worth_writing(value))
            continue;
        request_add_json(
            request, profile_names[i],
            arena_copy_text(reply->arena,
                            json_object_to_json_string_ext(
                                value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)));
    }
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

/* No more of it: the audit tells how it stands. */
static void leave_profile(const struct facts *facts, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);

    json_object_object_add(memo, "profile_writes", json_object_new_int(PROFILE_WRITES_MAX));
    step_remember(reply, memo);
    (void)reply_next(reply, "read", "Graph does not take the business profile; it stays as it is");
}

static void answer_profile(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    if (body_is_true(body, "success"))
        (void)reply_next(reply, "read", "the business profile was written back");
    else if (body_is_false(body, "success"))
        leave_profile(facts, reply);
    else
        step_unclear(reply, "the answer does not say whether it succeeded");
}

static bool error_profile(const struct facts *facts, const struct graph_error *error,
                          struct reply *reply)
{
    enum error_class class = error->rule->class;

    if (class != ERROR_PERSON && class != ERROR_PERMANENT && class != ERROR_DONE)
        return false;
    leave_profile(facts, reply);
    return true;
}

/* Whether the old profile is written first. */
static bool write_profile(const struct facts *facts, struct json_object *memo, struct reply *reply,
                          struct json_object *number)
{
    int64_t writes = step_memo_count(memo, "profile_writes");

    if (writes >= PROFILE_WRITES_MAX || !is_profile_lost(facts, number))
        return false;
    json_object_object_del(memo, "after");
    json_object_object_del(memo, "pages");
    json_object_object_add(memo, "profile_writes", json_object_new_int64(writes + 1));
    step_remember(reply, memo);
    (void)reply_next(reply, "profile", "connected, but the business profile is not what it was");
    return true;
}

static void confirm(const struct read_fields *read, struct reply *reply, struct json_object *number)
{
    struct json_object *health = body_get(number, "health_status");

    if (body_text_is(health, "can_send_message", "BLOCKED")) {
        fail_blocked(reply, health);
        return;
    }
    if (write_profile(read->facts, read->memo, reply, number))
        return;
    reply_learn_confirmed(reply, body_text(number, "id"),
                          read_fields_number(read, READ_CONFIRMED, number));
    if (body_text_is(health, "can_send_message", "LIMITED"))
        (void)reply_done(reply, limited_note(reply, health));
    else
        (void)reply_done(reply, NULL);
}

static void look_again(struct json_object *memo, struct reply *reply, struct json_object *number)
{
    int64_t looks = step_memo_count(memo, "looks") + 1;
    const char *status = text_or(body_text(number, "status"), "not listed");

    reply->note = arena_printf(reply->arena, "on the destination the number is %s, look %lld of %d",
                               status, (long long)looks, LOOKS_MAX);
    if (looks >= LOOKS_MAX) {
        reply->memo = "";
        (void)reply_failed(
            reply, arena_printf(reply->arena, "The number is not connected (%s)", status),
            "partner",
            "The registration was accepted, but the destination WABA does not show the number as "
            "CONNECTED: look at it in WhatsApp Manager, ask Meta if it stays, then retry.");
        return;
    }
    /* The next look begins at the first page. */
    json_object_object_del(memo, "after");
    json_object_object_del(memo, "pages");
    json_object_object_add(memo, "looks", json_object_new_int64(looks));
    step_remember(reply, memo);
    reply->outcome = OUTCOME_WAIT_TIME;
    reply->wait_ms = LOOK_WAIT_MS;
}

static void answer_read(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    const struct read_fields read = {facts, reply->arena, memo, false};
    struct json_object *list = body_list(body);

    if (list == NULL) {
        step_unclear(reply, "the answer holds no list");
        return;
    }
    read_fields_learn(&read, reply);
    struct json_object *number = step_find(list, facts->phone_number_id);
    if (number == NULL && step_next_memo_page(memo, reply, "read", body))
        return;
    if (body_text_is(number, "status", "CONNECTED"))
        confirm(&read, reply, number);
    else
        look_again(memo, reply, number);
}

static bool error_read(const struct facts *facts, const struct graph_error *error,
                       struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    const struct read_fields read = {facts, reply->arena, memo, false};
    const char *note = read_fields_leave_out(&read, READ_CONFIRMED, error);

    if (note == NULL)
        note = read_fields_go_bare(&read, READ_CONFIRMED, error);
    if (note == NULL)
        return false;
    step_remember(reply, memo);
    (void)reply_next(reply, "read", note);
    return true;
}

/* clang-format off */
static const struct job_phase phases[] = {
    {"read",    PHASE_READ,   NULL,   build_read,    answer_read,    error_read,    BUDGET_WABA,     USUAL_FOR_A_PAGE},
    {"profile", PHASE_EFFECT, "read", build_profile, answer_profile, error_profile, BUDGET_PLATFORM, USUAL_NEVER},
};
/* clang-format on */

const struct job_kind JOB_CONFIRM_NUMBER = {.name = "confirm_number",
                                            .subject = SUBJECT_NUMBER,
                                            .is_audited = true,
                                            .shares_reads = true,
                                            .gather_ms = GATHER_MS,
                                            .phases = phases,
                                            .phase_count = 2};
