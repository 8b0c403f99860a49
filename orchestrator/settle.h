/* SPDX-License-Identifier: PostgreSQL */
/*
 * settle -- from what a step's kind said (reply) to what becomes of the step (settlement).
 *
 * Pure. The policy of trying again lives here: backoff with full jitter, the peer's Retry-After and
 * known waits before it, a limit of tries, and the rule that a lost answer to an effect leads to a
 * look-up, never to the effect itself. What never left, and what fails while nobody is answered
 * (orchestrator/outage.h), is no fault of the step's and costs it no try.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_SETTLE_H
#define WABAMIGRATE_ORCHESTRATOR_SETTLE_H

#include <stdint.h>

#include "orchestrator/task.h"

#define SETTLE_TRIES_MAX 6 /* then a person decides; 133016 blocks a number at the 11th */
#define SETTLE_BACKOFF_FIRST_MS 1000
#define SETTLE_BACKOFF_MAX_MS 300000

/* The ceiling of the wait before try number `tries` + 1: 1 s, 2 s, 4 s ... 5 min. */
int64_t settle_backoff_ceiling_ms(int tries);

/* Decides task->settlement from task->reply. `random` is uniform over 32 bits, and used for
 * OUTCOME_RETRY alone; `now` is RFC 3339 for the error's time. */
void settle_decide(struct task *task, uint32_t random, const char *now);

#endif
