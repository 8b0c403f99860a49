/* SPDX-License-Identifier: PostgreSQL */
/*
 * share_credit_line: the partner pays for the destination WABA.
 *
 * An attached line cannot be replaced, and what Graph answers to a repeat is not documented, so
 * every write is preceded by a look: is there an allocation for this customer (lookup), whose
 * credential is it (verify_allocation), and is that what funds the WABA (verify_waba)? Equal ids
 * are the only proof. The one look that is spared is the first, where the WABA has just been read
 * to have no payment method at all and one call does both: that write would follow whatever it
 * found.
 *
 * Two methods: "sharing_and_attach" does both in one call (share); "sharing_then_attach" shares
 * with the business (share_business), then attaches with the customer's token (attach).
 *
 * The memo: allocation and credential (ids), is_tried (a share or attach has been decided on, and
 * may have arrived), is_shared (Graph said that it succeeded), exists (Graph said that it was there
 * already), looks (how often the WABA's funding has been awaited).
 */
#include <json-c/json.h>
#include <string.h>

#include "jobs/job_table.h"
#include "jobs/step.h"

#define LOOK_WAIT_MS 10000
#define LOOKS_MAX 6

static bool attaches_apart(const struct facts *facts)
{
    return facts->credit_method != NULL && strcmp(facts->credit_method, "sharing_then_attach") == 0;
}

/* What puts the line on the WABA. */
static const char *write_phase(const struct facts *facts)
{
    return attaches_apart(facts) ? "attach" : "share";
}

static void set_flag(struct json_object *memo, const char *key)
{
    json_object_object_add(memo, key, json_object_new_boolean(true));
}

static bool is_needed(const struct facts *facts, struct reply *reply)
{
    if (facts->credit_line_id == NULL) {
        (void)reply_done(reply, "not needed: customers pay Meta themselves");
        return false;
    }
    return step_knows(reply, facts->waba_currency, "The WABA's currency is not known",
                      "Set waba_currency in the manifest; it cannot be changed once a line is "
                      "attached. Then retry.") &&
           step_knows(reply, facts->business_id, "The customer's portfolio is not known",
                      "Set the customer's business_id in the manifest, then retry.") &&
           step_knows(reply, facts->destination_waba_id, "The destination WABA is not known",
                      "Send the customer the signup link, or set destination_waba_id, then retry.");
}

/* lookup */

static enum outcome build_lookup(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    if (!is_needed(facts, reply))
        return reply->outcome;
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version, facts->credit_line_id,
                  "owning_credit_allocation_configs");
    request_add_text(request, REQUEST_QUERY, "receiving_business_id", facts->business_id);
    request_add_text(request, REQUEST_QUERY, "fields", "id,receiving_business,request_status");
    step_add_page(facts, request);
    return step_send(facts, request, reply, STEP_TOKEN_SYSTEM);
}

static bool is_active(const struct facts *facts, struct json_object *allocation)
{
    struct json_object *business = body_get(allocation, "receiving_business");

    if (body_text(allocation, "id") == NULL ||
        body_text_is(allocation, "request_status", "DELETED"))
        return false;
    return body_text(business, "id") == NULL || body_text_is(business, "id", facts->business_id);
}

/* The one we made, else the first. */
static const char *find_allocation(const struct facts *facts, struct json_object *list)
{
    const char *found = NULL;

    for (size_t i = 0; i < body_length(list); i++) {
        struct json_object *allocation = body_at(list, i);
        if (!is_active(facts, allocation))
            continue;
        if (found == NULL || body_text_is(allocation, "id", facts->allocation_config_id))
            found = body_text(allocation, "id");
    }
    return found;
}

static void begin_sharing(const struct facts *facts, struct json_object *memo, struct reply *reply)
{
    if (body_is_true(memo, "exists")) {
        reply->memo = "";
        (void)reply_failed(
            reply, "Shared already, but no allocation is found", "partner",
            "Meta says that the line is shared with this business already, but lists "
            "no allocation: look at the credit line in Business settings, then "
            "retry.");
        return;
    }
    if (!attaches_apart(facts))
        set_flag(memo, "is_tried");
    step_send_memo_again(memo, reply, attaches_apart(facts) ? "share_business" : "share", NULL);
}

/* A line shared without a look may have arrived all the same: its doubt is the first to remember
 * it.
 */
static void remember_trial(const struct facts *facts, struct json_object *memo)
{
    if (!facts->is_in_doubt || attaches_apart(facts) || body_is_true(memo, "is_tried"))
        return;
    set_flag(memo, "is_tried");
    json_object_object_add(memo, "rounds", json_object_new_int64(1));
}

