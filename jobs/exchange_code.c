/* SPDX-License-Identifier: PostgreSQL */
/*
 * exchange_code: the signup code becomes the customer's business token.
 *
 * The code lives 30 seconds and works once. When the answer is lost the code counts as burnt: it is
 * never exchanged again. The partner's own token usually reaches the WABA (the signup shares it),
 * so that is what the probe asks; otherwise the customer signs up again. So it does where only the
 * customer's token can do what is to come: a line that is shared first is attached with it.
 */
#include <json-c/json.h>
#include <string.h>
#include <strings.h>

#include "jobs/job_table.h"
#include "jobs/step.h"

static bool needs_business_token(const struct facts *facts)
{
    return facts->business_token == NULL && facts->credit_line_id != NULL &&
           facts->credit_method != NULL && strcmp(facts->credit_method, "sharing_then_attach") == 0;
}

static enum outcome build_exchange(const struct facts *facts, struct request *request,
                                   struct reply *reply)
{
    if (facts->signup_code == NULL)
        return reply_done(reply, "no code to exchange");
    if (facts->app_secret == NULL && needs_business_token(facts))
        return reply_wait_person(
            reply, "credential", "partner",
            "With credit_method sharing_then_attach the customer's own token attaches the credit "
            "line, and without the app secret the signup's code cannot be exchanged for it: set "
            "partner.app_secret in the manifest, then run again.");
    if (facts->app_secret == NULL || facts->app_id == NULL)
        return reply_next(reply, "probe", "without the app secret the code cannot be exchanged");
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version, "oauth",
                  "access_token");
    request_add_text(request, REQUEST_QUERY, "client_id", facts->app_id);
    request_add_secret(request, REQUEST_QUERY, "client_secret", facts->app_secret);
    request_add_secret(request, REQUEST_QUERY, "code", facts->signup_code);
    return step_send(facts, request, reply, STEP_TOKEN_NONE);
}

static void answer_exchange(const struct facts *facts, struct json_object *body,
                            struct reply *reply)
{
    const char *token = body_text(body, "access_token");

    (void)facts;
    if (token == NULL) {
        step_unclear(reply, "the answer holds no token");
        return;
    }
    reply_learn(reply, LEARNED_BUSINESS_TOKEN, false, NULL, NULL, NULL, secret_create(token));
    reply_learn(reply, LEARNED_CODE_BURNT, false, NULL, NULL, NULL, NULL);
    (void)reply_done(reply, NULL);
}

static bool mentions(const char *text, const char *words)
{
    return text != NULL && strcasestr(text, words) != NULL;
}

static bool is_about_code(const struct graph_error *error)
{
    if (error->code != 100)
        return false;
    return error->subcode == 36009 || error->subcode == 36007 ||
           mentions(error->message, "authorization code") ||
           mentions(error->message, "verification code") ||
           mentions(error->message, "code has been used") ||
           mentions(error->message, "code has expired");
}

static bool error_exchange(const struct facts *facts, const struct graph_error *error,
                           struct reply *reply)
{
    (void)facts;
    if (is_about_code(error)) {
        reply_learn(reply, LEARNED_CODE_BURNT, false, NULL, NULL, NULL, NULL);
        (void)reply_next(reply, "probe", "the code has been used or has expired");
        return true;
    }
    /* No token was sent, so what Graph refuses is the app's own credential. */
    if (error->rule->class == ERROR_CREDENTIAL || error->code == 101 ||
        mentions(error->message, "client secret")) {
        (void)reply_failed(reply, "The app secret is refused", "partner",
                           "Check partner.app_id and partner.app_secret, then retry; the code has "
                           "expired by then, so the customer may have to sign up again.");
        return true;
    }
    return false;
}

static enum outcome wait_for_signup(struct reply *reply)
{
    return reply_wait_person(reply, "signup", "customer",
                             "The signup's code could not be used any more, and the new account is "
                             "not shared with the partner: go through Embedded Signup once more.");
}

static enum outcome build_probe(const struct facts *facts, struct request *request,
                                struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);

    /* The burnt code has been forgotten: this is the code of a new signup. */
    if (body_is_true(memo, "is_burnt") && facts->signup_code != NULL && facts->app_secret != NULL) {
        reply->memo = "";
        return reply_next(reply, "exchange", "the customer has signed up again");
    }
    if (facts->destination_waba_id == NULL)
        return wait_for_signup(reply);
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version,
                  facts->destination_waba_id, NULL);
    request_add_text(request, REQUEST_QUERY, "fields", "id");
    return step_send(facts, request, reply, STEP_TOKEN_SYSTEM);
}

/* From here on only the code of another signup will do. */
static void forget_code(const struct facts *facts, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);

    json_object_object_add(memo, "is_burnt", json_object_new_boolean(true));
    step_remember(reply, memo);
    reply_learn(reply, LEARNED_CODE_BURNT, false, NULL, NULL, NULL, NULL);
}

static void answer_probe(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    if (!body_text_is(body, "id", facts->destination_waba_id)) {
        step_unclear(reply, "the answer is not about the WABA asked for");
        return;
    }
    if (needs_business_token(facts)) {
        forget_code(facts, reply);
        (void)reply_wait_person(
            reply, "signup", "customer",
            "The signup's code could not be used any more, and your own token is "
            "needed to attach the credit line: go through Embedded Signup once more.");
        return;
    }
    reply_learn(reply, LEARNED_CODE_BURNT, false, NULL, NULL, NULL, NULL);
    (void)reply_done(reply, "without a business token: the partner's own token reaches the WABA");
}

static bool error_probe(const struct facts *facts, const struct graph_error *error,
                        struct reply *reply)
{
    if (!step_is_refused_access(error))
        return false;
    forget_code(facts, reply);
    (void)wait_for_signup(reply);
    return true;
}

/* clang-format off */
static const struct job_phase phases[] = {
    {"exchange", PHASE_EFFECT, "probe", build_exchange, answer_exchange, error_exchange, BUDGET_PLATFORM, USUAL_WITH_SIGNUP_CODE},
    {"probe",    PHASE_READ,   NULL,    build_probe,    answer_probe,    error_probe, BUDGET_WABA, USUAL_NEVER},
};
/* clang-format on */

const struct job_kind JOB_EXCHANGE_CODE = {.name = "exchange_code",
                                           .subject = SUBJECT_WABA,
                                           .is_urgent = true,
                                           .phases = phases,
                                           .phase_count = 2};
