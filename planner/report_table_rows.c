/* SPDX-License-Identifier: PostgreSQL */
/* report_table_rows -- one customer's numbers: why each is where it is, and what is to be done. */
#include "planner/report_table.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_COLUMNS 18
#define STATE_COLUMNS 10
#define STEP_COLUMNS_MAX 24
#define OWNER_COLUMNS_MAX 18
#define CAUSE_COLUMNS_MIN 20
#define NARROW_BELOW 72
#define REMEDY_INDENT 6
#define TEXT_BYTES 1024

static int compare_texts(const char *left, const char *right)
{
    if (left == right)
        return 0;
    return left && right ? strcmp(left, right) : (left != NULL) - (right != NULL);
}

static bool is_same_text(const char *left, const char *right)
{
    return compare_texts(left, right) == 0;
}

static const char *rule_of(const struct report_act *act)
{
    return act->finding ? act->finding->rule : NULL;
}

static int compare_acts(const struct table_row *left, const struct table_row *right)
{
    for (size_t i = 0; i < left->act_count && i < right->act_count; i++) {
        int order = compare_texts(left->acts[i].remedy, right->acts[i].remedy);
        if (order == 0)
            order = compare_texts(left->acts[i].owner, right->acts[i].owner);
        if (order == 0)
            order = compare_texts(rule_of(&left->acts[i]), rule_of(&right->acts[i]));
        if (order != 0)
            return order;
    }
    if (left->act_count != right->act_count)
        return left->act_count < right->act_count ? 1 : -1;
    return compare_texts(left->number->note, right->number->note);
}

/* What needs somebody first; numbers with the same to-do together; else as the caller sorted them.
 */
static int compare_rows(const void *left, const void *right)
{
    const struct table_row *a = left, *b = right;
    unsigned a_rank = report_table_rank(a->number);
    unsigned b_rank = report_table_rank(b->number);

    if (a_rank != b_rank)
        return a_rank < b_rank ? -1 : 1;
    int order = compare_acts(a, b);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

/* ---- the words of a cause ---- */

/* Cut where it does not fit. */
static void append_sign(char text[TEXT_BYTES], char sign)
{
    size_t used = strlen(text);

    if (used + 1 >= TEXT_BYTES)
        return;
    text[used] = sign;
    text[used + 1] = '\0';
}

static void append(char text[TEXT_BYTES], const char *words)
{
    if (*text)
        append_sign(text, ' ');
    size_t used = strlen(text);
    size_t fitting = report_text_fit(words, TEXT_BYTES - 1 - used);
    memcpy(text + used, words, fitting);
    text[used + fitting] = '\0';
}

/* A number that is blocked or may move says so by its findings; the word is the batch's memory. */
static bool is_waiting(const struct report_number *number)
{
    size_t standing = report_standing(number);

    return number->waiting_for && standing != REPORT_BLOCKED && standing != REPORT_READY;
}

/* What has changed since the look it is compared with, and what it waits for: before the causes. */
static void describe_place(const struct report_number *number, char text[TEXT_BYTES])
{
    static const char *const marks[] = {[REPORT_CHANGE_NEWLY_ELIGIBLE] = "newly eligible",
                                        [REPORT_CHANGE_NEWLY_BLOCKED] = "newly blocked",
                                        [REPORT_CHANGE_NEW] = "new"};
    const char *mark = marks[number->change];
    bool is_more = is_waiting(number) || number->not_before;

    *text = '\0';
    if (mark)
        append(text, mark);
    if (mark && is_more)
        append_sign(text, ',');
    if (is_waiting(number)) {
        append(text, "waits for");
        append(text, number->waiting_for);
        if (number->not_before)
            append_sign(text, ',');
    }
    if (number->not_before) {
        append(text, "not before");
        append(text, number->not_before);
    }
    if (!is_more && report_standing(number) == REPORT_READY &&
        report_state_index(number->state) != REPORT_READY)
        append(text, mark ? "(can move now)" : "can move now");
}

/* Nobody was asked when offline: that a reading is missing says nothing of our access then. */
static void describe_cause(const struct table *table, const struct report_act *act,
                           char cause[REPORT_CAUSE_BYTES])
{
    bool is_unread = act->finding && !act->finding->value &&
                     strcmp(act->finding->evidence, "none") == 0 &&
                     strcmp(act->finding->verdict, "unknown") == 0;

    if (table->report->is_offline && is_unread)
        (void)snprintf(cause, REPORT_CAUSE_BYTES, "%s (not known)", act->finding->rule);
    else
        report_act_cause(act, cause);
}

/* That it waits says already why. */
static bool is_said_by_wait(const struct report_number *number, const struct report_act *act)
{
    return is_waiting(number) && (act->waiting_for || (act->finding && act->is_blocking));
}

/* ---- what is to be done, once a customer ---- */

/* The remedies already written for this customer. Past the ceiling one may be written again. */
#define WRITTEN_MAX 64
struct written {
    struct report_act acts[WRITTEN_MAX];
    size_t count;
};

static bool is_same_work(const struct report_act *left, const struct report_act *right)
{
    return is_same_text(left->owner, right->owner) && is_same_text(left->remedy, right->remedy);
}

static bool is_written(struct written *written, const struct report_act *act)
{
    for (size_t i = 0; i < written->count; i++) {
        if (is_same_work(&written->acts[i], act))
            return true;
    }
    if (written->count < WRITTEN_MAX)
        written->acts[written->count++] = *act;
    return false;
}

static bool has_remedy(const struct table *table, const struct report_act *act)
{
    return act->remedy && (table->report->with_findings || !act->finding);
}

/* An act before this one has the same remedy: it was written with that. */
static bool is_joined(const struct table *table, const struct table_row *row, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (has_remedy(table, &row->acts[at]) && has_remedy(table, &row->acts[i]) &&
            is_same_work(&row->acts[i], &row->acts[at]))
            return true;
    }
    return false;
}

