/* SPDX-License-Identifier: PostgreSQL */
/*
 * create_number: the destination WABA gets a node for the number, which stays in service at the
 * source until it is registered.
 *
 * The node's id is new: Meta does not say whether it may equal the old one, so it is always kept as
 * the destination's. A repeat answers 2388012, "already in this WABA", without the id; then, and
 * when an answer is lost, the id is found by the digits in the destination's list.
 *
 * The memo: exists (Meta said that it is there already), looks (how often the list was looked at
 * for it), was_refused (a precondition that an earlier step has met was not seen by Meta yet).
 */
#include <ctype.h>
#include <json-c/json.h>
#include <string.h>

#include "jobs/job_table.h"
#include "jobs/step.h"

#define SETTLE_WAIT_MS (60 * 1000)
#define LOOK_WAIT_MS (30 * 1000)
#define LOOKS_MAX 6

#define ALREADY_THERE 2388012
#define CANNOT_MIGRATE 2388103

static enum outcome build_create(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    if (facts->phone_number_id != NULL)
        return reply_done(reply, "the number is on the destination already");
    if (!step_knows(reply, facts->destination_waba_id, "The destination WABA is not known",
                    "Set the customer's destination_waba_id in the manifest, then retry."))
        return reply->outcome;
    request_begin(request, reply->arena, REQUEST_POST, facts->graph_version,
                  facts->destination_waba_id, "phone_numbers");
    request_add_text(request, REQUEST_BODY, "cc", facts->country_code);
    request_add_text(request, REQUEST_BODY, "phone_number", facts->national);
    request_add_json(request, "migrate_phone_number", "true");
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

static void learn_id(const struct facts *facts, const char *id, struct reply *reply)
{
    reply_learn(reply, LEARNED_NUMBER, false, id, facts->number + 1, NULL, NULL);
}

/* What answers with a WABA's own id has not heard the question. */
static bool is_a_waba(const struct facts *facts, const char *id)
{
    return strcmp(id, facts->destination_waba_id) == 0 ||
           (facts->source_waba_id != NULL && strcmp(id, facts->source_waba_id) == 0);
}

static void answer_create(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    const char *id = body_text(body, "id");

    if (body_is_false(body, "success")) {
        (void)step_succeeded(reply, body);
        return;
    }
    if (id == NULL || is_a_waba(facts, id)) {
        step_unclear(reply, "the answer names no number");
        return;
    }
    learn_id(facts, id, reply);
    (void)reply_done(reply, NULL);
}

/* The subscription and the credit line are the steps before this one: where Meta misses either, it
 * may not have noticed yet. Asked for once more, then the table's word holds. */
static bool may_be_noticed_later(const struct graph_error *error)
{
    const char *title = error->rule->title_prefix;

    return graph_error_is(error, CANNOT_MIGRATE) && title != NULL &&
           (strncmp(title, "Cannot migrate phone number", 27) == 0 ||
            strstr(title, "payment account") != NULL);
}

static bool error_create(const struct facts *facts, const struct graph_error *error,
                         struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);

    if (graph_error_is(error, ALREADY_THERE)) {
        json_object_object_add(memo, "exists", json_object_new_boolean(true));
        step_remember(reply, memo);
        (void)reply_next(reply, "lookup", "Meta says that the number is in this WABA already");
        return true;
    }
    if (!may_be_noticed_later(error) || body_is_true(memo, "was_refused"))
        return false;
    json_object_object_add(memo, "was_refused", json_object_new_boolean(true));
    step_remember(reply, memo);
    reply->note = "Meta does not see yet what the steps before have done; asking once more";
    reply->outcome = OUTCOME_WAIT_TIME;
    reply->wait_ms = SETTLE_WAIT_MS;
    return true;
}

static enum outcome build_lookup(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    return step_list_destination(facts, request, reply, "id,display_phone_number");
}

/* "+33 1 23 45 67 89" and "+33123456789" are one number. */
static bool has_digits_of(const char *display, const char *number)
{
    for (; display != NULL && *display != '\0'; display++) {
        if (!isdigit((unsigned char)*display))
            continue;
        while (*number == '+')
            number++;
        if (*display != *number++)
            return false;
    }
    return display != NULL && *number == '\0';
}

static const char *find_by_digits(const struct facts *facts, struct json_object *list)
{
    for (size_t i = 0; i < body_length(list); i++) {
        const char *id = body_text(body_at(list, i), "id");
        const char *display = body_text(body_at(list, i), "display_phone_number");
        if (id != NULL && has_digits_of(display, facts->number))
            return id;
    }
    return NULL;
}

/* Meta's word against its list: the list may be late, but another request would change nothing. */
static void await_listing(const struct facts *facts, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    int64_t looks = step_memo_count(memo, "looks") + 1;

    if (looks >= LOOKS_MAX) {
        reply->memo = "";
        (void)reply_failed(
            reply, "In this WABA already, but not in its list", "partner",
            "Meta says that the number is in the destination WABA, but does not list "
            "it there: look for it in WhatsApp Manager, set phone_number_id in the "
            "manifest, then retry.");
        return;
    }
    json_object_object_add(memo, "looks", json_object_new_int64(looks));
    json_object_object_del(memo, "after");
    step_remember(reply, memo);
    reply->note = "Meta says that the number is there, and does not list it yet";
    reply->outcome = OUTCOME_WAIT_TIME;
    reply->wait_ms = LOOK_WAIT_MS;
}

static void answer_lookup(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    struct json_object *list = body_list(body);

    if (list == NULL) {
        step_unclear(reply, "the answer holds no list");
        return;
    }
    const char *id = find_by_digits(facts, list);
    if (id == NULL && step_next_page(facts, reply, "lookup", body))
        return;
    if (id != NULL) {
        learn_id(facts, id, reply);
        (void)reply_done(reply, body_is_true(memo, "exists")
                                    ? "the number was in this WABA already"
                                    : "the number is on the destination: it had been created");
    } else if (body_is_true(memo, "exists")) {
        await_listing(facts, reply);
    } else {
        step_send_again(facts, reply, "create", "the earlier request never arrived");
    }
}

/* clang-format off */
static const struct job_phase phases[] = {
    {"create", PHASE_EFFECT, "lookup", build_create, answer_create, error_create, BUDGET_PLATFORM, USUAL_WITH_NEW_NUMBER},
    {"lookup", PHASE_READ,   NULL,     build_lookup, answer_lookup, NULL,         BUDGET_WABA,     USUAL_NEVER},
};
/* clang-format on */

const struct job_kind JOB_CREATE_NUMBER = {.name = "create_number",
                                           .subject = SUBJECT_NUMBER,
                                           .shares_reads = true,
                                           .phases = phases,
                                           .phase_count = 2};
