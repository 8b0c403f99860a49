/* SPDX-License-Identifier: PostgreSQL */
/*
 * engine -- takes claimed steps, sends what they ask, and hands them back settled.
 *
 * It knows no step by name, no database and no clock but the monotonic one: whoever drives it
 * offers tasks and takes settled ones, be it the store (run) or a list in memory (check).
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_ENGINE_H
#define WABAMIGRATE_ORCHESTRATOR_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "orchestrator/graph.h"
#include "orchestrator/task.h"

struct engine;

struct engine_settings {
    struct graph_settings graph;
    const struct clock *clock;
    const char *batch;           /* for the log */
    const struct facts *partner; /* whose token asks whether Graph answers, during an outage */
    bool is_reading_only;        /* a check: the report tells what each read came to, not the log */
};

MUST_CHECK enum status engine_create(const struct engine_settings *settings, struct engine **engine,
                                     struct fault *fault);
/* Cuts transfers in flight; destroys every task still in hand. NULL is fine. */
void engine_destroy(struct engine *engine);

/* The engine owns the task until it comes back in engine_settled(). */
void engine_offer(struct engine *engine, struct task *task);
/* Starts what may start and collects what has finished. `may_start`: false lets what is in flight
 * land and starts nothing more. Nothing leaves at or after `not_after_ms` (monotonic), nor after a
 * task's own not_after_ms: what could not be sent in time is settled as given back. Never waits,
 * and is short: what it leaves is taken up by the next turn, for which engine_wait() does not wait
 * then. */
void engine_turn(struct engine *engine, bool may_start, int64_t not_after_ms);
/* Tasks that are settled, oldest first; take them from the queue. */
struct task_queue *engine_settled(struct engine *engine);
/* Gives back, unsent, every task that has not been started: each settled as "ready", costing no
 * try. */
void engine_give_back(struct engine *engine);

unsigned engine_in_flight(const struct engine *engine);
/* Waiting to start, or in flight; without those that ride with another (shared_read.h). */
unsigned engine_in_hand(const struct engine *engine);
/* Of these, about as many as are a request or will be: without what sends nothing or rides with
 * another. By what their claims have reserved (task.h): of a check, only those in flight. */
unsigned engine_requests_in_hand(const struct engine *engine);
int64_t engine_calls(const struct engine *engine);
/* Of these, what was sent against one budget: what the forecast foretells by the same tables. */
int64_t engine_calls_of(const struct engine *engine, enum budget budget);
/* How long nobody has been answered: nothing is sent meanwhile but the question whether Graph is
 * back (orchestrator/outage.h). 0: no outage. What is in hand unsent is better
 * given back. */
int64_t engine_outage_ms(const struct engine *engine);
const char *engine_outage_reason(const struct engine *engine); /* for people; the last one's */
/* The partner's own token was refused by Graph: nothing can go on. */
bool engine_is_credential_refused(const struct engine *engine);
/* Sleeps until engine_turn() has something to do, one of `others` has something, or `timeout_ms`
 * has passed. */
void engine_wait(struct engine *engine, struct curl_waitfd *others, unsigned count, int timeout_ms);

/* Calls `visit` with every task in hand or settled (for run_forget.sql). */
void engine_visit(const struct engine *engine, void (*visit)(void *self, const struct task *task),
                  void *self);

#endif
