/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/step.h"

#include <json-c/json.h>
#include <string.h>

/* 100 entries a page: no WABA and no portfolio has as many as that. */
#define PAGES_MAX 1000

static const struct secret *choose_token(const struct facts *facts, enum step_token token,
                                         const char **name)
{
    if (token == STEP_TOKEN_CUSTOMER && facts->business_token != NULL) {
        *name = "business";
        return facts->business_token;
    }
    if (token == STEP_TOKEN_SOURCE && facts->source_token != NULL) {
        *name = "source";
        return facts->source_token;
    }
    *name = "system";
    return facts->system_token;
}

enum outcome step_send(const struct facts *facts, struct request *request, struct reply *reply,
                       enum step_token token)
{
    if (token == STEP_TOKEN_NONE)
        return OUTCOME_SEND;
    request->token = choose_token(facts, token, &request->token_name);
    request->is_system_token = request->token != NULL && request->token == facts->system_token;
    if (request->token == NULL)
        return reply_wait_person(reply, "credential", "partner",
                                 "Give the partner's system token (partner.system_token in the "
                                 "manifest), then run again.");
    return OUTCOME_SEND;
}

bool step_knows(struct reply *reply, const char *value, const char *title, const char *remedy)
{
    if (value != NULL)
        return true;
    (void)reply_failed(reply, title, "partner", remedy);
    return false;
}

bool step_succeeded(struct reply *reply, struct json_object *body)
{
    if (body_is_true(body, "success"))
        return true;
    if (body_is_false(body, "success"))
        (void)reply_failed(
            reply, "Graph answered success: false", "partner",
            "Graph refused without saying why: look at the kept answer, ask Meta with "
            "the time of the attempt, then retry.");
    else
        step_unclear(reply, "the answer does not say whether it succeeded");
    return false;
}

void step_unclear(struct reply *reply, const char *note)
{
    /* job_answer() turns a retry of an effect into a doubt. */
    reply->outcome = OUTCOME_RETRY;
    reply->note = note;
}

struct json_object *step_fresh_destination(const struct facts *facts, const char *field)
{
    const char *text = facts->fresh_destination;
    BODY_OWNED *node = text != NULL ? json_tokener_parse(text) : NULL;
    struct json_object *left_out = body_get(node, "_left_out");

    for (size_t i = 0; i < body_length(left_out); i++) {
        if (strcmp(json_object_get_string(body_at(left_out, i)), field) == 0)
            return NULL;
    }
    return body_text_is(node, "id", facts->destination_waba_id) ? json_object_get(node) : NULL;
}

struct json_object *step_memo(const struct facts *facts)
{
    struct json_object *memo = NULL;

    if (facts->memo != NULL && facts->memo[0] != '\0')
        memo = json_tokener_parse(facts->memo);
    if (!json_object_is_type(memo, json_type_object)) {
        json_object_put(memo);
        memo = json_object_new_object();
        BUG_UNLESS(memo != NULL && "there is memory");
    }
    return memo;
}

void step_remember(struct reply *reply, struct json_object *memo)
{
    reply->memo =
        arena_copy_text(reply->arena, json_object_to_json_string_ext(memo, JSON_C_TO_STRING_PLAIN));
}

void step_memo_text(struct json_object *memo, const char *key, const char *text)
{
    json_object_object_add(memo, key, json_object_new_string(text));
}

int64_t step_memo_count(struct json_object *memo, const char *key)
{
    int64_t count = 0;

    if (!body_integer(memo, key, &count) || count < 0)
        return 0;
    return count < INT32_MAX ? count : INT32_MAX; /* callers add one */
}

void step_add_page(const struct facts *facts, struct request *request)
{
    BODY_OWNED *memo = step_memo(facts);
    const char *after = body_text(memo, "after");

    if (after != NULL)
        request_add_text(request, REQUEST_QUERY, "after", arena_copy_text(request->arena, after));
}

bool step_next_page(const struct facts *facts, struct reply *reply, const char *phase,
                    struct json_object *body)
{
    BODY_OWNED *memo = step_memo(facts);

    return step_next_memo_page(memo, reply, phase, body);
}

bool step_next_memo_page(struct json_object *memo, struct reply *reply, const char *phase,
                         struct json_object *body)
{
    const char *cursor = body_next_cursor(body);

    if (!body_has_next_page(body))
        return false;

    /* Cursors that lead round, or on for ever, would keep us turning pages for ever. */
    int64_t pages = step_memo_count(memo, "pages") + 1;
    if (cursor == NULL || body_text_is(memo, "after", cursor) || pages > PAGES_MAX) {
        step_unclear(reply, "the list says that it goes on, but not where");
        return true;
    }
    if (body_text(memo, "after") != NULL)
        json_object_object_add(memo, "pages", json_object_new_int64(pages));
    step_memo_text(memo, "after", cursor);
    step_remember(reply, memo);
    (void)reply_next(reply, phase, NULL);
    return true;
}

