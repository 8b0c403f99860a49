/* SPDX-License-Identifier: PostgreSQL */
/* report_table_gather -- customers who all stand still for the same reason, in one block. */
#include "planner/report_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

/* A number's state, wait, note, causes and remedies; one with more keeps its own block. */
#define KIND_BYTES_MAX 16384

static bool is_one_of(const char *text, const char *first, const char *second)
{
    return text && (strcmp(text, first) == 0 || strcmp(text, second) == 0);
}

/* Nobody has to speak with this customer about it: nobody's work, Meta's or the partner's own, or a
 * wait for the signup, which is asked for of all alike. */
static bool is_alike_for_all(const struct report_act *act)
{
    return !act->is_blocking || !act->owner || is_one_of(act->owner, "meta", "partner") ||
           (act->finding && strcmp(act->finding->rule, "signup_captured") == 0);
}

/* A code is told number by number, so those are listed. */
static bool may_be_gathered(const struct report_number *number, const struct report_act *acts,
                            size_t act_count)
{
    size_t standing = report_standing(number);
    bool is_changed =
        number->change != REPORT_CHANGE_NONE && number->change != REPORT_CHANGE_UNCHANGED;

    if (is_changed || number->error || act_count == 0)
        return false;
    if (standing == REPORT_WAITING)
        return number->waiting_for && strcmp(number->waiting_for, "code") != 0;
    for (size_t i = 0; i < act_count; i++) {
        if (!is_alike_for_all(&acts[i]))
            return false;
    }
    return standing == REPORT_BLOCKED;
}

static const char *text_of(const char *text)
{
    return text ? text : "";
}

/* Everything a block of its own would say of the number, but for the number itself. */
static bool describe_kind(const struct report_number *number, struct buffer *kind)
{
    struct report_act acts[REPORT_ACTS_MAX];
    size_t act_count = report_acts(number, acts);
    char cause[REPORT_CAUSE_BYTES];
    bool is_whole;

    buffer_clear(kind);
    if (!may_be_gathered(number, acts, act_count))
        return false;
    /* What a blocked number waits for is the batch's memory and is not shown. */
    bool is_waiting = report_standing(number) == REPORT_WAITING;
    is_whole = buffer_printf(kind, "%zu\n%s\n%s\n%s", report_standing(number),
                             is_waiting ? text_of(number->waiting_for) : "",
                             text_of(number->not_before), text_of(number->note)) == STATUS_OK;
    for (size_t i = 0; i < act_count && is_whole; i++) {
        report_act_cause(&acts[i], cause);
        is_whole = buffer_printf(kind, "\n%d\n%s\n%s\n%s", acts[i].is_blocking, cause,
                                 text_of(acts[i].owner), text_of(acts[i].remedy)) == STATUS_OK;
    }
    return is_whole;
}

/* The kind that all the customer's numbers have which are not over, or NULL. Release with free().
 */
static char *take_kind(const struct report_number *numbers, size_t count)
{
    struct buffer first, next;
    bool is_same = true;

    buffer_init(&first, KIND_BYTES_MAX);
    buffer_init(&next, KIND_BYTES_MAX);
    for (size_t i = 0; i < count && is_same; i++) {
        struct buffer *kind = first.length == 0 ? &first : &next;
        if (report_is_over(&numbers[i]))
            continue;
        is_same = describe_kind(&numbers[i], kind) &&
                  (kind == &first || strcmp(buffer_text(&first), buffer_text(&next)) == 0);
    }
    char *kind = is_same && first.length > 0 ? buffer_take(&first) : NULL;
    buffer_finish(&first);
    buffer_finish(&next);
    return kind;
}

static int compare_kinds(const void *left, const void *right)
{
    const struct table_span *a = left, *b = right;

    if (!a->kind || !b->kind)
        return (a->kind == NULL) - (b->kind == NULL);
    return strcmp(a->kind, b->kind);
}

void report_table_gather(const struct report *report, struct table_span *spans, size_t span_count)
{
    size_t alike;

    for (size_t i = 0; i < span_count; i++) {
        if (spans[i].place == TABLE_URGENT || spans[i].place == TABLE_WAITS)
            spans[i].kind = take_kind(report->numbers + spans[i].begin, spans[i].count);
    }
    qsort(spans, span_count, sizeof *spans, compare_kinds);
    for (size_t i = 0; i < span_count && spans[i].kind; i += alike) {
        alike = 1;
        while (i + alike < span_count && compare_kinds(&spans[i], &spans[i + alike]) == 0)
            alike++;
        for (size_t j = i; j < i + alike; j++)
            spans[j].customers = alike;
        if (alike == 1) {
            free(spans[i].kind);
            spans[i].kind = NULL;
            spans[i].customers = 0;
        }
    }
}

static size_t left_of(const struct report *report, const struct table_span *span,
                      const struct report_number **one)
{
    size_t count = 0;

    for (size_t i = span->begin; i < span->begin + span->count; i++) {
        if (report_is_over(&report->numbers[i]))
            continue;
        *one = &report->numbers[i];
        count++;
    }
    return count;
}

/* "Waiting for signup", "Blocked by business_verified (pending)" */
static void write_cause(struct table *table, const struct table_row *row)
{
    struct report_pen *pen = &table->pen;
    const struct report_number *number = row->number;

    if (report_standing(number) == REPORT_WAITING) {
        const char *end = number->not_before ? "," : report_table_has_causes(row) ? ";" : "";
        report_pen_printf(pen, 2, "Waiting for %s%s", number->waiting_for, end);
        if (number->not_before)
            report_pen_printf(pen, 2, "not before %s%s", number->not_before,
                              report_table_has_causes(row) ? ";" : "");
    } else {
        report_pen_words(pen, 2, "Blocked by");
    }
    report_table_causes(table, 2, row);
}

void report_table_gathered(struct table *table, const struct table_span *spans, size_t span_count)
{
    const struct report *report = table->report;
    const struct report_number *one = NULL;
    struct report_act acts[REPORT_ACTS_MAX];
    char customers[REPORT_TABLE_COUNT_BYTES], numbers[REPORT_TABLE_COUNT_BYTES];
    size_t count = 0;

    for (size_t i = 0; i < span_count; i++)
        count += left_of(report, &spans[i], &one);
    struct table_row row = {.number = one, .acts = acts, .act_count = report_acts(one, acts)};
    report_table_count_text((int64_t)span_count, customers);
    report_table_count_text((int64_t)count, numbers);
    report_pen_end(&table->pen);
    write_cause(table, &row);
    report_pen_printf(&table->pen, 2, "— %s customers, %s numbers:", customers, numbers);
    for (size_t i = 0; i < span_count; i++)
        report_table_name_count(&table->pen, report->numbers[spans[i].begin].customer,
                                left_of(report, &spans[i], &one), i + 1 == span_count);
    report_pen_end(&table->pen);
    report_table_remedies(table, &row);
}
