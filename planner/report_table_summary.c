/* SPDX-License-Identifier: PostgreSQL */
/* report_table_summary -- the book in a few lines: the answer, what has changed, what holds it up,
 * who must act, and what is still to come. */
#include "planner/report_table.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"

#define COUNT_COLUMNS 9
#define COUNT_TEXT_BYTES 32

/* "5,000" */
static void format_count(int64_t value, char text[COUNT_TEXT_BYTES])
{
    char digits[COUNT_TEXT_BYTES];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRId64, value);
    size_t used = 0;

    for (size_t i = 0; i < length && used + 2 < COUNT_TEXT_BYTES; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
            text[used++] = ',';
        text[used++] = digits[i];
    }
    text[used] = '\0';
}

/* ---- the answer ---- */

void report_table_answer(struct table *table)
{
    /* clang-format off */
    static const struct { enum report_state state; const char *words; } parts[] = {
        {REPORT_READY, "can move tonight"}, {REPORT_BLOCKED, "blocked"}, {REPORT_FAILED, "failed"},
        {REPORT_WAITING, "waiting"}, {REPORT_RUNNING, "running"},
        {REPORT_PENDING, "not looked at yet"}, {REPORT_CANCELLED, "cancelled"},
        {REPORT_DONE, "done"},
    };
    /* clang-format on */
    const struct report *report = table->report;
    struct report_pen *pen = &table->pen;
    struct report_counts counts;
    char count[COUNT_TEXT_BYTES];

    report_count_standings(report->numbers, report->number_count, &counts);
    size_t left = report->number_count;
    bool is_over = counts.by_state[REPORT_DONE] + counts.by_state[REPORT_CANCELLED] == left;
    format_count((int64_t)report->number_count, count);
    report_pen_printf(pen, 2, "%s number%s:", count,
                      report_table_plural((int64_t)report->number_count));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t part = counts.by_state[parts[i].state];
        left -= part;
        format_count((int64_t)part, count);
        /* That none can move is an answer too, as long as any is left to move. */
        if (part > 0 || (parts[i].state == REPORT_READY && !is_over))
            report_pen_printf(pen, 2, "%s %s%s", count, parts[i].words, left > 0 ? "," : "");
    }
    report_pen_end(pen);
}

void report_table_since(struct table *table)
{
    const struct report *report = table->report;
    struct report_pen *pen = &table->pen;
    const size_t *changes = table->tally->changes;

    if (!report->since)
        return;
    report_pen_printf(pen, 2, "Since %s:", report->since);
    report_pen_printf(pen, 2, "%zu newly eligible,", changes[REPORT_CHANGE_NEWLY_ELIGIBLE]);
    report_pen_printf(pen, 2, "%zu newly blocked,", changes[REPORT_CHANGE_NEWLY_BLOCKED]);
    report_pen_printf(pen, 2, "%zu new,", changes[REPORT_CHANGE_NEW]);
    report_pen_printf(pen, 2, "%" PRId64 " gone,", report->gone);
    report_pen_printf(pen, 2, "%zu unchanged", changes[REPORT_CHANGE_UNCHANGED]);
    report_pen_end(pen);
}

/* ---- by rule, and by what else holds numbers up ---- */

static void write_owner_counts(struct report_pen *pen, unsigned hang,
                               const struct report_owners *owners)
{
    for (size_t i = 0; i < owners->row_count; i++)
        report_pen_printf(pen, hang, "%s %zu%s", owners->rows[i].owner, owners->rows[i].count,
                          i + 1 < owners->row_count ? "," : "");
}

static size_t weight(const struct report_rule_row *rule)
{
    return rule->fails + rule->unknowns + rule->warns;
}

/* What blocks weighs more than any warning. */
static bool is_heavier(const struct report_rule_row *rule, const struct report_rule_row *than)
{
    size_t blocked = rule->fails + rule->unknowns;
    size_t blocked_than = than->fails + than->unknowns;

    return blocked != blocked_than ? blocked > blocked_than : rule->warns > than->warns;
}

static void count_cell(struct report_pen *pen, size_t count)
{
    char text[24];

    *text = '\0';
    if (count > 0)
        (void)snprintf(text, sizeof text, "%8zu", count);
    report_pen_cell(pen, COUNT_COLUMNS, text);
}

static unsigned widest_rule(const struct report_tally *tally, const char *head)
{
    unsigned widest = report_text_columns_of(head);

    for (size_t i = 0; i < tally->rule_count; i++) {
        unsigned columns = report_text_columns_of(tally->rules[i].rule);
        if (weight(&tally->rules[i]) > 0 && columns > widest)
            widest = columns;
    }
    return widest;
}

/* The heaviest rule not written yet; they are a few. NULL: none is left. */
static const struct report_rule_row *next_rule(const struct report_tally *tally,
                                               bool is_written[REPORT_RULES_MAX])
{
    const struct report_rule_row *next = NULL;

    for (size_t i = 0; i < tally->rule_count; i++) {
        const struct report_rule_row *rule = &tally->rules[i];
        if (!is_written[i] && weight(rule) > 0 && (!next || is_heavier(rule, next)))
            next = rule;
    }
    if (next)
        is_written[next - tally->rules] = true;
    return next;
}

