/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

/* clang-format off */
static const struct job_case cases[] = {
    {.sentence = "a known destination needs no signup", .phase = "wait",
     .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "without a destination the customer must sign up", .phase = "wait", .without = WITHOUT_DESTINATION,
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "signup", .owner = "customer"},
};
/* clang-format on */

static void the_signup_is_awaited(void)
{
    job_case_check(&JOB_AWAIT_SIGNUP, cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    CU_TestInfo tests[] = {{"the signup is awaited", the_signup_is_awaited}, CU_TEST_INFO_NULL};

    return run_suite("await_signup", tests);
}
