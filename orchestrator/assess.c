/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/assess.h"

#include <stddef.h>

void assess_task(struct task *task)
{
    const struct finding *block = NULL;

    task->findings = arena_alloc(task->arena, ELIGIBILITY_RULES_MAX * sizeof task->findings[0]);
    task->finding_count = eligibility_assess(&task->eligibility, task->arena, task->findings);
    task->is_eligible = eligibility_passes(task->findings, task->finding_count, &block);
    if (task->is_eligible) {
        /* The PIN that registration will set is stored with this verdict, before registration can
         * be claimed: whatever happens then, it is known. */
        if (!task->facts.pin)
            task->new_pin = secret_create_pin();
        reply_done(&task->reply, "eligible");
        task->reply.outcome = OUTCOME_DONE;
        return;
    }
    task->reply.outcome = OUTCOME_WAIT_PERSON;
    task->reply.waiting_for = block->waits_for ? block->waits_for : block->rule;
    if (!block->waits_for)
        task->settlement.state = "blocked";
}
