/* SPDX-License-Identifier: PostgreSQL */
/*
 * field_refusals -- which fields Graph does not give to which token, as far as this process has
 * learned it.
 *
 * Whether a field may be read depends on the app that a token belongs to, not on the WABA that is
 * read. So what one read had to find out by asking twice, the next reads with the same token know
 * from the start. Kept in memory only: the next run asks anew.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_FIELD_REFUSALS_H
#define WABAMIGRATE_ORCHESTRATOR_FIELD_REFUSALS_H

#include "base/arena.h"
#include "orchestrator/task.h"

/* Tokens told apart; more are not remembered, which costs calls and nothing else. */
#define FIELD_REFUSALS_TOKENS_MAX 64

struct field_refusals {
    struct arena *arena;
    struct {
        const char *token_ref; /* the manifest's reference, never the token */
        const char *fields;    /* ",name,name," */
    } of[FIELD_REFUSALS_TOKENS_MAX];
    unsigned count;
};

/* A zeroed struct is empty; finish it in either case. */
void field_refusals_finish(struct field_refusals *refusals);

/* Tells the facts of a task, whose token references are set, what its tokens are refused. */
void field_refusals_tell(const struct field_refusals *refusals, struct task *task);

/* Takes what a settled task learned about the token it read with. */
void field_refusals_learn(struct field_refusals *refusals, const struct task *task);

#endif
