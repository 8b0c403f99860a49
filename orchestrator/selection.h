/* SPDX-License-Identifier: PostgreSQL */
/* selection -- --only and --number: which customers and numbers a command is about. */
#ifndef WABAMIGRATE_ORCHESTRATOR_SELECTION_H
#define WABAMIGRATE_ORCHESTRATOR_SELECTION_H

#include "orchestrator/options.h"

/* A PostgreSQL array literal of customer keys and E.164 numbers (numbers are normalised: "+33 1
 * 23…" names "+33123…"); NULL when nothing is selected, which means everything. Free with free().
 * STATUS_INVALID when what looks like a number is none. */
MUST_CHECK enum status selection_read(const struct options *options, char **literal,
                                      struct fault *fault);

#endif