static void answer_lookup(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    struct json_object *list = body_list(body);

    if (list == NULL) {
        step_unclear(reply, "the answer holds no list");
        return;
    }
    const char *id = find_allocation(facts, list);
    if (id == NULL && step_next_page(facts, reply, "lookup", body))
        return;
    BODY_OWNED *memo = step_memo(facts);
    json_object_object_del(memo, "after");
    json_object_object_del(memo, "looks");
    remember_trial(facts, memo);
    if (id == NULL) {
        begin_sharing(facts, memo, reply);
        return;
    }
    step_memo_text(memo, "allocation", id);
    step_remember(reply, memo);
    reply_learn(reply, LEARNED_ALLOCATION, false, id, NULL, NULL, NULL);
    (void)reply_next(reply, "verify_allocation", NULL);
}

/* share, share_business, attach */

/* Read just now, by the step that read the WABA. */
static bool is_unfunded(const struct facts *facts)
{
    BODY_OWNED *waba = step_fresh_destination(facts, "primary_funding_id");
    const char *funding = body_text(waba, "primary_funding_id");

    return waba != NULL && (funding == NULL || strcmp(funding, "0") == 0);
}

static enum outcome build_share(const struct facts *facts, struct request *request,
                                struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);

    if (!is_needed(facts, reply))
        return reply->outcome;
    if (!body_is_true(memo, "is_tried") && (attaches_apart(facts) || !is_unfunded(facts)))
        return reply_next(reply, "lookup", NULL);
    request_begin(request, reply->arena, REQUEST_POST, facts->graph_version, facts->credit_line_id,
                  "whatsapp_credit_sharing_and_attach");
    request_add_text(request, REQUEST_BODY, "waba_id", facts->destination_waba_id);
    request_add_text(request, REQUEST_BODY, "waba_currency", facts->waba_currency);
    return step_send(facts, request, reply, STEP_TOKEN_SYSTEM);
}

static enum outcome build_share_business(const struct facts *facts, struct request *request,
                                         struct reply *reply)
{
    if (!is_needed(facts, reply))
        return reply->outcome;
    request_begin(request, reply->arena, REQUEST_POST, facts->graph_version, facts->credit_line_id,
                  "whatsapp_credit_sharing");
    request_add_text(request, REQUEST_BODY, "receiving_business_id", facts->business_id);
    return step_send(facts, request, reply, STEP_TOKEN_SYSTEM);
}

static enum outcome build_attach(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    if (!is_needed(facts, reply))
        return reply->outcome;
    request_begin(request, reply->arena, REQUEST_POST, facts->graph_version, facts->credit_line_id,
                  "whatsapp_credit_attach");
    request_add_text(request, REQUEST_BODY, "waba_id", facts->destination_waba_id);
    request_add_text(request, REQUEST_BODY, "waba_currency", facts->waba_currency);
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

/* Success is an allocation's id; "success": false is a refusal even beside one. */
static const char *read_allocation(struct json_object *body, struct reply *reply)
{
    const char *id = body_text(body, "allocation_config_id");

    if (body_is_false(body, "success"))
        (void)step_succeeded(reply, body);
    else if (id != NULL)
        return id;
    else
        step_unclear(reply, "the answer names no allocation");
    return NULL;
}

static void keep_allocation(const struct facts *facts, const char *id, const char *flag,
                            const char *next_phase, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);

    step_memo_text(memo, "allocation", id);
    set_flag(memo, flag);
    json_object_object_del(memo, "looks");
    step_remember(reply, memo);
    reply_learn(reply, LEARNED_ALLOCATION, false, id, NULL, NULL, NULL);
    (void)reply_next(reply, next_phase, NULL);
}

static void answer_share(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    const char *id = read_allocation(body, reply);

    if (id != NULL)
        keep_allocation(facts, id, "is_shared", "verify_allocation", reply);
}

static void answer_share_business(const struct facts *facts, struct json_object *body,
                                  struct reply *reply)
{
    const char *id = read_allocation(body, reply);

    /* The attach that follows may arrive unseen: from here on it counts as tried. */
    if (id != NULL)
        keep_allocation(facts, id, "is_tried", "attach", reply);
}

/* A permission error on the line is about the line, not about the app's WhatsApp permissions. */
static void refuse_line(const struct graph_error *error, struct reply *reply)
{
    struct error_rule *rule = arena_alloc(reply->arena, sizeof *rule);

    *rule = *error->rule;
    rule->owner = "partner";
    rule->remedy =
        "Meta refuses the credit line for this business: make sure that the system user is Admin "
        "or Financial Editor of your portfolio and that the line is yours; else ask your "
        "Meta contact, or leave credit_line_id out so that the customer pays Meta itself. "
        "Then retry.";
    reply->has_error = true;
    reply->error = *error;
    reply->error.rule = rule;
    reply->outcome = OUTCOME_FAILED;
}

static bool error_write(const struct facts *facts, const struct graph_error *error,
                        struct reply *reply)
{
    if (step_is_refused_access(error)) {
        refuse_line(error, reply);
        return true;
    }
    if (error->code != 4000)
        return false;
    BODY_OWNED *memo = step_memo(facts);
    set_flag(memo, "exists");
    step_remember(reply, memo);
    (void)reply_next(reply, "lookup", "Meta says that the line is shared already");
    return true;
}

/* verify_allocation, verify_waba */

