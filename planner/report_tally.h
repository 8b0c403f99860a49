/* SPDX-License-Identifier: PostgreSQL */
/*
 * report_tally -- how many numbers stand behind a cause, and behind somebody who must act. Private
 * to report*.c.
 */
#ifndef WABAMIGRATE_PLANNER_REPORT_TALLY_H
#define WABAMIGRATE_PLANNER_REPORT_TALLY_H

#include "planner/report_parts.h"

struct report_tally_row {
    char text[REPORT_CAUSE_BYTES];
    const char *owner; /* borrowed from the report; NULL: nobody */
    size_t count;
};

/* Titles come from Meta and could all differ: past the ceiling they are counted together. */
#define REPORT_TALLY_ROWS_MAX 200

struct report_tally {
    struct report_tally_row rows[REPORT_TALLY_ROWS_MAX];
    size_t row_count;
    size_t others;
};

/* Counts what the number needs done in `causes`, and once for everyone who must act in `owners`. */
void report_tally_number(const struct report_number *number, struct report_tally *causes,
                         struct report_tally *owners);
/* Most numbers first. */
void report_tally_sort(struct report_tally *tally);

#endif
