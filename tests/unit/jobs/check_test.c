/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

/* clang-format off */
static const struct job_case cases[] = {
    {.sentence = "a phase that was asked by mistake never lets a number pass", .phase = "assess",
     .outcome = OUTCOME_FAILED, .owner = "partner", .note = "not assessed"},
};
/* clang-format on */

static void only_the_rules_decide(void)
{
    job_case_check(&JOB_CHECK, cases, sizeof cases / sizeof cases[0]);
    CU_ASSERT(JOB_CHECK.is_assessed);
}

int main(void)
{
    CU_TestInfo tests[] = {{"only the rules decide", only_the_rules_decide}, CU_TEST_INFO_NULL};

    return run_suite("check", tests);
}
