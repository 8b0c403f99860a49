/* SPDX-License-Identifier: PostgreSQL */
/* report_table -- for somebody who was woken up: what to do first, the rest counted. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "planner/report_parts.h"
#include "planner/report_tally.h"
#include "planner/report_text.h"

#define NUMBER_COLUMNS 18
#define STATE_COLUMNS 10
#define STEP_COLUMNS_MAX 24
#define NARROW_BELOW 72
#define REMEDY_INDENT 6

/* In the order a person should care: what needs somebody, what waits, what goes on by itself. */
/* clang-format off */
static const struct { const char *state; unsigned rank; } attention[] = {
    {"blocked", 0}, {"failed", 0}, {"waiting", 1}, {"running", 2}, {"ready", 3}, {"pending", 4},
    {"cancelled", 5}, {"done", 6},
};
/* clang-format on */

static unsigned rank_of(const struct report_number *number)
{
    for (size_t i = 0; i < sizeof attention / sizeof attention[0]; i++) {
        if (number->state && strcmp(number->state, attention[i].state) == 0)
            return attention[i].rank;
    }
    return 2;
}

static bool is_done(const struct report_number *number)
{
    return report_state_index(number->state) == report_state_index("done");
}

static int compare_texts(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) : (left != NULL) - (right != NULL);
}

