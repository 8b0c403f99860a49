/* SPDX-License-Identifier: PostgreSQL */
/* report_table -- for somebody who was woken up: what to do first, the rest counted. */
#include "planner/report_table.h"
#include "planner/report_templates.h"

#include <inttypes.h>
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

void report_table_count_text(int64_t value, char text[REPORT_TABLE_COUNT_BYTES])
{
    char digits[REPORT_TABLE_COUNT_BYTES];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRId64, value);
    size_t used = 0;

    for (size_t i = 0; i < length && used + 2 < REPORT_TABLE_COUNT_BYTES; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
            text[used++] = ',';
        text[used++] = digits[i];
    }
    text[used] = '\0';
}

void report_table_name_count(struct report_pen *pen, const char *name, size_t count, bool is_last)
{
    char text[REPORT_TABLE_COUNT_BYTES];

    (void)snprintf(text, sizeof text, "%zu%s", count, is_last ? "" : ",");
    unsigned columns = (name ? report_text_columns_of(name) : 0) + 2 + (unsigned)strlen(text);
    if (pen->column > 2 && pen->column + columns > pen->width) {
        report_pen_end(pen);
        report_pen_indent(pen, 2);
    }
    report_pen_words(pen, 2, name);
    report_pen_words(pen, 2, text);
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

static bool is_worth_a_row(const struct report_number *number)
{
    struct report_act acts[REPORT_ACTS_MAX];

    if (number->change == REPORT_CHANGE_NEWLY_ELIGIBLE ||
        number->change == REPORT_CHANGE_NEWLY_BLOCKED || number->note)
        return true;
    return report_acts(number, acts) > 0;
}

static enum table_place place_of(const struct report_number *numbers, size_t count)
{
    enum table_place place = TABLE_DONE;

    for (size_t i = 0; i < count && place != TABLE_URGENT; i++) {
        unsigned rank = report_table_rank(&numbers[i]);
        size_t standing = report_standing(&numbers[i]);
        enum table_place own = rank == 0                         ? TABLE_URGENT
                               : rank == REPORT_TABLE_RANK_WAITS ? TABLE_WAITS
                               : standing == REPORT_DONE         ? TABLE_DONE
                               : standing != REPORT_READY        ? TABLE_REST
                               : is_worth_a_row(&numbers[i])     ? TABLE_REST
                                                                 : TABLE_READY;
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

/* The urgent first; the gathered after those with a block of their own, most customers first. */
static int compare_spans(const void *left, const void *right)
{
    const struct table_span *a = left, *b = right;

    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    if (!a->kind != !b->kind)
        return a->kind ? 1 : -1;
    if (a->customers != b->customers)
        return a->customers < b->customers ? 1 : -1;
    int order = a->kind ? strcmp(a->kind, b->kind) : 0;
    if (order != 0)
        return order;
    return (a->begin > b->begin) - (a->begin < b->begin);
}

static void destroy_spans(struct table_span *spans, size_t span_count)
{
    for (size_t i = 0; i < span_count; i++)
        free(spans[i].kind);
    free(spans);
}

/* Release with destroy_spans(). */
static struct table_span *find_customers(const struct report *report, size_t *span_count)
{
    size_t count = 0;

    for (size_t i = 0; i < report->number_count; i++)
        count += i == 0 || !is_same_customer(&report->numbers[i - 1], &report->numbers[i]);
    struct table_span *spans = memory_take((count + 1) * sizeof *spans);
    *span_count = 0;
    for (size_t i = 0; i < report->number_count; i++) {
        if (i == 0 || !is_same_customer(&report->numbers[i - 1], &report->numbers[i]))
            spans[(*span_count)++] = (struct table_span){.begin = i};
        spans[*span_count - 1].count++;
    }
    for (size_t i = 0; i < count; i++)
        spans[i].place = place_of(report->numbers + spans[i].begin, spans[i].count);
    report_table_gather(report, spans, count);
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

/* Customers of whom there is nothing to say: a word and a count each. */
static void write_short(struct table *table, const struct table_span *spans, size_t span_count,
                        enum table_place place, const char *title)
{
    struct report_pen *pen = &table->pen;
    size_t left = 0;

    for (size_t i = 0; i < span_count; i++)
        left += spans[i].place == place;
    if (left == 0)
        return;
    report_pen_end(pen);
    report_pen_words(pen, 2, title);
    for (size_t i = 0; i < span_count; i++) {
        const struct report_number *numbers = table->report->numbers + spans[i].begin;
        if (spans[i].place != place)
            continue;
        size_t count = place == TABLE_READY ? ready_count(numbers, spans[i].count) : spans[i].count;
        report_table_name_count(pen, numbers[0].customer, count, --left == 0);
    }
    report_pen_end(pen);
}

/* What is left of the book can all move: then nobody need read who. */
static bool is_all_ready(const struct report *report)
{
    struct report_counts counts;

    report_count_standings(report->numbers, report->number_count, &counts);
    return counts.by_state[REPORT_READY] > 0 && counts.by_state[REPORT_READY] +
                                                        counts.by_state[REPORT_DONE] +
                                                        counts.by_state[REPORT_CANCELLED] ==
                                                    report->number_count;
}

/* The customers with something to say of them. Returns how many there are. */
static size_t write_blocks(struct table *table, const struct table_span *spans, size_t span_count)
{
    bool is_headed = false;
    size_t at = 0;

    while (at < span_count && spans[at].place < TABLE_READY) {
        const struct table_span *span = &spans[at];
        if (span->kind) {
            report_table_gathered(table, span, span->customers);
            at += span->customers;
            continue;
        }
        if (!is_headed)
            report_table_column_heads(table);
        is_headed = true;
        write_customer(table, table->report->numbers + span->begin, span->count);
        at++;
    }
    return at;
}

static void write_customers(struct table *table)
{
    size_t span_count;
    struct table_span *spans = find_customers(table->report, &span_count);
    size_t written = write_blocks(table, spans, span_count);

    if (is_all_ready(table->report)) {
        report_pen_end(&table->pen);
        report_pen_words(&table->pen, 2, "Nothing holds a number up: all that are left can move.");
        report_pen_end(&table->pen);
    } else {
        write_short(table, spans + written, span_count - written, TABLE_READY, "Ready to move:");
    }
    write_short(table, spans + written, span_count - written, TABLE_DONE, "All done:");
    destroy_spans(spans, span_count);
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
    if (report->templates)
        report_templates_lists(&table.pen, report->templates);
    report_table_summary(&table);
    free(table.tally);
}
