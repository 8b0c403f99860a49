/* SPDX-License-Identifier: PostgreSQL */
/*
 * verify_code: the code proves whose the number is.
 *
 * A code that Meta refuses is forgotten and never sent again: guesses are counted, and too many of
 * them lock the number out for hours. Only a lost answer, after a read that shows the number not
 * verified, leads to the same code again.
 *
 * The memo: is_not_migrating (2388093 or 2388091).
 */
#include <json-c/json.h>

#include "jobs/job_table.h"
#include "jobs/step.h"

#define REFUSED 136025
#define REQUEST_ERROR 136024 /* "verified already" */
#define NOT_MIGRATING 2388093
#define NOT_MIGRATING_EITHER 2388091

static enum outcome wait_for_code(struct reply *reply, const char *remedy)
{
    return reply_wait_person(reply, "code", "customer", remedy);
}

static enum outcome build_verify(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    if (facts->is_verified)
        return reply_done(reply, "the number is verified already");
    if (!step_knows_number(facts, reply))
        return reply->outcome;
    if (facts->verification_code == NULL)
        return wait_for_code(reply, "Send the partner the six-digit code that WhatsApp sent to the "
                                    "number last.");
    request_begin(request, reply->arena, REQUEST_POST, facts->graph_version, facts->phone_number_id,
                  "verify_code");
    request_add_secret(request, REQUEST_BODY, "code", facts->verification_code);
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

static void done_verified(struct reply *reply, const char *note)
{
    reply_learn(reply, LEARNED_VERIFIED, false, NULL, NULL, NULL, NULL);
    (void)reply_done(reply, note);
}

static void answer_verify(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    (void)facts;
    if (step_succeeded(reply, body))
        done_verified(reply, NULL);
}

static void refuse_code(const struct graph_error *error, struct reply *reply)
{
    reply_learn(reply, LEARNED_CODE_REFUSED, false, NULL, NULL, NULL, NULL);
    reply->memo = "";
    (void)wait_for_code(reply,
                        "Meta did not take the code: it is mistyped, or has expired. Send the "
                        "partner the code that WhatsApp sent last, or ask for a new one.");
    const struct error_rule *rule = reply->error.rule;
    reply->error = *error;
    reply->error.rule = rule;
}

static bool error_verify(const struct facts *facts, const struct graph_error *error,
                         struct reply *reply)
{
    bool is_not_migrating =
        graph_error_is(error, NOT_MIGRATING) || graph_error_is(error, NOT_MIGRATING_EITHER);

    if (error->code == REFUSED) {
        refuse_code(error, reply);
        return true;
    }
    if (!is_not_migrating && error->code != REQUEST_ERROR)
        return false;
    BODY_OWNED *memo = step_memo(facts);
    if (is_not_migrating)
        json_object_object_add(memo, "is_not_migrating", json_object_new_boolean(true));
    step_remember(reply, memo);
    (void)reply_next(reply, "look", "Meta takes no code: is the number verified already?");
    return true;
}

static void answer_look(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);

    switch (step_verification(facts, body, reply)) {
    case STEP_VERIFICATION_UNKNOWN:
        break;
    case STEP_VERIFIED:
        done_verified(reply, facts->is_in_doubt ? "the code had been taken"
                                                : "the number is verified already");
        break;
    case STEP_NOT_VERIFIED:
        if (!body_is_true(memo, "is_not_migrating")) {
            step_send_again(facts, reply, "verify", "the code has not been taken");
            break;
        }
        reply->memo = "";
        (void)reply_failed(reply, "No code is taken: the number is not migrating", "partner",
                           "Meta does not see this number on its way from one WABA to another: "
                           "look at it in WhatsApp Manager; where it is a plain number of the new "
                           "account, verify it there, then retry.");
        break;
    }
}

/* clang-format off */
static const struct job_phase phases[] = {
    {"verify", PHASE_EFFECT, "look", build_verify,           answer_verify, error_verify, BUDGET_PLATFORM, USUAL_WITH_NEW_NUMBER},
    {"look",   PHASE_READ,   NULL,   step_read_verification, answer_look,   NULL,         BUDGET_WABA,     USUAL_NEVER},
};
/* clang-format on */

const struct job_kind JOB_VERIFY_CODE = {.name = "verify_code",
                                         .subject = SUBJECT_NUMBER,
                                         .takes_code = true,
                                         .phases = phases,
                                         .phase_count = 2};
