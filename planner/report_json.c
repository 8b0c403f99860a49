/* SPDX-License-Identifier: PostgreSQL */
/* report_json -- the contract's JSON, streamed: a book of any size costs no memory. One number a
 * line, so that line tools can work on it too. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "planner/report_moved.h"
#include "planner/report_tally.h"
#include "planner/report_templates.h"
#include "planner/report_text.h"

struct json_pen {
    FILE *stream;
    bool needs_comma;
};

/* How many bytes at the start need no escape: nearly all of a report is such. */
static size_t plain_length(const char *text)
{
    size_t length = 0;

    while (text[length] >= 0x20 && text[length] < 0x7F && text[length] != '"' &&
           text[length] != '\\')
        length++;
    return length;
}

static void write_text(FILE *stream, const char *text)
{
    uint32_t code_point;
    size_t bytes;
    char encoded[4];

    (void)putc('"', stream);
    for (;;) {
        size_t plain = plain_length(text);
        (void)fwrite(text, 1, plain, stream);
        text += plain;
        bytes = report_text_decode(text, &code_point);
        if (bytes == 0)
            break;
        text += bytes;
        if (code_point == '"' || code_point == '\\')
            (void)fprintf(stream, "\\%c", (int)code_point);
        else if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0))
            (void)fprintf(stream, "\\u%04" PRIx32, code_point);
        else
            (void)fwrite(encoded, 1, report_text_encode(code_point, encoded), stream);
    }
    (void)putc('"', stream);
}

static void open_with(struct json_pen *pen, char bracket)
{
    (void)putc(bracket, pen->stream);
    pen->needs_comma = false;
}

static void close_with(struct json_pen *pen, char bracket)
{
    (void)putc(bracket, pen->stream);
    pen->needs_comma = true;
}

static void write_comma(struct json_pen *pen)
{
    if (pen->needs_comma)
        (void)fputs(", ", pen->stream);
    pen->needs_comma = true;
}

static void write_key(struct json_pen *pen, const char *key)
{
    write_comma(pen);
    (void)putc('"', pen->stream);
    (void)fputs(key, pen->stream);
    (void)fputs("\": ", pen->stream);
}

static void write_text_key(struct json_pen *pen, const char *key, const char *text)
{
    write_key(pen, key);
    if (text)
        write_text(pen->stream, text);
    else
        (void)fputs("null", pen->stream);
}

static void write_integer_key(struct json_pen *pen, const char *key, int64_t value)
{
    write_key(pen, key);
    (void)fprintf(pen->stream, "%" PRId64, value);
}

static void write_positive_key(struct json_pen *pen, const char *key, int64_t value)
{
    if (value)
        write_integer_key(pen, key, value);
    else
        write_text_key(pen, key, NULL);
}

static void write_boolean_key(struct json_pen *pen, const char *key, int value)
{
    write_key(pen, key);
    (void)fputs(value < 0 ? "null" : value ? "true" : "false", pen->stream);
}

/* true, false, or a text of letters: most values, for which a parser need not be started. */
static bool is_simple(const char *json)
{
    size_t plain = *json == '"' ? plain_length(json + 1) : 0;

    return strcmp(json, "true") == 0 || strcmp(json, "false") == 0 ||
           (*json == '"' && strcmp(json + 1 + plain, "\"") == 0);
}

/* The value is JSON already; it is read and written anew, so that nothing else can slip in. What is
 * not JSON is shown as text rather than lost. */
static void write_value_key(struct json_pen *pen, const char *key, const char *json)
{
    enum json_tokener_error error = json_tokener_success;

    if (json && is_simple(json)) {
        write_key(pen, key);
        (void)fputs(json, pen->stream);
        return;
    }
    struct json_object *value = json ? json_tokener_parse_verbose(json, &error) : NULL;

    if (value && !json_object_is_type(value, json_type_string)) {
        write_key(pen, key);
        (void)fputs(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN), pen->stream);
    } else if (value) {
        write_text_key(pen, key, json_object_get_string(value));
    } else {
        write_text_key(pen, key, error == json_tokener_success ? NULL : json);
    }
    (void)json_object_put(value);
}

static void write_forecast(struct json_pen *pen, const struct forecast *forecast)
{
    write_key(pen, "forecast");
    open_with(pen, '{');
    write_integer_key(pen, "calls", forecast->calls);
    write_integer_key(pen, "seconds", forecast->seconds);
    write_integer_key(pen, "nights", forecast->nights);
    write_integer_key(pen, "registrations", forecast->registrations);
    write_text_key(pen, "bottleneck", forecast->bottleneck);
    write_key(pen, "by_budget");
    open_with(pen, '[');
    for (size_t i = 0; i < forecast->budget_count; i++) {
        const struct forecast_budget *budget = &forecast->budgets[i];
        write_comma(pen);
        open_with(pen, '{');
        write_text_key(pen, "budget", budget->name);
        write_integer_key(pen, "calls", budget->calls);
        write_integer_key(pen, "busiest", budget->busiest_calls);
        write_positive_key(pen, "limit", budget->limit);
        write_integer_key(pen, "window_seconds", budget->window_ms / 1000);
        write_integer_key(pen, "seconds", forecast->budget_seconds[i]);
        close_with(pen, '}');
    }
    close_with(pen, ']');
    close_with(pen, '}');
}

