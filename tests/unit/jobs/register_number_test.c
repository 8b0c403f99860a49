/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define REGISTER(token)                                                                \
    "{\"method\":\"POST\",\"path\":\"/v26.0/610100/register\",\"query\":{},\"body\":{" \
    "\"messaging_product\":\"whatsapp\",\"pin\":\"<secret>\"},\"token\":\"" token "\"}"
#define LOOKUP(rest)                                                                      \
    "{\"method\":\"GET\",\"path\":\"/v26.0/900100/phone_numbers\",\"query\":{\"fields\":" \
    "\"id,status,last_onboarded_time\",\"limit\":\"100\"" rest                            \
    "},\"body\":{},\"token\":\"business\"}"
#define LIST(status, rest)                                                                       \
    "{\"data\":[{\"id\":\"5\",\"status\":\"CONNECTED\"},{\"id\":\"610100\",\"status\":\"" status \
    "\"" rest "}]}"
#define ONBOARDED(time) ",\"last_onboarded_time\":" time
#define ERROR(code) "{\"error\":{\"message\":\"x\",\"code\":" code "}}"
#define FACE(title)                             \
    "{\"error\":{\"message\":\"(#100) Invalid " \
    "parameter\",\"code\":100,\"error_subcode\":2388103,\"error_user_title\":\"" title "\"}}"
#define WORKED .outcome = OUTCOME_DONE, .memo_after = "", .note = "had worked"
#define NOT_ARRIVED                                                                    \
    .outcome = OUTCOME_NEXT, .next_phase = "register", .memo_after = "{\"rounds\":1}", \
    .note = "never arrived"
/* 2026-11-23T01:00:00Z */
#define ONE_O_CLOCK 1795395600000

/* clang-format off */
static const struct job_case register_cases[] = {
    {.sentence = "a number is registered", .phase = NULL, .request = REGISTER("business"),
     .status = 200, .body = "{\"success\":true}", .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "without the customer's token the partner's is used", .phase = "register", .without = WITHOUT_BUSINESS_TOKEN,
     .request = REGISTER("system"), .status = 200, .body = "{\"success\":true}", .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "without an id nothing is sent", .phase = "register", .without = WITHOUT_PHONE_ID,
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "without a PIN nothing is sent", .phase = "register", .without = WITHOUT_PIN,
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a lost answer is looked up", .phase = "register", .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "an empty 502 is looked up", .phase = "register", .status = 502,
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "success that is no JSON is looked up", .phase = "register", .status = 200,
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "code 131000 is looked up", .phase = "register", .status = 500, .body = ERROR("131000"),
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "code 131016 is looked up", .phase = "register", .status = 400, .body = ERROR("131016"),
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "a proxy's page is looked up", .phase = "register", .status = 403,
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "a wrong PIN is never tried twice", .phase = "register", .status = 400, .body = ERROR("133005"),
     .outcome = OUTCOME_FAILED, .owner = "customer"},
    {.sentence = "a number just deleted waits five minutes", .phase = "register", .status = 400, .body = ERROR("133015"),
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 5 * 60 * 1000},
    {.sentence = "an exhausted budget waits three days", .phase = "register", .status = 400, .body = ERROR("133016"),
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 72LL * 60 * 60 * 1000},
    {.sentence = "too fast PIN guesses need a person, after the wait that the details name", .phase = "register", .status = 400,
     .body = "{\"error\":{\"message\":\"x\",\"code\":133009,\"error_data\":{\"details\":\"Please try again in 30 minutes.\"}}}",
     .outcome = OUTCOME_FAILED, .owner = "customer", .wait_ms = 30 * 60 * 1000},
    {.sentence = "too many PIN guesses need a person too", .phase = "register", .status = 400, .body = ERROR("133008"),
     .outcome = OUTCOME_FAILED, .owner = "customer", .wait_ms = 60 * 60 * 1000},
    {.sentence = "an unverified number needs the customer", .phase = "register", .without = WITHOUT_WAY_TO_VERIFY,
     .status = 400, .body = ERROR("133006"), .outcome = OUTCOME_FAILED, .owner = "customer"},
    {.sentence = "where the path can verify it again, it waits for a code", .phase = "register", .status = 400, .body = ERROR("133006"),
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "code", .owner = "partner", .learned = "unverified"},
    {.sentence = "a missing subscription is the partner's", .phase = "register", .status = 400, .body = FACE("Cannot migrate phone number"),
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a generic migration error is tried again later", .phase = "register", .status = 400,
     .body = FACE("There was an error migrating this phone number"), .outcome = OUTCOME_RETRY, .wait_ms = 15 * 60 * 1000},
    {.sentence = "a refused token waits for a credential", .phase = "register", .status = 401, .body = ERROR("190"),
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "credential"},
    {.sentence = "\"already registered\" is looked up before it is believed", .phase = "register", .status = 400,
     .body = "{\"error\":{\"message\":\"(#100) Phone number is already registered\",\"code\":100}}",
     .outcome = OUTCOME_NEXT, .next_phase = "lookup", .memo_after = "{\"is_registered\":true}"},
    {.sentence = "it may stand in the details", .phase = "register", .status = 400,
     .body = "{\"error\":{\"message\":\"x\",\"code\":100,\"error_data\":{\"details\":\"phone number is Already Registered\"}}}",
     .outcome = OUTCOME_NEXT, .next_phase = "lookup", .memo_after = "{\"is_registered\":true}"},
};

