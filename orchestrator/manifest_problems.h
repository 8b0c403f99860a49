/* SPDX-License-Identifier: PostgreSQL */
/* manifest_problems -- prints what is wrong with a manifest, FILE:LINE:COLUMN: key: what, and sums
 * up. */
#ifndef WABAMIGRATE_ORCHESTRATOR_MANIFEST_PROBLEMS_H
#define WABAMIGRATE_ORCHESTRATOR_MANIFEST_PROBLEMS_H

#include "base/fault.h"

/* Prints one line to standard error and counts it. */
void manifest_problem_print(unsigned *count, const char *file, unsigned line, unsigned column,
                            const char *key, const char *what);
/* The one sentence that closes the list: STATUS_INVALID. */
enum status manifest_problems_fault(const char *manifest, unsigned count, struct fault *fault);

#endif
