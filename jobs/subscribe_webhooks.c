/* SPDX-License-Identifier: PostgreSQL */
/*
 * subscribe_webhooks: our app receives the destination WABA's webhooks.
 *
 * A repeat without a body deletes the WABA's own callback address, so every repeat says the same as
 * the first time.
 */
#include "jobs/job_table.h"
#include "jobs/step.h"

static enum outcome begin(const struct facts *facts, struct request *request, struct reply *reply,
                          enum request_method method)
{
    if (!step_knows(reply, facts->destination_waba_id, "The destination WABA is not known",
                    "Send the customer the signup link, or set destination_waba_id, then retry."))
        return reply->outcome;
    request_begin(request, reply->arena, method, facts->graph_version, facts->destination_waba_id,
                  "subscribed_apps");
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

static enum outcome build_subscribe(const struct facts *facts, struct request *request,
                                    struct reply *reply)
{
    enum outcome outcome = begin(facts, request, reply, REQUEST_POST);

    if (outcome != OUTCOME_SEND || facts->webhook_override_callback_uri == NULL)
        return outcome;
    request_add_text(request, REQUEST_BODY, "override_callback_uri",
                     facts->webhook_override_callback_uri);
    if (facts->webhook_verify_token != NULL)
        request_add_secret(request, REQUEST_BODY, "verify_token", facts->webhook_verify_token);
    return outcome;
}

static void answer_subscribe(const struct facts *facts, struct json_object *body,
                             struct reply *reply)
{
    (void)facts;
    if (step_succeeded(reply, body))
        (void)reply_done(reply, NULL);
}

static enum outcome build_lookup(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    enum outcome outcome = begin(facts, request, reply, REQUEST_GET);

    if (outcome == OUTCOME_SEND)
        step_add_page(facts, request);
    return outcome;
}

/* Meta's description says "id", its examples "whatsapp_business_api_data.id". */
static bool is_our_app(const struct facts *facts, struct json_object *app)
{
    return body_text_is(body_get(app, "whatsapp_business_api_data"), "id", facts->app_id) ||
           body_text_is(app, "id", facts->app_id);
}

/* An address on our app's subscription that nobody asked for is left alone: repeating would delete
 * it. */
static bool is_as_wanted(const struct facts *facts, struct json_object *app)
{
    const char *wanted = facts->webhook_override_callback_uri;

    return wanted == NULL || body_text_is(app, "override_callback_uri", wanted);
}

static void answer_lookup(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    struct json_object *list = body_list(body);

    if (list == NULL) {
        step_unclear(reply, "the answer holds no list");
        return;
    }
    for (size_t i = 0; i < body_length(list); i++) {
        struct json_object *app = body_at(list, i);
        if (is_our_app(facts, app) && is_as_wanted(facts, app)) {
            (void)reply_done(reply, "the earlier subscription had worked");
            return;
        }
    }
    if (step_next_page(facts, reply, "lookup", body))
        return;
    step_send_again(facts, reply, "subscribe", "the earlier subscription never arrived");
}

/* clang-format off */
static const struct job_phase phases[] = {
    {"subscribe", PHASE_EFFECT, "lookup", build_subscribe, answer_subscribe, NULL},
    {"lookup",    PHASE_READ,   NULL,     build_lookup,    answer_lookup,    NULL},
};
/* clang-format on */

const struct job_kind JOB_SUBSCRIBE_WEBHOOKS = {
    .name = "subscribe_webhooks", .subject = SUBJECT_WABA, .phases = phases, .phase_count = 2};
