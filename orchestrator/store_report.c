/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_report.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/job.h"
#include "orchestrator/pg.h"
#include "orchestrator/report_forecast.h"
#include "sql/statements.h"

/* What a run uses unless told otherwise. */
#define CONCURRENCY_DEFAULT 64

struct reading {
    PGconn *conn;
    struct arena *arena;
    char batch_id[24];
    const char *batch, *number;
};

static const char *text(const struct reading *reading, const PGresult *rows, int row,
                        const char *column)
{
    return arena_copy_text(reading->arena, pg_cell(rows, row, column));
}

static const char *member(struct arena *arena, struct json_object *object, const char *name)
{
    struct json_object *value;

    if (!json_object_object_get_ex(object, name, &value) || !value)
        return NULL;
    return arena_copy_text(arena, json_object_get_string(value));
}

static int64_t member_i64(struct json_object *object, const char *name)
{
    struct json_object *value;

    return json_object_object_get_ex(object, name, &value) ? json_object_get_int64(value) : 0;
}

const struct report_error *store_report_error(struct arena *arena, const char *json)
{
    struct json_object *object = json ? json_tokener_parse(json) : NULL;

    if (!object)
        return NULL;
    struct report_error *error = arena_alloc(arena, sizeof *error);
    *error = (struct report_error){
        .step = member(arena, object, "step"),
        .code = member_i64(object, "code"),
        .subcode = member_i64(object, "subcode"),
        .title = member(arena, object, "title"),
        .details = member(arena, object, "details"),
        .fbtrace_id = member(arena, object, "fbtrace_id"),
        .class_name = member(arena, object, "class"),
        .at = member(arena, object, "at"),
        .owner = member(arena, object, "owner"),
        .remedy = member(arena, object, "remedy"),
    };
    json_object_put(object);
    return error;
}

