/* SPDX-License-Identifier: PostgreSQL */
/* `pause`, `resume`, `cancel`, `retry`, `capture` and `code`: what people tell a batch. */
#include "orchestrator/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "orchestrator/capture.h"
#include "orchestrator/code.h"
#include "orchestrator/database.h"
#include "orchestrator/pg.h"
#include "orchestrator/say.h"
#include "orchestrator/selection.h"
#include "orchestrator/store_lock.h"
#include "orchestrator/store_report.h"
#include "sql/statements.h"

struct control {
    enum verb verb;
    const char *sql;
    const char *is_paused; /* third parameter, or NULL */
    const char *done;      /* "%s of batch %s …" */
};

static const struct control controls[] = {
    {VERB_PAUSE, SQL_CONTROL_PAUSE, "t", "paused"},
    {VERB_RESUME, SQL_CONTROL_PAUSE, "f", "resumed"},
    {VERB_CANCEL, SQL_CONTROL_CANCEL, NULL, "cancelled"},
    {VERB_RETRY, SQL_CONTROL_RETRY, NULL, "taken up again by the next run"},
};

static const struct control *find_control(enum verb verb)
{
    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++) {
        if (controls[i].verb == verb)
            return &controls[i];
    }
    BUG_UNLESS(false && "a verb without a control");
    return NULL;
}

static enum status apply(PGconn *conn, const struct control *control, int64_t batch_id,
                         const char *batch, const char *selection, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *chosen = NULL, *done = NULL;
    char id[24];
    const char *values[] = {id, selection, control->is_paused};

    snprintf(id, sizeof id, "%" PRId64, batch_id);
    if (pg_query(conn, SQL_CONTROL_SELECT, 2, values, &chosen, fault) != STATUS_OK)
        return STATUS_DATABASE;
    const char *numbers = PQgetvalue(chosen, 0, 0);
    if (strcmp(numbers, "0") == 0)
        return fault_set(
            fault, STATUS_INVALID,
            "the selection names no number of batch %s; customers are named by their id, "
            "numbers as +33123456789",
            batch);
    if (pg_begin(conn, fault) != STATUS_OK ||
        store_lock_batch(conn, batch_id, selection, fault) != STATUS_OK ||
        pg_query(conn, control->sql, control->is_paused ? 3 : 2, values, &done, fault) !=
            STATUS_OK ||
        pg_script(conn, "COMMIT", fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (control->is_paused)
        say("%s numbers of batch %s %s", numbers, batch, control->done);
    else
        say("%s %s of batch %s %s", PQgetvalue(done, 0, 0),
            control->verb == VERB_RETRY ? "failed steps" : "numbers", batch, control->done);
    if (control->verb == VERB_RETRY && strcmp(pg_cell(done, 0, "codes"), "0") != 0)
        say("%s numbers of batch %s are sent a new code by the next run", pg_cell(done, 0, "codes"),
            batch);
    return STATUS_OK;
}

int command_control(const struct options *options, const struct clock *clock, struct fault *fault)
{
    struct database database = {0};
    PG_AUTO_CLOSE PGconn *conn = NULL;
    struct arena *arena = arena_create();
    char *selection = NULL;
    const char *batch;
    int64_t batch_id;

    enum status status = selection_read(options, &selection, fault);
    if (status == STATUS_OK && options->verb == VERB_CANCEL && !options->batch && !selection)
        status = fault_set(fault, STATUS_INVALID,
                           "cancel: name the batch, or what to cancel with --only or --number; it "
                           "cannot be undone");
    if (status == STATUS_OK)
        status = database_find(options, clock, &database, fault);
    if (status == STATUS_OK)
        status = database_connect(&database, &conn, fault);
    if (status == STATUS_OK)
        status = store_batch_find(conn, options->batch, arena, &batch_id, &batch, fault);
    if (status == STATUS_OK)
        status = apply(conn, find_control(options->verb), batch_id, batch, selection, fault);
    free(selection);
    arena_destroy(arena);
    database_finish(&database);
    return options_exit_code(status);
}

static enum status open_lines(const char *path, FILE **stream, struct fault *fault)
{
    if (!path || strcmp(path, "-") == 0) {
        *stream = stdin;
        return STATUS_OK;
    }
    *stream = fopen(path, "re");
    return *stream
               ? STATUS_OK
               : fault_set(fault, STATUS_INVALID, "%s cannot be read: %s", path, strerror(errno));
}

static enum status capture(const struct database *database, FILE *stream, const char *name,
                           struct capture_counts *counts, struct fault *fault)
{
    PG_AUTO_CLOSE PGconn *conn = NULL;
    struct vault *vault = NULL;

    enum status status = database_connect(database, &conn, fault);
    if (status == STATUS_OK)
        status = database_open_vault(database, conn, VAULT_WRITE, &vault, fault);
    if (status == STATUS_OK)
        status = capture_stream(conn, vault, stream, name, counts, fault);
    vault_close(vault);
    return status;
}

int command_capture(const struct options *options, const struct clock *clock, struct fault *fault)
{
    struct database database = {0};
    struct capture_counts counts = {0};
    FILE *stream = NULL;

    enum status status = open_lines(options->file, &stream, fault);
    if (status == STATUS_OK)
        status = database_find(options, clock, &database, fault);
    if (status == STATUS_OK)
        status = capture(&database, stream, options->file ? options->file : "standard input",
                         &counts, fault);
    if (stream && stream != stdin)
        fclose(stream);
    database_finish(&database);
    if (status != STATUS_OK)
        return options_exit_code(status);
    say("captured %u, known already %u, nothing to take %u, refused %u", counts.taken, counts.known,
        counts.passed, counts.refused);
    return counts.refused > 0 ? EXIT_USAGE : EXIT_ALL_DONE;
}

static enum status feed_codes(const struct options *options, const struct database *database,
                              FILE *stream, struct code_counts *counts, struct fault *fault)
{
    PG_AUTO_CLOSE PGconn *conn = NULL;
    struct vault *vault = NULL;

    enum status status = database_connect(database, &conn, fault);
    if (status == STATUS_OK)
        status = database_open_vault(database, conn, VAULT_WRITE, &vault, fault);
    if (status == STATUS_OK && stream)
        status = code_stream(conn, vault, stream, options->file, counts, fault);
    else if (status == STATUS_OK)
        status = code_take(conn, vault, options->code_number, options->code, counts, fault);
    vault_close(vault);
    return status;
}

int command_code(const struct options *options, const struct clock *clock, struct fault *fault)
{
    struct database database = {0};
    struct code_counts counts = {0};
    FILE *stream = NULL;
    enum status status = STATUS_OK;

    if (options->file)
        status = open_lines(options->file, &stream, fault);
    if (status == STATUS_OK)
        status = database_find(options, clock, &database, fault);
    if (status == STATUS_OK)
        status = feed_codes(options, &database, stream, &counts, fault);
    if (stream && stream != stdin)
        fclose(stream);
    database_finish(&database);
    if (status != STATUS_OK)
        return options_exit_code(status);
    say("codes taken %u, known already %u, refused %u", counts.taken, counts.known, counts.refused);
    return counts.refused > 0 ? EXIT_USAGE : EXIT_ALL_DONE;
}