static bool is_same_text(const char *left, const char *right)
{
    return compare_texts(left, right) == 0;
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

struct table {
    struct report_pen pen;
    const struct report *report;
    unsigned step_columns;
    struct report_tally causes, owners;
};

static void write_states(struct report_pen *pen, unsigned hang, const struct report_counts *counts)
{
    size_t kinds = 0;

    for (size_t i = 0; i < sizeof attention / sizeof attention[0]; i++)
        kinds += counts->by_state[report_state_index(attention[i].state)] > 0;
    for (size_t i = 0; i < sizeof attention / sizeof attention[0]; i++) {
        size_t count = counts->by_state[report_state_index(attention[i].state)];
        if (count > 0)
            report_pen_printf(pen, hang, "%zu %s%s", count, attention[i].state,
                              --kinds > 0 ? "," : "");
    }
}

static void write_owners(struct table *table)
{
    struct report_pen *pen = &table->pen;

    if (table->owners.row_count == 0)
        return;
    report_pen_words(pen, 2, "Who must act:");
    for (size_t i = 0; i < table->owners.row_count; i++)
        report_pen_printf(pen, 2, "%s %zu%s", table->owners.rows[i].text,
                          table->owners.rows[i].count, i + 1 < table->owners.row_count ? "," : "");
    report_pen_end(pen);
}

static void write_header(struct table *table)
{
    const struct report *report = table->report;
    struct report_pen *pen = &table->pen;
    struct report_counts counts;

    report_count(report->numbers, report->number_count, &counts);
    report_pen_words(pen, 2, report->batch);
    report_pen_words(pen, 2, report->title);
    report_pen_words(pen, 2, report->generated_at);
    report_pen_printf(pen, 2, "— %zu number%s:", report->number_count,
                      plural(report->number_count));
    write_states(pen, 2, &counts);
    report_pen_end(pen);
    write_owners(table);
}

static int compare_acts(const struct report_number *left, const struct report_number *right)
{
    struct report_act a[REPORT_ACTS_MAX], b[REPORT_ACTS_MAX];
    size_t a_count = report_acts(left, a);
    size_t b_count = report_acts(right, b);

    for (size_t i = 0; i < a_count && i < b_count; i++) {
        int order = compare_texts(a[i].remedy, b[i].remedy);
        if (order == 0)
            order = compare_texts(a[i].owner, b[i].owner);
        if (order != 0)
            return order;
    }
    if (a_count != b_count)
        return a_count < b_count ? 1 : -1;
    return compare_texts(left->note, right->note);
}

struct row {
    const struct report_number *number;
};

/* What needs somebody first; numbers with the same to-do together; else as the caller sorted them.
 */
static int compare_rows(const void *left, const void *right)
{
    const struct report_number *a = ((const struct row *)left)->number;
    const struct report_number *b = ((const struct row *)right)->number;
    unsigned a_rank = rank_of(a);
    unsigned b_rank = rank_of(b);

    if (a_rank != b_rank)
        return a_rank < b_rank ? -1 : 1;
    int order = compare_acts(a, b);
    return order != 0 ? order : (a > b) - (a < b);
}

/* Somebody who waits is told for what; the remedy below says more. Else everything that blocks. */
static void write_causes(struct report_pen *pen, unsigned hang, const struct report_number *number)
{
    struct report_act acts[REPORT_ACTS_MAX];
    size_t count = report_acts(number, acts);
    char cause[REPORT_CAUSE_BYTES];

    if (number->waiting_for) {
        report_pen_printf(pen, hang, "waits for %s%s", number->waiting_for,
                          number->not_before ? "," : "");
        count = number->error ? 1 : 0;
    }
    if (number->not_before)
        report_pen_printf(pen, hang, "not before %s%s", number->not_before, count > 0 ? ":" : "");
    for (size_t i = 0; i < count; i++) {
        bool is_explained = acts[i].error && acts[i].error->details;
        report_act_cause(&acts[i], cause);
        report_pen_printf(pen, hang, "%s%s", cause, is_explained ? ":" : i + 1 < count ? "," : "");
        if (is_explained)
            report_pen_words(pen, hang, acts[i].error->details);
    }
}

static void write_row(struct table *table, const struct report_number *number)
{
    struct report_pen *pen = &table->pen;
    unsigned hang = 4;

    report_pen_indent(pen, 2);
    if (pen->width < NARROW_BELOW) {
        report_pen_words(pen, hang, number->number);
        report_pen_words(pen, hang, number->state);
        report_pen_words(pen, hang, number->step);
    } else {
        report_pen_cell(pen, NUMBER_COLUMNS, number->number);
        report_pen_cell(pen, STATE_COLUMNS, number->state ? number->state : "");
        report_pen_cell(pen, table->step_columns, number->step ? number->step : "");
        hang = pen->column;
    }
    write_causes(pen, hang, number);
    report_pen_end(pen);
}

/* The remedies already written for this customer. Past the ceiling one may be written again. */
#define WRITTEN_MAX 64
struct written {
    struct report_act acts[WRITTEN_MAX];
    size_t count;
};

static bool is_written(struct written *written, const struct report_act *act)
{
    for (size_t i = 0; i < written->count; i++) {
        if (is_same_text(written->acts[i].owner, act->owner) &&
            is_same_text(written->acts[i].remedy, act->remedy))
            return true;
    }
    if (written->count < WRITTEN_MAX)
        written->acts[written->count++] = *act;
    return false;
}

static void write_act(struct report_pen *pen, const struct report_act *act, bool is_repeated)
{
    char cause[REPORT_CAUSE_BYTES];

    report_pen_indent(pen, REMEDY_INDENT);
    if (act->owner)
        report_pen_printf(pen, REMEDY_INDENT + 2, "%s:", act->owner);
    if (is_repeated) {
        report_act_cause(act, cause);
        report_pen_printf(pen, REMEDY_INDENT + 2, "%s as above", cause);
    } else {
        report_pen_words(pen, REMEDY_INDENT + 2, act->remedy);
    }
    report_pen_end(pen);
}

/* What is to be done, under the last of the numbers it is to be done for. */
static void write_acts(struct table *table, const struct report_number *number,
                       struct written *written)
{
    struct report_act acts[REPORT_ACTS_MAX];
    size_t count = report_acts(number, acts);

    for (size_t i = 0; i < count; i++) {
        if (acts[i].remedy && (table->report->with_findings || !acts[i].finding))
            write_act(&table->pen, &acts[i], is_written(written, &acts[i]));
    }
    if (number->note) {
        report_pen_indent(&table->pen, REMEDY_INDENT);
        report_pen_words(&table->pen, REMEDY_INDENT + 2, number->note);
        report_pen_end(&table->pen);
    }
}

static void write_customer_line(struct report_pen *pen, const struct report_number *numbers,
                                size_t count)
{
    struct report_counts counts;

    report_count(numbers, count, &counts);
    report_pen_end(pen);
    report_pen_words(pen, 2, numbers[0].customer);
    if (numbers[0].customer_name && *numbers[0].customer_name) {
        report_pen_words(pen, 2, "—");
        report_pen_words(pen, 2, numbers[0].customer_name);
    }
    report_pen_printf(pen, 2, "— %zu number%s:", count, plural(count));
    write_states(pen, 2, &counts);
    report_pen_end(pen);
}

/* `rows` has room for `count`. */
static void write_customer(struct table *table, const struct report_number *numbers, size_t count,
                           struct row *rows)
{
    struct written written = {.count = 0};
    size_t row_count = 0;

    for (size_t i = 0; i < count; i++) {
        if (!is_done(&numbers[i]))
            rows[row_count++].number = &numbers[i];
    }
    if (row_count == 0)
        return;
    qsort(rows, row_count, sizeof rows[0], compare_rows);
    write_customer_line(&table->pen, numbers, count);
    for (size_t i = 0; i < row_count; i++) {
        const struct report_number *number = rows[i].number;
        const struct report_number *next = i + 1 < row_count ? rows[i + 1].number : NULL;
        write_row(table, number);
        if (!next || rank_of(number) != rank_of(next) || compare_acts(number, next) != 0)
            write_acts(table, number, &written);
    }
}

static size_t customer_size(const struct report *report, size_t begin)
{
    size_t end = begin + 1;

    while (end < report->number_count &&
           is_same_text(report->numbers[end].customer, report->numbers[begin].customer))
        end++;
    return end - begin;
}

static void write_customers(struct table *table)
{
    const struct report *report = table->report;
    struct row *rows = memory_take((report->number_count + 1) * sizeof *rows);

    for (size_t i = 0, size; i < report->number_count; i += size) {
        size = customer_size(report, i);
        write_customer(table, report->numbers + i, size, rows);
    }
    free(rows);
}

static bool is_all_done(const struct report_number *numbers, size_t count)
{
    size_t i = 0;

    while (i < count && is_done(&numbers[i]))
        i++;
    return i == count;
}

/* Customers with nothing left to do, a word each. Each waits for the next, which brings its comma.
 */
static void write_done_customers(struct table *table)
{
    const struct report *report = table->report;
    struct report_pen *pen = &table->pen;
    size_t last_size = 0;

    for (size_t i = 0, size; i < report->number_count; i += size) {
        size = customer_size(report, i);
        if (!is_all_done(report->numbers + i, size))
            continue;
        if (last_size == 0) {
            report_pen_end(pen);
            report_pen_words(pen, 2, "All done:");
        } else {
            report_pen_printf(pen, 2, "%zu,", last_size);
        }
        report_pen_words(pen, 2, report->numbers[i].customer);
        last_size = size;
    }
    if (last_size > 0) {
        report_pen_printf(pen, 2, "%zu", last_size);
        report_pen_end(pen);
    }
}

#define COUNT_COLUMNS 9
#define OWNER_COLUMNS 17

static void write_tally_row(struct report_pen *pen, unsigned cause_columns, const char *cause,
                            const char *count, const char *owner)
{
    char number[24];

    (void)snprintf(number, sizeof number, "%7s", count);
    report_pen_cell(pen, cause_columns, cause);
    report_pen_cell(pen, COUNT_COLUMNS, number);
    report_pen_cell(pen, OWNER_COLUMNS, owner);
    report_pen_end(pen);
}

static unsigned widest_cause(const struct report_tally *causes, unsigned room)
{
    unsigned widest = report_text_columns_of("What holds them up");

    for (size_t i = 0; i < causes->row_count; i++) {
        unsigned columns = report_text_columns_of(causes->rows[i].text);
        widest = columns > widest ? columns : widest;
    }
    return widest + 2 < room ? widest + 2 : room;
}

static void write_tally(struct table *table)
{
    struct report_pen *pen = &table->pen;
    struct report_tally *causes = &table->causes;
    unsigned columns = widest_cause(causes, pen->width - COUNT_COLUMNS - OWNER_COLUMNS);
    char count[24];

    if (causes->row_count == 0)
        return;
    report_tally_sort(causes);
    report_pen_end(pen);
    write_tally_row(pen, columns, "What holds them up", "numbers", "who must act");
    for (size_t i = 0; i < causes->row_count; i++) {
        const struct report_tally_row *row = &causes->rows[i];
        (void)snprintf(count, sizeof count, "%zu", row->count);
        write_tally_row(pen, columns, row->text, count, row->owner ? row->owner : "nobody");
    }
    if (causes->others > 0) {
        (void)snprintf(count, sizeof count, "%zu", causes->others);
        write_tally_row(pen, columns, "other causes", count, "");
    }
    write_owners(table);
}

static void write_calls(struct table *table)
{
    const struct report *report = table->report;
    struct report_pen *pen = &table->pen;
    char duration[CLOCK_TEXT_BYTES];

    report_pen_end(pen);
    report_pen_printf(pen, 2, "%lld call%s made.", (long long)report->calls_made,
                      plural((size_t)report->calls_made));
    if (report->forecast_calls >= 0) {
        clock_format_duration(report->forecast_seconds * 1000, duration);
        report_pen_printf(pen, 2, "Forecast: %lld call%s, about %s, %lld night%s.",
                          (long long)report->forecast_calls, plural((size_t)report->forecast_calls),
                          duration, (long long)report->forecast_nights,
                          plural((size_t)report->forecast_nights));
    }
    report_pen_end(pen);
}

static unsigned widest_step(const struct report *report)
{
    unsigned widest = 4;

    for (size_t i = 0; i < report->number_count; i++) {
        const struct report_number *number = &report->numbers[i];
        unsigned columns =
            number->step && !is_done(number) ? report_text_columns_of(number->step) : 0;
        widest = columns > widest ? columns : widest;
    }
    return (widest > STEP_COLUMNS_MAX ? STEP_COLUMNS_MAX : widest) + 2;
}

void report_table_write(const struct report *report, unsigned width, FILE *stream)
{
    /* Some 40 kB of tallies: not for the stack of a caller we do not know. */
    struct table *table = memory_take(sizeof *table);

    *table = (struct table){.report = report, .step_columns = widest_step(report)};
    report_pen_init(&table->pen, stream, width);
    for (size_t i = 0; i < report->number_count; i++)
        report_tally_number(&report->numbers[i], &table->causes, &table->owners);
    report_tally_sort(&table->owners);
    write_header(table);
    write_customers(table);
    write_done_customers(table);
    write_tally(table);
    write_calls(table);
    free(table);
}
