/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define OPEN .without = WITHOUT_VERIFICATION
#define REQUEST(method, language)                                                          \
    "{\"method\":\"POST\",\"path\":\"/v26.0/610100/request_code\",\"query\":{},\"body\":{" \
    "\"code_method\":\"" method "\",\"language\":\"" language "\"},\"token\":\"business\"}"
#define LOOK                                                                \
    "{\"method\":\"GET\",\"path\":\"/v26.0/610100\",\"query\":{\"fields\":" \
    "\"code_verification_status\"},\"body\":{},\"token\":\"business\"}"
#define STATUS(status) "{\"id\":\"610100\",\"code_verification_status\":\"" status "\"}"
#define ERROR(code) "{\"error\":{\"message\":\"x\",\"code\":" code "}}"
#define SUB(subcode) "{\"error\":{\"message\":\"x\",\"code\":100,\"error_subcode\":" subcode "}}"
#define SUCCESS \
    .status = 200, .body = "{\"success\":true}", .outcome = OUTCOME_DONE, .memo_after = ""
#define VERIFIED                                                                          \
    .status = 200, .body = STATUS("VERIFIED"), .outcome = OUTCOME_DONE, .memo_after = "", \
    .learned = "verified"

/* clang-format off */
static const struct job_case cases[] = {
    {.sentence = "the first code goes by SMS", .phase = NULL, OPEN, .request = REQUEST("SMS", "en_US"), SUCCESS},
    {.sentence = "or as the manifest says", .phase = "request", OPEN, .code_method = "VOICE", .language = "fr",
     .request = REQUEST("VOICE", "fr"), SUCCESS},
    {.sentence = "a verified number gets none", .phase = "request", .outcome = OUTCOME_DONE, .memo_after = "", .note = "verified already"},
    {.sentence = "without an id nothing can be asked for", .phase = "request", .without = WITHOUT_VERIFICATION | WITHOUT_PHONE_ID,
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "success: false is a refusal", .phase = "request", OPEN, .status = 200, .body = "{\"success\":false}",
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a lost answer is looked up", .phase = "request", OPEN, .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "look"},
    {.sentence = "an empty 502 is looked up", .phase = "request", OPEN, .status = 502,
     .outcome = OUTCOME_UNSURE, .next_phase = "look"},
    {.sentence = "an answer that says nothing too", .phase = "request", OPEN, .status = 200, .body = "{}",
     .outcome = OUTCOME_UNSURE, .next_phase = "look"},
    {.sentence = "what never left is sent again", .phase = "request", OPEN, .status = JOB_CASE_UNSENT, .outcome = OUTCOME_RETRY},
    {.sentence = "136024 is told apart by reading", .phase = "request", OPEN, .status = 400, .body = ERROR("136024"),
     .outcome = OUTCOME_NEXT, .next_phase = "look", .memo_after = "{\"is_refused\":true}"},
    {.sentence = "2388091 too", .phase = "request", OPEN, .status = 400, .body = SUB("2388091"),
     .outcome = OUTCOME_NEXT, .next_phase = "look", .memo_after = "{\"is_not_migrating\":true}"},
    {.sentence = "a used-up quota is waited out", .phase = "request", OPEN, .status = 400, .body = ERROR("80008"),
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 15 * 60 * 1000},
    {.sentence = "a number out of reach is a person's", .phase = "request", OPEN, .status = 400, .body = SUB("33"),
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a refused token waits for a credential", .phase = "request", OPEN, .status = 401, .body = ERROR("190"),
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "credential"},

    {.sentence = "verified: nothing is left to do", .phase = "look", OPEN, .request = LOOK, VERIFIED},
    {.sentence = "verified, whatever was in doubt", .phase = "look", OPEN, .is_in_doubt = true, VERIFIED},
    {.sentence = "in doubt the same way is not used again", .phase = "look", OPEN, .is_in_doubt = true,
     .status = 200, .body = STATUS("NOT_VERIFIED"), .outcome = OUTCOME_NEXT, .next_phase = "request_again", .memo_after = "{\"maybe_sent\":true}"},
    {.sentence = "a word that Meta has not documented is not verified", .phase = "look", OPEN, .is_in_doubt = true,
     .status = 200, .body = STATUS("PENDING"), .outcome = OUTCOME_NEXT, .next_phase = "request_again", .memo_after = "{\"maybe_sent\":true}"},
    {.sentence = "refused: an hour passes first", .phase = "look", OPEN, .memo = "{\"is_refused\":true}",
     .status = 200, .body = STATUS("NOT_VERIFIED"), .outcome = OUTCOME_WAIT_TIME, .wait_ms = 60 * 60 * 1000,
     .memo_after = "{\"is_refused\":true,\"has_waited\":true}"},
    {.sentence = "verified within that hour", .phase = "look", OPEN, .memo = "{\"is_refused\":true,\"has_waited\":true}", VERIFIED},
    {.sentence = "then the other way", .phase = "look", OPEN, .memo = "{\"is_refused\":true,\"has_waited\":true}",
     .status = 200, .body = STATUS("EXPIRED"), .outcome = OUTCOME_NEXT, .next_phase = "request_again", .memo_after = ""},
    {.sentence = "no migration: a person's", .phase = "look", OPEN, .memo = "{\"is_not_migrating\":true}",
     .status = 200, .body = STATUS("NOT_VERIFIED"), .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "partner"},
    {.sentence = "no migration, and verified: done", .phase = "look", OPEN, .memo = "{\"is_not_migrating\":true}", VERIFIED},
    {.sentence = "retried by a person: from the first way on", .phase = "look", OPEN,
     .status = 200, .body = STATUS("NOT_VERIFIED"), .outcome = OUTCOME_NEXT, .next_phase = "request"},
    {.sentence = "another number's answer is none", .phase = "look", OPEN, .status = 200,
     .body = "{\"id\":\"5\",\"code_verification_status\":\"VERIFIED\"}", .outcome = OUTCOME_RETRY},
    {.sentence = "an answer without the status is none", .phase = "look", OPEN, .status = 200,
     .body = "{\"id\":\"610100\"}", .outcome = OUTCOME_RETRY},

    {.sentence = "the other way of SMS is voice", .phase = "request_again", OPEN, .request = REQUEST("VOICE", "en_US"), SUCCESS},
    {.sentence = "and of voice SMS", .phase = "request_again", OPEN, .code_method = "VOICE", .request = REQUEST("SMS", "en_US"), SUCCESS},
    {.sentence = "a lost answer is looked up again", .phase = "request_again", OPEN, .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "look_again"},
    {.sentence = "136024 again", .phase = "request_again", OPEN, .memo = "{\"maybe_sent\":true}", .status = 400, .body = ERROR("136024"),
     .outcome = OUTCOME_NEXT, .next_phase = "look_again", .memo_after = "{\"maybe_sent\":true,\"is_refused\":true}"},

    {.sentence = "verified after all", .phase = "look_again", OPEN, .request = LOOK, .is_in_doubt = true, VERIFIED},
    {.sentence = "what may have been sent is waited for, and nothing sent any more", .phase = "look_again", OPEN, .is_in_doubt = true,
     .status = 200, .body = STATUS("NOT_VERIFIED"), .outcome = OUTCOME_DONE, .memo_after = "", .note = "may have been sent"},
    {.sentence = "also where only the first may have been", .phase = "look_again", OPEN, .memo = "{\"maybe_sent\":true,\"is_refused\":true}",
     .status = 200, .body = STATUS("NOT_VERIFIED"), .outcome = OUTCOME_DONE, .memo_after = "", .note = "may have been sent"},
    {.sentence = "both ways refused: a person's", .phase = "look_again", OPEN, .memo = "{\"is_refused\":true}",
     .status = 200, .body = STATUS("NOT_VERIFIED"), .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "customer"},
    {.sentence = "no migration by either way", .phase = "look_again", OPEN, .memo = "{\"is_not_migrating\":true}",
     .status = 200, .body = STATUS("NOT_VERIFIED"), .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "partner"},
};
/* clang-format on */

static void a_code_is_asked_for_once_by_each_way(void)
{
    job_case_check(&JOB_REQUEST_CODE, cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a code is asked for once by each way", a_code_is_asked_for_once_by_each_way},
        CU_TEST_INFO_NULL};

    return run_suite("request_code", tests);
}
