/* SPDX-License-Identifier: PostgreSQL */
/* report_table -- for somebody who was woken up: what to do first, the rest counted. */
#include "planner/report_table.h"

#include <stdlib.h>
#include <string.h>

#define WIDE_FROM 120

/* In the order a person should care: what needs somebody, what waits, what goes on by itself. */
/* clang-format off */
static const struct { enum report_state state; unsigned rank; } attention[] = {
    {REPORT_BLOCKED, 0}, {REPORT_FAILED, 0}, {REPORT_WAITING, REPORT_TABLE_RANK_WAITS},
    {REPORT_RUNNING, 2}, {REPORT_READY, 3}, {REPORT_PENDING, 4}, {REPORT_CANCELLED, 5},
    {REPORT_DONE, 6},
};
/* clang-format on */
#define ATTENTION_COUNT (sizeof attention / sizeof attention[0])

unsigned report_table_rank(const struct report_number *number)
{
    size_t standing = report_standing(number);

    for (size_t i = 0; i < ATTENTION_COUNT; i++) {
        if (standing == attention[i].state)
            return attention[i].rank;
    }
    return 2;
}

const char *report_table_plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

void report_table_states(struct report_pen *pen, const struct report_counts *counts)
{
    size_t kinds = 0;

    for (size_t i = 0; i < ATTENTION_COUNT; i++)
        kinds += counts->by_state[attention[i].state] > 0;
    for (size_t i = 0; i < ATTENTION_COUNT; i++) {
        size_t count = counts->by_state[attention[i].state];
        if (count > 0)
            report_pen_printf(pen, 2, "%zu %s%s", count, report_states[attention[i].state],
                              --kinds > 0 ? "," : "");
    }
    report_pen_end(pen);
}

/* A customer's numbers stand together, as the caller sorted them. */
struct span {
    size_t begin, count;
    enum place { PLACE_URGENT, PLACE_WAITS, PLACE_REST, PLACE_READY, PLACE_DONE } place;
};

static bool is_worth_a_row(const struct report_number *number)
{
    struct report_act acts[REPORT_ACTS_MAX];

    if (number->change == REPORT_CHANGE_NEWLY_ELIGIBLE ||
        number->change == REPORT_CHANGE_NEWLY_BLOCKED || number->note)
        return true;
    return report_acts(number, acts) > 0;
}

static enum place place_of(const struct report_number *numbers, size_t count)
{
    enum place place = PLACE_DONE;

    for (size_t i = 0; i < count && place != PLACE_URGENT; i++) {
        unsigned rank = report_table_rank(&numbers[i]);
        size_t standing = report_standing(&numbers[i]);
        enum place own = rank == 0                         ? PLACE_URGENT
                         : rank == REPORT_TABLE_RANK_WAITS ? PLACE_WAITS
                         : standing == REPORT_DONE         ? PLACE_DONE
                         : standing != REPORT_READY        ? PLACE_REST
                         : is_worth_a_row(&numbers[i])     ? PLACE_REST
                                                           : PLACE_READY;
        place = own < place ? own : place;
    }
    return place;
}

static bool is_same_customer(const struct report_number *left, const struct report_number *right)
{
    if (!left->customer || !right->customer)
        return left->customer == right->customer;
    return strcmp(left->customer, right->customer) == 0;
}

static int compare_spans(const void *left, const void *right)
{
    const struct span *a = left, *b = right;

    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    return (a->begin > b->begin) - (a->begin < b->begin);
}

/* Release with free(). */
static struct span *find_customers(const struct report *report, size_t *span_count)
{
    size_t count = 0;

    for (size_t i = 0; i < report->number_count; i++)
        count += i == 0 || !is_same_customer(&report->numbers[i - 1], &report->numbers[i]);
    struct span *spans = memory_take((count + 1) * sizeof *spans);
    *span_count = 0;
    for (size_t i = 0; i < report->number_count; i++) {
        if (i == 0 || !is_same_customer(&report->numbers[i - 1], &report->numbers[i]))
            spans[(*span_count)++] = (struct span){.begin = i};
        spans[*span_count - 1].count++;
    }
    for (size_t i = 0; i < count; i++)
        spans[i].place = place_of(report->numbers + spans[i].begin, spans[i].count);
    qsort(spans, count, sizeof *spans, compare_spans);
    return spans;
}