/* ---- below 120 columns: a line a number, remedies under them ---- */

/* The next act that is still to be named; NULL: none. */
static const struct report_act *next_cause(const struct table_row *row, size_t from)
{
    for (size_t i = from; i < row->act_count; i++) {
        if (!is_said_by_wait(row->number, &row->acts[i]))
            return &row->acts[i];
    }
    return NULL;
}

/* The place leads the first cause: "newly blocked: two_step_off". */
static void append_lead(char place[TEXT_BYTES], const struct report_act *next)
{
    if (*place && next)
        append_sign(place, next->is_blocking ? ':' : ';');
}

bool report_table_has_causes(const struct table_row *row)
{
    return next_cause(row, 0) != NULL;
}

void report_table_causes(struct table *table, unsigned hang, const struct table_row *row)
{
    struct report_pen *pen = &table->pen;
    char cause[REPORT_CAUSE_BYTES];

    for (size_t i = 0; i < row->act_count; i++) {
        const struct report_act *act = &row->acts[i];
        bool is_explained = act->error && act->error->details;
        if (is_said_by_wait(row->number, act))
            continue;
        describe_cause(table, act, cause);
        const char *sign = is_explained ? ":" : next_cause(row, i + 1) ? "," : "";
        report_pen_printf(pen, hang, "%s%s%s", act->is_blocking ? "" : "warning: ", cause, sign);
        if (is_explained)
            report_pen_words(pen, hang, act->error->details);
    }
}

static void write_line(struct table *table, const struct table_row *row)
{
    struct report_pen *pen = &table->pen;
    const struct report_number *number = row->number;
    unsigned hang = 4;
    char place[TEXT_BYTES];

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
    describe_place(number, place);
    append_lead(place, next_cause(row, 0));
    report_pen_words(pen, hang, place);
    report_table_causes(table, hang, row);
    report_pen_end(pen);
}

static size_t count_of_work(const struct table_row *row, const struct report_act *act)
{
    size_t count = 0;

    for (size_t i = 0; i < row->act_count; i++)
        count += is_same_work(&row->acts[i], act);
    return count;
}

