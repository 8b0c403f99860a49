/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/manifest_problems.h"

#include "orchestrator/say.h"

void manifest_problem_print(unsigned *count, const char *file, unsigned line, unsigned column,
                            const char *key, const char *what)
{
    (*count)++;
    say_as(LOG_ERROR, "manifest.problem", "%s:%u:%u: %s: %s", file, line, column, key, what);
}

enum status manifest_problems_fault(const char *manifest, unsigned count, struct fault *fault)
{
    return fault_set(fault, STATUS_INVALID,
                     "%s has %u problem%s (above); nothing was loaded. Mend %s and run again",
                     manifest, count, count == 1 ? "" : "s", count == 1 ? "it" : "them");
}
