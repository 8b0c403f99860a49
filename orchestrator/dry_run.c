/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/dry_run.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "orchestrator/credentials.h"
#include "orchestrator/dry_book.h"
#include "orchestrator/engine.h"
#include "orchestrator/pg.h"
#include "orchestrator/preflight.h"
#include "orchestrator/report_forecast.h"
#include "orchestrator/report_output.h"
#include "orchestrator/signals.h"
#include "orchestrator/store_settle.h"
#include "sql/statements.h"

#define TIMEOUT_MS 30000
#define POLL_MS 200
/* Findings go to the database so many numbers at a time. */
#define FINDINGS_GROUP 500

/* A read whose time has not come. */
struct pause {
    int64_t at_ms;
    struct task *task;
    struct pause *next;
};

struct dry {
    const struct database *database;
    const struct options *options;
    struct dry_book book;
    struct vault *vault;
    PGconn *conn;
    struct engine *engine;
    struct pause *pauses;
    unsigned open_reads;
    unsigned failed_reads;
    const char *now;
    int64_t calls;
};

/* ---- what a loaded batch of this name knows already ---- */

static enum status overlay_customers(struct dry *dry, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    const char *values[] = {dry->book.batch.name};

    if (pg_query(dry->conn, SQL_CHECK_CUSTOMERS, 1, values, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    for (int i = 0; i < PQntuples(rows); i++) {
        struct dry_customer *customer = dry_book_customer(&dry->book, pg_cell(rows, i, "key"));
        const char *destination = pg_cell(rows, i, "destination_waba_id");
        if (!customer)
            continue;
        if (destination)
            customer->destination_waba_id = arena_copy_text(dry->book.arena, destination);
        customer->business_token_sealed =
            arena_copy_text(dry->book.arena, pg_cell(rows, i, "business_token_sealed"));
    }
    return STATUS_OK;
}

static enum status overlay_numbers(struct dry *dry, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    const char *values[] = {dry->book.batch.name};

    if (pg_query(dry->conn, SQL_CHECK_NUMBERS, 1, values, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    for (int i = 0; i < PQntuples(rows); i++) {
        struct dry_number *number = dry_book_number(&dry->book, pg_cell(rows, i, "number"));
        if (!number)
            continue;
        number->state = arena_copy_text(dry->book.arena, pg_cell(rows, i, "state"));
        number->step = arena_copy_text(dry->book.arena, pg_cell(rows, i, "step"));
        number->error = arena_copy_text(dry->book.arena, pg_cell(rows, i, "error"));
    }
    return STATUS_OK;
}

static enum status overlay(struct dry *dry, struct fault *fault)
{
    enum status status = database_connect(dry->database, &dry->conn, fault);
    if (status == STATUS_OK)
        status = overlay_customers(dry, fault);
    if (status == STATUS_OK)
        status = overlay_numbers(dry, fault);
    if (status == STATUS_OK)
        status = database_open_vault(dry->database, false, &dry->vault, fault);
    dry->book.batch.vault = dry->vault;
    return status;
}

/* ---- reading Graph ---- */

static struct task *make_read(struct dry *dry, size_t at, const char *kind, const char *phase,
                              const char *memo, int tries)
{
    struct dry_customer *customer = &dry->book.customers[at];
    struct task *task = task_create();
    struct facts *facts = &task->facts;

    *facts = dry->book.batch.facts;
    facts->customer = customer->key;
    facts->business_id = customer->business_id;
    facts->source_waba_id = customer->source_waba_id;
    facts->destination_waba_id = customer->destination_waba_id;
    facts->memo = arena_copy_text(task->arena, memo);
    facts->source_token = credentials_resolve(task, customer->source_token_ref);
    facts->business_token =
        customer->token_ref
            ? credentials_resolve(task, customer->token_ref)
            : credentials_unseal(task, dry->vault,
                                 credentials_context(task->arena, "business_token",
                                                     dry->book.batch.name, customer->key),
                                 customer->business_token_sealed);
    task->customer_id = (int64_t)at;
    task->tries = tries;
    task->kind = job_find(kind);
    BUG_UNLESS(task->kind);
    task->phase = job_find_phase(task->kind, phase);
    BUG_UNLESS(task->phase);
    return task;
}

static void offer(struct dry *dry, struct task *task)
{
    dry->open_reads++;
    engine_offer(dry->engine, task);
}

static void put_node(struct json_object **slot, const char *json)
{
    json_object_put(*slot);
    *slot = json ? json_tokener_parse(json) : NULL;
}

static void learn_waba(struct dry *dry, struct dry_customer *customer, const struct learned *fact)
{
    const char *json = fact->type == LEARNED_WABA ? fact->json : NULL;

    put_node(fact->is_source ? &customer->source_node : &customer->destination_node, json);
    *(fact->is_source ? &customer->source_read_at : &customer->destination_read_at) = dry->now;
}

static void learn_number(struct dry *dry, const struct task *task, const struct learned *fact)
{
    struct dry_number *number =
        dry_book_number(&dry->book, arena_printf(task->arena, "+%s", fact->digits));

    if (!number || number->customer != (size_t)task->customer_id)
        return;
    put_node(fact->is_source ? &number->source_node : &number->destination_node, fact->json);
    if (!fact->is_source)
        number->phone_number_id = arena_copy_text(dry->book.arena, fact->id);
}

static void learn(struct dry *dry, const struct task *task)
{
    struct dry_customer *customer = &dry->book.customers[task->customer_id];

    for (const struct learned *fact = task->reply.learned; fact; fact = fact->next) {
        if (fact->type == LEARNED_NUMBER)
            learn_number(dry, task, fact);
        else if (fact->type == LEARNED_WABA || fact->type == LEARNED_UNREADABLE)
            learn_waba(dry, customer, fact);
    }
}

/* The settled read goes on to its next page or its next try as a new task. */
static void follow(struct dry *dry, const struct task *task)
{
    const struct settlement *settlement = &task->settlement;
    const char *memo = settlement->memo ? settlement->memo : task->facts.memo;
    struct task *next =
        make_read(dry, (size_t)task->customer_id, task->kind->name, settlement->phase,
                  memo && *memo ? memo : NULL, task->tries + (settlement->is_try ? 1 : 0));

    if (settlement->wait_ms <= 0) {
        offer(dry, next);
        return;
    }
    struct pause *pause = memory_take(sizeof *pause);
    *pause = (struct pause){clock_monotonic_ms() + settlement->wait_ms, next, dry->pauses};
    dry->pauses = pause;
}

static void take_settled(struct dry *dry)
{
    for (struct task *task; (task = task_queue_take(engine_settled(dry->engine)));) {
        dry->open_reads--;
        learn(dry, task);
        bool waits_too_long = task->settlement.wait_ms > dry->options->patience_ms;
        if (strcmp(task->settlement.state, "ready") == 0 && !waits_too_long)
            follow(dry, task);
        else if (strcmp(task->settlement.state, "done") != 0)
            dry->failed_reads++;
        task_destroy(task);
    }
}

static void take_due(struct dry *dry)
{
    int64_t now_ms = clock_monotonic_ms();

    for (struct pause **link = &dry->pauses; *link;) {
        struct pause *pause = *link;
        if (pause->at_ms > now_ms) {
            link = &pause->next;
            continue;
        }
        offer(dry, pause->task);
        *link = pause->next;
        free(pause);
    }
}

/* Whether the selection (customers or numbers, comma separated) names this one; no selection names
 * all. */
static bool is_named(const char *only, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = only; at && *at; at += strcspn(at, ","), at += *at == ',') {
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return !only;
}

static bool is_chosen(const struct dry *dry, const struct dry_number *number)
{
    return is_named(dry->options->only, number->number) ||
           is_named(dry->options->only, dry->book.customers[number->customer].key);
}

static enum status read_graph(struct dry *dry, struct fault *fault)
{
    struct engine_settings settings = {
        .graph = {.url = dry->options->graph_url,
                  .ca_file = dry->options->ca_file,
                  .concurrency = (unsigned)dry->options->concurrency,
                  .timeout_ms = TIMEOUT_MS,
                  .is_read_only = true},
        .clock = dry->database->clock,
        .batch = dry->book.batch.name,
    };
    int signal_fd = signals_open();
    bool *is_read = memory_take(dry->book.customer_count + 1);

    enum status status = engine_create(&settings, &dry->engine, fault);
    memset(is_read, 0, dry->book.customer_count);
    for (size_t i = 0; status == STATUS_OK && i < dry->book.number_count; i++) {
        size_t at = dry->book.numbers[i].customer;
        if (is_read[at] || !is_chosen(dry, &dry->book.numbers[i]))
            continue;
        is_read[at] = true;
        offer(dry, make_read(dry, at, "read_source", NULL, NULL, 0));
        if (dry->book.customers[at].destination_waba_id)
            offer(dry, make_read(dry, at, "read_destination", NULL, NULL, 0));
    }
    free(is_read);
    while (status == STATUS_OK && (dry->open_reads > 0 || dry->pauses)) {
        struct curl_waitfd fd = {.fd = signal_fd, .events = CURL_WAIT_POLLIN};
        take_due(dry);
        engine_turn(dry->engine, true);
        take_settled(dry);
        if (engine_is_credential_refused(dry->engine))
            status =
                fault_set(fault, STATUS_CREDENTIAL,
                          "Graph refuses the partner's token (partner.system_token); put a valid "
                          "one where the manifest points, then check again");
        else if (signals_take(signal_fd) > 0)
            status =
                fault_set(fault, STATUS_IO, "stopped by a signal before the report was complete");
        else if (dry->open_reads > 0 || dry->pauses)
            curl_multi_poll(engine_multi(dry->engine), &fd, 1, POLL_MS, NULL);
    }
    dry->calls += dry->engine ? engine_calls(dry->engine) : 0;
    close(signal_fd);
    return status;
}

/* ---- the verdicts ---- */

static void assess(struct dry *dry, struct dry_number *number)
{
    const struct dry_customer *customer = &dry->book.customers[number->customer];
    struct finding findings[ELIGIBILITY_RULES_MAX];
    struct eligibility_facts facts = {
        .source_waba = customer->source_node,
        .destination_waba = customer->destination_node,
        .source_number = number->source_node,
        .destination_number = number->destination_node,
        .source_read_at = customer->source_read_at,
        .destination_read_at = customer->destination_read_at,
        .destination_waba_id = customer->destination_waba_id,
        .phone_number_id = number->phone_number_id,
        .attestations = customer->attestations,
        .attestation_count = customer->attestation_count,
        .is_embedded_signup = customer->is_embedded_signup,
    };

    number->finding_count = eligibility_assess(&facts, dry->book.arena, findings);
    number->findings = arena_alloc(dry->book.arena, (number->finding_count + 1) * sizeof *findings);
    memcpy(number->findings, findings, number->finding_count * sizeof *findings);
    number->is_eligible =
        eligibility_passes(number->findings, number->finding_count, &number->block);
}

struct sending {
    PGconn *conn;
    enum status status;
    struct fault *fault;
};

static void send_now(void *self, const char *sql, int count, const char *const *values)
{
    struct sending *sending = self;

    if (sending->status == STATUS_OK)
        sending->status = pg_query(sending->conn, sql, count, values, NULL, sending->fault);
}

static enum status keep_findings(struct dry *dry, struct fault *fault)
{
    struct sending sending = {dry->conn, STATUS_OK, fault};
    struct task_queue group;

    task_queue_init(&group);
    for (size_t i = 0; i < dry->book.number_count; i++) {
        struct dry_number *number = &dry->book.numbers[i];
        if (number->finding_count > 0) {
            struct task *task = task_create();
            task->facts.number = number->number;
            task->finding_count = number->finding_count;
            memcpy(task->findings, number->findings,
                   number->finding_count * sizeof *number->findings);
            task_queue_add(&group, task);
        }
        if (group.count == FINDINGS_GROUP || i + 1 == dry->book.number_count) {
            store_settle_findings(&group, dry->book.batch.name, send_now, &sending);
            task_queue_destroy_all(&group);
        }
    }
    return sending.status;
}

/* ---- the report ---- */

static const struct report_finding *describe_findings(struct dry *dry,
                                                      const struct dry_number *number)
{
    struct report_finding *list =
        arena_alloc(dry->book.arena, (number->finding_count + 1) * sizeof *list);

    for (size_t i = 0; i < number->finding_count; i++) {
        const struct finding *finding = &number->findings[i];
        list[i] = (struct report_finding){
            .rule = finding->rule,
            .verdict = verdict_name(finding->verdict),
            .evidence = evidence_name(finding->evidence),
            .field = finding->field,
            .value = finding->value,
            .read_at = finding->read_at,
            .owner = finding->owner,
            .remedy = finding->remedy,
            .is_fixable = finding->is_fixable,
        };
    }
    return list;
}

static void describe(struct dry *dry, const struct dry_number *number, struct report_number *row)
{
    const struct dry_customer *customer = &dry->book.customers[number->customer];
    const struct finding *block = number->block;

    *row = (struct report_number){
        .number = number->number,
        .customer = customer->key,
        .customer_name = customer->name,
        .state = number->state      ? number->state
                 : !block           ? "ready"
                 : block->waits_for ? "waiting"
                                    : "blocked",
        .step = number->step    ? number->step
                : number->state ? "done"
                                : "check",
        .eligible = number->is_eligible || (number->state && strcmp(number->state, "done") == 0),
        .waiting_for = number->state || !block ? NULL
                       : block->waits_for      ? block->waits_for
                                               : block->rule,
        .findings = describe_findings(dry, number),
        .finding_count = number->finding_count,
    };
}

static int compare_rows(const void *left, const void *right)
{
    const struct report_number *a = left, *b = right;
    int order = strcmp(a->customer, b->customer);

    return order != 0 ? order : strcmp(a->number, b->number);
}

static void fill_report(struct dry *dry, int64_t latency_ms, struct report *report)
{
    struct report_number *rows =
        arena_alloc(dry->book.arena, (dry->book.number_count + 1) * sizeof *rows);
    size_t count = 0;

    for (size_t i = 0; i < dry->book.number_count; i++) {
        if (is_chosen(dry, &dry->book.numbers[i]))
            describe(dry, &dry->book.numbers[i], &rows[count++]);
    }
    qsort(rows, count, sizeof *rows, compare_rows);
    *report = (struct report){
        .batch = dry->book.batch.name,
        .generated_at = dry->now,
        .title = "check (dry run)",
        .numbers = rows,
        .number_count = count,
        .calls_made = dry->calls,
        .with_findings = true,
    };
    report_forecast(report, latency_ms, dry->options->concurrency, dry->options->for_ms);
}

static int exit_code(const struct report *report)
{
    for (size_t i = 0; i < report->number_count; i++) {
        if (report->numbers[i].eligible != 1)
            return EXIT_SOME_FAILED;
    }
    return EXIT_ALL_DONE;
}

static enum status check(struct dry *dry, int *code, struct fault *fault)
{
    struct preflight preflight;
    struct report report;
    struct graph_settings graph = {.url = dry->options->graph_url,
                                   .ca_file = dry->options->ca_file,
                                   .concurrency = 1,
                                   .timeout_ms = TIMEOUT_MS,
                                   .is_read_only = true};

    enum status status = dry_book_read(dry->options->manifest, &dry->book, fault);
    if (status == STATUS_OK)
        status = overlay(dry, fault);
    if (status == STATUS_OK)
        status = preflight_run(&graph, &dry->book.batch, false, &preflight, fault);
    dry->calls = 1;
    if (status == STATUS_OK)
        status = read_graph(dry, fault);
    for (size_t i = 0; status == STATUS_OK && i < dry->book.number_count; i++) {
        if (is_chosen(dry, &dry->book.numbers[i]))
            assess(dry, &dry->book.numbers[i]);
    }
    if (status == STATUS_OK)
        status = keep_findings(dry, fault);
    if (status != STATUS_OK)
        return status;
    if (dry->failed_reads > 0)
        log_event(LOG_WARN, "check.unread", LOG_I64("reads", dry->failed_reads),
                  LOG_TEXT("why", "these WABAs gave no usable answer; what they would have told is "
                                  "unknown in this report"));
    fill_report(dry, preflight.ms, &report);
    if (dry->options->only && report.number_count == 0)
        return fault_set(
            fault, STATUS_INVALID,
            "--only %s names no number of this manifest; customers are named by their id, "
            "numbers as +33123456789",
            dry->options->only);
    *code = exit_code(&report);
    return report_output(dry->options, &report, false, fault);
}

int dry_run(const struct database *database, struct fault *fault)
{
    char now[CLOCK_TEXT_BYTES];
    struct dry dry = {.database = database, .options = database->options, .now = now};
    int code = EXIT_INTERNAL;

    clock_format(clock_wall_ms(database->clock), now);
    enum status status = check(&dry, &code, fault);
    engine_destroy(dry.engine);
    while (dry.pauses) {
        struct pause *pause = dry.pauses;
        dry.pauses = pause->next;
        task_destroy(pause->task);
        free(pause);
    }
    vault_close(dry.vault);
    pg_close(&dry.conn);
    if (dry.book.arena)
        dry_book_finish(&dry.book);
    return status == STATUS_OK ? code : options_exit_code(status);
}
