/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_claim.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "jobs/budget.h"
#include "orchestrator/credentials.h"
#include "orchestrator/field_refusals.h"
#include "orchestrator/pg.h"

/* clang-format off */
enum column {
    STEP_ID, EPOCH, KIND, PHASE, MEMO, TRIES, IS_IN_DOUBT, INTENDED_AT_MS, CUSTOMER_ID, CUSTOMER,
    BUSINESS_ID, SOURCE_WABA_ID, DESTINATION_WABA_ID, TOKEN_REF, SOURCE_TOKEN_REF, OVERRIDE_URI,
    VERIFY_TOKEN_REF, ALLOCATION, BUSINESS_TOKEN, SIGNUP_CODE, WABA_CURRENCY, NUMBER_ID, NUMBER,
    COUNTRY_CODE, NATIONAL, PHONE_NUMBER_ID, SOURCE_PHONE_NUMBER_ID, PIN, CODE_METHOD, LANGUAGE_OF_CODE,
    VERIFICATION_CODE, IS_VERIFIED, CAN_VERIFY, REGION, SOURCE_WABA, DESTINATION_WABA,
    SOURCE_NUMBER, DESTINATION_NUMBER, KEPT_PROFILE, ATTEST, SOURCE_READ_AT, DESTINATION_READ_AT, PATH, NOW,
    REGISTRATIONS, BLOCKED_UNTIL, SOURCE_PHONE_NUMBER_IDS, FRESH_DESTINATION, IS_HELD, HELD_UNTIL,
    HELD_WHY, CALLS, IS_PARKED, PARKED_SCOPE, PARKED_SUBJECT, TEMPLATES, NOW_MS,
    COLUMN_COUNT
};

static const char *const names[COLUMN_COUNT] = {
    "step_id", "epoch", "kind", "phase", "memo", "tries", "is_in_doubt", "intended_at_ms",
    "customer_id", "customer", "business_id", "source_waba_id", "destination_waba_id", "token_ref",
    "source_token_ref", "webhook_override_callback_uri", "webhook_verify_token_ref",
    "allocation_config_id", "business_token_sealed", "signup_code_sealed", "waba_currency",
    "number_id", "number", "country_code", "national", "phone_number_id", "source_phone_number_id",
    "pin_sealed", "code_method", "language", "verification_code_sealed", "is_verified", "can_verify",
    "data_localization_region", "source_waba", "destination_waba", "source_number",
    "destination_number", "kept_profile", "attest", "source_read_at", "destination_read_at", "path", "now",
    "registrations", "blocked_until", "source_phone_number_ids", "fresh_destination", "is_held",
    "held_until", "held_why", "calls", "is_parked", "parked_scope", "parked_subject",
    "templates", "now_ms",
};
/* clang-format on */

struct row {
    const PGresult *rows;
    const int *at; /* column numbers, looked up once a result */
    int row;
    struct arena *arena;
    struct last_node *last; /* as many as a task has nodes */
};

/* What a column of the rows held last: the numbers of one customer have its WABAs in common. */
struct last_node {
    const char *text;
    struct json_object *node;
};

static const char *cell(const struct row *row, enum column column)
{
    return PQgetisnull(row->rows, row->row, row->at[column])
               ? NULL
               : PQgetvalue(row->rows, row->row, row->at[column]);
}

static const char *text(const struct row *row, enum column column)
{
    return arena_copy_text(row->arena, cell(row, column));
}

static int64_t integer(const struct row *row, enum column column)
{
    const char *value = cell(row, column);

    return value ? strtoll(value, NULL, 10) : 0;
}

static struct json_object *node(struct task *task, const struct row *row, enum column column,
                                unsigned slot)
{
    const char *value = cell(row, column);
    struct last_node *last = &row->last[slot];

    if (value && last->text && strcmp(value, last->text) == 0)
        task->nodes[slot] = json_object_get(last->node);
    else
        task->nodes[slot] = value ? json_tokener_parse(value) : NULL;
    *last = (struct last_node){value, task->nodes[slot]}; /* alive with the rows and the task */
    return task->nodes[slot];
}

static void read_attestations(struct task *task, const struct row *row)
{
    const char *value = cell(row, ATTEST);
    struct json_object *attest = value ? json_tokener_parse(value) : NULL;

    if (!attest)
        return;
    size_t count = (size_t)json_object_object_length(attest), i = 0;
    struct eligibility_attestation *list =
        arena_alloc(task->arena, (count + 1) * sizeof(struct eligibility_attestation));
    json_object_object_foreach(attest, rule, date)
    {
        eligibility_attestation_split(json_object_get_string(date), task->arena, &list[i]);
        list[i++].rule = arena_copy_text(task->arena, rule);
    }
    json_object_put(attest);
    task->eligibility.attestations = list;
    task->eligibility.attestation_count = i;
}

