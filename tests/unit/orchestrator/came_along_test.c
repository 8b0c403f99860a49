/* SPDX-License-Identifier: PostgreSQL */
/* Only a number that was confirmed is compared with what it was before; nothing parsed stays
 * behind. */
#include "orchestrator/came_along.h"

#include <json-c/json.h>
#include <string.h>

#include "tests/unit/base/suite.h"

static void what_was_before_is_compared_with_what_is_confirmed(void)
{
    static const struct {
        const char *before, *verdict; /* of the quality rating */
    } cases[] = {
        {"{\"quality_rating\":\"GREEN\"}", "kept"},
        {"{\"quality_rating\":\"RED\"}", "changed"},
        {NULL, "not_readable"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct task *task = task_create();
        struct audit_finding findings[AUDIT_FIELDS_MAX];
        task->number_before = cases[i].before;
        reply_learn_confirmed(
            &task->reply, "610100",
            json_tokener_parse("{\"id\":\"610100\",\"quality_rating\":\"GREEN\"}"));
        came_along_compare(task);
        CU_ASSERT_PTR_NULL(task->reply.learned->node);
        size_t count = audit_read(task->came_along, task->arena, findings), at = 0;
        while (at < count && strcmp(findings[at].field, "quality_rating") != 0)
            at++;
        CU_ASSERT_TRUE_FATAL(at < count);
        CU_ASSERT_STRING_EQUAL(audit_verdict_name(findings[at].verdict), cases[i].verdict);
        task_destroy(task);
    }
}

static void a_number_that_is_not_confirmed_is_not_compared(void)
{
    struct task *task = task_create();

    reply_learn(&task->reply, LEARNED_FIELD_REFUSED, false, "settings", NULL, NULL, NULL);
    came_along_compare(task);
    CU_ASSERT_PTR_NULL(task->came_along);
    task_destroy(task);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"what was before is compared with what is confirmed",
         what_was_before_is_compared_with_what_is_confirmed},
        {"a number that is not confirmed is not compared",
         a_number_that_is_not_confirmed_is_not_compared},
        CU_TEST_INFO_NULL,
    };

    return run_suite("came_along", tests);
}
