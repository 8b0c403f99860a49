/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define SET                                                                            \
    "{\"method\":\"POST\",\"path\":\"/v26.0/610100/settings\",\"query\":{},\"body\":{" \
    "\"storage_configuration\":{\"status\":\"IN_COUNTRY_STORAGE_ENABLED\","            \
    "\"data_localization_region\":\"DE\"}},\"token\":\"business\"}"
#define LOOKUP                                                                                    \
    "{\"method\":\"GET\",\"path\":\"/v26.0/610100/settings\",\"query\":{},\"body\":{},\"token\":" \
    "\"business\"}"
#define STORAGE(status, region)                                                                    \
    "{\"storage_configuration\":{\"status\":\"" status "\",\"data_localization_region\":\"" region \
    "\"}}"
#define NOT_ARRIVED .outcome = OUTCOME_NEXT, .next_phase = "set", .memo_after = "{\"rounds\":1}"

/* clang-format off */
static const struct job_case cases[] = {
    {.sentence = "the region is set", .phase = "set", .request = SET,
     .status = 200, .body = "{\"success\":true}", .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "without a region nothing is sent", .phase = "set", .without = WITHOUT_REGION,
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "no region"},
    {.sentence = "without an id nothing can be sent", .phase = "set", .without = WITHOUT_PHONE_ID,
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a lost answer is looked up", .phase = "set", .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "the setting had arrived", .phase = "lookup", .request = LOOKUP,
     .status = 200, .body = STORAGE("IN_COUNTRY_STORAGE_ENABLED", "DE"), .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "another region means that it had not", .phase = "lookup",
     .status = 200, .body = STORAGE("IN_COUNTRY_STORAGE_ENABLED", "FR"), NOT_ARRIVED},
    {.sentence = "storage switched off means that it had not", .phase = "lookup",
     .status = 200, .body = STORAGE("IN_COUNTRY_STORAGE_DISABLED", "DE"), NOT_ARRIVED},
    {.sentence = "no setting means that it had not", .phase = "lookup", .status = 200, .body = "{}", NOT_ARRIVED},
};
/* clang-format on */

static void storage_is_set_before_registration(void)
{
    job_case_check(&JOB_SET_STORAGE, cases, sizeof cases / sizeof cases[0]);
}

static void a_region_is_two_letters(void)
{
    static const char *const regions[] = {"de", "DEU", "D\"", "", "D"};
    struct job_case row = {.phase = "set"};

    for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++) {
        struct arena *arena = arena_create();
        struct facts facts;
        struct request request;
        struct reply reply;
        job_case_facts(&row, &facts);
        facts.data_localization_region = regions[i];
        CU_ASSERT_EQUAL(
            job_build(job_find_phase(&JOB_SET_STORAGE, "set"), &facts, arena, &request, &reply),
            OUTCOME_FAILED);
        job_case_release(&facts);
        arena_destroy(arena);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"storage is set before registration", storage_is_set_before_registration},
        {"a region is two letters", a_region_is_two_letters},
        CU_TEST_INFO_NULL};

    return run_suite("set_storage", tests);
}
