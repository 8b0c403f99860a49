/* SPDX-License-Identifier: PostgreSQL */
/* `status`, `report` and `pins export`: what is read from the database and nothing else. */
#include "orchestrator/commands.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "orchestrator/credentials.h"
#include "orchestrator/database.h"
#include "orchestrator/output_file.h"
#include "orchestrator/pg.h"
#include "orchestrator/report_output.h"
#include "orchestrator/say.h"
#include "orchestrator/selection.h"
#include "orchestrator/signals.h"
#include "orchestrator/store_look.h"
#include "orchestrator/store_moved.h"
#include "orchestrator/store_report.h"
#include "orchestrator/store_templates.h"
#include "planner/csv.h"
#include "planner/e164.h"
#include "sql/statements.h"

#define WATCH_PAUSE_S 2

/* The same rule as a run's: failed or blocked is 3, waiting or unfinished is 4. */
static int exit_code(const struct report *report)
{
    int code = EXIT_ALL_DONE;

    for (size_t i = 0; i < report->number_count; i++) {
        const char *state = report->numbers[i].state;
        if (strcmp(state, "failed") == 0 || strcmp(state, "blocked") == 0)
            return EXIT_SOME_FAILED;
        if (strcmp(state, "done") != 0 && strcmp(state, "cancelled") != 0)
            code = EXIT_WAITING;
    }
    return code;
}

/* How the book stood at the looks before, and with --since what has changed. */
static enum status add_history(PGconn *conn, const struct options *options,
                               const struct clock *clock, struct arena *arena,
                               struct report *report, struct fault *fault)
{
    struct store_since since = {0};

    enum status status = store_look_list(conn, arena, report, fault);
    if (status == STATUS_OK && options->since)
        status = store_since_find(conn, report->batch, options->since, clock, arena, &since, fault);
    if (status == STATUS_OK && since.numbers)
        store_since_apply(&since, (struct report_number *)report->numbers, report->number_count,
                          options->number != NULL, report);
    PQclear(since.numbers);
    return status;
}

static enum status show(PGconn *conn, const struct options *options, const struct clock *clock,
                        const char *title, bool with_findings, int *code, struct fault *fault)
{
    struct arena *arena = arena_create();
    struct report report;
    struct e164 number = {0};
    const char *batch;
    int64_t batch_id;

    enum status status = options->number ? e164_parse(options->number, &number, fault) : STATUS_OK;
    if (status != STATUS_OK)
        fault_prefix(fault, "--number %s: ", options->number);
    if (status == STATUS_OK)
        status = store_batch_find(conn, options->batch, arena, &batch_id, &batch, fault);
    if (status == STATUS_OK)
        status = store_report_read(conn, batch_id, batch, options->number ? number.text : NULL,
                                   clock, arena, &report, fault);
    if (status == STATUS_OK)
        status = store_templates_report(conn, batch_id, options->number ? number.text : NULL,
                                        options->verb == VERB_REPORT, clock_wall_ms(clock), arena,
                                        &report, fault);
    if (status == STATUS_OK && options->verb == VERB_REPORT)
        status = store_moved_report(conn, batch_id, options->number ? number.text : NULL, arena,
                                    &report, fault);
    if (status == STATUS_OK)
        status = add_history(conn, options, clock, arena, &report, fault);
    if (status == STATUS_OK) {
        report.title = title;
        report.with_findings = with_findings;
        *code = exit_code(&report);
        status = report_output(options, &report, options->number != NULL, fault);
    }
    arena_destroy(arena);
    return status;
}

/* Draws the status anew every two seconds until a signal, or until everything is finished. */
static enum status watch(PGconn *conn, const struct options *options, const struct clock *clock,
                         int *code, struct fault *fault)
{
    int signal_fd = signals_open();
    enum status status;

    do {
        if (isatty(STDOUT_FILENO) && !options->output)
            fputs("\033[H\033[J", stdout);
        status = show(conn, options, clock, "status", true, code, fault);
        fflush(stdout);
        if (status != STATUS_OK || *code == EXIT_ALL_DONE)
            break;
        nanosleep(&(struct timespec){.tv_sec = WATCH_PAUSE_S}, NULL);
    } while (signals_take(signal_fd) == 0);
    close(signal_fd);
    return status;
}

static int with_database(const struct options *options, const struct clock *clock,
                         struct database *database, PGconn **conn, struct fault *fault)
{
    enum status status = database_find(options, clock, database, fault);
    if (status == STATUS_OK)
        status = database_connect(database, conn, fault);
    return status == STATUS_OK ? 0 : options_exit_code(status);
}

int command_status(const struct options *options, const struct clock *clock, struct fault *fault)
{
    struct database database = {0};
    PG_AUTO_CLOSE PGconn *conn = NULL;
    int code = with_database(options, clock, &database, &conn, fault);

    if (code == 0) {
        enum status status = options->is_watching
                                 ? watch(conn, options, clock, &code, fault)
                                 : show(conn, options, clock, "status", true, &code, fault);
        /* Asking how things stand succeeds whatever the answer is. */
        code = status == STATUS_OK ? EXIT_ALL_DONE : options_exit_code(status);
    }
    database_finish(&database);
    return code;
}