void step_send_memo_again(struct json_object *memo, struct reply *reply, const char *phase,
                          const char *note)
{
    /* Two rounds at once: the first sending, and the one a crash or a cut connection asks for. */
    static const int64_t waits_ms[] = {0, 0, 60 * 1000, 5 * 60 * 1000, 15 * 60 * 1000};
    int64_t rounds = step_memo_count(memo, "rounds");

    if (rounds >= (int64_t)(sizeof waits_ms / sizeof waits_ms[0])) {
        reply->memo = "";
        (void)reply_failed(reply, "Sent several times, and never seen to arrive", "meta",
                           "Each time Graph failed to answer, and reading showed that nothing had "
                           "happened: look at Meta's status page and at the kept answers, then "
                           "retry.");
        return;
    }
    json_object_object_del(memo, "after");
    if (waits_ms[rounds] > 0 && !body_is_true(memo, "has_waited")) {
        json_object_object_add(memo, "has_waited", json_object_new_boolean(true));
        step_remember(reply, memo);
        reply->note = note;
        reply->outcome = OUTCOME_WAIT_TIME;
        reply->wait_ms = waits_ms[rounds];
        return;
    }
    json_object_object_del(memo, "has_waited");
    json_object_object_add(memo, "rounds", json_object_new_int64(rounds + 1));
    step_remember(reply, memo);
    (void)reply_next(reply, phase, note);
}

void step_send_again(const struct facts *facts, struct reply *reply, const char *phase,
                     const char *note)
{
    BODY_OWNED *memo = step_memo(facts);

    step_send_memo_again(memo, reply, phase, note);
}

bool step_knows_number(const struct facts *facts, struct reply *reply)
{
    return step_knows(
        reply, facts->phone_number_id, "The number's id on the destination is not known",
        "Set phone_number_id in the manifest, or let the customer repeat Embedded Signup "
        "with this number, then retry.");
}

static bool knows_destination(const struct facts *facts, struct reply *reply)
{
    return step_knows(reply, facts->destination_waba_id, "The destination WABA is not known",
                      "Send the customer the signup link, or set destination_waba_id, then retry.");
}

enum outcome step_list_destination(const struct facts *facts, struct request *request,
                                   struct reply *reply, const char *fields)
{
    if (!knows_destination(facts, reply))
        return reply->outcome;
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version,
                  facts->destination_waba_id, "phone_numbers");
    request_add_text(request, REQUEST_QUERY, "fields", fields);
    request_add_text(request, REQUEST_QUERY, "limit", "100");
    step_add_page(facts, request);
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

enum outcome step_list_numbers(const struct facts *facts, struct request *request,
                               struct reply *reply, const char *fields)
{
    if (!knows_destination(facts, reply) || !step_knows_number(facts, reply))
        return reply->outcome;
    return step_list_destination(facts, request, reply, fields);
}

enum outcome step_read_verification(const struct facts *facts, struct request *request,
                                    struct reply *reply)
{
    if (!step_knows_number(facts, reply))
        return reply->outcome;
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version, facts->phone_number_id,
                  NULL);
    request_add_text(request, REQUEST_QUERY, "fields", "code_verification_status");
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

enum step_verification step_verification(const struct facts *facts, struct json_object *body,
                                         struct reply *reply)
{
    if (!body_text_is(body, "id", facts->phone_number_id)) {
        step_unclear(reply, "the answer is not about the number asked for");
        return STEP_VERIFICATION_UNKNOWN;
    }
    if (body_text_is(body, "code_verification_status", "VERIFIED"))
        return STEP_VERIFIED;
    /* NOT_VERIFIED, UNVERIFIED, EXPIRED, or a word that is still to come. */
    if (body_text(body, "code_verification_status") != NULL)
        return STEP_NOT_VERIFIED;
    step_unclear(reply, "the answer does not say whether the number is verified");
    return STEP_VERIFICATION_UNKNOWN;
}

struct json_object *step_find(struct json_object *list, const char *id)
{
    for (size_t i = 0; i < body_length(list); i++) {
        if (body_text_is(body_at(list, i), "id", id))
            return body_at(list, i);
    }
    return NULL;
}

bool step_is_refused_access(const struct graph_error *error)
{
    /* A row with a title is a narrower meaning of the code ("no token was sent"). */
    if (error->rule->title_prefix != NULL)
        return false;
    return error->code == 10 || error->code == 33 || error->code == 803 || error->code == 131005 ||
           (error->code >= 200 && error->code <= 299) ||
           (error->code == 100 && error->subcode == 33);
}