static const struct job_case lookup_cases[] = {
    {.sentence = "a connected number had been registered", .phase = "lookup", .request = LOOKUP(""),
     .status = 200, .body = LIST("CONNECTED", ""), WORKED},
    {.sentence = "one on a later page too", .phase = "lookup", .memo = "{\"after\":\"C\"}", .request = LOOKUP(",\"after\":\"C\""),
     .status = 200, .body = LIST("CONNECTED", ""), WORKED},
    {.sentence = "one onboarded since we asked", .phase = "lookup", .intended_at_ms = ONE_O_CLOCK,
     .status = 200, .body = LIST("CONNECTED", ONBOARDED("\"2026-11-23T01:00:05+0000\"")), WORKED},
    {.sentence = "the clocks may differ a little", .phase = "lookup", .intended_at_ms = ONE_O_CLOCK,
     .status = 200, .body = LIST("CONNECTED", ONBOARDED("\"2026-11-23T00:55:00+00:00\"")), WORKED},
    {.sentence = "another time zone is reckoned with", .phase = "lookup", .intended_at_ms = ONE_O_CLOCK,
     .status = 200, .body = LIST("CONNECTED", ONBOARDED("\"2026-11-22T19:00:00.123-0600\"")), WORKED},
    {.sentence = "seconds are a time too", .phase = "lookup", .intended_at_ms = ONE_O_CLOCK,
     .status = 200, .body = LIST("CONNECTED", ONBOARDED("1795395601")), WORKED},
    {.sentence = "a time nobody can read counts as none", .phase = "lookup", .intended_at_ms = ONE_O_CLOCK,
     .status = 200, .body = LIST("CONNECTED", ONBOARDED("\"lately\"")), WORKED},
    {.sentence = "an older registration is not ours", .phase = "lookup", .intended_at_ms = ONE_O_CLOCK,
     .status = 200, .body = LIST("CONNECTED", ONBOARDED("\"2026-11-23T00:54:59+0000\"")), NOT_ARRIVED},
    {.sentence = "older seconds neither", .phase = "lookup", .intended_at_ms = ONE_O_CLOCK,
     .status = 200, .body = LIST("CONNECTED", ONBOARDED("1795395299")), NOT_ARRIVED},
    {.sentence = "a pending number is not registered", .phase = "lookup",
     .status = 200, .body = LIST("PENDING", ""), NOT_ARRIVED},
    {.sentence = "a number that is not listed neither", .phase = "lookup",
     .status = 200, .body = "{\"data\":[]}", NOT_ARRIVED},
    {.sentence = "the list may go on", .phase = "lookup",
     .status = 200, .body = "{\"data\":[],\"paging\":{\"next\":\"x\",\"cursors\":{\"after\":\"C\"}}}",
     .outcome = OUTCOME_NEXT, .next_phase = "lookup", .memo_after = "{\"after\":\"C\"}"},
    {.sentence = "what is found is not looked for further", .phase = "lookup",
     .status = 200, .body = "{\"data\":[{\"id\":\"610100\",\"status\":\"CONNECTED\"}],\"paging\":{\"next\":\"x\",\"cursors\":{\"after\":\"C\"}}}", WORKED},
    {.sentence = "Meta's word and an old registration agree", .phase = "lookup", .intended_at_ms = ONE_O_CLOCK, .memo = "{\"is_registered\":true}",
     .status = 200, .body = LIST("CONNECTED", ONBOARDED("\"2026-01-01T00:00:00+0000\"")),
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "already"},
    {.sentence = "Meta's word against the list needs a person, not another attempt", .phase = "lookup", .memo = "{\"is_registered\":true}",
     .status = 200, .body = LIST("PENDING", ""), .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "partner"},
    {.sentence = "the third absence is waited out", .phase = "lookup", .memo = "{\"rounds\":2}",
     .status = 200, .body = "{\"data\":[]}", .outcome = OUTCOME_WAIT_TIME, .wait_ms = 60 * 1000, .memo_after = "{\"rounds\":2,\"has_waited\":true}"},
    {.sentence = "and looked at once more before sending again", .phase = "lookup", .memo = "{\"rounds\":2,\"has_waited\":true}",
     .status = 200, .body = "{\"data\":[]}", .outcome = OUTCOME_NEXT, .next_phase = "register", .memo_after = "{\"rounds\":3}"},
    {.sentence = "five rounds are enough", .phase = "lookup", .memo = "{\"rounds\":5}",
     .status = 200, .body = "{\"data\":[]}", .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "meta"},
    {.sentence = "a memo that is no JSON is no memo", .phase = "lookup", .memo = "[1", .request = LOOKUP(""),
     .status = 200, .body = LIST("PENDING", ""), NOT_ARRIVED},
};
/* clang-format on */

static void a_number_is_registered_within_its_budget(void)
{
    job_case_check(&JOB_REGISTER_NUMBER, register_cases,
                   sizeof register_cases / sizeof register_cases[0]);
}

static void a_lost_registration_is_settled_by_reading(void)
{
    job_case_check(&JOB_REGISTER_NUMBER, lookup_cases,
                   sizeof lookup_cases / sizeof lookup_cases[0]);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a number is registered within its budget", a_number_is_registered_within_its_budget},
        {"a lost registration is settled by reading", a_lost_registration_is_settled_by_reading},
        CU_TEST_INFO_NULL};

    return run_suite("register_number", tests);
}