static enum outcome build_verify_allocation(const struct facts *facts, struct request *request,
                                            struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    const char *id = body_text(memo, "allocation");

    if (id == NULL)
        return reply_next(reply, "lookup", NULL);
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version, id, NULL);
    request_add_text(request, REQUEST_QUERY, "fields", "receiving_credential");
    return step_send(facts, request, reply, STEP_TOKEN_SYSTEM);
}

static void answer_verify_allocation(const struct facts *facts, struct json_object *body,
                                     struct reply *reply)
{
    const char *credential = body_text(body_get(body, "receiving_credential"), "id");

    if (credential == NULL) {
        step_unclear(reply, "the allocation has no receiving credential yet");
        return;
    }
    BODY_OWNED *memo = step_memo(facts);
    step_memo_text(memo, "credential", credential);
    step_remember(reply, memo);
    (void)reply_next(reply, "verify_waba", NULL);
}

static enum outcome build_verify_waba(const struct facts *facts, struct request *request,
                                      struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);

    if (!is_needed(facts, reply))
        return reply->outcome;
    if (body_text(memo, "credential") == NULL)
        return reply_next(reply, "lookup", NULL);
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version,
                  facts->destination_waba_id, NULL);
    request_add_text(request, REQUEST_QUERY, "fields", "primary_funding_id");
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

static void await_funding(struct json_object *memo, int64_t looks, struct reply *reply)
{
    json_object_object_add(memo, "looks", json_object_new_int64(looks));
    step_remember(reply, memo);
    reply->note = "the WABA does not show its funding yet";
    reply->outcome = OUTCOME_WAIT_TIME;
    reply->wait_ms = LOOK_WAIT_MS;
}

/* The WABA has no funding: not asked for yet, or not shown yet, or lost on the way. */
static void answer_unfunded(const struct facts *facts, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    bool is_settled = body_is_true(memo, "is_shared") || body_is_true(memo, "exists");
    int64_t looks = step_memo_count(memo, "looks") + 1;

    if ((is_settled || body_is_true(memo, "is_tried")) && looks <= LOOKS_MAX) {
        await_funding(memo, looks, reply);
        return;
    }
    if (is_settled) {
        reply->memo = "";
        (void)reply_failed(reply, "The line is shared, but the WABA has no payment method",
                           "partner",
                           "Look at the WABA's payment settings in Business settings; if the "
                           "allocation is older than this WABA, set credit_method to "
                           "sharing_then_attach. Then retry.");
        return;
    }
    set_flag(memo, "is_tried");
    json_object_object_del(memo, "looks");
    step_send_memo_again(memo, reply, write_phase(facts), "the WABA has no payment method");
}

static void answer_verify_waba(const struct facts *facts, struct json_object *body,
                               struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    const char *funding = body_text(body, "primary_funding_id");

    if (body_text(body, "id") != NULL && !body_text_is(body, "id", facts->destination_waba_id)) {
        step_unclear(reply, "the answer is not about the WABA asked for");
        return;
    }
    if (funding == NULL || strcmp(funding, "0") == 0) {
        answer_unfunded(facts, reply);
        return;
    }
    if (body_text_is(memo, "credential", funding)) {
        (void)reply_done(reply, "the WABA is funded by the partner's line");
        return;
    }
    reply->memo = "";
    (void)reply_failed(reply, "The WABA has another payment method", "partner",
                       "The WABA is funded by something else, and an attached line cannot be "
                       "replaced: let the customer create a new WABA, or take credit_line_id out "
                       "for this customer. Then retry.");
}

/* clang-format off */
static const struct job_phase phases[] = {
    {"share",             PHASE_EFFECT, "lookup",            build_share,             answer_share,             error_write, BUDGET_CREDIT_LINE, USUAL_WITH_LINE_AT_ONCE},
    {"lookup",            PHASE_READ,   NULL,                build_lookup,            answer_lookup,            NULL, BUDGET_CREDIT_LINE, USUAL_WITH_LINE_IN_PARTS},
    {"share_business",    PHASE_EFFECT, "lookup",            build_share_business,    answer_share_business,    error_write, BUDGET_PLATFORM, USUAL_WITH_LINE_IN_PARTS},
    {"attach",            PHASE_EFFECT, "verify_allocation", build_attach,            answer_share,             error_write, BUDGET_PLATFORM, USUAL_WITH_LINE_IN_PARTS},
    {"verify_allocation", PHASE_READ,   NULL,                build_verify_allocation, answer_verify_allocation, NULL, BUDGET_CREDIT_LINE, USUAL_WITH_CREDIT_LINE},
    {"verify_waba",       PHASE_READ,   NULL,                build_verify_waba,       answer_verify_waba,       NULL, BUDGET_WABA, USUAL_WITH_CREDIT_LINE},
};
/* clang-format on */

const struct job_kind JOB_SHARE_CREDIT_LINE = {
    .name = "share_credit_line", .subject = SUBJECT_WABA, .phases = phases, .phase_count = 6};
