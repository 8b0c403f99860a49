/* SPDX-License-Identifier: PostgreSQL */
/*
 * assign_system_user: the partner's system user gets MANAGE on the destination WABA, without which
 * the credit line cannot be shared and attached in one call.
 *
 * The first time it is assigned without a look: that is what Meta's guide does, and to assign
 * whoever is assigned changes nothing. Whenever the step is taken up again, it looks first.
 */
#include <json-c/json.h>
#include <string.h>
#include <strings.h>

#include "jobs/job_table.h"
#include "jobs/step.h"

/* The manifest's, else the one that find_user has found. In the arena. */
static const char *system_user_id(const struct facts *facts, struct arena *arena)
{
    BODY_OWNED *memo = step_memo(facts);

    if (facts->system_user_id != NULL)
        return facts->system_user_id;
    return arena_copy_text(arena, body_text(memo, "system_user"));
}

static bool is_needed(const struct facts *facts, struct reply *reply)
{
    if (facts->credit_line_id == NULL) {
        (void)reply_done(reply, "not needed: no credit line is shared");
        return false;
    }
    if (facts->credit_method != NULL && strcmp(facts->credit_method, "sharing_then_attach") == 0) {
        (void)reply_done(reply, "not needed: the line is attached with the customer's token");
        return false;
    }
    return step_knows(reply, facts->partner_business_id, "The partner's portfolio is not known",
                      "Set partner.business_id in the manifest, then retry.");
}

static bool knows_destination(const struct facts *facts, struct reply *reply)
{
    return step_knows(reply, facts->destination_waba_id, "The destination WABA is not known",
                      "Send the customer the signup link, or set destination_waba_id, then retry.");
}

static enum outcome build_lookup(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    if (!is_needed(facts, reply) || !knows_destination(facts, reply))
        return reply->outcome;
    if (system_user_id(facts, reply->arena) == NULL)
        return reply_next(reply, "find_user", NULL);
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version,
                  facts->destination_waba_id, "assigned_users");
    request_add_text(request, REQUEST_QUERY, "business", facts->partner_business_id);
    step_add_page(facts, request);
    return step_send(facts, request, reply, STEP_TOKEN_SYSTEM);
}

static bool may_manage(struct json_object *user)
{
    struct json_object *tasks = body_get(user, "tasks");

    for (size_t i = 0; i < body_length(tasks); i++) {
        const char *task = json_object_get_string(body_at(tasks, i));
        if (task != NULL && strcmp(task, "MANAGE") == 0)
            return true;
    }
    return false;
}

static void remember_user(const struct facts *facts, struct reply *reply, const char *id)
{
    BODY_OWNED *memo = step_memo(facts);

    json_object_object_del(memo, "after");

    step_memo_text(memo, "system_user", id);
    step_remember(reply, memo);
}

static void answer_lookup(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    const char *id = system_user_id(facts, reply->arena);
    struct json_object *list = body_list(body);

    if (list == NULL || id == NULL) {
        step_unclear(reply, "the answer holds no list");
        return;
    }
    struct json_object *user = step_find(list, id);
    if (user != NULL && may_manage(user)) {
        (void)reply_done(reply, "the system user may manage the WABA");
        return;
    }
    if (user == NULL && step_next_page(facts, reply, "lookup", body))
        return;
    step_send_again(facts, reply, "assign", NULL);
}

static bool may_assign(const struct facts *facts)
{
    BODY_OWNED *memo = step_memo(facts);
    BODY_OWNED *fresh = step_fresh_destination(facts, "id");

    return fresh != NULL || step_memo_count(memo, "rounds") > 0;
}

static enum outcome build_assign(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    const char *id = system_user_id(facts, reply->arena);

    if (!is_needed(facts, reply) || !knows_destination(facts, reply))
        return reply->outcome;
    if (id == NULL)
        return reply_next(reply, "find_user", NULL);
    if (!may_assign(facts))
        return reply_next(reply, "lookup", NULL);
    request_begin(request, reply->arena, REQUEST_POST, facts->graph_version,
                  facts->destination_waba_id, "assigned_users");
    request_add_text(request, REQUEST_BODY, "user", id);
    request_add_json(request, "tasks", "[\"MANAGE\"]");
    return step_send(facts, request, reply, STEP_TOKEN_SYSTEM);
}

static void answer_assign(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    (void)facts;
    if (step_succeeded(reply, body))
        (void)reply_done(reply, NULL);
}

static enum outcome build_find_user(const struct facts *facts, struct request *request,
                                    struct reply *reply)
{
    if (!is_needed(facts, reply))
        return reply->outcome;
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version,
                  facts->partner_business_id, "system_users");
    step_add_page(facts, request);
    return step_send(facts, request, reply, STEP_TOKEN_SYSTEM);
}

static void choose_user(const struct facts *facts, struct reply *reply, const char *id,
                        int64_t count)
{
    if (count != 1) {
        reply->memo = "";
        (void)reply_failed(reply,
                           count == 0 ? "The partner's portfolio has no admin system user"
                                      : "The partner's portfolio has several admin system users",
                           "partner",
                           "Set partner.system_user_id to the system user whose token this is, "
                           "then retry.");
        return;
    }
    reply_learn(reply, LEARNED_SYSTEM_USER, false, id, NULL, NULL, NULL);
    remember_user(facts, reply, id);
    (void)reply_next(reply, "lookup", NULL);
}

static void answer_find_user(const struct facts *facts, struct json_object *body,
                             struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    struct json_object *list = body_list(body);
    int64_t count = step_memo_count(memo, "admins");
    const char *id = arena_copy_text(reply->arena, body_text(memo, "admin"));

    if (list == NULL) {
        step_unclear(reply, "the answer holds no list");
        return;
    }
    for (size_t i = 0; i < body_length(list); i++) {
        struct json_object *user = body_at(list, i);
        const char *role = body_text(user, "role");
        if (role == NULL || strcasecmp(role, "ADMIN") != 0 || body_text(user, "id") == NULL)
            continue;
        id = body_text(user, "id");
        count++;
    }
    /* What this page has shown goes with the cursor into the memo. */
    if (id != NULL)
        step_memo_text(memo, "admin", id);
    json_object_object_add(memo, "admins", json_object_new_int64(count));
    if (!step_next_memo_page(memo, reply, "find_user", body))
        choose_user(facts, reply, id, count);
}

/* clang-format off */
static const struct job_phase phases[] = {
    {"assign",    PHASE_EFFECT, "lookup", build_assign,    answer_assign,    NULL, BUDGET_WABA, USUAL_WITH_LINE_AT_ONCE},
    {"lookup",    PHASE_READ,   NULL,     build_lookup,    answer_lookup,    NULL, BUDGET_WABA, USUAL_NEVER},
    {"find_user", PHASE_READ,   NULL,     build_find_user, answer_find_user, NULL, BUDGET_PLATFORM, USUAL_NEVER},
};
/* clang-format on */

const struct job_kind JOB_ASSIGN_SYSTEM_USER = {
    .name = "assign_system_user", .subject = SUBJECT_WABA, .phases = phases, .phase_count = 3};
