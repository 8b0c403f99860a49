/* SPDX-License-Identifier: PostgreSQL */
/*
 * shared_read -- one request for all steps that ask the same at the same time.
 *
 * A list says of every number of a WABA what each of its steps asks about one. Where a kind says so
 * (job.h: shares_reads), steps of one customer that are in hand, unsent, and would send the very
 * same read ride with the first of them: one call, and each decides from the answer for itself.
 *
 * What an answer is believed for: the request leaves after every rider was claimed, so after
 * whatever that step waits to see. A step that comes when the request is already on its way asks
 * for itself.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_SHARED_READ_H
#define WABAMIGRATE_ORCHESTRATOR_SHARED_READ_H

#include "orchestrator/task.h"

/* Takes those of `waiting` that may ride with `leader`, whose request is built and not yet sent,
 * into leader->riders; the rest stays in its order. Of a rider's own request only whose token it
 * has is kept (request.is_system_token). */
void shared_read_board(struct task *leader, struct task_queue *waiting);
/* What the history keeps of its riders' request: the leader's, and for whom it was sent. In the
 * leader's arena; `leader` has its request_text. */
const char *shared_read_describe(const struct task *leader);

/* What a shared list says of the rider's number, for its history: the list itself is kept once,
 * with the leader, or a WABA of a hundred numbers would keep a hundred of them, and one of several
 * pages each page as often. An empty list where this page does not have the number. NULL where the
 * answer is no list: it is short, or all of it may matter. In the rider's arena. */
const char *shared_read_part(const struct task *rider, struct json_object *body);

#endif
