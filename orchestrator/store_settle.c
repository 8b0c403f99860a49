/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_settle.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/path.h"
#include "orchestrator/credentials.h"
#include "orchestrator/pg_columns.h"
#include "orchestrator/store_findings.h"
#include "sql/statements.h"

static void send_wabas(const struct task_queue *group, store_send *send, void *self)
{
    struct pg_columns columns;

    pg_columns_init(&columns, 4);
    pg_columns_set_binary(&columns, 2);
    for (const struct task *task = group->first; task; task = task->next) {
        for (const struct learned *fact = task->reply.learned; fact; fact = fact->next) {
            bool is_part = fact->type == LEARNED_TEMPLATES;
            if (fact->type != LEARNED_WABA && fact->type != LEARNED_UNREADABLE && !is_part)
                continue;
            pg_array_add_i64(&columns.arrays[0], task->customer_id);
            pg_array_add_bool(&columns.arrays[1], fact->is_source);
            pg_array_add_text(&columns.arrays[2],
                              fact->type == LEARNED_UNREADABLE ? NULL : fact->json);
            pg_array_add_bool(&columns.arrays[3], is_part);
        }
    }
    pg_columns_send(&columns, SQL_LEARN_WABA, NULL, NULL, send, self);
}

static void send_numbers(const struct task_queue *group, store_send *send, void *self)
{
    struct pg_columns columns;

    pg_columns_init(&columns, 5);
    pg_columns_set_binary(&columns, 4);
    for (const struct task *task = group->first; task; task = task->next) {
        for (const struct learned *fact = task->reply.learned; fact; fact = fact->next) {
            if (fact->type != LEARNED_NUMBER)
                continue;
            pg_array_add_i64(&columns.arrays[0], task->customer_id);
            pg_array_add_bool(&columns.arrays[1], fact->is_source);
            pg_array_add_text(&columns.arrays[2], fact->digits);
            pg_array_add_text(&columns.arrays[3], fact->id);
            pg_array_add_text(&columns.arrays[4], fact->json);
        }
    }
    pg_columns_send(&columns, SQL_LEARN_NUMBER, NULL, NULL, send, self);
}

/* What was learned of that type, a row a fact: whose, with its side where `has_sides`, and what. */
static void gather_templates(const struct task_queue *group, enum learned_type type, bool has_sides,
                             struct pg_columns *columns)
{
    pg_columns_init(columns, has_sides ? 3 : 2);
    for (const struct task *task = group->first; task; task = task->next) {
        for (const struct learned *fact = task->reply.learned; fact; fact = fact->next) {
            struct pg_array *array = columns->arrays;
            if (fact->type != type)
                continue;
            pg_array_add_i64(array++, task->customer_id);
            if (has_sides)
                pg_array_add_bool(array++, fact->is_source);
            pg_array_add_text(array, fact->json);
        }
    }
}

/* What was asked for comes first: what is then seen on the destination was asked for. */
static void send_templates(const struct task_queue *group, store_send *send, void *self)
{
    struct pg_columns columns;

    gather_templates(group, LEARNED_TEMPLATE_NEWS, false, &columns);
    pg_columns_send(&columns, SQL_LEARN_TEMPLATE_NEWS, NULL, NULL, send, self);
    gather_templates(group, LEARNED_TEMPLATES_PAGE, true, &columns);
    pg_columns_send(&columns, SQL_LEARN_TEMPLATES, NULL, NULL, send, self);
    gather_templates(group, LEARNED_TEMPLATE_FLOWS, false, &columns);
    pg_columns_send(&columns, SQL_LEARN_TEMPLATE_FLOWS, NULL, NULL, send, self);
}

/* "\x…", as a bytea parameter wants it; free it with free(). NULL for no secret. */
static char *seal(const struct batch_facts *batch, struct arena *arena, const char *what,
                  const char *owner, const struct secret *secret)
{
    if (!secret)
        return NULL;
    return pg_bytea(
        vault_seal(batch->vault, credentials_context(arena, what, batch->name, owner), secret));
}

