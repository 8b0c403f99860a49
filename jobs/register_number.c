/* SPDX-License-Identifier: PostgreSQL */
/*
 * register_number: the cut-over. At once the number belongs to the destination and its messages go
 * there.
 *
 * Each attempt costs one of 10 in 72 hours, and the eleventh blocks the number for as long again,
 * so a lost answer is always looked up first. The PIN becomes the number's two-step PIN; a wrong
 * one (133005) is never tried twice.
 */
#include <json-c/json.h>
#include <string.h>
#include <time.h>

#include "jobs/job_table.h"
#include "jobs/step.h"

/* Meta's clock and ours may differ by this much. */
#define CLOCK_SLACK_MS (5 * 60 * 1000)
#define VERIFY_AGAIN 133006

static enum outcome build_register(const struct facts *facts, struct request *request,
                                   struct reply *reply)
{
    if (!step_knows(
            reply, facts->phone_number_id, "The number's id on the destination is not known",
            "Set phone_number_id in the manifest, or let the customer repeat Embedded Signup "
            "with this number, then retry."))
        return reply->outcome;
    if (facts->pin == NULL)
        return reply_failed(reply, "The number has no two-step PIN to register with", "partner",
                            "This is a fault of the program: report it, then retry.");
    request_begin(request, reply->arena, REQUEST_POST, facts->graph_version, facts->phone_number_id,
                  "register");
    request_add_text(request, REQUEST_BODY, "messaging_product", "whatsapp");
    request_add_secret(request, REQUEST_BODY, "pin", facts->pin);
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

static void answer_register(const struct facts *facts, struct json_object *body,
                            struct reply *reply)
{
    (void)facts;
    if (step_succeeded(reply, body))
        (void)reply_done(reply, NULL);
}

static bool mentions(const char *text, const char *words)
{
    return text != NULL && strcasestr(text, words) != NULL;
}

/* The verification has lapsed. Where the path can renew it, nothing is lost: a person says when the
 * customer is there to read a code. */
static void await_verification(const struct graph_error *error, struct reply *reply)
{
    reply_learn(reply, LEARNED_UNVERIFIED, false, NULL, NULL, NULL, NULL);
    (void)reply_wait_person(reply, "code", "partner",
                            "The number's verification has expired. When the customer is there to "
                            "read a code, `wabamigrate retry` with the number has a new one sent.");
    const struct error_rule *rule = reply->error.rule;
    reply->error = *error;
    reply->error.rule = rule;
}

static bool error_register(const struct facts *facts, const struct graph_error *error,
                           struct reply *reply)
{
    if (error->code == VERIFY_AGAIN && facts->can_verify) {
        await_verification(error, reply);
        return true;
    }
    if (error->code != 100 || (!mentions(error->message, "already registered") &&
                               !mentions(error->details, "already registered") &&
                               !mentions(error->title, "already registered") &&
                               !mentions(error->user_message, "already registered")))
        return false;
    BODY_OWNED *memo = step_memo(facts);
    json_object_object_add(memo, "is_registered", json_object_new_boolean(true));
    step_remember(reply, memo);
    (void)reply_next(reply, "lookup", "Meta says that the number is registered already");
    return true;
}

static enum outcome build_lookup(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    return step_list_numbers(facts, request, reply, "id,status,last_onboarded_time");
}

/* "2026-11-23T01:00:00+0000", or Unix seconds. */
static bool read_time(struct json_object *number, int64_t *wall_ms)
{
    const char *text = body_text(number, "last_onboarded_time");
    struct tm tm = {.tm_isdst = 0};
    int64_t seconds;

    if (body_integer(number, "last_onboarded_time", &seconds)) {
        if (seconds < 0 || seconds > INT32_MAX)
            return false;
        *wall_ms = seconds * 1000;
        return true;
    }
    const char *rest = text != NULL ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
    if (rest == NULL)
        return false;
    if (*rest == '.')
        rest += 1 + strspn(rest + 1, "0123456789");
    struct tm zone = {.tm_isdst = 0};
    if (*rest != '\0' && strptime(rest, "%z", &zone) == NULL)
        return false;
    *wall_ms = ((int64_t)timegm(&tm) - zone.tm_gmtoff) * 1000;
    return true;
}

/* CONNECTED, and not from before we asked. */
static bool is_registered(const struct facts *facts, struct json_object *number)
{
    int64_t onboarded_ms;

    if (!body_text_is(number, "status", "CONNECTED"))
        return false;
    return !read_time(number, &onboarded_ms) ||
           onboarded_ms >= facts->intended_at_ms - CLOCK_SLACK_MS;
}

static void settle(const struct facts *facts, struct json_object *number, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    bool said_so = body_is_true(memo, "is_registered");

    /* Where Meta itself said that it is registered, an old registration here is good enough. */
    if (number != NULL && (is_registered(facts, number) ||
                           (said_so && body_text_is(number, "status", "CONNECTED")))) {
        (void)reply_done(reply, said_so ? "the number was registered already"
                                        : "the earlier registration had worked");
        return;
    }
    if (said_so) {
        reply->memo = "";
        (void)reply_failed(reply, "Registered already, but not connected on the destination",
                           "partner",
                           "Meta says that the number is registered, but the destination WABA does "
                           "not show it as CONNECTED: look at it in WhatsApp Manager, then retry.");
        return;
    }
    step_send_again(facts, reply, "register", "the earlier registration never arrived");
}

static void answer_lookup(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    struct json_object *list = body_list(body);

    if (list == NULL) {
        step_unclear(reply, "the answer holds no list");
        return;
    }
    struct json_object *number = step_find(list, facts->phone_number_id);
    if (number != NULL || !step_next_page(facts, reply, "lookup", body))
        settle(facts, number, reply);
}

/* clang-format off */
static const struct job_phase phases[] = {
    {"register", PHASE_EFFECT, "lookup", build_register, answer_register, error_register, BUDGET_REGISTRATION, USUAL_ALWAYS},
    {"lookup",   PHASE_READ,   NULL,     build_lookup,   answer_lookup,   NULL, BUDGET_WABA, USUAL_NEVER},
};
/* clang-format on */

const struct job_kind JOB_REGISTER_NUMBER = {.name = "register_number",
                                             .subject = SUBJECT_NUMBER,
                                             .shares_reads = true,
                                             .phases = phases,
                                             .phase_count = 2};