int command_report(const struct options *options, const struct clock *clock, struct fault *fault)
{
    struct database database = {0};
    PG_AUTO_CLOSE PGconn *conn = NULL;
    int code = with_database(options, clock, &database, &conn, fault);

    if (code == 0) {
        enum status status = show(conn, options, clock, "report", true, &code, fault);
        code = status == STATUS_OK ? EXIT_ALL_DONE : options_exit_code(status);
    }
    database_finish(&database);
    return code;
}

/* ---- pins ---- */

static enum status unseal_pin(const struct vault *vault, const char *batch, const PGresult *rows,
                              int row, struct secret **pin, struct fault *fault)
{
    struct arena *arena = arena_create();
    enum status status =
        vault_unseal(vault, credentials_context(arena, "pin", batch, pg_cell(rows, row, "number")),
                     pg_cell(rows, row, "pin_sealed"), pin, fault);

    arena_destroy(arena);
    return status;
}

static void write_pin_json(FILE *stream, const PGresult *rows, int row, const struct secret *pin)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "number", json_object_new_string(pg_cell(rows, row, "number")));
    json_object_object_add(object, "customer",
                           json_object_new_string(pg_cell(rows, row, "customer")));
    json_object_object_add(object, "phone_number_id",
                           json_object_new_string(pg_cell(rows, row, "phone_number_id")));
    json_object_object_add(object, "pin", json_object_new_string(secret_reveal(pin)));
    fprintf(stream, "%s%s", row ? ",\n" : "",
            json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
    json_object_put(object);
}

static void write_pin(FILE *stream, enum report_format format, const PGresult *rows, int row,
                      const struct secret *pin)
{
    const char *cells[] = {pg_cell(rows, row, "number"), pg_cell(rows, row, "customer"),
                           pg_cell(rows, row, "phone_number_id"), secret_reveal(pin)};
    static const bool is_number[] = {true, false, false, false};

    if (format == REPORT_JSON)
        write_pin_json(stream, rows, row, pin);
    else if (format == REPORT_CSV)
        csv_write_record(stream, cells, is_number, 4);
    else
        say_to(stream, "%-16s  %s  %s", cells[0], cells[3], cells[1]);
}

static enum status write_pins(const struct options *options, const struct vault *vault,
                              const char *batch, const PGresult *rows, struct fault *fault)
{
    static const char *const names[] = {"number", "customer", "phone_number_id", "pin"};
    enum report_format format = options->has_format ? options->format : REPORT_CSV;
    struct output_file file = {0};

    if (format == REPORT_HTML)
        return fault_set(fault, STATUS_INVALID,
                         "--format html: PINs are written as table, json or csv");

    enum status status = output_file_open(&file, options->output, true, fault);
    if (status != STATUS_OK)
        return status;
    if (format == REPORT_CSV)
        csv_write_record(file.stream, names, NULL, 4);
    if (format == REPORT_JSON)
        fputs("[", file.stream);
    for (int i = 0; status == STATUS_OK && i < PQntuples(rows); i++) {
        struct secret *pin = NULL;
        status = unseal_pin(vault, batch, rows, i, &pin, fault);
        if (status == STATUS_OK)
            write_pin(file.stream, format, rows, i, pin);
        secret_destroy(pin);
    }
    if (format == REPORT_JSON)
        fputs("]\n", file.stream);
    if (status == STATUS_OK)
        status = output_file_commit(&file, fault);
    output_file_finish(&file);
    return status;
}

static enum status export_pins(const struct database *database, PGconn *conn, struct fault *fault)
{
    const struct options *options = database->options;
    struct arena *arena = arena_create();
    struct vault *vault = NULL;
    PG_AUTO_CLEAR PGresult *rows = NULL;
    char *selection = NULL, id[24];
    const char *batch;
    int64_t batch_id;

    enum status status = database_open_vault(database, conn, VAULT_READ, &vault, fault);
    if (status == STATUS_OK)
        status = store_batch_find(conn, options->batch, arena, &batch_id, &batch, fault);
    if (status == STATUS_OK)
        status = selection_read(options, &selection, fault);
    if (status == STATUS_OK) {
        const char *values[] = {id, selection};
        snprintf(id, sizeof id, "%" PRId64, batch_id);
        status = pg_query(conn, SQL_PINS_EXPORT, 2, values, &rows, fault);
    }
    if (status == STATUS_OK && PQntuples(rows) == 0)
        say("no number %sof batch %s has been registered by this program yet",
            selection ? "selected " : "", batch);
    if (status == STATUS_OK)
        status = write_pins(options, vault, batch, rows, fault);
    free(selection);
    vault_close(vault);
    arena_destroy(arena);
    return status;
}

int command_pins_export(const struct options *options, const struct clock *clock,
                        struct fault *fault)
{
    struct database database = {0};
    PG_AUTO_CLOSE PGconn *conn = NULL;
    int code = with_database(options, clock, &database, &conn, fault);

    if (code == 0)
        code = options_exit_code(export_pins(&database, conn, fault));
    database_finish(&database);
    return code;
}