static void send_customers(const struct task_queue *group, const struct batch_facts *batch,
                           store_send *send, void *self)
{
    struct pg_columns columns;

    pg_columns_init(&columns, 5);
    for (const struct task *task = group->first; task; task = task->next) {
        const struct secret *token = NULL;
        const char *allocation = NULL;
        bool is_burnt = false;
        for (const struct learned *fact = task->reply.learned; fact; fact = fact->next) {
            if (fact->type == LEARNED_BUSINESS_TOKEN)
                token = fact->secret;
            if (fact->type == LEARNED_ALLOCATION)
                allocation = fact->id;
            is_burnt |= fact->type == LEARNED_CODE_BURNT;
        }
        if (!token && !allocation && !is_burnt)
            continue;
        char *sealed = seal(batch, task->arena, "business_token", task->facts.customer, token);
        pg_array_add_i64(&columns.arrays[0], task->customer_id);
        pg_array_add_text(&columns.arrays[1], sealed);
        pg_array_add_text(&columns.arrays[2], allocation);
        pg_array_add_bool(&columns.arrays[3], is_burnt);
        pg_array_add_i64(&columns.arrays[4], task->facts.intended_at_ms);
        free(sealed);
    }
    pg_columns_send(&columns, SQL_LEARN_CUSTOMER, NULL, NULL, send, self);
}

static void send_verifications(const struct task_queue *group, store_send *send, void *self)
{
    struct pg_columns columns;

    pg_columns_init(&columns, 3);
    for (const struct task *task = group->first; task; task = task->next) {
        for (const struct learned *fact = task->reply.learned; fact; fact = fact->next) {
            bool is_verified = fact->type == LEARNED_VERIFIED;
            bool is_refused = fact->type == LEARNED_CODE_REFUSED;
            if (!is_verified && !is_refused && fact->type != LEARNED_UNVERIFIED)
                continue;
            pg_array_add_i64(&columns.arrays[0], task->number_id);
            pg_array_add_text(&columns.arrays[1], is_refused ? NULL : is_verified ? "t" : "f");
            pg_array_add_text(&columns.arrays[2],
                              is_refused ? task->verification_code_sealed : NULL);
        }
    }
    pg_columns_send(&columns, SQL_LEARN_VERIFICATION, NULL, NULL, send, self);
}

static void send_system_user(const struct task_queue *group, const char *batch_id, store_send *send,
                             void *self)
{
    for (const struct task *task = group->first; task; task = task->next) {
        for (const struct learned *fact = task->reply.learned; fact; fact = fact->next) {
            const char *values[] = {batch_id, fact->id};
            struct pg_params params;
            if (fact->type != LEARNED_SYSTEM_USER)
                continue;
            pg_params_init(&params, 2, values);
            send(self, SQL_LEARN_SYSTEM_USER, &params);
            return; /* one answer holds for the whole batch */
        }
    }
}

static void send_verdicts(const struct task_queue *group, const struct batch_facts *batch,
                          store_send *send, void *self)
{
    struct pg_columns columns;

    pg_columns_init(&columns, 3);
    for (const struct task *task = group->first; task; task = task->next) {
        if (task->finding_count == 0)
            continue;
        char *sealed = seal(batch, task->arena, "pin", task->facts.number, task->new_pin);
        pg_array_add_i64(&columns.arrays[0], task->number_id);
        pg_array_add_bool(&columns.arrays[1], task->is_eligible);
        pg_array_add_text(&columns.arrays[2], sealed);
        free(sealed);
    }
    pg_columns_send(&columns, SQL_NUMBER_ASSESSED, NULL, NULL, send, self);
}

