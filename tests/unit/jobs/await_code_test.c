/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

/* clang-format off */
static const struct job_case cases[] = {
    {.sentence = "a verified number needs no code", .phase = "wait", .without = WITHOUT_VERIFICATION_CODE,
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "verified"},
    {.sentence = "a code that is there is not waited for", .phase = "wait", .without = WITHOUT_VERIFICATION,
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "the code is there"},
    {.sentence = "without one the customer must read it", .phase = NULL, .without = WITHOUT_VERIFICATION | WITHOUT_VERIFICATION_CODE,
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "code", .owner = "customer"},
};
/* clang-format on */

static void the_code_is_awaited(void)
{
    job_case_check(&JOB_AWAIT_CODE, cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    CU_TestInfo tests[] = {{"the code is awaited", the_code_is_awaited}, CU_TEST_INFO_NULL};

    return run_suite("await_code", tests);
}
