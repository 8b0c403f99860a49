/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/dry_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "jobs/budget.h"
#include "orchestrator/dry_book.h"
#include "orchestrator/dry_read.h"
#include "orchestrator/dry_report.h"
#include "orchestrator/finding_pool.h"
#include "orchestrator/manifest_problems.h"
#include "orchestrator/preflight.h"
#include "orchestrator/registration_terms.h"
#include "orchestrator/report_output.h"
#include "orchestrator/selection.h"
#include "orchestrator/store_findings.h"
#include "orchestrator/store_look.h"
#include "orchestrator/store_reading.h"
#include "sql/statements.h"

/* Verdicts on so many numbers go to the database at a time, while the reading goes on. */
#define GROUP_NUMBERS 500
/* More than one in so many customers without an answer: that was not a look at the whole book. */
#define UNANSWERED_SHARE 20

/* Verdicts that are not in the database yet; texts of theirs live in the arena. */
struct group {
    struct arena *arena;
    struct {
        const char *number;
        struct finding findings[ELIGIBILITY_RULES_MAX];
    } of[GROUP_NUMBERS];
    size_t count;
};

struct dry {
    const struct database *database;
    const struct options *options;
    struct dry_book book;
    struct vault *vault;
    PGconn *conn; /* NULL offline: nothing is kept then */
    struct finding_pool *pool;
    struct group group;
    struct store_readings readings;
    struct store_since since;
    struct fault *fault;
    bool is_incomplete; /* Graph gave no answer about some WABA: no look at the whole book */
    bool is_stopped;
    char now[CLOCK_TEXT_BYTES];
    int64_t calls, latency_ms;
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
        customer->has_signup_code = pg_cell_bool(rows, i, "has_signup_code");
        customer->has_fresh_source = pg_cell_bool(rows, i, "has_fresh_source");
    }
    return STATUS_OK;
}

static enum status overlay_numbers(struct dry *dry, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL, *registrations = NULL;
    struct registration_terms terms;
    const char *values[] = {dry->book.batch.name, terms.allowance};

    registration_terms_init(&terms, true);
    enum status status = pg_query(dry->conn, SQL_CHECK_NUMBERS, 1, values, &rows, fault);
    if (status == STATUS_OK)
        status = pg_query(dry->conn, SQL_CHECK_REGISTRATIONS, 2, values, &registrations, fault);
    registration_terms_finish(&terms);
    if (status != STATUS_OK)
        return status;
    for (int i = 0; i < PQntuples(rows); i++) {
        struct dry_number *number = dry_book_number(&dry->book, pg_cell(rows, i, "number"));
        if (!number)
            continue;
        number->state = arena_copy_text(dry->book.arena, pg_cell(rows, i, "state"));
        number->step = arena_copy_text(dry->book.arena, pg_cell(rows, i, "step"));
        number->error = arena_copy_text(dry->book.arena, pg_cell(rows, i, "error"));
    }
    for (int i = 0; i < PQntuples(registrations); i++) {
        struct dry_number *number =
            dry_book_number(&dry->book, pg_cell(registrations, i, "number"));
        if (!number)
            continue;
        number->registrations = (int)pg_cell_i64(registrations, i, "registrations");
        number->registration_blocked_until =
            arena_copy_text(dry->book.arena, pg_cell(registrations, i, "blocked_until"));
        number->registration_free_at =
            arena_copy_text(dry->book.arena, pg_cell(registrations, i, "free_at"));
    }
    return STATUS_OK;
}

