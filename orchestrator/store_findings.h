/* SPDX-License-Identifier: PostgreSQL */
/*
 * store_findings -- what the rules said of many numbers, kept with its time: a run's and a check's.
 *
 * A number whose answers are all as they were costs one row that is looked at; where one of them
 * changed, one row more, with all of them.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_FINDINGS_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_FINDINGS_H

#include "orchestrator/pg_columns.h"
#include "planner/eligibility.h"

struct store_findings {
    const PGresult *known; /* sql/assessment_known.sql, borrowed; NULL: all findings are sent */
    struct pg_columns assessments;
    struct buffer text; /* one number's findings, being made */
};

/* `known` must have been read under sql/assessment_lock.sql, in the transaction that records. */
void store_findings_init(struct store_findings *findings, const PGresult *known);
/* Copies what it needs. */
void store_findings_add(struct store_findings *findings, const char *number,
                        const struct finding *list, size_t count);
/* Sends what was added and releases it. The transaction holds sql/assessment_lock.sql. */
void store_findings_send(struct store_findings *findings, const char *batch, store_send *send,
                         void *self);

/* The row of `number` in rows that are ordered by its bytes, or -1. Its column is the first. */
int store_findings_row(const PGresult *rows, const char *number);

#endif
