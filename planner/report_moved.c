/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report_moved.h"

#include <json-c/json.h>
#include <string.h>

#include "planner/report_table.h"

/* So many stand in the table; all of them are in the JSON and in the CSV. */
#define ROWS_SHOWN 50
#define VERDICT_COLUMNS 22

/* ---- counting ---- */

/* By field, in the audit's order. */
struct field_row {
    const char *field;
    size_t by_verdict[AUDIT_VERDICTS];
};

struct tally {
    struct field_row fields[AUDIT_FIELDS_MAX];
    size_t field_count;
    size_t numbers, changed; /* with an audit; of these, with something changed unexpectedly */
    size_t by_verdict[AUDIT_VERDICTS]; /* fields of all numbers */
    size_t cutovers;
};

static struct field_row *row_of(struct tally *tally, const char *field)
{
    size_t i = 0;

    while (i < tally->field_count && strcmp(tally->fields[i].field, field) != 0)
        i++;
    if (i == AUDIT_FIELDS_MAX)
        return NULL; /* a word of a later program */
    if (i == tally->field_count)
        tally->fields[tally->field_count++] = (struct field_row){.field = field};
    return &tally->fields[i];
}

static bool is_changed(const struct report_number *number)
{
    for (size_t i = 0; i < number->audit_count; i++) {
        if (number->audit[i].verdict == AUDIT_CHANGED)
            return true;
    }
    return false;
}

static void count_number(struct tally *tally, const struct report_number *number)
{
    tally->cutovers += number->cutover != NULL;
    tally->numbers += number->audit_count > 0;
    tally->changed += is_changed(number);
    for (size_t i = 0; i < number->audit_count; i++) {
        const struct audit_finding *finding = &number->audit[i];
        struct field_row *row = row_of(tally, finding->field);
        tally->by_verdict[finding->verdict]++;
        if (row)
            row->by_verdict[finding->verdict]++;
    }
}

static struct tally count(const struct report *report)
{
    struct tally tally = {.field_count = 0};

    for (size_t i = 0; i < report->number_count; i++)
        count_number(&tally, &report->numbers[i]);
    return tally;
}

/* ---- for people ---- */

static void write_fields(struct report_pen *pen, const struct tally *tally,
                         enum audit_verdict verdict, const char *head)
{
    size_t left = 0;

    for (size_t i = 0; i < tally->field_count; i++)
        left += tally->fields[i].by_verdict[verdict] > 0;
    if (left > 0)
        report_pen_words(pen, 2, head);
    for (size_t i = 0; i < tally->field_count; i++) {
        size_t numbers = tally->fields[i].by_verdict[verdict];
        if (numbers > 0)
            report_table_name_count(pen, tally->fields[i].field, numbers, --left == 0);
    }
    report_pen_end(pen);
}

static void write_counts(struct report_pen *pen, const struct tally *tally)
{
    size_t kept = tally->numbers - tally->changed;

    report_pen_printf(pen, 2, "Audit: %zu number%s kept, %zu changed%s", kept,
                      report_table_plural((int64_t)kept), tally->changed,
                      tally->changed > 0 ? ":" : "");
    write_fields(pen, tally, AUDIT_CHANGED, NULL);
    if (tally->by_verdict[AUDIT_CHANGED_AS_DOCUMENTED] > 0)
        write_fields(pen, tally, AUDIT_CHANGED_AS_DOCUMENTED, "Changed as Meta says:");
    if (tally->by_verdict[AUDIT_NOT_READABLE] > 0)
        write_fields(pen, tally, AUDIT_NOT_READABLE, "Not readable:");
}

/* "verified_name was "Lune", is "Luna"" */
static void write_values(struct report_pen *pen, unsigned hang, const struct audit_finding *finding)
{
    report_pen_words(pen, hang, finding->field);
    report_pen_words(pen, hang, "was");
    report_pen_words(pen, hang, finding->before ? finding->before : "not known");
    report_pen_words(pen, hang, "and is");
    report_pen_words(pen, hang, finding->after ? finding->after : "not known");
}

static void write_remedy(struct report_pen *pen, unsigned hang, const struct audit_finding *finding)
{
    if (!finding->remedy)
        return;
    report_pen_indent(pen, hang);
    if (finding->owner)
        report_pen_printf(pen, hang, "%s:", finding->owner);
    report_pen_words(pen, hang, finding->remedy);
    report_pen_end(pen);
}

