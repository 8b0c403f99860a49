/* SPDX-License-Identifier: PostgreSQL */
/* report_output -- a report to --output or standard output, in --format, whole or not at all. */
#ifndef WABAMIGRATE_ORCHESTRATOR_REPORT_OUTPUT_H
#define WABAMIGRATE_ORCHESTRATOR_REPORT_OUTPUT_H

#include <stdbool.h>

#include "orchestrator/options.h"
#include "planner/report.h"

/* `is_story`: one number's whole story. */
MUST_CHECK enum status report_output(const struct options *options, struct report *report,
                                     bool is_story, struct fault *fault);

/* What --format asks for, else the contract's default; and the columns of the terminal. */
enum report_format report_output_format(const struct options *options);
unsigned report_output_width(const struct options *options);

/* Whether --output can be written at all: asked before any work is done. STATUS_INVALID when not.
 */
MUST_CHECK enum status report_output_check(const struct options *options, struct fault *fault);

#endif
