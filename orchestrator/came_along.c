/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/came_along.h"

#include <json-c/json.h>

static void compare(struct task *task, struct json_object *after)
{
    struct audit_finding findings[AUDIT_FIELDS_MAX];
    struct audit_facts facts = task->audit;
    struct json_object *before =
        task->number_before ? json_tokener_parse(task->number_before) : NULL;
    struct arena *scratch = arena_create();

    facts.number_before = before;
    facts.number_after = after;
    task->came_along = audit_write(findings, audit_compare(&facts, scratch, findings), task->arena);
    arena_destroy(scratch);
    json_object_put(before);
}

void came_along_compare(struct task *task)
{
    for (struct learned *fact = task->reply.learned; fact; fact = fact->next) {
        if (fact->type != LEARNED_CONFIRMED)
            continue;
        compare(task, fact->node);
        json_object_put(fact->node);
        fact->node = NULL;
    }
}