static void write_changes(struct report_pen *pen, const struct report *report,
                          const struct tally *tally)
{
    size_t shown = 0;

    for (size_t i = 0; i < report->number_count && shown < ROWS_SHOWN; i++) {
        const struct report_number *number = &report->numbers[i];
        shown += is_changed(number);
        for (size_t j = 0; j < number->audit_count; j++) {
            if (number->audit[j].verdict != AUDIT_CHANGED)
                continue;
            report_pen_indent(pen, 2);
            report_pen_printf(pen, 4, "%s:", number->number);
            write_values(pen, 4, &number->audit[j]);
            report_pen_end(pen);
            write_remedy(pen, 4, &number->audit[j]);
        }
    }
    if (tally->changed > shown) {
        report_pen_printf(pen, 2, "and %zu more (--format csv)", tally->changed - shown);
        report_pen_end(pen);
    }
}

static void write_rule(struct report_pen *pen, const struct cutover_rule *rule)
{
    report_pen_indent(pen, 2);
    report_pen_printf(pen, 4, "%s:", rule->source);
    report_pen_words(pen, 4, rule->says);
    report_pen_printf(pen, 4, "(%s)", rule->page);
    report_pen_end(pen);
}

static void write_rules(struct report_pen *pen, const char *path)
{
    report_pen_words(pen, 2, CUTOVER_ADVICE);
    report_pen_end(pen);
    write_rule(pen, cutover_rule(path, false));
    write_rule(pen, cutover_rule(path, true));
}

/* With its number one of many, of which the rest is said once; else the whole line. */
static void write_line(struct report_pen *pen, const char *number, const struct cutover *cutover)
{
    struct arena *arena = arena_create();

    report_pen_indent(pen, 2);
    report_pen_words(pen, 4, number);
    report_pen_words(pen, 4, number ? cutover_times(cutover, arena) : cutover_line(cutover, arena));
    report_pen_end(pen);
    arena_destroy(arena);
}

static void write_cutovers(struct report_pen *pen, const struct report *report,
                           const struct tally *tally)
{
    const char *path = NULL;
    size_t shown = 0;

    if (tally->cutovers == 0)
        return;
    report_pen_end(pen);
    report_pen_printf(pen, 2, "Cut-over of %zu number%s, for billing: %s", tally->cutovers,
                      report_table_plural((int64_t)tally->cutovers), CUTOVER_PAYERS);
    report_pen_end(pen);
    for (size_t i = 0; i < report->number_count && shown < ROWS_SHOWN; i++) {
        if (!report->numbers[i].cutover)
            continue;
        path = report->numbers[i].cutover->path;
        write_line(pen, report->numbers[i].number, report->numbers[i].cutover);
        shown++;
    }
    if (tally->cutovers > shown) {
        report_pen_indent(pen, 2);
        report_pen_printf(pen, 4, "and %zu more (--format csv)", tally->cutovers - shown);
        report_pen_end(pen);
    }
    write_rules(pen, path);
}

void report_moved_lines(struct report_pen *pen, const struct report *report)
{
    if (!report->with_moved)
        return;
    struct tally tally = count(report);
    if (tally.numbers > 0) {
        report_pen_end(pen);
        write_counts(pen, &tally);
        write_changes(pen, report, &tally);
    }
    write_cutovers(pen, report, &tally);
}

void report_moved_story(struct report_pen *pen, const struct report_number *number)
{
    if (number->audit_count > 0) {
        report_pen_end(pen);
        report_pen_words(pen, 0, "Audit: what came along");
        report_pen_end(pen);
    }
    for (size_t i = 0; i < number->audit_count; i++) {
        const struct audit_finding *finding = &number->audit[i];
        report_pen_indent(pen, 2);
        report_pen_cell(pen, VERDICT_COLUMNS, audit_verdict_name(finding->verdict));
        if (finding->verdict == AUDIT_KEPT) {
            report_pen_words(pen, 2 + VERDICT_COLUMNS, finding->field);
            report_pen_words(pen, 2 + VERDICT_COLUMNS, finding->after);
        } else {
            write_values(pen, 2 + VERDICT_COLUMNS, finding);
        }
        report_pen_end(pen);
        write_remedy(pen, 2 + VERDICT_COLUMNS, finding);
    }
    if (!number->cutover)
        return;
    report_pen_end(pen);
    report_pen_words(pen, 0, "Cut-over, for billing");
    report_pen_end(pen);
    write_line(pen, NULL, number->cutover);
    write_rules(pen, number->cutover->path);
}

/* ---- for programs ---- */

static void put_text(struct json_object *object, const char *key, const char *text)
{
    json_object_object_add(object, key, text ? json_object_new_string(text) : NULL);
}

