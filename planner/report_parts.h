/* SPDX-License-Identifier: PostgreSQL */
/*
 * report_parts -- what the writers of one report share: its counts, and what each number needs
 * done. Private to report*.c.
 */
#ifndef WABAMIGRATE_PLANNER_REPORT_PARTS_H
#define WABAMIGRATE_PLANNER_REPORT_PARTS_H

#include "planner/report.h"

/* The contract's states, in its order. */
enum report_state {
    REPORT_PENDING,
    REPORT_BLOCKED,
    REPORT_WAITING,
    REPORT_READY,
    REPORT_RUNNING,
    REPORT_DONE,
    REPORT_FAILED,
    REPORT_CANCELLED,
    REPORT_STATES
};
extern const char *const report_states[REPORT_STATES];
/* Which of them a state is; REPORT_STATES for a word that is none of them. */
size_t report_state_index(const char *state);

struct report_counts {
    size_t by_state[REPORT_STATES + 1];
    size_t eligible, not_eligible;
};

void report_count(const struct report_number *numbers, size_t number_count,
                  struct report_counts *counts);

/* The state as a person should take it. A check knows more than the batch it looks at: what the
 * batch keeps as blocked and may move by now is ready, and what it keeps as ready and may not is
 * blocked. */
size_t report_standing(const struct report_number *number);
/* By standing instead of state. */
void report_count_standings(const struct report_number *numbers, size_t number_count,
                            struct report_counts *counts);

/* "newly_eligible", ...; NULL where nothing was compared. */
const char *report_change_name(enum report_change change);

/* Nothing is left to do for it: done, or cancelled. */
bool report_is_over(const struct report_number *number);

/* It keeps the number from moving, and is the rule's answer still. */
bool report_is_blocking(const struct report_finding *finding);

/* One thing to be done for a number: why, by whom (NULL: nobody, it goes on by itself), and how. */
struct report_act {
    const struct report_finding *finding; /* what it answers: a finding, */
    const struct report_error *error;     /* or the error, */
    const char *waiting_for;              /* or a wait */
    const char *owner, *remedy;
    bool is_blocking; /* else a warning that somebody may act on; the number moves all the same */
};

#define REPORT_ACTS_MAX 26

/* Everything to be done for the number, most urgent first: the error, what blocks, a wait that
 * nothing of these explains, then warnings that have an owner. What the run mends by itself, and
 * what is not known but would not stop the move, is nobody's work. Nothing for a number that is
 * over. */
size_t report_acts(const struct report_number *number, struct report_act acts[REPORT_ACTS_MAX]);

#define REPORT_CAUSE_BYTES 192
/* What an act answers, in a few words: a rule and its value, an error's title. Evidence is named
 * where it is not Graph's: "two_step_off (attested 2026-09-01, old)". */
void report_act_cause(const struct report_act *act, char cause[REPORT_CAUSE_BYTES]);

/* What writing to the stream came to: STATUS_IO when it failed. */
MUST_CHECK enum status report_written(FILE *stream, struct fault *fault);

/* The writers; each leaves errors of the stream to the caller. */
void report_table_write(const struct report *report, unsigned width, FILE *stream);
void report_story_write(const struct report *report, unsigned width, FILE *stream);
void report_json_write(const struct report *report, bool with_attempts, FILE *stream);
void report_html_write(const struct report *report, FILE *stream);
void report_csv_write(const struct report *report, FILE *stream);

/* Every text that the page shows besides the data, in English, for the test of the languages: NULL
 * after the last. */
const char *report_html_string(size_t at);

#endif