static void send_confirmed(const struct task_queue *group, store_send *send, void *self)
{
    struct pg_columns columns;

    pg_columns_init(&columns, 3);
    pg_columns_set_binary(&columns, 1);
    pg_columns_set_binary(&columns, 2);
    for (const struct task *task = group->first; task; task = task->next) {
        for (const struct learned *fact = task->reply.learned; fact; fact = fact->next) {
            if (fact->type != LEARNED_CONFIRMED)
                continue;
            pg_array_add_i64(&columns.arrays[0], task->number_id);
            pg_array_add_text(&columns.arrays[1], fact->json);
            pg_array_add_text(&columns.arrays[2], task->came_along);
        }
    }
    pg_columns_send(&columns, SQL_LEARN_CONFIRMED, NULL, NULL, send, self);
}

/* Before any row is touched, so that nobody waits for the lock with rows in hand. */
static void lock_findings(const struct task_queue *group, const char *batch, store_send *send,
                          void *self)
{
    const char *values[] = {batch};
    const struct task *task = group->first;
    struct pg_params params;

    while (task && task->finding_count == 0)
        task = task->next;
    pg_params_init(&params, 1, values);
    if (task)
        send(self, SQL_ASSESSMENT_LOCK, &params);
}

/* Every group locks the rows it shares with others in the same order. */
static void lock_customers(const struct task_queue *group, store_send *send, void *self)
{
    struct pg_columns columns;

    pg_columns_init(&columns, 1);
    for (const struct task *task = group->first; task; task = task->next)
        pg_array_add_i64(&columns.arrays[0], task->customer_id);
    pg_columns_send(&columns, SQL_CUSTOMER_LOCK, NULL, NULL, send, self);
}

static void send_findings(const struct task_queue *group, const char *batch, store_send *send,
                          void *self)
{
    struct store_findings findings;

    store_findings_init(&findings, NULL);
    for (const struct task *task = group->first; task; task = task->next)
        store_findings_add(&findings, task->facts.number, task->findings, task->finding_count);
    store_findings_send(&findings, batch, send, self);
}

/* Of send_outcomes(): what was sent, and what came back. */
enum { REQUEST_COLUMN = 14, ANSWER_COLUMN };

static void add_attempt(struct pg_array *array, const struct task *task)
{
    pg_array_add_text(array++, task->was_sent ? outcome_name(task->reply.outcome) : "not_sent");
    pg_array_add_i64(array++, task->http_status);
    pg_array_add_i64(array++, task->ms);
    pg_array_add_text(array++, task->was_sent ? task->request_text : NULL);
    pg_array_add_text(array++, task->was_sent ? task->answer_text : NULL);
    pg_array_add_text(array++, task->fbtrace_id);
    /* An effect's intent stands already; whatever became of it is written beside it. */
    pg_array_add_bool(array++, task->was_sent || task->phase->type == PHASE_EFFECT);
    pg_array_add_text(array++, task->phase->name);
    pg_array_add_bool(array++, task->phase->type == PHASE_EFFECT);
    pg_array_add_i64(array++, task->heard_ms);
    pg_array_add_i64(array, task->date_ms);
}

static void send_outcomes(const struct task_queue *group, const char *run_id, const char *grace_ms,
                          store_send *send, void *self)
{
    struct pg_columns columns;

    pg_columns_init(&columns, 22);
    pg_columns_set_binary(&columns, REQUEST_COLUMN);
    pg_columns_set_binary(&columns, ANSWER_COLUMN);
    for (const struct task *task = group->first; task; task = task->next) {
        const struct settlement *settlement = &task->settlement;
        struct pg_array *array = columns.arrays;
        pg_array_add_i64(array++, task->step_id);
        pg_array_add_i64(array++, task->epoch);
        pg_array_add_text(array++, settlement->state);
        pg_array_add_text(array++, settlement->phase);
        pg_array_add_text(array++, settlement->memo);
        pg_array_add_i64(array++, settlement->wait_ms);
        pg_array_add_text(array++, settlement->waiting_for);
        pg_array_add_bool(array++, settlement->is_try);
        pg_array_add_bool(array++, settlement->is_in_doubt);
        pg_array_add_text(array++, settlement->note);
        pg_array_add_text(
            array++, settlement->error
                         ? json_object_to_json_string_ext(settlement->error, JSON_C_TO_STRING_PLAIN)
                         : NULL);
        add_attempt(array, task);
    }
    pg_columns_send(&columns, SQL_STEP_SETTLE, run_id, grace_ms, send, self);
}