static void read_eligibility(struct task *task, const struct row *row)
{
    struct eligibility_facts *facts = &task->eligibility;
    const char *path = cell(row, PATH);

    facts->source_waba = node(task, row, SOURCE_WABA, 0);
    facts->destination_waba = node(task, row, DESTINATION_WABA, 1);
    facts->source_number = node(task, row, SOURCE_NUMBER, 2);
    facts->destination_number = node(task, row, DESTINATION_NUMBER, 3);
    facts->source_read_at = text(row, SOURCE_READ_AT);
    facts->destination_read_at = text(row, DESTINATION_READ_AT);
    facts->destination_waba_id = task->facts.destination_waba_id;
    facts->phone_number_id = task->facts.phone_number_id;
    facts->is_embedded_signup = path && strcmp(path, "embedded_signup") == 0;
    facts->now = text(row, NOW);
    facts->business_id = task->facts.business_id;
    facts->app_id = task->facts.app_id;
    facts->waba_currency = task->facts.waba_currency;
    facts->has_credit_line = task->facts.credit_line_id != NULL;
    facts->is_destination_pending = facts->destination_waba_id && !facts->destination_read_at;
    facts->registrations_spent = (int)integer(row, REGISTRATIONS);
    facts->registrations_allowed = (int)budget_allowance(BUDGET_REGISTRATION, true);
    facts->registrations_unasked = (int)budget_allowance(BUDGET_REGISTRATION, false);
    facts->registration_blocked_until = text(row, BLOCKED_UNTIL);
    read_attestations(task, row);
}

static void read_audit(struct task *task, const struct row *row)
{
    task->audit = (struct audit_facts){
        .waba_before = node(task, row, SOURCE_WABA, 0),
        .webhook_override_callback_uri = task->facts.webhook_override_callback_uri,
        .data_localization_region = task->facts.data_localization_region,
    };
    task->number_before = text(row, SOURCE_NUMBER);
}

static void read_secrets(struct task *task, const struct row *row, const struct batch_facts *batch)
{
    struct facts *facts = &task->facts;
    const char *token_ref = cell(row, TOKEN_REF);

    /* What the manifest names wins over what a signup brought: it is how an operator mends a token.
     */
    facts->business_token =
        token_ref ? credentials_resolve(task, token_ref)
                  : credentials_unseal(task, batch->vault,
                                       credentials_context(task->arena, "business_token",
                                                           batch->name, facts->customer),
                                       cell(row, BUSINESS_TOKEN));
    facts->source_token = credentials_resolve(task, cell(row, SOURCE_TOKEN_REF));
    facts->webhook_verify_token = credentials_resolve(task, cell(row, VERIFY_TOKEN_REF));
    facts->signup_code = credentials_unseal(
        task, batch->vault,
        credentials_context(task->arena, "signup_code", batch->name, facts->customer),
        cell(row, SIGNUP_CODE));
    if (facts->number)
        facts->pin = credentials_unseal(
            task, batch->vault, credentials_context(task->arena, "pin", batch->name, facts->number),
            cell(row, PIN));
    task->verification_code_sealed = text(row, VERIFICATION_CODE);
    if (task->verification_code_sealed)
        facts->verification_code = credentials_unseal(
            task, batch->vault,
            credentials_context(task->arena, "verification_code", batch->name, facts->number),
            task->verification_code_sealed);
}

static struct task *read_task(const PGresult *rows, int at_row, const int *at,
                              struct last_node *last, const struct batch_facts *batch)
{
    struct task *task = task_create();
    struct row row = {rows, at, at_row, task->arena, last};
    struct facts *facts = &task->facts;

    task->step_id = integer(&row, STEP_ID);
    task->epoch = integer(&row, EPOCH);
    task->customer_id = integer(&row, CUSTOMER_ID);
    task->number_id = integer(&row, NUMBER_ID);
    task->tries = (int)integer(&row, TRIES);
    task->calls_reserved = (int)integer(&row, CALLS);
    task->is_in_doubt = cell(&row, IS_IN_DOUBT)[0] == 't';
    task->kind = job_find(cell(&row, KIND));
    BUG_UNLESS(task->kind);
    task->phase = job_find_phase(task->kind, cell(&row, PHASE));
    BUG_UNLESS(task->phase);

