/* SPDX-License-Identifier: PostgreSQL */
/* store_findings -- what the rules said of many numbers, kept with its time: a run's and a check's.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_FINDINGS_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_FINDINGS_H

#include "orchestrator/pg_columns.h"
#include "planner/eligibility.h"

struct store_findings {
    struct pg_columns columns;
};

void store_findings_init(struct store_findings *findings);
/* Copies what it needs. */
void store_findings_add(struct store_findings *findings, const char *number,
                        const struct finding *list, size_t count);
/* Sends what was added and releases it. A row is kept only where the answer is another one than
 * before. */
void store_findings_send(struct store_findings *findings, const char *batch, store_send *send,
                         void *self);
/* Releases what was added, unsent. */
void store_findings_finish(struct store_findings *findings);

#endif
