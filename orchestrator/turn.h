/* SPDX-License-Identifier: PostgreSQL */
/*
 * turn -- the policy: which of two steps is claimed first.
 *
 * What is urgent (a signup code lives 30 seconds); then the customer with fewer numbers, because
 * that is the shortest way to a finished customer, and so that one of 10,000 numbers does not keep
 * the others; then what is nearest to its end, because a number done tonight beats two half done;
 * then what has been due the longest; then what was loaded first.
 *
 * The database claims in this order (sql/step_claim.sql, wabamigrate.turn_of); this is the same to
 * reason and to test with.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_TURN_H
#define WABAMIGRATE_ORCHESTRATOR_TURN_H

#include <stdint.h>

#define TURN_COUNT 4

struct turn_step {
    int urgency; /* 0 before 1, as path_step has it */
    int turn;
    int ordinal; /* its place in the path, from 0 */
    int64_t due_ms, step_id;
};

/* Of a customer with so many numbers when it was loaded: from 0, one more for each eightfold. */
int turn_of(int64_t numbers);
/* Below 0: `left` is claimed first; never 0 for two different steps. */
int turn_compare(const struct turn_step *left, const struct turn_step *right);

#endif
