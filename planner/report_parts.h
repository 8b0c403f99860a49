/* SPDX-License-Identifier: PostgreSQL */
/*
 * report_parts -- what the writers of one report share: its counts, and what each number needs
 * done. Private to report*.c.
 */
#ifndef WABAMIGRATE_PLANNER_REPORT_PARTS_H
#define WABAMIGRATE_PLANNER_REPORT_PARTS_H

#include "planner/report.h"

/* The contract's states, in its order. */
#define REPORT_STATES 8
extern const char *const report_states[REPORT_STATES];
/* Which of them a state is; REPORT_STATES for a word that is none of them. */
size_t report_state_index(const char *state);

struct report_counts {
    size_t by_state[REPORT_STATES + 1];
    size_t eligible, not_eligible;
};

void report_count(const struct report_number *numbers, size_t number_count,
                  struct report_counts *counts);

/* Nothing is left to do for it: done, or cancelled. */
bool report_is_over(const struct report_number *number);

/* A fail blocks, and so does an unknown that somebody must answer; an unknown without an owner
 * answers itself later. What the run mends by itself does not block. */
bool report_is_blocking(const struct report_finding *finding);

/* One thing to be done for a number: why, by whom (NULL: nobody, it goes on by itself), and how. */
struct report_act {
    const struct report_finding *finding; /* what it answers: a finding, */
    const struct report_error *error;     /* or the error, */
    const char *waiting_for;              /* or a wait */
    const char *owner, *remedy;
};

#define REPORT_ACTS_MAX 26

/* Everything to be done for the number, most urgent first. Nothing for one that is over. */
size_t report_acts(const struct report_number *number, struct report_act acts[REPORT_ACTS_MAX]);

#define REPORT_CAUSE_BYTES 192
/* What an act answers, in a few words: a rule and its value, an error's title. */
void report_act_cause(const struct report_act *act, char cause[REPORT_CAUSE_BYTES]);

/* The writers; each leaves errors of the stream to the caller. */
void report_table_write(const struct report *report, unsigned width, FILE *stream);
void report_story_write(const struct report *report, unsigned width, FILE *stream);
void report_json_write(const struct report *report, bool with_attempts, FILE *stream);
void report_csv_write(const struct report *report, FILE *stream);

#endif
