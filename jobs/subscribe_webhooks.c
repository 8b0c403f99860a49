/* SPDX-License-Identifier: PostgreSQL */
/*
 * subscribe_webhooks: our app receives the destination WABA's webhooks.
 *
 * A WABA's own callback address (override) may only be set once the app is subscribed, and a plain
 * subscription deletes it. So where one is wanted the list is read first: the plain subscription is
 * sent only where our app is not on it, then the address; without one, the plain subscription is
 * all. What the WABA was just read to say of its apps need not be read again.
 */
#include "jobs/job_table.h"
#include "jobs/step.h"

#include <json-c/json.h>

/* Graph's pages are no shorter than this unless a shorter one is asked for: a list with fewer
 * entries is whole. */
#define PAGE_MIN 25

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

/* Meta's description says "id", its examples "whatsapp_business_api_data.id". */
static bool is_our_app(const struct facts *facts, struct json_object *app)
{
    return body_text_is(body_get(app, "whatsapp_business_api_data"), "id", facts->app_id) ||
           body_text_is(app, "id", facts->app_id);
}

/* On the first page of the apps, which is all that was read. */
static struct json_object *find_our_app(const struct facts *facts, struct json_object *list)
{
    for (size_t i = 0; i < body_length(list); i++) {
        if (is_our_app(facts, body_at(list, i)))
            return body_at(list, i);
    }
    return NULL;
}

/* An address on our app's subscription that nobody asked for is left alone: repeating would delete
 * it. */
static bool is_as_wanted(const struct facts *facts, struct json_object *app)
{
    const char *wanted = facts->webhook_override_callback_uri;

    return wanted == NULL || body_text_is(app, "override_callback_uri", wanted);
}

static enum outcome build_subscribe(const struct facts *facts, struct request *request,
                                    struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    BODY_OWNED *waba = step_fresh_destination(facts, "subscribed_apps");
    /* A WABA without apps has no list. */
    struct json_object *list = body_list(body_get(waba, "subscribed_apps"));
    struct json_object *app = find_our_app(facts, list);
    bool is_absent = step_memo_count(memo, "absent") > 0 ||
                     (waba != NULL && app == NULL && body_length(list) < PAGE_MIN);

    if (app != NULL && is_as_wanted(facts, app))
        return reply_done(reply, "our app is subscribed as wanted");
    if (facts->webhook_override_callback_uri != NULL && !is_absent)
        return reply_next(reply, "lookup", "an address is wanted: is our app subscribed already?");
    return begin(facts, request, reply, REQUEST_POST);
}

static void answer_subscribe(const struct facts *facts, struct json_object *body,
                             struct reply *reply)
{
    if (!step_succeeded(reply, body))
        return;
    if (facts->webhook_override_callback_uri != NULL)
        (void)reply_next(reply, "override", NULL);
    else
        (void)reply_done(reply, NULL);
}

static enum outcome build_override(const struct facts *facts, struct request *request,
                                   struct reply *reply)
{
    if (facts->webhook_override_callback_uri == NULL)
        return reply_done(reply, "no address is wanted any more");
    enum outcome outcome = begin(facts, request, reply, REQUEST_POST);
    if (outcome != OUTCOME_SEND)
        return outcome;
    request_add_text(request, REQUEST_BODY, "override_callback_uri",
                     facts->webhook_override_callback_uri);
    if (facts->webhook_verify_token != NULL)
        request_add_secret(request, REQUEST_BODY, "verify_token", facts->webhook_verify_token);
    return outcome;
}

static void answer_override(const struct facts *facts, struct json_object *body,
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

static void go_on(const struct facts *facts, struct reply *reply, const char *phase, bool is_absent,
                  const char *note)
{
    struct json_object *memo = step_memo(facts);

    json_object_object_add(memo, "absent", json_object_new_int(is_absent));
    step_send_memo_again(memo, reply, phase, note);
    json_object_put(memo);
}

static void answer_lookup(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    struct json_object *list = body_list(body);

    if (list == NULL) {
        step_unclear(reply, "the answer holds no list");
        return;
    }
    struct json_object *app = find_our_app(facts, list);
    if (app != NULL && is_as_wanted(facts, app))
        (void)reply_done(reply, "our app is subscribed as wanted");
    else if (app != NULL)
        go_on(facts, reply, "override", false, "our app is subscribed, without the address");
    else if (!step_next_page(facts, reply, "lookup", body))
        go_on(facts, reply, "subscribe", true, "our app is not subscribed");
}

/* clang-format off */
static const struct job_phase phases[] = {
    {"subscribe", PHASE_EFFECT, "lookup", build_subscribe, answer_subscribe, NULL, BUDGET_WABA, USUAL_ALWAYS},
    {"override",  PHASE_EFFECT, "lookup", build_override,  answer_override,  NULL, BUDGET_WABA, USUAL_WITH_WEBHOOK_OVERRIDE},
    {"lookup",    PHASE_READ,   NULL,     build_lookup,    answer_lookup,    NULL, BUDGET_WABA, USUAL_NEVER},
};
/* clang-format on */

const struct job_kind JOB_SUBSCRIBE_WEBHOOKS = {
    .name = "subscribe_webhooks", .subject = SUBJECT_WABA, .phases = phases, .phase_count = 3};
