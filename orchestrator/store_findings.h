/* SPDX-License-Identifier: PostgreSQL */
/*
 * store_findings -- what the rules said of many numbers, kept with its time: a run's and a check's.
 *
 * A number whose answers are all as they were costs one row that is looked at; only where an answer
 * changed is there anything to add.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_FINDINGS_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_FINDINGS_H

#include "orchestrator/pg_columns.h"
#include "planner/eligibility.h"

struct store_findings {
    const PGresult *known; /* sql/assessment_at.sql for now, borrowed; NULL: nothing is known */
    struct pg_columns findings, assessments;
};

void store_findings_init(struct store_findings *findings, const PGresult *known);
/* Copies what it needs. */
void store_findings_add(struct store_findings *findings, const char *number,
                        const struct finding *list, size_t count);
/* How many numbers have been added since the last sending. */
unsigned store_findings_count(const struct store_findings *findings);
/* Sends what was added; more may be added after it. */
void store_findings_send(struct store_findings *findings, const char *batch, store_send *send,
                         void *self);
/* Releases what was added, unsent. */
void store_findings_finish(struct store_findings *findings);

/* The row of `number` in rows that are ordered by its bytes, or -1. Its column is the first. */
int store_findings_row(const PGresult *rows, const char *number);

#endif
