/* SPDX-License-Identifier: PostgreSQL */
/* `check` and `run`. */
#include "orchestrator/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "orchestrator/database.h"
#include "orchestrator/dry_run.h"
#include "orchestrator/durability.h"
#include "orchestrator/field_refusals.h"
#include "orchestrator/pg.h"
#include "orchestrator/preflight.h"
#include "orchestrator/run.h"
#include "orchestrator/selection.h"
#include "orchestrator/store_load.h"
#include "planner/credential_ref.h"
#include "sql/statements.h"

int command_check(const struct options *options, const struct clock *clock, struct fault *fault)
{
    struct database database = {.options = options, .clock = clock};

    /* Offline there is no database: none is looked for, none is made. */
    enum status status =
        options->is_offline ? STATUS_OK : database_find(options, clock, &database, fault);
    if (status != STATUS_OK)
        return options_exit_code(status);
    int code = dry_run(&database, fault);
    database_finish(&database);
    return code;
}

/* Everything a run owns, released in one place. */
struct session {
    struct database database;
    PGconn *conn;
    struct vault *vault;
    struct batch_facts batch;
    struct field_refusals refusals;
    int64_t highest_number_id;
};

static void session_finish(struct session *session)
{
    secret_destroy(session->batch.system_token);
    secret_destroy(session->batch.app_secret);
    field_refusals_finish(&session->refusals);
    arena_destroy(session->batch.arena);
    vault_close(session->vault);
    pg_close(&session->conn);
    database_finish(&session->database);
}

static enum status read_credentials(struct batch_facts *batch, const PGresult *row,
                                    struct fault *fault)
{
    const char *app_secret_ref = pg_cell(row, 0, "app_secret_ref");

    enum status status =
        credential_ref_resolve(pg_cell(row, 0, "system_token_ref"), &batch->system_token, fault);
    if (status == STATUS_OK && app_secret_ref)
        status = credential_ref_resolve(app_secret_ref, &batch->app_secret, fault);
    batch->facts.system_token = batch->system_token;
    batch->facts.app_secret = batch->app_secret;
    return status;
}

/* What every step of the batch shares, from the database: what an earlier run learned included. */
static enum status read_batch(struct session *session, int64_t batch_id, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;
    char id[24];
    const char *values[] = {id};
    struct batch_facts *batch = &session->batch;
    struct facts *facts = &batch->facts;

    snprintf(id, sizeof id, "%" PRId64, batch_id);
    if (pg_query(session->conn, SQL_BATCH_FACTS, 1, values, &row, fault) != STATUS_OK)
        return STATUS_DATABASE;
    batch->arena = arena_create();
    batch->batch_id = batch_id;
    batch->vault = session->vault;
    batch->refusals = &session->refusals;
    batch->name = arena_copy_text(batch->arena, pg_cell(row, 0, "name"));
    batch->path = arena_copy_text(batch->arena, pg_cell(row, 0, "path"));
    if (strcmp(pg_cell(row, 0, "state"), "paused") == 0)
        log_event(LOG_WARN, "run.paused", LOG_TEXT("batch", batch->name),
                  LOG_TEXT("why",
                           "the batch is paused, so nothing is taken up; `wabamigrate resume` "
                           "ends that"));
    facts->graph_version = arena_copy_text(batch->arena, pg_cell(row, 0, "graph_version"));
    facts->partner_business_id =
        arena_copy_text(batch->arena, pg_cell(row, 0, "partner_business_id"));
    facts->app_id = arena_copy_text(batch->arena, pg_cell(row, 0, "app_id"));
    facts->credit_line_id = arena_copy_text(batch->arena, pg_cell(row, 0, "credit_line_id"));
    facts->credit_method = arena_copy_text(batch->arena, pg_cell(row, 0, "credit_method"));
    facts->system_user_id = arena_copy_text(batch->arena, pg_cell(row, 0, "system_user_id"));
    batch_facts_set_fields(facts);
    return read_credentials(batch, row, fault);
}

/* Asked for once a batch. */
static enum status keep_system_user(struct session *session, const char *id, struct fault *fault)
{
    char batch_id[24];
    const char *values[] = {batch_id, id};

    snprintf(batch_id, sizeof batch_id, "%" PRId64, session->batch.batch_id);
    session->batch.facts.system_user_id = arena_copy_text(session->batch.arena, id);
    return pg_query(session->conn, SQL_LEARN_SYSTEM_USER, 2, values, NULL, fault);
}

static enum status ask_graph(struct session *session, struct fault *fault)
{
    struct preflight preflight;
    const struct options *options = session->database.options;
    struct graph_settings graph = {.url = options->graph_url,
                                   .ca_file = options->ca_file,
                                   .concurrency = 1,
                                   .timeout_ms = options->timeout_ms,
                                   .is_read_only = true};

    enum status status = preflight_run(&graph, &session->batch, true, &preflight, fault);
    if (status != STATUS_OK)
        return status;
    if (preflight.missing_scopes[0])
        log_event(LOG_WARN, "credential.scopes", LOG_TEXT("missing", preflight.missing_scopes),
                  LOG_TEXT("why",
                           "the partner's token lacks them; Graph will refuse the steps that "
                           "need them"));
    if (!session->batch.facts.system_user_id && preflight.system_user_id[0])
        return keep_system_user(session, preflight.system_user_id, fault);
    return STATUS_OK;
}