static void write_customer_line(struct report_pen *pen, const struct report_number *numbers,
                                size_t count)
{
    struct report_counts counts;

    report_count_standings(numbers, count, &counts);
    report_pen_end(pen);
    report_pen_words(pen, 2, numbers[0].customer);
    if (numbers[0].customer_name && *numbers[0].customer_name) {
        report_pen_words(pen, 2, "—");
        report_pen_words(pen, 2, numbers[0].customer_name);
    }
    report_pen_printf(pen, 2, "— %zu number%s:", count, report_table_plural((int64_t)count));
    report_table_states(pen, &counts);
}

static size_t act_total(const struct report_number *numbers, size_t count)
{
    struct report_act acts[REPORT_ACTS_MAX];
    size_t total = 0;

    for (size_t i = 0; i < count; i++)
        total += report_acts(&numbers[i], acts);
    return total;
}

/* What is to be done for each number is found once, for as long as its customer is written. */
static void write_customer(struct table *table, const struct report_number *numbers, size_t count)
{
    struct table_row *rows = memory_take(count * sizeof *rows);
    struct report_act *acts =
        memory_take((act_total(numbers, count) + REPORT_ACTS_MAX) * sizeof *acts);
    struct report_act *next = acts;
    size_t row_count = 0;

    for (size_t i = 0; i < count; i++) {
        if (report_standing(&numbers[i]) == REPORT_DONE)
            continue;
        size_t act_count = report_acts(&numbers[i], next);
        rows[row_count++] = (struct table_row){&numbers[i], next, act_count};
        next += act_count;
    }
    write_customer_line(&table->pen, numbers, count);
    report_table_rows(table, rows, row_count);
    free(acts);
    free(rows);
}

static size_t ready_count(const struct report_number *numbers, size_t count)
{
    size_t ready = 0;

    for (size_t i = 0; i < count; i++)
        ready += report_standing(&numbers[i]) == REPORT_READY;
    return ready;
}

/* Customers of whom there is nothing to say, a word and a count each. Each count waits for the next
 * word, which brings its comma. */
static void write_short(struct table *table, const struct span *spans, size_t span_count,
                        enum place place, const char *title)
{
    struct report_pen *pen = &table->pen;
    size_t last = 0;

    for (size_t i = 0; i < span_count; i++) {
        const struct report_number *numbers = table->report->numbers + spans[i].begin;
        if (spans[i].place != place)
            continue;
        if (last == 0) {
            report_pen_end(pen);
            report_pen_words(pen, 2, title);
        } else {
            report_pen_printf(pen, 2, "%zu,", last);
        }
        report_pen_words(pen, 2, numbers[0].customer);
        last = place == PLACE_READY ? ready_count(numbers, spans[i].count) : spans[i].count;
    }
    if (last > 0) {
        report_pen_printf(pen, 2, "%zu", last);
        report_pen_end(pen);
    }
}

static void write_customers(struct table *table)
{
    size_t span_count;
    struct span *spans = find_customers(table->report, &span_count);

    if (span_count > 0 && spans[0].place < PLACE_READY)
        report_table_column_heads(table);
    for (size_t i = 0; i < span_count && spans[i].place < PLACE_READY; i++)
        write_customer(table, table->report->numbers + spans[i].begin, spans[i].count);
    write_short(table, spans, span_count, PLACE_READY, "Ready to move:");
    write_short(table, spans, span_count, PLACE_DONE, "All done:");
    free(spans);
}

static void write_header(struct table *table)
{
    const struct report *report = table->report;
    struct report_pen *pen = &table->pen;

    report_pen_words(pen, 2, report->batch);
    report_pen_words(pen, 2, report->title);
    report_pen_words(pen, 2, report->generated_at);
    report_pen_words(pen, 2, "—");
    report_table_answer(table);
    report_table_since(table);
    if (report->is_offline) {
        report_pen_words(pen, 2,
                         "Offline: nobody was asked. This is what the manifest alone tells; what "
                         "only Graph knows is not known here.");
        report_pen_end(pen);
    }
}

void report_table_write(const struct report *report, unsigned width, FILE *stream)
{
    struct table table = {
        .report = report, .tally = report_tally_create(report), .is_wide = width >= WIDE_FROM};

    report_pen_init(&table.pen, stream, width);
    report_table_measure(&table);
    write_header(&table);
    write_customers(&table);
    report_table_summary(&table);
    free(table.tally);
}
