/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/field_refusals.h"

#include <stdio.h>

#include "tests/unit/base/suite.h"

static void learn(struct field_refusals *refusals, bool is_source, const char *source_ref,
                  const char *ref, const char *field)
{
    struct task *task = task_create();

    task->source_token_ref = source_ref;
    task->token_ref = ref;
    task->reply.arena = task->arena;
    reply_learn(&task->reply, LEARNED_FIELD_REFUSED, is_source, field, NULL, NULL, NULL);
    field_refusals_learn(refusals, task);
    task_destroy(task);
}

static void told(const struct field_refusals *refusals, const char *source_ref, const char *ref,
                 const char *source, const char *destination)
{
    struct task *task = task_create();

    task->source_token_ref = source_ref;
    task->token_ref = ref;
    field_refusals_tell(refusals, task);
    check_text(task->facts.source_refused_fields ? task->facts.source_refused_fields : "none",
               source);
    check_text(task->facts.destination_refused_fields ? task->facts.destination_refused_fields
                                                      : "none",
               destination);
    task_destroy(task);
}

static void what_one_token_is_refused_holds_for_that_token_alone(void)
{
    struct field_refusals refusals = {0};

    told(&refusals, "env:OLD", NULL, "none", "none");
    learn(&refusals, true, "env:OLD", NULL, "is_pin_enabled");
    learn(&refusals, false, "env:OLD", NULL, "country");
    learn(&refusals, true, "env:OLD", NULL, "name_status");
    learn(&refusals, true, "env:OLD", NULL, "is_pin_enabled");
    told(&refusals, "env:OLD", NULL, ",is_pin_enabled,name_status,", ",country,");
    told(&refusals, "env:OTHER", "file:token", "none", "none");
    /* Without a token of its own the source is read with ours. */
    told(&refusals, NULL, "env:OLD", ",country,", ",is_pin_enabled,name_status,");
    field_refusals_finish(&refusals);
    told(&refusals, "env:OLD", NULL, "none", "none");
}

static void more_tokens_than_there_is_room_for_are_not_remembered(void)
{
    struct field_refusals refusals = {0};
    char ref[FIELD_REFUSALS_TOKENS_MAX + 1][16];

    for (int i = 0; i <= FIELD_REFUSALS_TOKENS_MAX; i++) {
        (void)snprintf(ref[i], sizeof ref[i], "env:T%d", i);
        learn(&refusals, true, ref[i], NULL, "status");
    }
    told(&refusals, ref[0], NULL, ",status,", "none");
    told(&refusals, ref[FIELD_REFUSALS_TOKENS_MAX], NULL, "none", "none");
    learn(&refusals, true, ref[1], NULL, "country"); /* those that are known still learn */
    told(&refusals, ref[1], NULL, ",status,country,", "none");
    field_refusals_finish(&refusals);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"what one token is refused holds for that token alone",
         what_one_token_is_refused_holds_for_that_token_alone},
        {"more tokens than there is room for are not remembered",
         more_tokens_than_there_is_room_for_are_not_remembered},
        CU_TEST_INFO_NULL,
    };

    return run_suite("field_refusals", tests);
}