static enum status apply_limit(struct session *session, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;
    const struct options *options = session->database.options;
    char batch_id[24], count[24];
    const char *values[] = {batch_id, count};
    int64_t limit = options->limit;

    if (options->canary && (!limit || options->canary < limit))
        limit = options->canary;
    if (limit == 0)
        return STATUS_OK;
    snprintf(batch_id, sizeof batch_id, "%" PRId64, session->batch.batch_id);
    snprintf(count, sizeof count, "%" PRId64, limit);
    if (pg_query(session->conn, SQL_RUN_LIMIT, 2, values, &row, fault) != STATUS_OK)
        return STATUS_DATABASE;
    session->highest_number_id =
        PQgetisnull(row, 0, 0) ? 0 : (int64_t)strtoll(PQgetvalue(row, 0, 0), NULL, 10);
    return STATUS_OK;
}

/* A slip in --only would otherwise be a run that does nothing and says so politely. */
static enum status check_selection(struct session *session, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;
    const struct options *options = session->database.options;
    char batch_id[24], *selection = NULL;
    const char *values[] = {batch_id, NULL};

    if (!options->only)
        return STATUS_OK;
    enum status status = selection_read(options, &selection, fault);
    snprintf(batch_id, sizeof batch_id, "%" PRId64, session->batch.batch_id);
    values[1] = selection;
    if (status == STATUS_OK)
        status = pg_query(session->conn, SQL_CONTROL_SELECT, 2, values, &row, fault);
    free(selection);
    if (status == STATUS_OK && strcmp(PQgetvalue(row, 0, 0), "0") == 0)
        return fault_set(fault, STATUS_INVALID,
                         "--only %s names no number of batch %s; customers are named by their id, "
                         "numbers as +33123456789",
                         options->only, session->batch.name);
    return status;
}

static enum status prepare(struct session *session, struct fault *fault)
{
    struct store_load_result load;
    const struct options *options = session->database.options;

    database_await(&session->database);
    enum status status = database_connect(&session->database, &session->conn, fault);
    if (status == STATUS_OK)
        durability_warn(session->conn);
    if (status == STATUS_OK)
        status = database_open_vault(&session->database, session->conn, VAULT_WRITE,
                                     &session->vault, fault);
    if (status == STATUS_OK)
        status = store_load(session->conn, options->manifest, &load, fault);
    if (status == STATUS_OK)
        status = read_batch(session, load.batch_id, fault);
    if (status == STATUS_OK)
        status = check_selection(session, fault);
    if (status == STATUS_OK)
        status = ask_graph(session, fault);
    if (status == STATUS_OK)
        status = apply_limit(session, fault);
    return status;
}

static struct run_result work(struct session *session, struct fault *fault)
{
    struct run_settings settings = {
        .options = session->database.options,
        .clock = session->database.clock,
        .batch = &session->batch,
        .conninfo = session->database.conninfo,
        .highest_number_id = session->highest_number_id,
    };
    PGconn *conn = session->conn;

    session->conn = NULL; /* the run's now */
    return run_batch(conn, &settings, fault);
}

/* With --canary the first numbers go alone; the rest follows only when none of them failed. */
static int work_canary(struct session *session, struct fault *fault)
{
    const struct options *options = session->database.options;
    struct options whole = *options;
    int64_t began_ms = clock_monotonic_ms();
    struct run_result first = work(session, fault);

    if (!first.is_finished || first.newly_failed > 0) {
        if (first.newly_failed > 0)
            log_event(LOG_ERROR, "run.canary_failed", LOG_I64("failed", first.newly_failed),
                      LOG_TEXT("next", "look at them (`wabamigrate report`), then run again"));
        return first.newly_failed > 0 && first.is_finished ? EXIT_THRESHOLD : first.exit_code;
    }
    log_event(LOG_INFO, "run.canary_passed", LOG_I64("numbers", whole.canary));
    whole.canary = 0;
    if (whole.for_ms) { /* one window for both; at least a moment of it */
        int64_t left_ms = whole.for_ms - (clock_monotonic_ms() - began_ms);
        whole.for_ms = left_ms > 0 ? left_ms : 1;
    }
    session->database.options = &whole;
    session->highest_number_id = 0;
    enum status status = database_connect(&session->database, &session->conn, fault);
    if (status == STATUS_OK)
        status = apply_limit(session, fault);
    int code = status == STATUS_OK ? work(session, fault).exit_code : options_exit_code(status);
    session->database.options = options;
    return code;
}

int command_run(const struct options *options, const struct clock *clock, struct fault *fault)
{
    struct session session;
    int code;

    if (options->is_dry_run)
        return command_check(options, clock, fault);
    memset(&session, 0, sizeof session);
    enum status status = database_find(options, clock, &session.database, fault);
    if (status == STATUS_OK)
        status = prepare(&session, fault);
    if (status != STATUS_OK)
        code = options_exit_code(status);
    else
        code = options->canary ? work_canary(&session, fault) : work(&session, fault).exit_code;
    session_finish(&session);
    return code;
}