/* What a run would refuse is told now. */
static enum status refuse_conflicts(struct dry *dry, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    struct pg_array numbers;

    pg_array_init(&numbers);
    for (size_t i = 0; i < dry->book.number_count; i++)
        pg_array_add_text(&numbers, dry->book.numbers[i].number);
    const char *values[] = {dry->book.batch.name, pg_array_literal(&numbers)};
    enum status status = pg_query(dry->conn, SQL_CHECK_CONFLICTS, 2, values, &rows, fault);
    pg_array_finish(&numbers);
    if (status != STATUS_OK)
        return status;
    for (int i = 0; i < PQntuples(rows); i++) {
        const struct dry_number *number = dry_book_number(&dry->book, pg_cell(rows, i, "number"));
        const char *batch = pg_cell(rows, i, "batch");
        char what[512];
        snprintf(what, sizeof what,
                 "%s is in the unfinished batch %s too; take it out of one of them, or cancel it "
                 "there (`wabamigrate cancel %s`)",
                 number->number, batch, batch);
        manifest_problem_print(&dry->book.problems, number->file, number->line, 1, "number", what);
    }
    return PQntuples(rows) == 0
               ? STATUS_OK
               : manifest_problems_fault(dry->options->manifest, dry->book.problems, fault);
}

static enum status overlay(struct dry *dry, struct fault *fault)
{
    const char *batch = dry->book.batch.name;

    enum status status = database_connect(dry->database, &dry->conn, fault);
    if (status == STATUS_OK)
        status = refuse_conflicts(dry, fault);
    if (status == STATUS_OK)
        status = overlay_customers(dry, fault);
    if (status == STATUS_OK)
        status = overlay_numbers(dry, fault);
    if (status == STATUS_OK && dry->options->since)
        status = store_since_find(dry->conn, batch, dry->options->since, dry->database->clock,
                                  dry->book.arena, &dry->since, fault);
    if (status == STATUS_OK)
        status =
            store_readings_open(dry->conn, batch, dry->options->max_age_ms, &dry->readings, fault);
    if (status == STATUS_OK)
        status = database_open_vault(dry->database, dry->conn, VAULT_READ, &dry->vault, fault);
    dry->book.batch.vault = dry->vault;
    return status;
}

static enum status choose(struct dry *dry, struct fault *fault)
{
    struct selection selection;
    size_t chosen = 0;

    enum status status = selection_parse(dry->options, &selection, fault);
    for (size_t i = 0; status == STATUS_OK && i < dry->book.number_count; i++) {
        struct dry_number *number = &dry->book.numbers[i];
        number->is_chosen =
            selection_has(&selection, number->number, dry->book.customers[number->customer].key);
        chosen += number->is_chosen;
    }
    for (size_t i = 0; status == STATUS_OK && i < selection.count; i++) {
        const char *name = selection.names[i];
        if (!dry_book_number(&dry->book, name) && !dry_book_customer(&dry->book, name))
            status = fault_set(fault, STATUS_INVALID,
                               "--only: the manifest has no %s; customers are named by their id, "
                               "numbers as +33123456789",
                               name);
    }
    selection_finish(&selection);
    if (status == STATUS_OK && dry->options->only && chosen == 0)
        return fault_set(fault, STATUS_INVALID,
                         "--only %s names no number of this manifest; customers are named by their "
                         "id, numbers as +33123456789",
                         dry->options->only);
    return status;
}

/* ---- the verdicts ---- */

static void assess(struct dry *dry, const struct dry_customer *customer, struct dry_number *number,
                   struct finding findings[ELIGIBILITY_RULES_MAX])
{
    const struct facts *partner = &dry->book.batch.facts;
    const struct finding *block;
    struct eligibility_facts facts = {
        .source_waba = customer->source.node,
        .destination_waba = customer->destination.node,
        .source_number = number->source_node,
        .destination_number = number->destination_node,
        .source_read_at = customer->source.read_at,
        .destination_read_at = customer->destination.read_at,
        .now = dry->now,
        .business_id = customer->business_id,
        .destination_waba_id = customer->destination_waba_id,
        .phone_number_id = number->phone_number_id,
        .app_id = partner->app_id,
        .waba_currency = dry_book_currency(&dry->book, number),
        .has_credit_line = partner->credit_line_id != NULL,
        .is_embedded_signup =
            strcmp(dry_book_number_path(&dry->book, number), "embedded_signup") == 0,
        .is_offline = dry->book.is_offline,
        .registrations_spent = number->registrations,
        .registrations_allowed = (int)budget_allowance(BUDGET_REGISTRATION, true),
        .registrations_unasked = (int)budget_allowance(BUDGET_REGISTRATION, false),
        .registration_blocked_until = number->registration_blocked_until,
        .attestations = customer->attestations,
        .attestation_count = customer->attestation_count,
    };