    *facts = batch->facts;
    facts->memo = text(&row, MEMO);
    facts->intended_at_ms = integer(&row, INTENDED_AT_MS);
    facts->customer = text(&row, CUSTOMER);
    facts->business_id = text(&row, BUSINESS_ID);
    facts->source_waba_id = text(&row, SOURCE_WABA_ID);
    facts->destination_waba_id = text(&row, DESTINATION_WABA_ID);
    facts->webhook_override_callback_uri = text(&row, OVERRIDE_URI);
    facts->allocation_config_id = text(&row, ALLOCATION);
    facts->waba_currency = text(&row, WABA_CURRENCY);
    facts->number = text(&row, NUMBER);
    facts->country_code = text(&row, COUNTRY_CODE);
    facts->national = text(&row, NATIONAL);
    facts->code_method = text(&row, CODE_METHOD);
    facts->language = text(&row, LANGUAGE_OF_CODE);
    facts->is_verified = cell(&row, IS_VERIFIED)[0] == 't';
    facts->can_verify = cell(&row, CAN_VERIFY)[0] == 't';
    facts->is_in_doubt = task->is_in_doubt;
    facts->phone_number_id = text(&row, PHONE_NUMBER_ID);
    facts->source_phone_number_id = text(&row, SOURCE_PHONE_NUMBER_ID);
    facts->data_localization_region = text(&row, REGION);
    facts->kept_profile = text(&row, KEPT_PROFILE);
    facts->source_phone_number_ids = text(&row, SOURCE_PHONE_NUMBER_IDS);
    facts->templates = text(&row, TEMPLATES);
    facts->now_ms = integer(&row, NOW_MS);
    facts->fresh_destination = text(&row, FRESH_DESTINATION);
    task->source_token_ref = text(&row, SOURCE_TOKEN_REF);
    task->token_ref = text(&row, TOKEN_REF);
    if (batch->refusals)
        field_refusals_tell(batch->refusals, task);
    if (task->kind->is_assessed)
        read_eligibility(task, &row);
    if (task->kind->is_audited)
        read_audit(task, &row);
    read_secrets(task, &row, batch);
    return task;
}

static void tell_held(const struct row *row, const struct batch_facts *batch)
{
    log_event(LOG_WARN, "registration.held", LOG_TEXT("batch", batch->name),
              LOG_TEXT("number", cell(row, NUMBER)), LOG_TEXT("until", cell(row, HELD_UNTIL)),
              LOG_TEXT("why", cell(row, HELD_WHY)));
}

/* From `first` on, and round: the statement names them nearly in our order, and PQfnumber() would
 * look through fifty for each. */
static int find_column(const PGresult *rows, const char *name, int first)
{
    int count = PQnfields(rows);

    for (int i = 0; i < count; i++) {
        int column = (first + i) % count;
        if (strcmp(PQfname(rows, column), name) == 0)
            return column;
    }
    return -1;
}

static void tell_parked(const struct row *row, const struct batch_facts *batch)
{
    const char *scope = cell(row, PARKED_SCOPE);

    log_event(LOG_DEBUG, "budget.parked", LOG_TEXT("batch", batch->name),
              LOG_TEXT("scope", scope ? scope : "app"),
              LOG_TEXT("subject", cell(row, PARKED_SUBJECT)),
              LOG_TEXT("customer", cell(row, CUSTOMER)));
}

bool store_claim_read(const PGresult *rows, const struct batch_facts *batch,
                      struct task_queue *tasks)
{
    bool has_parked = false;
    struct last_node last[sizeof((struct task *)0)->nodes / sizeof((struct task *)0)->nodes[0]] = {
        {NULL, NULL}};
    int at[COLUMN_COUNT];

    for (int i = 0; i < COLUMN_COUNT; i++) {
        at[i] = find_column(rows, names[i], i > 0 ? at[i - 1] + 1 : 0);
        BUG_UNLESS(at[i] >= 0);
    }
    for (int i = 0; i < PQntuples(rows); i++) {
        struct row row = {rows, at, i, NULL, last};
        if (cell(&row, IS_HELD)[0] == 't') {
            tell_held(&row, batch);
        } else if (cell(&row, IS_PARKED)[0] == 't') {
            tell_parked(&row, batch);
            has_parked = true;
        } else {
            task_queue_add(tasks, read_task(rows, i, at, last, batch));
        }
    }
    return has_parked;
}
