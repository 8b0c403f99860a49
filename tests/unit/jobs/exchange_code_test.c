/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define EXCHANGE                                                                           \
    "{\"method\":\"GET\",\"path\":\"/v26.0/oauth/access_token\",\"query\":{\"client_id\":" \
    "\"998877\",\"client_secret\":\"<secret>\",\"code\":\"<secret>\"},\"body\":{},\"token\":null}"
#define PROBE                                                                                   \
    "{\"method\":\"GET\",\"path\":\"/v26.0/900100\",\"query\":{\"fields\":\"id\"},\"body\":{}," \
    "\"token\":\"system\"}"

/* clang-format off */
static const struct job_case cases[] = {
    {.sentence = "a code becomes a business token", .phase = "exchange", .request = EXCHANGE,
     .status = 200, .body = "{\"access_token\":\"EAAnew\",\"token_type\":\"bearer\"}",
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "business_token EAAnew; code_burnt"},
    {.sentence = "without a code there is nothing to exchange", .phase = "exchange", .without = WITHOUT_CODE,
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "no code"},
    {.sentence = "without the app secret no token comes to attach the line with, however often one signs up",
     .phase = "exchange", .credit_method = "sharing_then_attach", .without = WITHOUT_APP_SECRET | WITHOUT_BUSINESS_TOKEN,
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "credential", .owner = "partner"},
    {.sentence = "without the app secret the partner's own token must do", .phase = "exchange", .without = WITHOUT_APP_SECRET,
     .outcome = OUTCOME_NEXT, .next_phase = "probe"},
    {.sentence = "a lost answer is never followed by a second exchange", .phase = "exchange",
     .status = JOB_CASE_LOST, .outcome = OUTCOME_UNSURE, .next_phase = "probe"},
    {.sentence = "a request that never left may leave again", .phase = "exchange",
     .status = JOB_CASE_UNSENT, .outcome = OUTCOME_RETRY},
    {.sentence = "a fault at Meta's leaves the code in doubt", .phase = "exchange",
     .status = 500, .body = "{\"error\":{\"message\":\"oops\",\"code\":2}}",
     .outcome = OUTCOME_UNSURE, .next_phase = "probe"},
    {.sentence = "an answer without a token leaves it in doubt", .phase = "exchange",
     .status = 200, .body = "{}", .outcome = OUTCOME_UNSURE, .next_phase = "probe"},
    {.sentence = "a used code is burnt", .phase = "exchange",
     .status = 400, .body = "{\"error\":{\"message\":\"This authorization code has been used.\",\"code\":100,\"error_subcode\":36009}}",
     .outcome = OUTCOME_NEXT, .next_phase = "probe", .learned = "code_burnt"},
    {.sentence = "an expired code is burnt", .phase = "exchange",
     .status = 400, .body = "{\"error\":{\"message\":\"x\",\"code\":100,\"error_subcode\":36007}}",
     .outcome = OUTCOME_NEXT, .next_phase = "probe", .learned = "code_burnt"},
    {.sentence = "a code of which only the message speaks is burnt", .phase = "exchange",
     .status = 400, .body = "{\"error\":{\"message\":\"Invalid verification code format.\",\"code\":100}}",
     .outcome = OUTCOME_NEXT, .next_phase = "probe", .learned = "code_burnt"},
    {.sentence = "another bad parameter is not about the code", .phase = "exchange",
     .status = 400, .body = "{\"error\":{\"message\":\"Invalid client_id\",\"code\":100}}",
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a wrong app secret is the partner's to mend", .phase = "exchange",
     .status = 400, .body = "{\"error\":{\"message\":\"Error validating client secret.\",\"code\":1}}",
     .outcome = OUTCOME_FAILED, .owner = "partner", .note = "app secret"},
    {.sentence = "a refused exchange refuses no token, because none was sent", .phase = "exchange",
     .status = 401, .body = "{\"error\":{\"message\":\"x\",\"code\":190}}",
     .outcome = OUTCOME_FAILED, .owner = "partner", .note = "app secret"},
    {.sentence = "the partner's token may reach the WABA", .phase = "probe", .request = PROBE,
     .status = 200, .body = "{\"id\":\"900100\"}",
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "code_burnt", .note = "partner's own token"},
    {.sentence = "a line to be attached with the customer's token means a new signup", .phase = "probe",
     .credit_method = "sharing_then_attach", .without = WITHOUT_BUSINESS_TOKEN, .request = PROBE,
     .status = 200, .body = "{\"id\":\"900100\"}", .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "signup",
     .owner = "customer", .memo_after = "{\"is_burnt\":true}", .learned = "code_burnt"},
    {.sentence = "unless the manifest brings that token", .phase = "probe",
     .credit_method = "sharing_then_attach", .request = PROBE,
     .status = 200, .body = "{\"id\":\"900100\"}",
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "code_burnt"},
    {.sentence = "where it does not, the customer signs up again", .phase = "probe",
     .status = 403, .body = "{\"error\":{\"message\":\"x\",\"code\":200}}",
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "signup", .owner = "customer",
     .memo_after = "{\"is_burnt\":true}", .learned = "code_burnt"},
    {.sentence = "a WABA nobody sees means a new signup too", .phase = "probe",
     .status = 400, .body = "{\"error\":{\"message\":\"x\",\"code\":100,\"error_subcode\":33}}",
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "signup", .memo_after = "{\"is_burnt\":true}", .learned = "code_burnt"},
    {.sentence = "the code of a new signup is exchanged", .phase = "probe", .memo = "{\"is_burnt\":true}",
     .outcome = OUTCOME_NEXT, .next_phase = "exchange", .memo_after = "", .note = "again"},
    {.sentence = "without a new code the probe looks again", .phase = "probe", .memo = "{\"is_burnt\":true}",
     .without = WITHOUT_CODE, .request = PROBE, .status = 200, .body = "{\"id\":\"900100\"}",
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "code_burnt"},
    {.sentence = "a refused system token is a matter of credentials", .phase = "probe",
     .status = 401, .body = "{\"error\":{\"message\":\"x\",\"code\":190}}",
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "credential", .owner = "partner"},
    {.sentence = "without a destination the customer signs up", .phase = "probe", .without = WITHOUT_DESTINATION,
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "signup"},
    {.sentence = "without a system token nothing can be probed", .phase = "probe", .without = WITHOUT_SYSTEM_TOKEN,
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "credential"},
};
/* clang-format on */

static void a_code_is_exchanged_once(void)
{
    job_case_check(&JOB_EXCHANGE_CODE, cases, sizeof cases / sizeof cases[0]);
}

static void a_code_cannot_wait(void)
{
    CU_ASSERT(JOB_EXCHANGE_CODE.is_urgent);
}

int main(void)
{
    CU_TestInfo tests[] = {{"a code is exchanged once", a_code_is_exchanged_once},
                           {"a code cannot wait", a_code_cannot_wait},
                           CU_TEST_INFO_NULL};

    return run_suite("exchange_code", tests);
}
