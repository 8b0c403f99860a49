/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/field_refusals.h"

#include <string.h>

static const char own_token[] = "";

void field_refusals_finish(struct field_refusals *refusals)
{
    arena_destroy(refusals->arena);
    *refusals = (struct field_refusals){0};
}

static unsigned find(const struct field_refusals *refusals, const char *token_ref)
{
    unsigned i = 0;

    while (i < refusals->count && strcmp(refusals->of[i].token_ref, token_ref) != 0)
        i++;
    return i;
}

static const char *refused_to(const struct field_refusals *refusals, const char *token_ref,
                              struct arena *arena)
{
    unsigned at = find(refusals, token_ref ? token_ref : own_token);

    return at < refusals->count ? arena_copy_text(arena, refusals->of[at].fields) : NULL;
}

void field_refusals_tell(const struct field_refusals *refusals, struct task *task)
{
    struct facts *facts = &task->facts;

    facts->source_refused_fields = refused_to(refusals, task->source_token_ref, task->arena);
    facts->destination_refused_fields = refused_to(refusals, task->token_ref, task->arena);
}

static void add(struct field_refusals *refusals, const char *token_ref, const char *field)
{
    unsigned at = find(refusals, token_ref);

    if (at == FIELD_REFUSALS_TOKENS_MAX)
        return;
    if (!refusals->arena)
        refusals->arena = arena_create();
    const char *marked = arena_printf(refusals->arena, ",%s,", field);
    if (at == refusals->count) {
        refusals->of[refusals->count++].token_ref = arena_copy_text(refusals->arena, token_ref);
        refusals->of[at].fields = marked;
    } else if (!strstr(refusals->of[at].fields, marked)) {
        refusals->of[at].fields =
            arena_printf(refusals->arena, "%s%s,", refusals->of[at].fields, field);
    }
}

void field_refusals_learn(struct field_refusals *refusals, const struct task *task)
{
    for (const struct learned *fact = task->reply.learned; fact; fact = fact->next) {
        const char *token_ref = fact->is_source ? task->source_token_ref : task->token_ref;
        if (fact->type == LEARNED_FIELD_REFUSED)
            add(refusals, token_ref ? token_ref : own_token, fact->id);
    }
}