    size_t count = eligibility_assess(&facts, dry->group.arena, findings);
    number->is_eligible = eligibility_passes(findings, count, &block);
    number->blocked_by = block ? block->rule : NULL;
    number->block_waits_for = block ? block->waits_for : NULL;
    for (size_t i = 0; i < count; i++)
        number->has_warning |= findings[i].verdict == VERDICT_WARN && findings[i].owner != NULL;
    number->findings = finding_pool_list(dry->pool, findings, count);
    number->finding_count = count;
}

/* What is compared with the last answers is written in the same transaction, under the lock that
 * every check and every run of this book takes. */
static enum status write_group(struct dry *dry)
{
    PG_AUTO_CLEAR PGresult *known = NULL;
    struct pg_sender sender = {dry->conn, STATUS_OK, dry->fault};
    struct store_findings findings;
    struct pg_array numbers;
    const char *batch = dry->book.batch.name;

    pg_array_init(&numbers);
    for (size_t i = 0; i < dry->group.count; i++)
        pg_array_add_text(&numbers, dry->group.of[i].number);
    const char *values[] = {batch, pg_array_literal(&numbers)};
    enum status status = pg_query(dry->conn, SQL_ASSESSMENT_LOCK, 1, values, NULL, dry->fault);
    if (status == STATUS_OK)
        status = pg_query(dry->conn, SQL_ASSESSMENT_KNOWN, 2, values, &known, dry->fault);
    pg_array_finish(&numbers);
    if (status != STATUS_OK)
        return status;
    store_findings_init(&findings, known);
    for (size_t i = 0; i < dry->group.count; i++)
        store_findings_add(&findings, dry->group.of[i].number, dry->group.of[i].findings,
                           ELIGIBILITY_RULES_MAX);
    store_findings_send(&findings, batch, pg_send_now, &sender);
    store_readings_send(&dry->readings, batch, pg_send_now, &sender);
    return sender.status;
}

static enum status keep_group(struct dry *dry)
{
    enum status status = STATUS_OK;

    if (dry->conn) {
        status = pg_begin(dry->conn, dry->fault);
        if (status == STATUS_OK)
            status = write_group(dry);
        if (status == STATUS_OK)
            status = pg_script(dry->conn, "COMMIT", dry->fault);
    }
    dry->group.count = 0;
    arena_destroy(dry->group.arena);
    dry->group.arena = arena_create();
    return status;
}

/* What Graph did not answer is told, and is no news: the next check asks again. */
static enum status judge(struct dry *dry, const struct dry_customer *customer,
                         struct dry_number *number)
{
    struct finding *findings = dry->group.of[dry->group.count].findings;

    if (!number->is_chosen || dry_number_is_over(number))
        return STATUS_OK;
    assess(dry, customer, number, findings);
    if (customer->source.has_failed || customer->destination.has_failed)
        return STATUS_OK;
    dry->group.of[dry->group.count++].number = number->number;
    return dry->group.count == GROUP_NUMBERS ? keep_group(dry) : STATUS_OK;
}

static enum status take_customer(void *self, struct dry_customer *customer)
{
    struct dry *dry = self;
    enum status status = STATUS_OK;

    if (dry->conn)
        store_readings_add(&dry->readings, &dry->book, customer);
    for (size_t i = customer->first_number; status == STATUS_OK && i != DRY_NONE;
         i = dry->book.numbers[i].next)
        status = judge(dry, customer, &dry->book.numbers[i]);
    return status;
}

static void reuse(void *self, struct dry_customer *customer)
{
    struct dry *dry = self;

    store_readings_reuse(&dry->readings, &dry->book, customer);
}