static void put_time(struct json_object *object, const char *key, int64_t wall_ms)
{
    char text[CUTOVER_TIME_BYTES];

    cutover_format(wall_ms, text);
    put_text(object, key, *text ? text : NULL);
}

static void put_value(struct json_object *object, const char *key, const char *json)
{
    json_object_object_add(object, key, json ? json_tokener_parse(json) : NULL);
}

static struct json_object *verdicts_json(const size_t by_verdict[AUDIT_VERDICTS])
{
    struct json_object *json = json_object_new_object();

    for (unsigned i = 0; i < AUDIT_VERDICTS; i++)
        json_object_object_add(json, audit_verdict_name((enum audit_verdict)i),
                               json_object_new_int64((int64_t)by_verdict[i]));
    return json;
}

static struct json_object *rule_json(const struct cutover_rule *rule)
{
    struct json_object *json = json_object_new_object();

    put_text(json, "source", rule->source);
    put_text(json, "page", rule->page);
    put_text(json, "path", rule->path);
    put_text(json, "says", rule->says);
    return json;
}

struct json_object *report_moved_summary(const struct report *report)
{
    struct tally tally = count(report);
    struct json_object *json = json_object_new_object(), *fields = json_object_new_object();
    struct json_object *rules = json_object_new_array();

    json_object_object_add(json, "numbers", json_object_new_int64((int64_t)tally.numbers));
    json_object_object_add(json, "changed", json_object_new_int64((int64_t)tally.changed));
    for (size_t i = 0; i < tally.field_count; i++)
        json_object_object_add(fields, tally.fields[i].field,
                               verdicts_json(tally.fields[i].by_verdict));
    json_object_object_add(json, "by_field", fields);
    json_object_object_add(json, "cutovers", json_object_new_int64((int64_t)tally.cutovers));
    for (size_t i = 0; i < CUTOVER_RULES; i++)
        json_object_array_add(rules, rule_json(&CUTOVER_RULE[i]));
    json_object_object_add(json, "billing_rules", rules);
    return json;
}

struct json_object *report_moved_audit(const struct report_number *number)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < number->audit_count; i++) {
        const struct audit_finding *finding = &number->audit[i];
        struct json_object *row = json_object_new_object();
        put_text(row, "field", finding->field);
        put_text(row, "verdict", audit_verdict_name(finding->verdict));
        put_value(row, "before", finding->before);
        put_value(row, "after", finding->after);
        put_text(row, "owner", finding->owner);
        put_text(row, "remedy", finding->remedy);
        put_text(row, "source", finding->source);
        json_object_array_add(list, row);
    }
    return list;
}

static struct json_object *answer_json(int64_t heard_ms, int64_t date_ms)
{
    struct json_object *json = json_object_new_object();

    put_time(json, "at", heard_ms);
    put_time(json, "meta_date", date_ms);
    return json;
}

struct json_object *report_moved_cutover(const struct report_number *number)
{
    const struct cutover *cutover = number->cutover;
    struct arena *arena;
    int64_t skew_ms;

    if (!cutover)
        return NULL;
    struct json_object *json = json_object_new_object();
    put_time(json, "from", cutover->sent_ms);
    put_time(json, "until", cutover->after_ms);
    put_time(json, "meta_from", cutover->before_date_ms);
    put_time(json, "meta_until", cutover_meta_until_ms(cutover));
    json_object_object_add(json, "meta_ahead_ms",
                           cutover_skew_ms(cutover, &skew_ms) ? json_object_new_int64(skew_ms)
                                                              : NULL);
    json_object_object_add(json, "last_answer_before",
                           answer_json(cutover->before_ms, cutover->before_date_ms));
    json_object_object_add(json, "first_answer_after",
                           answer_json(cutover->after_ms, cutover->after_date_ms));
    json_object_object_add(json, "answer_lost", json_object_new_boolean(cutover->was_lost));
    put_text(json, "billing_rule", cutover_rule(cutover->path, false)->source);
    put_text(json, "billing_rule_against_it", cutover_rule(cutover->path, true)->source);
    arena = arena_create();
    put_text(json, "line", cutover_line(cutover, arena));
    arena_destroy(arena);
    return json;
}

void report_moved_list(const struct report_number *number, struct buffer *list)
{
    for (size_t i = 0; i < number->audit_count; i++) {
        const struct audit_finding *finding = &number->audit[i];
        if (finding->verdict != AUDIT_KEPT &&
            buffer_printf(list, "%s%s=%s", list->length > 0 ? ";" : "", finding->field,
                          audit_verdict_name(finding->verdict)) != STATUS_OK)
            return;
    }
}