static void write_by_rule(struct json_pen *pen, const struct report_tally *tally)
{
    write_key(pen, "by_rule");
    open_with(pen, '{');
    for (size_t i = 0; i < tally->rule_count; i++) {
        write_key(pen, tally->rules[i].rule);
        open_with(pen, '{');
        for (size_t j = 0; j < REPORT_VERDICTS; j++)
            write_integer_key(pen, report_verdicts[j], (int64_t)tally->rules[i].by_verdict[j]);
        close_with(pen, '}');
    }
    close_with(pen, '}');
}

/* Who must act, on what blocks only; of warnings each finding says who may. A number counts once
 * for each of its owners, so the sum can be more than the numbers. */
static void write_by_owner(struct json_pen *pen, const struct report_owners *owners)
{
    write_key(pen, "by_owner");
    open_with(pen, '{');
    for (size_t i = 0; i < owners->row_count; i++)
        write_integer_key(pen, owners->rows[i].owner, (int64_t)owners->rows[i].count);
    close_with(pen, '}');
}

static void write_since(struct json_pen *pen, const struct report *report,
                        const struct report_tally *tally)
{
    /* clang-format off */
    static const struct { const char *key; enum report_change change; } changes[] = {
        {"newly_eligible", REPORT_CHANGE_NEWLY_ELIGIBLE},
        {"newly_blocked", REPORT_CHANGE_NEWLY_BLOCKED},
        {"new", REPORT_CHANGE_NEW},
        {"unchanged", REPORT_CHANGE_UNCHANGED},
    };
    /* clang-format on */

    write_key(pen, "since");
    open_with(pen, '{');
    write_text_key(pen, "at", report->since);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        write_integer_key(pen, changes[i].key, (int64_t)tally->changes[changes[i].change]);
    write_integer_key(pen, "gone", report->gone);
    close_with(pen, '}');
}

/* `object` is released. */
static void write_object_key(struct json_pen *pen, const char *key, struct json_object *object)
{
    write_key(pen, key);
    (void)fputs(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
                                                           JSON_C_TO_STRING_NOSLASHESCAPE),
                pen->stream);
    (void)json_object_put(object);
}

static void write_by_state(struct json_pen *pen, const struct report_counts *counts)
{
    write_key(pen, "by_state");
    open_with(pen, '{');
    for (size_t i = 0; i < REPORT_STATES; i++) {
        if (counts->by_state[i])
            write_integer_key(pen, report_states[i], (int64_t)counts->by_state[i]);
    }
    close_with(pen, '}');
}

static void write_summary(struct json_pen *pen, const struct report *report)
{
    struct report_tally *tally = report_tally_create(report);
    struct report_counts counts;

    report_count(report->numbers, report->number_count, &counts);
    write_key(pen, "summary");
    open_with(pen, '{');
    write_integer_key(pen, "numbers", (int64_t)report->number_count);
    write_by_state(pen, &counts);
    write_integer_key(pen, "eligible", (int64_t)counts.eligible);
    write_integer_key(pen, "not_eligible", (int64_t)counts.not_eligible);
    write_integer_key(pen, "calls_made", report->calls_made);
    if (report->has_forecast)
        write_forecast(pen, &report->forecast);
    write_by_rule(pen, tally);
    write_by_owner(pen, &tally->owners);
    if (report->templates)
        write_object_key(pen, "templates", report_templates_summary(report));
    if (report->with_moved)
        write_object_key(pen, "audit", report_moved_summary(report));
    if (report->since)
        write_since(pen, report, tally);
    if (report->is_offline)
        write_boolean_key(pen, "offline", true);
    close_with(pen, '}');
    free(tally);
}

static void write_finding(struct json_pen *pen, const struct report_finding *finding)
{
    write_comma(pen);
    open_with(pen, '{');
    write_text_key(pen, "rule", finding->rule);
    write_text_key(pen, "verdict", finding->verdict);
    write_text_key(pen, "evidence", finding->evidence);
    write_text_key(pen, "field", finding->field);
    write_value_key(pen, "value", finding->value);
    write_text_key(pen, "read_at", finding->read_at);
    if (finding->found_at) {
        write_text_key(pen, "found_at", finding->found_at);
        write_boolean_key(pen, "is_past", finding->is_past);
    }
    write_text_key(pen, "owner", finding->owner);
    write_text_key(pen, "remedy", finding->remedy);
    write_boolean_key(pen, "fixable", finding->is_fixable);
    write_boolean_key(pen, "blocking", finding->is_blocking);
    write_text_key(pen, "attested_by", finding->attested_by);
    close_with(pen, '}');
}