static enum status ask_graph(struct dry *dry, struct fault *fault)
{
    struct preflight preflight;
    struct dry_read_result result;
    struct graph_settings graph = {.url = dry->options->graph_url,
                                   .ca_file = dry->options->ca_file,
                                   .concurrency = 1,
                                   .timeout_ms = dry->options->timeout_ms,
                                   .is_read_only = true};
    struct dry_read_settings settings = {.database = dry->database,
                                         .vault = dry->vault,
                                         .book = &dry->book,
                                         .reuse = reuse,
                                         .take = take_customer,
                                         .self = dry};

    enum status status = preflight_run(&graph, &dry->book.batch, false, &preflight, fault);
    dry->calls = 1;
    if (status != STATUS_OK)
        return status;
    status = dry_read(&settings, &result, fault);
    dry->is_stopped = result.is_stopped;
    if (status == STATUS_OK)
        status = keep_group(dry);
    if (status != STATUS_OK)
        return status;
    dry->is_incomplete = result.failed_reads > 0;
    dry->calls += result.calls;
    dry->latency_ms = result.ms ? result.ms : preflight.ms;
    if (result.reused_reads > 0)
        log_event(LOG_INFO, "check.reused", LOG_I64("reads", result.reused_reads),
                  LOG_TEXT("why", "read less than --max-age ago"));
    if (result.failed_reads > 0)
        log_event(LOG_WARN, "check.unread", LOG_I64("reads", result.failed_reads),
                  LOG_TEXT("why", "these WABAs gave no usable answer; what they would have told is "
                                  "unknown in this report"));
    return STATUS_OK;
}

/* ---- the whole ---- */

static enum status report(struct dry *dry, struct fault *fault)
{
    struct report made;
    struct report_number *rows;

    dry_report_make(&dry->book, dry->options, dry->now, dry->calls, dry->latency_ms, &made, &rows);
    if (dry->since.numbers)
        store_since_apply(&dry->since, rows, made.number_count, dry->options->only != NULL, &made);
    if (dry->conn) {
        bool is_whole = !dry->options->only && !dry->is_incomplete;
        enum status status = store_look_record(dry->conn, &made, "check", is_whole, fault);
        if (status == STATUS_OK)
            status = store_look_list(dry->conn, dry->book.arena, &made, fault);
        if (status != STATUS_OK)
            return status;
    }
    return report_output(dry->options, &made, false, fault);
}

static enum status check(struct dry *dry, int *code, struct fault *fault)
{
    const struct options *options = dry->options;

    enum status status = report_output_check(options, fault);
    if (status != STATUS_OK)
        return status;
    status = dry_book_read(options->manifest, options->is_offline, &dry->book, fault);
    dry->pool = finding_pool_create(dry->book.arena);
    if (status == STATUS_OK)
        status = choose(dry, fault);
    if (status == STATUS_OK && options->is_offline) {
        for (size_t i = 0; status == STATUS_OK && i < dry->book.customer_count; i++)
            status = take_customer(dry, &dry->book.customers[i]);
    } else if (status == STATUS_OK) {
        status = overlay(dry, fault);
        if (status == STATUS_OK)
            status = ask_graph(dry, fault);
    }
    if (status == STATUS_OK)
        status = report(dry, fault);
    *code = dry_report_exit_code(&dry->book, options);
    return status;
}

int dry_run(const struct database *database, struct fault *fault)
{
    struct dry *dry = memory_take(sizeof *dry); /* a group of verdicts is no matter for a stack */
    int code = EXIT_INTERNAL;

    *dry = (struct dry){.database = database, .options = database->options, .fault = fault};
    dry->group.arena = arena_create();
    clock_format(clock_wall_ms(database->clock), dry->now);
    enum status status = check(dry, &code, fault);
    if (status != STATUS_OK)
        code = dry->is_stopped ? EXIT_STOPPED : options_exit_code(status);
    PQclear(dry->since.numbers);
    store_readings_finish(&dry->readings);
    finding_pool_destroy(dry->pool);
    vault_close(dry->vault);
    pg_close(&dry->conn);
    if (dry->book.arena)
        dry_book_finish(&dry->book);
    arena_destroy(dry->group.arena);
    free(dry);
    return code;
}