static void write_head(struct report_pen *pen, unsigned columns, const char *head)
{
    static const char *const heads[] = {"    fail", " unknown", "    warn"};

    report_pen_end(pen);
    report_pen_cell(pen, columns, head);
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        report_pen_cell(pen, COUNT_COLUMNS, heads[i]);
    report_pen_indent(pen, pen->column + 1);
    report_pen_words(pen, 4, "who must act");
    report_pen_end(pen);
}

static void write_rules(struct table *table)
{
    static const char head[] = "What holds them up";
    struct report_pen *pen = &table->pen;
    bool is_written[REPORT_RULES_MAX] = {false};
    unsigned columns = widest_rule(table->tally, head) + 1;
    unsigned room = pen->width - 3 * COUNT_COLUMNS - 2;
    const struct report_rule_row *rule = next_rule(table->tally, is_written);

    columns = columns < room ? columns : room;
    if (rule)
        write_head(pen, columns, head);
    for (; rule; rule = next_rule(table->tally, is_written)) {
        report_pen_cell(pen, columns, rule->rule);
        count_cell(pen, rule->fails);
        count_cell(pen, rule->unknowns);
        count_cell(pen, rule->warns);
        report_pen_indent(pen, pen->column + 1);
        unsigned hang = pen->column;
        if (rule->owners.row_count > 0)
            write_owner_counts(pen, hang, &rule->owners);
        else
            report_pen_words(pen, hang, "nobody");
        report_pen_end(pen);
    }
}

#define OWNER_COLUMNS 17

static void write_cause_row(struct report_pen *pen, unsigned columns, const char *cause,
                            const char *count, const char *owner)
{
    char number[24];

    (void)snprintf(number, sizeof number, "%7s", count);
    report_pen_cell(pen, columns, cause);
    report_pen_cell(pen, COUNT_COLUMNS, number);
    report_pen_cell(pen, OWNER_COLUMNS, owner);
    report_pen_end(pen);
}

static unsigned widest_cause(const struct report_tally *tally, const char *head, unsigned room)
{
    unsigned widest = report_text_columns_of(head);

    for (size_t i = 0; i < tally->cause_count; i++) {
        unsigned columns = report_text_columns_of(tally->causes[i].text);
        widest = columns > widest ? columns : widest;
    }
    return widest + 2 < room ? widest + 2 : room;
}

static void write_causes(struct table *table)
{
    static const char head[] = "Errors and waits";
    struct report_pen *pen = &table->pen;
    const struct report_tally *tally = table->tally;
    unsigned columns = widest_cause(tally, head, pen->width - COUNT_COLUMNS - OWNER_COLUMNS);
    char count[24];

    if (tally->cause_count == 0)
        return;
    report_pen_end(pen);
    write_cause_row(pen, columns, head, "numbers", "who must act");
    for (size_t i = 0; i < tally->cause_count; i++) {
        const struct report_cause_row *row = &tally->causes[i];
        (void)snprintf(count, sizeof count, "%zu", row->count);
        write_cause_row(pen, columns, row->text, count, row->owner ? row->owner : "nobody");
    }
    if (tally->other_causes > 0) {
        (void)snprintf(count, sizeof count, "%zu", tally->other_causes);
        write_cause_row(pen, columns, "other causes", count, "");
    }
}

static void write_fixable(struct table *table)
{
    const struct report_tally *tally = table->tally;
    struct report_pen *pen = &table->pen;
    size_t left = 0;

    for (size_t i = 0; i < tally->rule_count; i++)
        left += tally->rules[i].fixable > 0;
    if (left == 0)
        return;
    report_pen_words(pen, 2, "The run mends by itself:");
    for (size_t i = 0; i < tally->rule_count; i++) {
        if (tally->rules[i].fixable > 0)
            report_pen_printf(pen, 2, "%s %zu%s", tally->rules[i].rule, tally->rules[i].fixable,
                              --left > 0 ? "," : "");
    }
    report_pen_end(pen);
}

static void write_owners(struct table *table, const char *title, const struct report_owners *owners)
{
    if (owners->row_count == 0)
        return;
    report_pen_words(&table->pen, 2, title);
    write_owner_counts(&table->pen, 2, owners);
    report_pen_end(&table->pen);
}

/* ---- the forecast ---- */

#define LIMIT_TEXT_BYTES 96

/* "5,000 calls an hour", "10 calls in 72 hours" */
static void format_limit(const struct forecast_budget *budget, char text[LIMIT_TEXT_BYTES])
{
    char calls[COUNT_TEXT_BYTES];
    int64_t hours = budget->window_ms / (INT64_C(60) * 60 * 1000);

    format_count(budget->limit, calls);
    if (hours == 1)
        (void)snprintf(text, LIMIT_TEXT_BYTES, "%s calls an hour", calls);
    else
        (void)snprintf(text, LIMIT_TEXT_BYTES, "%s calls in %" PRId64 " hours", calls, hours);
}

