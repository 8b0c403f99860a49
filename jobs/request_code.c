/* SPDX-License-Identifier: PostgreSQL */
/*
 * request_code: Meta sends a code to the number, and whoever holds the number passes it on.
 *
 * Meta publishes no limit for these requests, only that there is one, so each way is used once: by
 * SMS (or as the manifest says), then by the other way, then a person decides. Whether a code was
 * sent cannot be read, only whether the number is verified; so after a lost answer the same way is
 * never used again: the code may be there, and a second one by the other way does no harm.
 *
 * The memo: is_refused (Meta said 136024, and the number is not verified), is_not_migrating
 * (2388091 or 2388093), has_waited, maybe_sent (the first way's answer was lost).
 */
#include <json-c/json.h>
#include <string.h>

#include "jobs/job_table.h"
#include "jobs/step.h"

#define REFUSED_WAIT_MS (60 * 60 * 1000)

#define REQUEST_ERROR 136024
#define NOT_MIGRATING 2388091
#define NOT_MIGRATING_EITHER 2388093

static const char *method_of(const struct facts *facts, bool is_second)
{
    bool is_voice = facts->code_method != NULL && strcmp(facts->code_method, "VOICE") == 0;

    return is_voice != is_second ? "VOICE" : "SMS";
}

static enum outcome build(const struct facts *facts, struct request *request, struct reply *reply,
                          bool is_second)
{
    if (facts->is_verified)
        return reply_done(reply, "the number is verified already");
    if (!step_knows_number(facts, reply))
        return reply->outcome;
    request_begin(request, reply->arena, REQUEST_POST, facts->graph_version, facts->phone_number_id,
                  "request_code");
    request_add_text(request, REQUEST_BODY, "code_method", method_of(facts, is_second));
    request_add_text(request, REQUEST_BODY, "language",
                     facts->language != NULL ? facts->language : "en_US");
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

static enum outcome build_first(const struct facts *facts, struct request *request,
                                struct reply *reply)
{
    return build(facts, request, reply, false);
}

static enum outcome build_second(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    return build(facts, request, reply, true);
}

static void answer_request(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    (void)facts;
    if (step_succeeded(reply, body))
        (void)reply_done(reply, NULL);
}

/* 136024 means "verified already", or anything else that kept the code from being sent. */
static bool error_request(const struct facts *facts, const struct graph_error *error,
                          struct reply *reply, const char *look)
{
    bool is_not_migrating =
        graph_error_is(error, NOT_MIGRATING) || graph_error_is(error, NOT_MIGRATING_EITHER);

    if (!is_not_migrating && error->code != REQUEST_ERROR)
        return false;
    BODY_OWNED *memo = step_memo(facts);
    json_object_object_add(memo, is_not_migrating ? "is_not_migrating" : "is_refused",
                           json_object_new_boolean(true));
    step_remember(reply, memo);
    (void)reply_next(reply, look, "Meta sends no code: is the number verified already?");
    return true;
}

static bool error_first(const struct facts *facts, const struct graph_error *error,
                        struct reply *reply)
{
    return error_request(facts, error, reply, "look");
}

static bool error_second(const struct facts *facts, const struct graph_error *error,
                         struct reply *reply)
{
    return error_request(facts, error, reply, "look_again");
}

static void done_verified(struct reply *reply)
{
    reply_learn(reply, LEARNED_VERIFIED, false, NULL, NULL, NULL, NULL);
    (void)reply_done(reply, "the number is verified already");
}

static void fail_not_migrating(struct reply *reply)
{
    reply->memo = "";
    (void)reply_failed(reply, "No code can be asked for: the number is not migrating", "partner",
                       "Meta does not see this number on its way from one WABA to another: look at "
                       "it in WhatsApp Manager; where it is a plain number of the new account, "
                       "verify it there, then retry.");
}

/* The refused way is not used again, and the other one not at once: there are limits that Meta does
 * not publish. */
static void wait_and_go_on(struct json_object *memo, struct reply *reply)
{
    if (!body_is_true(memo, "has_waited")) {
        json_object_object_add(memo, "has_waited", json_object_new_boolean(true));
        step_remember(reply, memo);
        reply->note = "Meta sent no code, and does not say why; asking in an hour, another way";
        reply->outcome = OUTCOME_WAIT_TIME;
        reply->wait_ms = REFUSED_WAIT_MS;
        return;
    }
    reply->memo = "";
    (void)reply_next(reply, "request_again", "asking for the code another way");
}

static void answer_look(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    enum step_verification verification = step_verification(facts, body, reply);

    if (verification == STEP_VERIFICATION_UNKNOWN)
        return;
    if (verification == STEP_VERIFIED) {
        done_verified(reply);
    } else if (body_is_true(memo, "is_not_migrating")) {
        fail_not_migrating(reply);
    } else if (body_is_true(memo, "is_refused")) {
        wait_and_go_on(memo, reply);
    } else if (facts->is_in_doubt) {
        BODY_OWNED *next = json_object_new_object();
        json_object_object_add(next, "maybe_sent", json_object_new_boolean(true));
        step_remember(reply, next);
        (void)reply_next(reply, "request_again",
                         "whether a code was sent cannot be read; asking for one another way");
    } else {
        (void)reply_next(reply, "request", NULL);
    }
}

static void answer_look_again(const struct facts *facts, struct json_object *body,
                              struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    enum step_verification verification = step_verification(facts, body, reply);
    bool maybe_sent = facts->is_in_doubt || body_is_true(memo, "maybe_sent");

    if (verification == STEP_VERIFICATION_UNKNOWN)
        return;
    if (verification == STEP_VERIFIED) {
        done_verified(reply);
    } else if (body_is_true(memo, "is_not_migrating")) {
        fail_not_migrating(reply);
    } else if (maybe_sent) {
        (void)reply_done(reply, "a code may have been sent: whether it was cannot be read");
    } else {
        reply->memo = "";
        (void)reply_failed(
            reply, "Meta sends no code, by SMS or by voice", "customer",
            "See that the number takes SMS and calls from abroad and that no machine "
            "answers them; the move can then be tried again.");
    }
}

/* clang-format off */
static const struct job_phase phases[] = {
    {"request",       PHASE_EFFECT, "look",       build_first,            answer_request,    error_first,  BUDGET_PLATFORM, USUAL_WITH_NEW_NUMBER},
    {"look",          PHASE_READ,   NULL,         step_read_verification, answer_look,       NULL,         BUDGET_WABA,     USUAL_NEVER},
    {"request_again", PHASE_EFFECT, "look_again", build_second,           answer_request,    error_second, BUDGET_PLATFORM, USUAL_NEVER},
    {"look_again",    PHASE_READ,   NULL,         step_read_verification, answer_look_again, NULL,         BUDGET_WABA,     USUAL_NEVER},
};
/* clang-format on */

const struct job_kind JOB_REQUEST_CODE = {
    .name = "request_code", .subject = SUBJECT_NUMBER, .phases = phases, .phase_count = 4};
