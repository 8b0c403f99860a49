/* SPDX-License-Identifier: PostgreSQL */
/*
 * store_budget -- what a group of settled tasks tells of the quotas, as one statement's parameters.
 *
 * The claim has reserved the calls of every task (sql/step_claim.sql, budget_take). Here each is
 * told as answered, or given back where it never left, together with what Graph's headers and
 * errors said. The database reckons; docs/quotas.md explains how.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_BUDGET_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_BUDGET_H

#include "orchestrator/pg_columns.h"
#include "orchestrator/task.h"

/* Which budget of its own a phase's calls use up, beside the app's: lane of the schema. */
enum budget_lane { LANE_APP, LANE_SOURCE, LANE_DESTINATION, LANE_CREDIT_LINE };
enum budget_lane budget_lane_of(const struct job_kind *kind, const struct job_phase *phase);
/* So many calls one request of the phase may count: 0 sends nothing. */
unsigned budget_calls_max(const struct job_phase *phase);

/* Sends nothing when no task of the group has a call to tell of. The app's budget stays locked
 * until the transaction ends, so this comes last in it. */
void store_budget_note(const struct task_queue *group, store_send *send, void *self);

#endif