/* Quotas in words, whose they are; a name that is not here stands for itself. */
static const struct {
    const char *name, *words, *owner;
} quotas[] = {
    {"platform", "ordinary", "the app's ordinary quota"},
    {"waba", "WABA", "one WABA's"},
    {"credit_line", "credit line", "the credit line's"},
    {"registration", "registration", "one number's registrations,"},
};
#define QUOTA_COUNT (sizeof quotas / sizeof quotas[0])

static void write_bottleneck(struct report_pen *pen, const struct forecast *forecast)
{
    char limit[LIMIT_TEXT_BYTES];

    if (!forecast->bottleneck)
        return;
    report_pen_words(pen, 2, "What takes the time:");
    if (strcmp(forecast->bottleneck, "concurrency") == 0)
        report_pen_words(pen, 2, "how many calls go at once (--concurrency).");
    else if (strcmp(forecast->bottleneck, "latency") == 0)
        report_pen_words(pen, 2, "one number's own calls, one after the other.");
    for (size_t i = 0; i < forecast->budget_count; i++) {
        const struct forecast_budget *budget = &forecast->budgets[i];
        const char *owner = budget->name;
        if (strcmp(forecast->bottleneck, budget->name) != 0)
            continue;
        for (size_t j = 0; j < QUOTA_COUNT; j++)
            owner = strcmp(budget->name, quotas[j].name) == 0 ? quotas[j].owner : owner;
        format_limit(budget, limit);
        report_pen_printf(pen, 2, "%s %s.", owner, limit);
    }
}

static void write_quotas(struct report_pen *pen, const struct forecast *forecast)
{
    char calls[COUNT_TEXT_BYTES], busiest[COUNT_TEXT_BYTES], limit[LIMIT_TEXT_BYTES];
    size_t left = 0;

    for (size_t i = 0; i < forecast->budget_count; i++)
        left += forecast->budgets[i].calls > 0;
    if (left == 0)
        return;
    report_pen_indent(pen, 2);
    report_pen_words(pen, 4, "Calls by quota:");
    for (size_t i = 0; i < forecast->budget_count; i++) {
        const struct forecast_budget *budget = &forecast->budgets[i];
        const char *words = budget->name;
        const char *comma = left > 1 ? "," : "";
        if (budget->calls <= 0)
            continue;
        for (size_t j = 0; j < QUOTA_COUNT; j++)
            words = strcmp(budget->name, quotas[j].name) == 0 ? quotas[j].words : words;
        format_count(budget->calls, calls);
        format_count(budget->busiest_calls, busiest);
        format_limit(budget, limit);
        report_pen_printf(pen, 4, "%s %s", words, calls);
        if (budget->limit > 0 && budget->busiest_calls < budget->calls)
            report_pen_printf(pen, 4, "(busiest %s; limit %s)%s", busiest, limit, comma);
        else if (budget->limit > 0)
            report_pen_printf(pen, 4, "(limit %s)%s", limit, comma);
        else
            report_pen_printf(pen, 4, "(no limit is published)%s", comma);
        left--;
    }
    report_pen_end(pen);
}

static void write_forecast(struct report_pen *pen, const struct forecast *forecast)
{
    char calls[COUNT_TEXT_BYTES], registrations[COUNT_TEXT_BYTES], duration[CLOCK_TEXT_BYTES];

    format_count(forecast->calls, calls);
    format_count(forecast->registrations, registrations);
    clock_format_duration(forecast->seconds * 1000, duration);
    report_pen_printf(pen, 2, "Forecast: %s call%s, %s registration%s, about %s, %lld night%s.",
                      calls, report_table_plural(forecast->calls), registrations,
                      report_table_plural(forecast->registrations), duration,
                      (long long)forecast->nights, report_table_plural(forecast->nights));
    write_bottleneck(pen, forecast);
    report_pen_end(pen);
    write_quotas(pen, forecast);
}

static void write_calls(struct table *table)
{
    const struct report *report = table->report;
    struct report_pen *pen = &table->pen;
    char calls[COUNT_TEXT_BYTES];

    report_pen_end(pen);
    format_count(report->calls_made, calls);
    if (report->is_offline)
        report_pen_words(pen, 2, "Nobody was asked (--offline).");
    else
        report_pen_printf(pen, 2, "%s call%s made.", calls,
                          report_table_plural(report->calls_made));
    report_pen_end(pen);
    if (report->has_forecast)
        write_forecast(pen, &report->forecast);
}

void report_table_summary(struct table *table)
{
    write_rules(table);
    write_causes(table);
    if (table->tally->owners.row_count + table->tally->advised.row_count > 0)
        report_pen_end(&table->pen);
    write_owners(table, "Who must act:", &table->tally->owners);
    write_owners(table, "Who may act on warnings:", &table->tally->advised);
    write_fixable(table);
    write_calls(table);
    report_pen_end(&table->pen);
    report_table_answer(table);
    report_table_since(table);
}