/* "source_waba_approved, two_step_off" and `end`: what one remedy answers. */
static void write_names(struct table *table, const struct table_row *row,
                        const struct report_act *act, const char *end)
{
    size_t left = count_of_work(row, act);
    char cause[REPORT_CAUSE_BYTES];

    for (size_t i = 0; i < row->act_count; i++) {
        const char *name = rule_of(&row->acts[i]);
        if (!is_same_work(&row->acts[i], act))
            continue;
        if (!name)
            describe_cause(table, &row->acts[i], cause);
        report_pen_printf(&table->pen, REMEDY_INDENT + 2, "%s%s", name ? name : cause,
                          --left > 0 ? "," : end);
    }
}

static void write_act(struct table *table, const struct table_row *row,
                      const struct report_act *act, bool is_repeated)
{
    struct report_pen *pen = &table->pen;

    report_pen_indent(pen, REMEDY_INDENT);
    if (act->owner)
        report_pen_printf(pen, REMEDY_INDENT + 2, "%s:", act->owner);
    if (is_repeated || count_of_work(row, act) > 1)
        write_names(table, row, act, is_repeated ? " as above" : ":");
    if (!is_repeated)
        report_pen_words(pen, REMEDY_INDENT + 2, act->remedy);
    report_pen_end(pen);
}

/* What is to be done, under the last of the numbers it is to be done for. */
static void write_acts(struct table *table, const struct table_row *row, struct written *written)
{
    for (size_t i = 0; i < row->act_count; i++) {
        const struct report_act *act = &row->acts[i];
        if (has_remedy(table, act) && !is_joined(table, row, i))
            write_act(table, row, act, is_written(written, act));
    }
    if (row->number->note) {
        report_pen_indent(&table->pen, REMEDY_INDENT);
        report_pen_words(&table->pen, REMEDY_INDENT + 2, row->number->note);
        report_pen_end(&table->pen);
    }
}

void report_table_remedies(struct table *table, const struct table_row *row)
{
    struct written written = {.count = 0};

    write_acts(table, row, &written);
}

static void write_narrow_row(struct table *table, const struct table_row *row,
                             const struct table_row *next, struct written *written)
{
    bool is_last_of_kind = !next ||
                           report_table_rank(row->number) != report_table_rank(next->number) ||
                           compare_acts(row, next) != 0;

    write_line(table, row);
    if (is_last_of_kind)
        write_acts(table, row, written);
}

/* ---- from 120 columns on: what is to be done beside the number ---- */

struct wide_row {
    struct table *table;
    const struct report_number *number;
    bool is_begun; /* the number itself is written */
};

static void write_cells(struct table *table, const char *const texts[6])
{
    unsigned widths[6] = {NUMBER_COLUMNS,       STATE_COLUMNS,        table->step_columns,
                          table->cause_columns, table->owner_columns, 0};
    struct report_cell cells[6];
    unsigned column = 2;

    for (size_t i = 0; i < 6; i++) {
        cells[i] = (struct report_cell){column, widths[i], texts[i]};
        column += widths[i];
    }
    cells[5].columns = table->pen.width + 1 - cells[5].column;
    report_pen_row(&table->pen, cells, 6);
}

static void write_wide_line(struct wide_row *wide, const char *cause, const char *owner,
                            const char *text)
{
    const struct report_number *number = wide->number;
    bool is_first = !wide->is_begun;
    const char *const texts[6] = {is_first ? number->number : NULL,
                                  is_first ? number->state : NULL,
                                  is_first ? number->step : NULL,
                                  cause,
                                  owner,
                                  text};

    write_cells(wide->table, texts);
    wide->is_begun = true;
}

/* Every cause that the act at `at` answers, after the place. */
static void append_causes(struct table *table, const struct table_row *row, size_t at, char *place)
{
    bool is_first = true;
    char cause[REPORT_CAUSE_BYTES];

    for (size_t i = at; i < row->act_count; i++) {
        const struct report_act *act = &row->acts[i];
        bool is_joining = i > at && is_joined(table, row, i) && is_same_work(act, &row->acts[at]);
        if ((i > at && !is_joining) || is_said_by_wait(row->number, act))
            continue;
        describe_cause(table, act, cause);
        if (is_first)
            append_lead(place, act);
        else
            append_sign(place, ',');
        if (!act->is_blocking)
            append(place, "warning:");
        append(place, cause);
        is_first = false;
    }
}

