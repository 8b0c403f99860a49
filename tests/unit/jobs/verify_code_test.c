/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define OPEN .without = WITHOUT_VERIFICATION
#define VERIFY                                                                            \
    "{\"method\":\"POST\",\"path\":\"/v26.0/610100/verify_code\",\"query\":{},\"body\":{" \
    "\"code\":\"<secret>\"},\"token\":\"business\"}"
#define LOOK                                                                \
    "{\"method\":\"GET\",\"path\":\"/v26.0/610100\",\"query\":{\"fields\":" \
    "\"code_verification_status\"},\"body\":{},\"token\":\"business\"}"
#define STATUS(status) "{\"id\":\"610100\",\"code_verification_status\":\"" status "\"}"
#define ERROR(code) "{\"error\":{\"message\":\"x\",\"code\":" code "}}"
#define SUB(subcode) "{\"error\":{\"message\":\"x\",\"code\":100,\"error_subcode\":" subcode "}}"
#define DONE .outcome = OUTCOME_DONE, .memo_after = "", .learned = "verified"
#define WAITS .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "code", .owner = "customer"

/* clang-format off */
static const struct job_case cases[] = {
    {.sentence = "the code verifies the number", .phase = NULL, OPEN, .request = VERIFY, .status = 200, .body = "{\"success\":true}", DONE},
    {.sentence = "an id may stand beside it", .phase = "verify", OPEN, .status = 200, .body = "{\"success\":true,\"id\":\"610100\"}", DONE},
    {.sentence = "a verified number needs none", .phase = "verify", .outcome = OUTCOME_DONE, .memo_after = "", .note = "verified already"},
    {.sentence = "without a code nothing is guessed", .phase = "verify", .without = WITHOUT_VERIFICATION | WITHOUT_VERIFICATION_CODE, WAITS},
    {.sentence = "without an id nothing can be sent", .phase = "verify", .without = WITHOUT_VERIFICATION | WITHOUT_PHONE_ID,
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a wrong code is forgotten, and never sent twice", .phase = "verify", OPEN, .status = 400, .body = ERROR("136025"),
     WAITS, .memo_after = "", .learned = "code_refused"},
    {.sentence = "a lost answer is looked up", .phase = "verify", OPEN, .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "look"},
    {.sentence = "an empty 502 is looked up", .phase = "verify", OPEN, .status = 502, .outcome = OUTCOME_UNSURE, .next_phase = "look"},
    {.sentence = "an id alone is no success", .phase = "verify", OPEN, .status = 200, .body = "{\"id\":\"610100\"}",
     .outcome = OUTCOME_UNSURE, .next_phase = "look"},
    {.sentence = "what never left is sent again", .phase = "verify", OPEN, .status = JOB_CASE_UNSENT, .outcome = OUTCOME_RETRY},
    {.sentence = "success: false is a refusal", .phase = "verify", OPEN, .status = 200, .body = "{\"success\":false}",
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "136024: verified already, it must be looked up", .phase = "verify", OPEN, .status = 400, .body = ERROR("136024"),
     .outcome = OUTCOME_NEXT, .next_phase = "look", .memo_after = "{}"},
    {.sentence = "2388093: no migration, or done already", .phase = "verify", OPEN, .status = 400, .body = SUB("2388093"),
     .outcome = OUTCOME_NEXT, .next_phase = "look", .memo_after = "{\"is_not_migrating\":true}"},
    {.sentence = "a used-up quota is waited out", .phase = "verify", OPEN, .status = 400, .body = ERROR("4"),
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 15 * 60 * 1000},
    {.sentence = "a refused token waits for a credential", .phase = "verify", OPEN, .status = 401, .body = ERROR("190"),
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "credential"},

    {.sentence = "the code had been taken", .phase = "look", OPEN, .is_in_doubt = true, .request = LOOK,
     .status = 200, .body = STATUS("VERIFIED"), DONE, .note = "had been taken"},
    {.sentence = "it had not: the same code once more", .phase = "look", OPEN, .is_in_doubt = true,
     .status = 200, .body = STATUS("NOT_VERIFIED"), .outcome = OUTCOME_NEXT, .next_phase = "verify", .memo_after = "{\"rounds\":1}"},
    {.sentence = "not for ever", .phase = "look", OPEN, .is_in_doubt = true, .memo = "{\"rounds\":5}",
     .status = 200, .body = STATUS("UNVERIFIED"), .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "meta"},
    {.sentence = "no migration, but verified", .phase = "look", OPEN, .memo = "{\"is_not_migrating\":true}",
     .status = 200, .body = STATUS("VERIFIED"), DONE},
    {.sentence = "no migration: a person's", .phase = "look", OPEN, .memo = "{\"is_not_migrating\":true}",
     .status = 200, .body = STATUS("NOT_VERIFIED"), .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "partner"},
    {.sentence = "another number's answer is none", .phase = "look", OPEN, .status = 200,
     .body = "{\"id\":\"5\",\"code_verification_status\":\"VERIFIED\"}", .outcome = OUTCOME_RETRY},
};
/* clang-format on */

static void a_code_is_guessed_once(void)
{
    job_case_check(&JOB_VERIFY_CODE, cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    CU_TestInfo tests[] = {{"a code is guessed once", a_code_is_guessed_once}, CU_TEST_INFO_NULL};

    return run_suite("verify_code", tests);
}
