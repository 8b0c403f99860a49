/* SPDX-License-Identifier: PostgreSQL */
/* report_table_summary -- the book in a few lines: the answer, what has changed, what holds it up,
 * who must act, and what is still to come. */
#include "planner/report_table.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "planner/report_moved.h"
#include "planner/report_templates.h"

#define COUNT_COLUMNS 9

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
    char count[REPORT_TABLE_COUNT_BYTES];

    report_count_standings(report->numbers, report->number_count, &counts);
    size_t left = report->number_count;
    bool is_over = counts.by_state[REPORT_DONE] + counts.by_state[REPORT_CANCELLED] == left;
    report_table_count_text((int64_t)report->number_count, count);
    report_pen_printf(pen, 2, "%s number%s:", count,
                      report_table_plural((int64_t)report->number_count));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t part = counts.by_state[parts[i].state];
        left -= part;
        report_table_count_text((int64_t)part, count);
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

static size_t fixable_of(const struct report_rule_row *rule)
{
    return rule->fixable;
}

static size_t unseen_of(const struct report_rule_row *rule)
{
    return rule->unseen;
}

/* Rules that are no reason to act, in one paragraph. */
static void write_aside(struct table *table, const char *title,
                        size_t (*count_of)(const struct report_rule_row *))
{
    const struct report_tally *tally = table->tally;
    struct report_pen *pen = &table->pen;
    size_t left = 0;

    for (size_t i = 0; i < tally->rule_count; i++)
        left += count_of(&tally->rules[i]) > 0;
    if (left == 0)
        return;
    report_pen_words(pen, 2, title);
    for (size_t i = 0; i < tally->rule_count; i++) {
        size_t count = count_of(&tally->rules[i]);
        if (count > 0)
            report_table_name_count(pen, tally->rules[i].rule, count, --left == 0);
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
#define QUOTA_COLUMNS 15

/* Quotas in words: what has one of its own, and whose it is where it bounds the night. */
struct quota {
    const char *name, *words, *subject, *owner;
};

/* A name that is not here stands for itself. */
static struct quota quota_of(const char *name)
{
    static const struct quota quotas[] = {
        {"platform", "ordinary", "app", "the app's ordinary quota,"},
        {"waba", "WABA", "WABA", "one WABA's"},
        {"credit_line", "credit line", "app", "the credit line's"},
        {"registration", "registration", "number", "one number's registrations,"},
    };

    for (size_t i = 0; i < sizeof quotas / sizeof quotas[0]; i++) {
        if (strcmp(name, quotas[i].name) == 0)
            return quotas[i];
    }
    return (struct quota){name, name, "one", name};
}

/* "5,000 calls an hour", "10 calls in 72 hours"; without the calls: "5,000 an hour" */
static void format_limit(const struct forecast_budget *budget, const char *calls,
                         char text[LIMIT_TEXT_BYTES])
{
    char count[REPORT_TABLE_COUNT_BYTES];
    int64_t hours = budget->window_ms / (INT64_C(60) * 60 * 1000);

    report_table_count_text(budget->limit, count);
    if (hours == 1)
        (void)snprintf(text, LIMIT_TEXT_BYTES, "%s%s an hour", count, calls);
    else
        (void)snprintf(text, LIMIT_TEXT_BYTES, "%s%s in %" PRId64 " hours", count, calls, hours);
}

/* What takes the time: "; bound by one WABA's 5,000 calls an hour." */
static void write_bound(struct report_pen *pen, const struct forecast *forecast)
{
    char limit[LIMIT_TEXT_BYTES];

    report_pen_words(pen, 2, "bound by");
    if (strcmp(forecast->bottleneck, "concurrency") == 0)
        report_pen_words(pen, 2, "how many calls go at once (--concurrency).");
    else if (strcmp(forecast->bottleneck, "latency") == 0)
        report_pen_words(pen, 2, "one number's own calls, one after the other.");
    for (size_t i = 0; i < forecast->budget_count; i++) {
        const struct forecast_budget *budget = &forecast->budgets[i];
        if (strcmp(forecast->bottleneck, budget->name) != 0)
            continue;
        format_limit(budget, " calls", limit);
        report_pen_printf(pen, 2, "%s %s.", quota_of(budget->name).owner, limit);
    }
}

static void write_quota(struct report_pen *pen, const struct forecast_budget *budget)
{
    struct quota quota = quota_of(budget->name);
    char count[REPORT_TABLE_COUNT_BYTES], cell[REPORT_TABLE_COUNT_BYTES + 8];
    char limit[LIMIT_TEXT_BYTES];

    report_table_count_text(budget->calls, count);
    (void)snprintf(cell, sizeof cell, "%*s", COUNT_COLUMNS - 1, count);
    report_pen_indent(pen, 2);
    report_pen_cell(pen, QUOTA_COLUMNS, quota.words);
    report_pen_cell(pen, COUNT_COLUMNS, cell);
    report_pen_indent(pen, pen->column + 1);
    unsigned hang = pen->column;
    format_limit(budget, "", limit);
    report_table_count_text(budget->busiest_calls, count);
    if (budget->limit <= 0)
        report_pen_words(pen, hang, "no limit is published");
    else if (budget->busiest_calls < budget->calls)
        report_pen_printf(pen, hang, "busiest %s %s of %s", quota.subject, count, limit);
    else
        report_pen_printf(pen, hang, "of %s", limit);
    report_pen_end(pen);
}

/* Only those that have calls. */
static void write_quotas(struct report_pen *pen, const struct forecast *forecast)
{
    bool is_headed = false;

    for (size_t i = 0; i < forecast->budget_count; i++) {
        if (forecast->budgets[i].calls <= 0)
            continue;
        if (!is_headed) {
            report_pen_indent(pen, 2);
            report_pen_words(pen, 2, "Calls by quota");
            report_pen_end(pen);
        }
        is_headed = true;
        write_quota(pen, &forecast->budgets[i]);
    }
}

static void write_forecast(struct report_pen *pen, const struct forecast *forecast)
{
    char calls[REPORT_TABLE_COUNT_BYTES], registrations[REPORT_TABLE_COUNT_BYTES];
    char duration[CLOCK_TEXT_BYTES];

    report_table_count_text(forecast->calls, calls);
    report_table_count_text(forecast->registrations, registrations);
    clock_format_duration(forecast->seconds * 1000, duration);
    report_pen_printf(pen, 2, "Forecast: %s call%s, %s registration%s, about %s, %lld night%s%s",
                      calls, report_table_plural(forecast->calls), registrations,
                      report_table_plural(forecast->registrations), duration,
                      (long long)forecast->nights, report_table_plural(forecast->nights),
                      forecast->bottleneck ? ";" : ".");
    if (forecast->bottleneck)
        write_bound(pen, forecast);
    report_pen_end(pen);
    write_quotas(pen, forecast);
}

static void write_calls(struct table *table)
{
    const struct report *report = table->report;
    struct report_pen *pen = &table->pen;
    char calls[REPORT_TABLE_COUNT_BYTES];

    report_pen_end(pen);
    report_table_count_text(report->calls_made, calls);
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
    write_aside(table, "Not known, but holding nothing up:", unseen_of);
    write_aside(table, "The run mends by itself:", fixable_of);
    report_templates_lines(&table->pen, table->report);
    report_moved_lines(&table->pen, table->report);
    write_calls(table);
    report_pen_end(&table->pen);
    report_table_answer(table);
    report_table_since(table);
}