/* Whether any path has a step looked at again when this kind is done. */
static bool refreshes_another(const char *kind)
{
    for (size_t p = 0; p < PATH_COUNT; p++) {
        for (size_t i = 0; i < PATHS[p].step_count; i++) {
            const struct path_step *step = &PATHS[p].steps[i];
            if (step->refreshes && strcmp(step->kind, kind) == 0)
                return true;
        }
    }
    return false;
}

static void send_refresh(const struct task_queue *group, store_send *send, void *self)
{
    struct pg_columns columns;

    pg_columns_init(&columns, 1);
    for (const struct task *task = group->first; task; task = task->next) {
        if (refreshes_another(task->kind->name))
            pg_array_add_i64(&columns.arrays[0], task->step_id);
    }
    pg_columns_send(&columns, SQL_STEP_REFRESH, NULL, NULL, send, self);
}

/* Whether a step that waits for others of its WABA comes right after this kind. */
static bool is_gathered_after(const char *kind)
{
    for (size_t p = 0; p < PATH_COUNT; p++) {
        for (size_t i = 0; i < PATHS[p].step_count; i++) {
            const struct path_step *step = &PATHS[p].steps[i];
            for (size_t n = 0; n < PATH_NEEDS_MAX && step->needs[n]; n++) {
                if (strcmp(step->needs[n], kind) == 0 && job_find(step->kind)->gather_ms > 0)
                    return true;
            }
        }
    }
    return false;
}

static void send_gather(const struct task_queue *group, store_send *send, void *self)
{
    struct pg_columns columns;

    pg_columns_init(&columns, 1);
    for (const struct task *task = group->first; task; task = task->next) {
        if (is_gathered_after(task->kind->name))
            pg_array_add_i64(&columns.arrays[0], task->step_id);
    }
    pg_columns_send(&columns, SQL_STEP_GATHER, NULL, NULL, send, self);
}

/* What somebody else has read since is not to be overwritten by this. */
static void send_readings(const struct task_queue *group, const struct batch_facts *batch,
                          store_send *send, void *self)
{
    send_wabas(group, send, self);
    send_numbers(group, send, self);
    send_templates(group, send, self);
    send_verifications(group, send, self);
    send_verdicts(group, batch, send, self);
    send_confirmed(group, send, self);
    send_findings(group, batch->name, send, self);
}

void store_settle_group(const struct task_queue *group, const struct store_settle_facts *facts,
                        store_send *send, void *self)
{
    char run[24], grace[24], batch_id[24];

    if (group->count == 0)
        return;
    snprintf(run, sizeof run, "%" PRId64, facts->run_id);
    snprintf(grace, sizeof grace, "%" PRId64, facts->grace_ms);
    snprintf(batch_id, sizeof batch_id, "%" PRId64, facts->batch->batch_id);
    /* What is shared comes first and in one order, the book's before the batch's before customers':
     * so nobody waits in a circle. */
    if (!facts->is_late) {
        lock_findings(group, facts->batch->name, send, self);
        send_system_user(group, batch_id, send, self);
    }
    lock_customers(group, send, self);
    if (!facts->is_late)
        send_readings(group, facts->batch, send, self);
    /* A token or an allocation that an effect made is there, whoever may say so. */
    send_customers(group, facts->batch, send, self);
    send_outcomes(group, run, grace, send, self);
    send_refresh(group, send, self);
    send_gather(group, send, self);
}
