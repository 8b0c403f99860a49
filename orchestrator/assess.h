/* SPDX-License-Identifier: PostgreSQL */
/* assess -- an assessed step: asks the planner's rules, and turns the verdict into a reply. */
#ifndef WABAMIGRATE_ORCHESTRATOR_ASSESS_H
#define WABAMIGRATE_ORCHESTRATOR_ASSESS_H

#include "orchestrator/task.h"

/* Fills task->findings and task->is_eligible from task->eligibility, draws a PIN for an eligible
 * number that has none, and decides task->reply: done, waiting for a person, or blocked (then
 * task->settlement.state is "blocked" already). */
void assess_task(struct task *task);

#endif
