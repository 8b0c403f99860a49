/* SPDX-License-Identifier: PostgreSQL */
/*
 * path -- which steps a number takes, in which order, and whose they are.
 *
 * A path is a table. The engine knows no step by name: the tables here are written into the
 * database when a batch is loaded, and a step becomes claimable when all it needs is done. A step
 * of a WABA is done once for all its numbers. Where a step of a WABA needs a step of a number, the
 * first number that has it done is enough (nothing is written for a customer none of whose numbers
 * may move); such a step needs nothing else. Where a step of a number needs one of the WABA, it
 * waits for that one. `refreshes`: when this step is done, the named step is looked at again if it
 * was waiting or blocked. `renewed_by`: where this step waits for a code, a person's retry goes
 * back to the named step, and does all between the two again. `only_with`: the step is made for
 * those only that have this setting of the manifest; whoever needs it names what it needs, too.
 */
#ifndef WABAMIGRATE_JOBS_PATH_H
#define WABAMIGRATE_JOBS_PATH_H

#include <stddef.h>

#define PATH_NEEDS_MAX 4

struct path_step {
    const char *kind;
    const char *needs[PATH_NEEDS_MAX]; /* NULL-terminated unless full */
    const char *refreshes;             /* or NULL */
    const char *renewed_by;            /* or NULL; of the same subject */
    const char
        *only_with; /* or NULL; "data_localization_region", "templates", "templates_before" */
};

struct path {
    const char *name; /* "embedded_signup" */
    const struct path_step *steps;
    size_t step_count;
};

extern const struct path PATHS[];
extern const size_t PATH_COUNT;

const struct path *path_find(const char *name);

#endif
