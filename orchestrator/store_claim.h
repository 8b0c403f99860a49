/* SPDX-License-Identifier: PostgreSQL */
/* store_claim -- a row of step_claim.sql becomes a task. */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_CLAIM_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_CLAIM_H

#include <libpq-fe.h>

#include "orchestrator/batch_facts.h"
#include "orchestrator/task.h"

/* Adds a task for each row. `batch` is borrowed by the tasks' facts. True: a budget could not serve
 * all that was asked of it, and is parked; another claim may find steps that use others. */
bool store_claim_read(const PGresult *rows, const struct batch_facts *batch,
                      struct task_queue *tasks);

#endif
