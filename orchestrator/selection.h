/* SPDX-License-Identifier: PostgreSQL */
/* selection -- --only and --number: which customers and numbers a command is about. */
#ifndef WABAMIGRATE_ORCHESTRATOR_SELECTION_H
#define WABAMIGRATE_ORCHESTRATOR_SELECTION_H

#include "orchestrator/options.h"

/* Customer keys and E.164 numbers ("+33 1 23…" names "+33123…"); NULL selects everything. */
struct selection {
    char **names;
    size_t count;
    bool is_everything;
};

/* STATUS_INVALID when what looks like a number is none. Finish in either case. */
MUST_CHECK enum status selection_parse(const struct options *options, struct selection *selection,
                                       struct fault *fault);
void selection_finish(struct selection *selection);
bool selection_has(const struct selection *selection, const char *number, const char *customer);

/* The same as a PostgreSQL array literal; NULL when nothing is selected, which means everything.
 * Free with free(). */
MUST_CHECK enum status selection_read(const struct options *options, char **literal,
                                      struct fault *fault);

#endif
