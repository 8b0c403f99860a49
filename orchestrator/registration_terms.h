/* SPDX-License-Identifier: PostgreSQL */
/*
 * registration_terms -- what jobs/budget says of registrations, as parameters of the statements
 * that reckon with the ledger (the table `registration`).
 *
 * The figures stand in jobs/budget.c and nowhere else in the program; the database has Meta's ten
 * in 72 hours as a constraint of its own, and a test compares the two.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_REGISTRATION_TERMS_H
#define WABAMIGRATE_ORCHESTRATOR_REGISTRATION_TERMS_H

#include <stdbool.h>

#include "orchestrator/pg.h"

struct registration_terms {
    char allowance[24]; /* how many of a number may count at a time */
    char memory_ms[24]; /* for how long each does */
    const char *notes; /* why it waits where it may not: text[], by how many are spent; the last for
                          a number that Meta has blocked */
    struct pg_array array;
};

/* `with_kept`: a person wants the last ones spent too. Finish it with registration_terms_finish().
 */
void registration_terms_init(struct registration_terms *terms, bool with_kept);
void registration_terms_finish(struct registration_terms *terms);

#endif
