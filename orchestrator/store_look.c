/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_look.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "orchestrator/store_findings.h"
#include "sql/statements.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

struct totals {
    int64_t eligible, not_eligible;
    struct json_object *by_state;
};

static void count(struct totals *totals, const struct report_number *number)
{
    struct json_object *known = NULL;

    totals->eligible += number->eligible == 1;
    totals->not_eligible += number->eligible == 0;
    if (json_object_object_get_ex(totals->by_state, number->state, &known))
        (void)json_object_int_inc(known, 1);
    else
        json_object_object_add(totals->by_state, number->state, json_object_new_int64(1));
}

enum status store_look_record(PGconn *conn, const struct report *report, const char *command,
                              bool is_whole, struct fault *fault)
{
    struct totals totals = {.by_state = json_object_new_object()};
    char numbers[24], eligible[24], not_eligible[24], calls[24];

    for (size_t i = 0; i < report->number_count; i++)
        count(&totals, &report->numbers[i]);
    snprintf(numbers, sizeof numbers, "%zu", report->number_count);
    snprintf(eligible, sizeof eligible, "%" PRId64, totals.eligible);
    snprintf(not_eligible, sizeof not_eligible, "%" PRId64, totals.not_eligible);
    snprintf(calls, sizeof calls, "%" PRId64, report->calls_made);
    const char *values[] = {report->batch,
                            command,
                            is_whole ? "true" : "false",
                            numbers,
                            eligible,
                            not_eligible,
                            json_object_to_json_string(totals.by_state),
                            calls};
    enum status status = pg_query(conn, SQL_LOOK_RECORD, 8, values, NULL, fault);
    json_object_put(totals.by_state);
    return status;
}

enum status store_look_list(PGconn *conn, struct arena *arena, struct report *report,
                            struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;
    const char *values[] = {report->batch};

    if (pg_query(conn, SQL_LOOK_LIST, 1, values, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    int rows_count = PQntuples(rows);
    struct report_look *looks = arena_alloc(arena, ((size_t)rows_count + 1) * sizeof *looks);
    for (int i = 0; i < rows_count; i++)
        looks[i] = (struct report_look){
            .at = arena_copy_text(arena, pg_cell(rows, i, "at")),
            .command = arena_copy_text(arena, pg_cell(rows, i, "command")),
            .numbers = pg_cell_i64(rows, i, "numbers"),
            .eligible = pg_cell_i64(rows, i, "eligible"),
            .not_eligible = pg_cell_i64(rows, i, "not_eligible"),
            .done = pg_cell_i64(rows, i, "done"),
            .failed = pg_cell_i64(rows, i, "failed"),
            .calls = pg_cell_i64(rows, i, "calls"),
        };
    report->looks = looks;
    report->look_count = (size_t)rows_count;
    return STATUS_OK;
}

/* ---- since ---- */

/* RFC 3339: "2026-11-20T01:00:00Z", with an offset, with parts of a second. */
static bool is_time(const char *text)
{
    char day[11];
    struct tm time, offset;
    int64_t ms;

    if (strlen(text) < 20 || text[10] != 'T')
        return false;
    (void)snprintf(day, sizeof day, "%.10s", text);
    const char *rest = strptime(text + 11, "%H:%M:%S", &time);
    if (!rest || clock_parse_date(day, &ms, NULL) != STATUS_OK)
        return false;
    if (*rest == '.')
        rest += 1 + strspn(rest + 1, "0123456789");
    if (*rest == '+' || *rest == '-')
        return strlen(rest) == 6 && (rest = strptime(rest + 1, "%H:%M", &offset)) && !*rest;
    return strcmp(rest, "Z") == 0;
}

/* A day means its end, in UTC; "last" and an empty text mean now. NULL for what is no time. */
static const char *until(const char *when, const struct clock *clock, struct arena *arena,
                         bool *is_valid)
{
    char text[CLOCK_TEXT_BYTES];
    int64_t ms;

    *is_valid = true;
    if (strcmp(when, "last") == 0)
        return NULL;
    if (clock_parse_date(when, &ms, NULL) == STATUS_OK) {
        clock_format(ms + DAY_MS - 1000, text);
        return arena_copy_text(arena, text);
    }
    if (clock_parse_duration(when, &ms, NULL) == STATUS_OK) {
        clock_format(clock_wall_ms(clock) - ms, text);
        return arena_copy_text(arena, text);
    }
    *is_valid = is_time(when);
    return when;
}

/* The first night of a nightly `--since last` is no mistake: the report comes without a comparison.
 */
static void tell_nothing_then(const char *batch, const char *when, const char *first)
{
    log_event(LOG_WARN, "since.nothing", LOG_TEXT("batch", batch), LOG_TEXT("since", when),
              LOG_TEXT("first", first),
              LOG_TEXT("why", first ? "the first look at the whole book was later than that; "
                                      "nothing is compared"
                                    : "the whole book has not been looked at before; nothing is "
                                      "compared"));
}

enum status store_since_find(PGconn *conn, const char *batch, const char *when,
                             const struct clock *clock, struct arena *arena,
                             struct store_since *since, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;
    bool is_valid;
    const char *values[] = {batch, until(when, clock, arena, &is_valid)};

    if (!is_valid)
        return fault_set(fault, STATUS_INVALID,
                         "--since %s: give last, a date (2026-11-20), a time "
                         "(2026-11-20T01:00:00Z) or how long ago (2d)",
                         when);
    if (pg_query(conn, SQL_LOOK_FIND, 2, values, &row, fault) != STATUS_OK)
        return STATUS_DATABASE;
    const char *exact = pg_cell(row, 0, "exact");
    if (!exact) {
        tell_nothing_then(batch, when, pg_cell(row, 0, "first"));
        return STATUS_OK;
    }
    since->at = arena_copy_text(arena, pg_cell(row, 0, "at"));
    const char *then[] = {batch, exact, pg_cell(row, 0, "before")};
    return pg_query(conn, SQL_ASSESSMENT_AT, 3, then, &since->numbers, fault);
}

/* What waits for a signup or a time is neither free to move nor ill: blocked is what became so. */
static enum report_change change_of(const PGresult *rows, int row,
                                    const struct report_number *number)
{
    if (row < 0)
        return REPORT_CHANGE_NEW;
    const char *then = pg_cell(rows, row, "standing");
    bool was_eligible = strcmp(then, "eligible") == 0, was_blocked = strcmp(then, "blocked") == 0;
    bool is_waiting = strcmp(number->state, "waiting") == 0;
    if (number->eligible == 1)
        return was_eligible ? REPORT_CHANGE_UNCHANGED : REPORT_CHANGE_NEWLY_ELIGIBLE;
    return was_eligible || (!is_waiting && !was_blocked) ? REPORT_CHANGE_NEWLY_BLOCKED
                                                         : REPORT_CHANGE_UNCHANGED;
}

void store_since_apply(const struct store_since *since, struct report_number *numbers,
                       size_t number_count, bool may_be_less, struct report *report)
{
    int64_t then = 0, still = 0;

    for (int i = 0; i < PQntuples(since->numbers); i++)
        then += pg_cell_bool(since->numbers, i, "was_in_it");
    for (size_t i = 0; i < number_count; i++) {
        int row = store_findings_row(since->numbers, numbers[i].number);
        still += row >= 0 && pg_cell_bool(since->numbers, row, "was_in_it");
        numbers[i].change = change_of(since->numbers, row, &numbers[i]);
    }
    report->since = since->at;
    report->gone = may_be_less ? 0 : then - still;
}
