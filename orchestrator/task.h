/* SPDX-License-Identifier: PostgreSQL */
/*
 * task -- one claimed step in this program's hands, from the claim until its outcome is recorded.
 *
 * It owns an arena with everything the step knows (facts), asks (request), and learned (reply), and
 * goes through the engine by moving from queue to queue.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_TASK_H
#define WABAMIGRATE_ORCHESTRATOR_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "jobs/job.h"
#include "jobs/usage_header.h"
#include "planner/audit.h"
#include "planner/eligibility.h"

#define TASK_SECRETS_MAX 8

/* How a step goes on: what the store writes into its row. */
struct settlement {
    const char *state; /* "done", "ready", "waiting", "blocked", "failed" */
    const char *phase;
    const char *memo; /* NULL keeps, "" forgets */
    int64_t wait_ms;
    const char *waiting_for, *note;
    bool is_try, is_in_doubt;
    struct json_object *error; /* NULL when none; the task's */
    /* a quota that Graph spoke of */
    bool parks_app, parks_waba;
    int64_t park_ms;
};

/* What the headers of an answer said of our quotas. */
struct task_usage {
    struct usage app; /* percent 0: nothing of the app's */
    size_t business_count;
    struct usage business[];
};

/* Tens of thousands wait for one answer where lists are long, so what most of them never have is
 * not in the struct, and what Graph showed of a number is text until it is needed. */
struct task {
    struct arena *arena;
    struct task *next, **link; /* in a queue: next; in flight: both, for leaving in any order */
    /* whose answer this one's request brings too (shared_read.h), a list through next; its own */
    struct task *riders;

    int64_t step_id, epoch, customer_id, number_id; /* number_id 0: a step of the WABA */
    const struct job_kind *kind;
    const struct job_phase *phase;
    int tries;
    int calls_reserved; /* by its claim, in the budgets it uses */
    bool is_in_doubt;
    int64_t not_after_ms; /* monotonic: its deadline is near, so it is not sent any more */

    struct facts facts;
    struct secret *secrets[TASK_SECRETS_MAX]; /* those of the facts that are this task's own */
    unsigned secret_count;
    const char *missing_credential; /* not NULL: why a credential of the facts could not be had */
    const char *verification_code_sealed; /* the code of the facts, as the database has it */
    /* the manifest's references of the tokens a read uses, for field_refusals; NULL: ours */
    const char *source_token_ref, *token_ref;

    struct eligibility_facts eligibility; /* only for an assessed kind */
    struct audit_facts audit;             /* only for an audited one: what was before */
    const char *number_before;            /* of audit's facts the number's, JSON as text */
    const char *came_along;       /* what the audit said, as the database keeps it; or NULL */
    struct json_object *nodes[4]; /* what eligibility's and audit's pointers own */
    struct finding *findings;     /* in the arena, as the two above */
    size_t finding_count;
    bool is_eligible;
    struct secret *new_pin; /* drawn for an eligible number that has none */

    struct request request;
    bool was_sent;
    bool is_rider;  /* another's request was sent for it: it has used up no quota */
    bool is_outage; /* nobody is answered: whatever this came to costs no try */
    struct reply reply;
    /* what the history keeps of the exchange; in the arena */
    const char *request_text, *answer_text, *fbtrace_id;
    int http_status;
    int64_t ms, heard_ms; /* how long it took, and when it ended (wall time); 0: not sent */
    int64_t date_ms;      /* of the answer (job.h) */
    const struct task_usage *usage; /* in the arena; NULL: the answer said nothing of them */

    struct settlement settlement;
    size_t bytes; /* what it keeps in memory until it is recorded, once it is settled */
};

struct task *task_create(void);
/* NULL is fine. Wipes the secrets. */
void task_destroy(struct task *task);
/* Keeps copies; `app` may be NULL. */
void task_keep_usage(struct task *task, const struct usage *app, const struct usage *business,
                     size_t business_count);
/* The task owns `secret` from now on; returns it. NULL in gives NULL out. */
const struct secret *task_own_secret(struct task *task, struct secret *secret);

/* First in, first out. */
struct task_queue {
    struct task *first, **last;
    unsigned count;
    size_t bytes; /* of the tasks in it that are settled */
};
void task_queue_init(struct task_queue *queue);
void task_queue_add(struct task_queue *queue, struct task *task);
struct task *task_queue_take(struct task_queue *queue); /* NULL when empty */
/* Moves everything behind `to`. */
void task_queue_move(struct task_queue *from, struct task_queue *to);
void task_queue_destroy_all(struct task_queue *queue);

#endif
