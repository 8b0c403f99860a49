/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define LOOKUP                                                                               \
    "{\"method\":\"GET\",\"path\":\"/v26.0/900100/assigned_users\",\"query\":{\"business\":" \
    "\"1020304050\"},\"body\":{},\"token\":\"system\"}"
#define ASSIGN(user)                                                                         \
    "{\"method\":\"POST\",\"path\":\"/v26.0/900100/assigned_users\",\"query\":{},\"body\":{" \
    "\"user\":\"" user "\",\"tasks\":[\"MANAGE\"]},\"token\":\"system\"}"
#define FIND                                                                                    \
    "{\"method\":\"GET\",\"path\":\"/v26.0/1020304050/system_users\",\"query\":{},\"body\":{}," \
    "\"token\":\"system\"}"
#define MORE ",\"paging\":{\"next\":\"x\",\"cursors\":{\"after\":\"C\"}}"

/* clang-format off */
static const struct job_case cases[] = {
    {.sentence = "a user who may manage needs nothing", .phase = "lookup", .request = LOOKUP,
     .status = 200, .body = "{\"data\":[{\"id\":\"404040\",\"tasks\":[\"DEVELOP\",\"MANAGE\"]}]}",
     .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "one who may not is assigned", .phase = "lookup",
     .status = 200, .body = "{\"data\":[{\"id\":\"404040\",\"tasks\":[\"DEVELOP\"]}]}",
     .outcome = OUTCOME_NEXT, .next_phase = "assign", .memo_after = "{\"rounds\":1}"},
    {.sentence = "one who is not there is assigned", .phase = "lookup",
     .status = 200, .body = "{\"data\":[{\"id\":\"5\",\"tasks\":[\"MANAGE\"]}]}",
     .outcome = OUTCOME_NEXT, .next_phase = "assign", .memo_after = "{\"rounds\":1}"},
    {.sentence = "the list may go on", .phase = "lookup",
     .status = 200, .body = "{\"data\":[]" MORE "}",
     .outcome = OUTCOME_NEXT, .next_phase = "lookup", .memo_after = "{\"after\":\"C\"}"},
    {.sentence = "tasks of any shape are survived", .phase = "lookup",
     .status = 200, .body = "{\"data\":[{\"id\":\"404040\",\"tasks\":[null,7,{}]},{\"tasks\":\"MANAGE\"}]}",
     .outcome = OUTCOME_NEXT, .next_phase = "assign", .memo_after = "{\"rounds\":1}"},
    {.sentence = "the assignment names the task", .phase = "assign", .memo = "{\"rounds\":1}", .request = ASSIGN("404040"),
     .status = 200, .body = "{\"success\":true}", .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "the first time nobody looks", .phase = NULL, .fresh = "{\"id\":\"900100\"}", .request = ASSIGN("404040"),
     .status = 200, .body = "{\"success\":true}", .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "later it is looked at first", .phase = NULL,
     .outcome = OUTCOME_NEXT, .next_phase = "lookup"},
    {.sentence = "what was read of another WABA is nothing", .phase = NULL, .fresh = "{\"id\":\"900101\"}",
     .outcome = OUTCOME_NEXT, .next_phase = "lookup"},
    {.sentence = "a lost assignment is looked up", .phase = "assign", .memo = "{\"rounds\":1}", .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "an unknown user is found first", .phase = "lookup", .without = WITHOUT_SYSTEM_USER,
     .outcome = OUTCOME_NEXT, .next_phase = "find_user"},
    {.sentence = "an assignment without a user looks for one", .phase = "assign", .without = WITHOUT_SYSTEM_USER,
     .outcome = OUTCOME_NEXT, .next_phase = "find_user"},
    {.sentence = "the only admin is the one", .phase = "find_user", .without = WITHOUT_SYSTEM_USER, .request = FIND,
     .status = 200, .body = "{\"data\":[{\"id\":\"1\",\"role\":\"EMPLOYEE\"},{\"id\":\"2\",\"role\":\"ADMIN\"}]}",
     .outcome = OUTCOME_NEXT, .next_phase = "lookup", .memo_after = "{\"system_user\":\"2\"}", .learned = "system_user 2"},
    {.sentence = "the one found is used", .phase = "assign", .without = WITHOUT_SYSTEM_USER, .memo = "{\"system_user\":\"2\",\"rounds\":1}",
     .request = ASSIGN("2"), .status = 200, .body = "{\"success\":true}", .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "of two admins a person chooses", .phase = "find_user", .without = WITHOUT_SYSTEM_USER,
     .status = 200, .body = "{\"data\":[{\"id\":\"1\",\"role\":\"ADMIN\"},{\"id\":\"2\",\"role\":\"ADMIN\"}]}",
     .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "partner", .note = "several"},
    {.sentence = "without an admin a person chooses", .phase = "find_user", .without = WITHOUT_SYSTEM_USER,
     .status = 200, .body = "{\"data\":[{\"id\":\"1\",\"role\":\"EMPLOYEE\"}]}",
     .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "partner", .note = "no admin"},
    {.sentence = "an admin of one page is remembered over the next", .phase = "find_user", .without = WITHOUT_SYSTEM_USER,
     .status = 200, .body = "{\"data\":[{\"id\":\"2\",\"role\":\"ADMIN\"}]" MORE "}",
     .outcome = OUTCOME_NEXT, .next_phase = "find_user", .memo_after = "{\"admin\":\"2\",\"admins\":1,\"after\":\"C\"}"},
    {.sentence = "and counts there", .phase = "find_user", .without = WITHOUT_SYSTEM_USER, .memo = "{\"admin\":\"2\",\"admins\":1,\"after\":\"C\"}",
     .status = 200, .body = "{\"data\":[{\"id\":\"3\",\"role\":\"ADMIN\"}]}",
     .outcome = OUTCOME_FAILED, .memo_after = "", .note = "several"},
    {.sentence = "without a credit line nobody is assigned", .phase = "lookup", .without = WITHOUT_CREDIT_LINE,
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "no credit line"},
    {.sentence = "the second method needs nobody", .phase = "lookup", .credit_method = "sharing_then_attach",
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "customer's token"},
    {.sentence = "a missing task is a person's to mend", .phase = "assign",
     .status = 403, .body = "{\"error\":{\"message\":\"x\",\"code\":200}}", .outcome = OUTCOME_FAILED, .owner = "partner"},
};
/* clang-format on */

static void the_system_user_may_manage(void)
{
    job_case_check(&JOB_ASSIGN_SYSTEM_USER, cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    CU_TestInfo tests[] = {{"the system user may manage", the_system_user_may_manage},
                           CU_TEST_INFO_NULL};

    return run_suite("assign_system_user", tests);
}
