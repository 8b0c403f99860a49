/* SPDX-License-Identifier: PostgreSQL */
/*
 * store_settle -- a group of settled tasks becomes the parameters of a few statements.
 *
 * One statement records all outcomes, and one each what was learned: however many tasks the group
 * has, it is one round trip and one commit.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_SETTLE_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_SETTLE_H

#include "orchestrator/batch_facts.h"
#include "orchestrator/pg_columns.h"
#include "orchestrator/task.h"

struct store_settle_facts {
    const struct batch_facts *batch;
    int64_t run_id, grace_ms;
    bool is_late; /* the run has been ended by another: what it read and decided is not taken */
};

/* Sends every statement the group needs, in order, but for what it tells of the quotas
 * (store_budget.h). The values are valid during each call. */
void store_settle_group(const struct task_queue *group, const struct store_settle_facts *facts,
                        store_send *send, void *self);

#endif