static void write_wide_act(struct wide_row *wide, const struct table_row *row, size_t at,
                           char *place, struct written *written)
{
    const struct report_act *act = &row->acts[at];
    const char *details = act->error ? act->error->details : NULL;
    const char *remedy = !has_remedy(wide->table, act) ? NULL
                         : is_written(written, act)    ? "as above"
                                                       : act->remedy;

    append_causes(wide->table, row, at, place);
    write_wide_line(wide, place, act->owner, details ? details : remedy);
    if (details && remedy)
        write_wide_line(wide, NULL, NULL, remedy);
    *place = '\0';
}

static void write_wide_row(struct table *table, const struct table_row *row,
                           struct written *written)
{
    struct wide_row wide = {.table = table, .number = row->number};
    char place[TEXT_BYTES];

    describe_place(row->number, place);
    for (size_t i = 0; i < row->act_count; i++) {
        if (!is_joined(table, row, i))
            write_wide_act(&wide, row, i, place, written);
    }
    if (!wide.is_begun || row->number->note)
        write_wide_line(&wide, place, NULL, row->number->note);
}

void report_table_column_heads(struct table *table)
{
    static const char *const heads[6] = {"Number",        "State", "Step",
                                         "What stops it", "Whose", "What to do"};

    if (!table->is_wide)
        return;
    report_pen_end(&table->pen);
    write_cells(table, heads);
}

/* ---- both ---- */

void report_table_rows(struct table *table, struct table_row *rows, size_t row_count)
{
    struct written written = {.count = 0};

    qsort(rows, row_count, sizeof rows[0], compare_rows);
    for (size_t i = 0; i < row_count; i++) {
        if (table->is_wide)
            write_wide_row(table, &rows[i], &written);
        else
            write_narrow_row(table, &rows[i], i + 1 < row_count ? &rows[i + 1] : NULL, &written);
    }
}

static unsigned larger(unsigned left, unsigned right)
{
    return left > right ? left : right;
}

static unsigned smaller(unsigned left, unsigned right)
{
    return left < right ? left : right;
}

struct widths {
    unsigned step, cause, owner;
};

static void measure_acts(struct table *table, const struct report_number *number,
                         struct widths *widths)
{
    struct report_act acts[REPORT_ACTS_MAX];
    char place[TEXT_BYTES], cause[REPORT_CAUSE_BYTES];
    size_t count = report_acts(number, acts);

    describe_place(number, place);
    unsigned lead = report_text_columns_of(place);
    widths->cause = larger(widths->cause, lead);
    for (size_t i = 0; i < count; i++) {
        describe_cause(table, &acts[i], cause);
        unsigned columns = report_text_columns_of(cause);
        columns += acts[i].is_blocking ? 0 : (unsigned)strlen("warning: ");
        columns += i == 0 && lead > 0 ? lead + (unsigned)strlen(": ") : 0;
        if (!is_said_by_wait(number, &acts[i]))
            widths->cause = larger(widths->cause, columns);
        if (acts[i].owner)
            widths->owner = larger(widths->owner, report_text_columns_of(acts[i].owner));
    }
}

/* Causes take what they need up to two fifths of what is left; the remedies have the rest. */
void report_table_measure(struct table *table)
{
    struct widths widths = {.step = 4, .cause = CAUSE_COLUMNS_MIN, .owner = 5};

    for (size_t i = 0; i < table->report->number_count; i++) {
        const struct report_number *number = &table->report->numbers[i];
        if (number->step && report_standing(number) != REPORT_DONE)
            widths.step = larger(widths.step, report_text_columns_of(number->step));
        if (table->is_wide)
            measure_acts(table, number, &widths);
    }
    table->step_columns = smaller(widths.step, STEP_COLUMNS_MAX) + 2;
    table->owner_columns = smaller(widths.owner, OWNER_COLUMNS_MAX) + 2;
    if (table->is_wide) {
        unsigned taken = 2 + NUMBER_COLUMNS + STATE_COLUMNS + table->step_columns;
        unsigned left = table->pen.width - taken - table->owner_columns;
        table->cause_columns = smaller(widths.cause + 2, left * 2 / 5);
    }
}