static enum status read_numbers(struct reading *reading, struct report *report, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    const char *values[] = {reading->batch_id, reading->number};

    if (pg_query(reading->conn, SQL_REPORT_NUMBERS, 2, values, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    int count = PQntuples(rows);
    struct report_number *numbers =
        arena_alloc(reading->arena, ((size_t)count + 1) * sizeof *numbers);
    for (int i = 0; i < count; i++) {
        struct report_number *number = &numbers[i];
        const char *eligible = pg_cell(rows, i, "is_eligible");
        number->number = text(reading, rows, i, "number");
        number->customer = text(reading, rows, i, "customer");
        number->customer_name = text(reading, rows, i, "customer_name");
        number->language = text(reading, rows, i, "language");
        number->state = text(reading, rows, i, "state");
        number->step = text(reading, rows, i, "step");
        number->eligible = eligible ? eligible[0] == 't' : -1;
        number->waiting_for = text(reading, rows, i, "waiting_for");
        number->not_before = text(reading, rows, i, "not_before");
        number->note = text(reading, rows, i, "note");
        number->error = store_report_error(reading->arena, pg_cell(rows, i, "error"));
    }
    report->numbers = numbers;
    report->number_count = (size_t)count;
    return STATUS_OK;
}

static void read_finding(struct reading *reading, const PGresult *rows, int row,
                         struct report_finding *finding)
{
    memset(finding, 0, sizeof *finding);
    finding->rule = text(reading, rows, row, "rule");
    finding->verdict = text(reading, rows, row, "verdict");
    finding->evidence = text(reading, rows, row, "evidence");
    finding->field = text(reading, rows, row, "field");
    finding->value = text(reading, rows, row, "value");
    finding->read_at = text(reading, rows, row, "read_at");
    finding->owner = text(reading, rows, row, "owner");
    finding->remedy = text(reading, rows, row, "remedy");
    finding->is_fixable = pg_cell_bool(rows, row, "is_fixable");
    finding->is_blocking = pg_cell_bool(rows, row, "is_blocking");
    finding->attested_by = text(reading, rows, row, "attested_by");
    if (reading->number) {
        finding->found_at = text(reading, rows, row, "found_at");
        finding->is_past = pg_cell_bool(rows, row, "is_past");
    }
}

static int compare_numbers(const void *left, const void *right)
{
    return strcmp((*(const struct report_number *const *)left)->number,
                  (*(const struct report_number *const *)right)->number);
}

/* The findings come by number, the report by customer: the report's numbers are put in the
 * findings' order to meet them once. */
static struct report_number **by_number(struct reading *reading, const struct report *report)
{
    struct report_number **order =
        arena_alloc(reading->arena, (report->number_count + 1) * sizeof(struct report_number *));

    for (size_t i = 0; i < report->number_count; i++)
        order[i] = (struct report_number *)&report->numbers[i];
    qsort(order, report->number_count, sizeof(struct report_number *), compare_numbers);
    return order;
}

static enum status read_findings(struct reading *reading, struct report *report,
                                 struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    const char *values[] = {reading->batch, reading->number};
    enum status status =
        reading->number ? pg_query(reading->conn, SQL_REPORT_CHANGES, 2, values, &rows, fault)
                        : pg_query(reading->conn, SQL_REPORT_FINDINGS, 1, values, &rows, fault);

    if (status != STATUS_OK)
        return status;
    int count = PQntuples(rows);
    struct report_finding *findings =
        arena_alloc(reading->arena, ((size_t)count + 1) * sizeof *findings);
    const struct report_finding **list =
        arena_alloc(reading->arena, ((size_t)count + 1) * sizeof(const struct report_finding *));
    struct report_number **order = by_number(reading, report);
    size_t at = 0;
    for (int i = 0; i < count; i++) {
        const char *number = pg_cell(rows, i, "number");
        read_finding(reading, rows, i, &findings[i]);
        list[i] = &findings[i];
        while (at < report->number_count && strcmp(order[at]->number, number) < 0)
            at++;
        if (at == report->number_count || strcmp(order[at]->number, number) != 0)
            continue;
        if (order[at]->finding_count++ == 0)
            order[at]->findings = &list[i];
    }
    return STATUS_OK;
}

/* "POST /v26.0/610100/register {...}": the request as the history keeps it, on one line; and where
 * it was sent for another number as well, that one. */
static const char *request_line(struct arena *arena, const char *json)
{
    struct json_object *request = json ? json_tokener_parse(json) : NULL;
    struct json_object *query, *body;

    if (!request)
        return "(intended; what was sent is not known)";
    bool has_query = json_object_object_get_ex(request, "query", &query) && query &&
                     json_object_object_length(query) > 0;
    bool has_body = json_object_object_get_ex(request, "body", &body) && body &&
                    json_object_object_length(body) > 0;
    const char *sent_for = json_object_object_get_ex(request, "sent_for", NULL)
                               ? member(arena, request, "sent_for")
                               : NULL;
    const char *line =
        arena_printf(arena, "%s %s%s%s%s%s%s%s", member(arena, request, "method"),
                     member(arena, request, "path"), has_query ? " ?" : "",
                     has_query ? json_object_to_json_string_ext(query, JSON_C_TO_STRING_PLAIN) : "",
                     has_body ? " " : "",
                     has_body ? json_object_to_json_string_ext(body, JSON_C_TO_STRING_PLAIN) : "",
                     sent_for ? " with " : "", sent_for ? sent_for : "");
    json_object_put(request);
    return line;
}

static enum status read_attempts(struct reading *reading, struct report_number *number,
                                 struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    const char *values[] = {reading->batch_id, reading->number};

    if (pg_query(reading->conn, SQL_REPORT_ATTEMPTS, 2, values, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    int count = PQntuples(rows);
    struct report_attempt *attempts =
        arena_alloc(reading->arena, ((size_t)count + 1) * sizeof *attempts);
    for (int i = 0; i < count; i++) {
        struct report_attempt *attempt = &attempts[i];
        attempt->step = text(reading, rows, i, "step");
        attempt->phase = text(reading, rows, i, "phase");
        attempt->at = text(reading, rows, i, "at");
        attempt->request = request_line(reading->arena, pg_cell(rows, i, "request"));
        attempt->outcome =
            pg_cell(rows, i, "outcome") ? text(reading, rows, i, "outcome") : "intended";
        attempt->note = text(reading, rows, i, "note");
        attempt->http_status = pg_cell_i64(rows, i, "http_status");
        attempt->ms = pg_cell_i64(rows, i, "ms");
        attempt->fbtrace_id = text(reading, rows, i, "fbtrace_id");
        attempt->worker = text(reading, rows, i, "worker");
        attempt->answer = text(reading, rows, i, "answer");
        attempt->taken_at = text(reading, rows, i, "taken_at");
        attempt->taken_why = text(reading, rows, i, "taken_why");
        attempt->late_at = text(reading, rows, i, "late_at");
    }
    number->attempts = attempts;
    number->attempt_count = (size_t)count;
    return STATUS_OK;
}

static enum status read_steps_left(struct reading *reading, struct forecast_tally *tally,
                                   struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL, *batch = NULL;
    char page[24];
    const char *values[] = {reading->batch_id, page};

    snprintf(page, sizeof page, "%d", JOB_PAGE_NUMBERS);
    if (pg_query(reading->conn, SQL_BATCH_FACTS, 1, values, &batch, fault) != STATUS_OK ||
        pg_query(reading->conn, SQL_REPORT_FORECAST, 2, values, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    const char *method = pg_cell(batch, 0, "credit_method");
    for (int i = 0; i < PQntuples(rows); i++) {
        struct forecast_traits traits = {
            .has_credit_line = pg_cell(batch, 0, "credit_line_id") != NULL,
            .has_line_in_parts = method && strcmp(method, "sharing_then_attach") == 0,
            .has_signup_code = pg_cell_bool(rows, i, "has_signup_code"),
            .has_webhook_override = pg_cell_bool(rows, i, "has_webhook_override"),
            /* Where they are not looked after there are no such steps. */
            .has_templates = true,
            .has_templates_before = true,
            .has_storage_region = pg_cell_bool(rows, i, "has_storage_region"),
            .has_new_number = pg_cell_bool(rows, i, "has_new_number"),
        };
        struct forecast_steps steps = {.all = pg_cell_i64(rows, i, "steps"),
                                       .of_one = pg_cell_i64(rows, i, "of_one"),
                                       .pages = pg_cell_i64(rows, i, "pages")};
        forecast_tally_add(tally, pg_cell(rows, i, "kind"), &traits, &steps);
    }
    return STATUS_OK;
}

static enum status read_calls(struct reading *reading, struct report *report, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;
    const char *values[] = {reading->batch_id};
    struct forecast_tally tally;

    forecast_tally_init(&tally);
    if (read_steps_left(reading, &tally, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (pg_query(reading->conn, SQL_REPORT_CALLS, 1, values, &row, fault) != STATUS_OK)
        return STATUS_DATABASE;
    report->calls_made = pg_cell_i64(row, 0, "calls");
    report_forecast(report, &tally, pg_cell_i64(row, 0, "mean_ms"), CONCURRENCY_DEFAULT, 0);
    return STATUS_OK;
}

enum status store_report_read(PGconn *conn, int64_t batch_id, const char *batch, const char *number,
                              const struct clock *clock, struct arena *arena, struct report *report,
                              struct fault *fault)
{
    struct reading reading = {.conn = conn, .arena = arena, .batch = batch, .number = number};
    char now[CLOCK_TEXT_BYTES];

    memset(report, 0, sizeof *report);
    snprintf(reading.batch_id, sizeof reading.batch_id, "%" PRId64, batch_id);
    clock_format(clock_wall_ms(clock), now);
    report->batch = batch;
    report->generated_at = arena_copy_text(arena, now);
    if (read_numbers(&reading, report, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (number && report->number_count == 0)
        return fault_set(fault, STATUS_INVALID, "%s is not in batch %s", number, batch);
    if (read_findings(&reading, report, fault) != STATUS_OK ||
        read_calls(&reading, report, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (number)
        return read_attempts(&reading, (struct report_number *)&report->numbers[0], fault);
    return STATUS_OK;
}

static enum status several_batches(const PGresult *rows, struct fault *fault)
{
    char names[400] = "";

    for (int i = 0; i < PQntuples(rows); i++) {
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                 pg_cell(rows, i, "name"));
    }
    return fault_set(fault, STATUS_INVALID, "there are several batches; name one of them: %s",
                     names);
}

enum status store_batch_find(PGconn *conn, const char *name, struct arena *arena, int64_t *batch_id,
                             const char **found, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    const char *values[] = {name};

    if (pg_query(conn, SQL_BATCH_FIND, 1, values, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (PQntuples(rows) == 0)
        return name
                   ? fault_set(fault, STATUS_INVALID,
                               "there is no batch %s in this database; `wabamigrate status` lists "
                               "them, `wabamigrate run MANIFEST` loads one",
                               name)
                   : fault_set(fault, STATUS_INVALID,
                               "there is no batch in this database yet; `wabamigrate run MANIFEST` "
                               "loads one");
    if (PQntuples(rows) > 1)
        return several_batches(rows, fault);
    *batch_id = pg_cell_i64(rows, 0, "batch_id");
    *found = arena_copy_text(arena, pg_cell(rows, 0, "name"));
    return STATUS_OK;
}
