/* SPDX-License-Identifier: PostgreSQL */
/* report_fixture -- one book of three customers that every report test writes, and what they share
 * to look at what was written. */
#ifndef WABAMIGRATE_TESTS_REPORT_FIXTURE_H
#define WABAMIGRATE_TESTS_REPORT_FIXTURE_H

#include <stdio.h>

#include "planner/report.h"

#define FIXTURE_READ_AT "2026-11-23T01:00:00Z"
#define FIXTURE_TWO_STEP_REMEDY "Turn two-step verification off in WhatsApp Manager."
#define FIXTURE_NAME_REMEDY "Choose another display name."
#define FIXTURE_LATER_REMEDY "It is read once the number is there."

#define FIXTURE_NUMBERS 10
extern const struct report_number fixture_numbers[];
extern const struct report fixture_book;
/* A later night of another book, compared with the night before: in its order what is ready, waits,
 * is warned of, has become eligible, and is blocked. */
#define FIXTURE_NIGHT_NUMBERS 8
extern const struct report fixture_night;
/* What two of the first book's numbers are made of. */
extern const struct report_finding *const fixture_two_step_list[];
extern const struct report_error fixture_error;
extern const struct report_attempt fixture_attempts[];

typedef enum status (*fixture_writer)(const struct report *report, enum report_format format,
                                      unsigned width, FILE *stream, struct fault *fault);
/* The report as text. Release with free(). */
char *fixture_written(fixture_writer write, const struct report *report, enum report_format format,
                      unsigned width);

size_t fixture_count(const char *text, const char *part);
bool fixture_comes_before(const char *text, const char *first, const char *second);
/* The columns of the widest line (and that line), measured by the C library and not by the code
 * under test. Takes the text to pieces. */
int fixture_widest_line(char *text, const char **line_of_it);

struct fixture_test {
    const char *name;
    void (*run)(void);
};
/* A test program's main(): 0 when all passed. */
int fixture_run(const char *suite_name, const struct fixture_test *tests, size_t test_count);

#endif
