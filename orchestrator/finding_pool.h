/* SPDX-License-Identifier: PostgreSQL */
/*
 * finding_pool -- findings as a report shows them, each kept once.
 *
 * A book has 18 findings a number, and nearly all of them say the same: with each kept once, and
 * lists of them kept once too, a hundred thousand numbers take a few megabytes.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_FINDING_POOL_H
#define WABAMIGRATE_ORCHESTRATOR_FINDING_POOL_H

#include "base/arena.h"
#include "planner/eligibility.h"
#include "planner/report.h"

struct finding_pool;

/* What it hands out lives in `arena`. */
struct finding_pool *finding_pool_create(struct arena *arena);
void finding_pool_destroy(struct finding_pool *pool); /* NULL is fine */

/* The list as the report wants it; texts are copied. */
const struct report_finding *const *finding_pool_list(struct finding_pool *pool,
                                                      const struct finding *findings, size_t count);

#endif