static void write_error(struct json_pen *pen, const struct report_error *error)
{
    if (!error) {
        write_text_key(pen, "error", NULL);
        return;
    }
    write_key(pen, "error");
    open_with(pen, '{');
    write_text_key(pen, "step", error->step);
    write_positive_key(pen, "code", error->code);
    write_positive_key(pen, "subcode", error->subcode);
    write_text_key(pen, "title", error->title);
    write_text_key(pen, "details", error->details);
    write_text_key(pen, "fbtrace_id", error->fbtrace_id);
    write_text_key(pen, "class", error->class_name);
    write_text_key(pen, "at", error->at);
    write_text_key(pen, "owner", error->owner);
    write_text_key(pen, "remedy", error->remedy);
    close_with(pen, '}');
}

static void write_attempt(struct json_pen *pen, const struct report_attempt *attempt)
{
    write_comma(pen);
    open_with(pen, '{');
    write_text_key(pen, "at", attempt->at);
    write_text_key(pen, "step", attempt->step);
    write_text_key(pen, "phase", attempt->phase);
    write_text_key(pen, "request", attempt->request);
    write_positive_key(pen, "http_status", attempt->http_status);
    write_text_key(pen, "outcome", attempt->outcome);
    write_integer_key(pen, "ms", attempt->ms);
    write_text_key(pen, "fbtrace_id", attempt->fbtrace_id);
    write_text_key(pen, "note", attempt->note);
    write_text_key(pen, "worker", attempt->worker);
    write_text_key(pen, "answer", attempt->answer);
    write_text_key(pen, "taken_at", attempt->taken_at);
    write_text_key(pen, "taken_why", attempt->taken_why);
    write_text_key(pen, "late_at", attempt->late_at);
    close_with(pen, '}');
}

static void write_downtime(struct json_pen *pen, const struct template_downtime *downtime)
{
    if (downtime->is_known)
        write_integer_key(pen, "template_downtime_seconds", downtime->seconds);
    else
        write_text_key(pen, "template_downtime_seconds", NULL);
    write_boolean_key(pen, "template_downtime_open", downtime->is_known ? downtime->is_open : -1);
}

static void write_number(struct json_pen *pen, const struct report *report,
                         const struct report_number *number, bool with_attempts)
{
    open_with(pen, '{');
    write_text_key(pen, "number", number->number);
    write_text_key(pen, "customer", number->customer);
    write_text_key(pen, "customer_name", number->customer_name);
    write_text_key(pen, "state", number->state);
    write_text_key(pen, "step", number->step);
    write_boolean_key(pen, "eligible", number->eligible);
    write_text_key(pen, "waiting_for", number->waiting_for);
    write_text_key(pen, "not_before", number->not_before);
    write_text_key(pen, "note", number->note);
    write_text_key(pen, "language", number->language);
    if (report->since)
        write_text_key(pen, "change", report_change_name(number->change));
    write_key(pen, "findings");
    open_with(pen, '[');
    for (size_t i = 0; i < number->finding_count; i++)
        write_finding(pen, number->findings[i]);
    close_with(pen, ']');
    write_error(pen, number->error);
    if (report->templates)
        write_downtime(pen, &number->template_downtime);
    if (report->with_moved) {
        write_object_key(pen, "audit", report_moved_audit(number));
        write_object_key(pen, "cutover", report_moved_cutover(number));
    }
    if (with_attempts) {
        write_key(pen, "attempts");
        open_with(pen, '[');
        for (size_t i = 0; i < number->attempt_count; i++)
            write_attempt(pen, &number->attempts[i]);
        close_with(pen, ']');
    }
    close_with(pen, '}');
}

void report_json_write(const struct report *report, bool with_attempts, FILE *stream)
{
    struct json_pen pen = {.stream = stream};

    open_with(&pen, '{');
    write_integer_key(&pen, "schema_version", 1);
    write_text_key(&pen, "batch", report->batch);
    write_text_key(&pen, "generated_at", report->generated_at);
    (void)fputs(",\n  ", stream);
    pen.needs_comma = false;
    write_summary(&pen, report);
    (void)fputs(",\n  \"numbers\": [", stream);
    for (size_t i = 0; i < report->number_count; i++) {
        (void)fputs(i > 0 ? ",\n    " : "\n    ", stream);
        write_number(&pen, report, &report->numbers[i], with_attempts);
    }
    (void)putc(']', stream);
    if (report->templates && report->templates->is_listed) {
        (void)fputs(",\n  \"templates\": ", stream);
        report_templates_json(report->templates, stream);
    }
    (void)fputs("}\n", stream);
}
