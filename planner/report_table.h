/* SPDX-License-Identifier: PostgreSQL */
/*
 * report_table -- what the parts of the terminal's table share. Private to report_table*.c.
 *
 * Below 120 columns a number is a line and what is to be done stands under the numbers it is to be
 * done for; from 120 on it stands beside them, each text wrapped in its own column.
 */
#ifndef WABAMIGRATE_PLANNER_REPORT_TABLE_H
#define WABAMIGRATE_PLANNER_REPORT_TABLE_H

#include "planner/report_tally.h"
#include "planner/report_text.h"

struct table {
    struct report_pen pen;
    const struct report *report;
    struct report_tally *tally;
    bool is_wide;
    unsigned step_columns, cause_columns, owner_columns;
};

struct table_row {
    const struct report_number *number;
    const struct report_act *acts;
    size_t act_count;
};

/* A customer's numbers stand together, as the caller sorted them. */
struct table_span {
    size_t begin, count;
    enum table_place { TABLE_URGENT, TABLE_WAITS, TABLE_REST, TABLE_READY, TABLE_DONE } place;
    /* NULL: a block of its own. Else the same text as all customers it is gathered with. */
    char *kind;
    size_t customers; /* of that kind */
};

const char *report_table_plural(int64_t count);
#define REPORT_TABLE_COUNT_BYTES 32
/* "5,000" */
void report_table_count_text(int64_t value, char text[REPORT_TABLE_COUNT_BYTES]);
/* "bakery-lune 5," with the comma unless it is the last; name and count stay in one line. */
void report_table_name_count(struct report_pen *pen, const char *name, size_t count, bool is_last);
/* In the order a person should care; 0: it needs somebody, 1: it waits, more: it goes on. */
unsigned report_table_rank(const struct report_number *number);
#define REPORT_TABLE_RANK_WAITS 1
/* "2 blocked, 1 ready": the states in that order, ending the line. */
void report_table_states(struct report_pen *pen, const struct report_counts *counts);

/* Sets the columns' widths; call once, before the rows. */
void report_table_measure(struct table *table);
void report_table_column_heads(struct table *table);
/* The numbers of one customer: sorted here. */
void report_table_rows(struct table *table, struct table_row *rows, size_t row_count);

/* What stops the number, wrapped, without what its wait says already. */
void report_table_causes(struct table *table, unsigned hang, const struct table_row *row);
bool report_table_has_causes(const struct table_row *row);
/* What is to be done for it, each remedy once. */
void report_table_remedies(struct table *table, const struct table_row *row);

/* Finds the customers whose numbers all stand still for the very same reason, nobody's decision
 * being asked for: nothing but a wait, or what Meta or the partner must do. Where two or more have
 * it in common they get its `kind`. Release each kind with free(). */
void report_table_gather(const struct report *report, struct table_span *spans, size_t span_count);
/* The block of all customers of one kind: the cause, who, and the remedy once. */
void report_table_gathered(struct table *table, const struct table_span *spans, size_t span_count);

/* "10 numbers: 1 can move tonight, 4 blocked, ...", ending the line. */
void report_table_answer(struct table *table);
void report_table_since(struct table *table);
/* By rule, by owner, the forecast, and the answer again: what is on the screen when it stops. */
void report_table_summary(struct table *table);

#endif
