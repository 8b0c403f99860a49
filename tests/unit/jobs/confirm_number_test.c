/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define READ(rest)                                                                        \
    "{\"method\":\"GET\",\"path\":\"/v26.0/900100/phone_numbers\",\"query\":{\"fields\":" \
    "\"id,status,name_status,health_status,last_onboarded_time\",\"limit\":\"100\"" rest  \
    "},\"body\":{},\"token\":\"business\"}"
#define LIST(rest) "{\"data\":[{\"id\":\"610100\"," rest "}]}"
#define HEALTH(state, entities)                                                 \
    "\"status\":\"CONNECTED\",\"health_status\":{\"can_send_message\":\"" state \
    "\",\"entities\":[" entities "]}"

/* clang-format off */
static const struct job_case cases[] = {
    {.sentence = "a connected number is confirmed", .phase = NULL, .request = READ(""),
     .status = 200, .body = LIST("\"status\":\"CONNECTED\""), .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "an available one too", .phase = "read",
     .status = 200, .body = LIST(HEALTH("AVAILABLE", "")), .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "a limited one is confirmed with a note", .phase = "read",
     .status = 200, .body = LIST(HEALTH("LIMITED", "{\"entity_type\":\"BUSINESS\",\"can_send_message\":\"LIMITED\",\"additional_info\":[\"The business is not verified.\"]}")),
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "(BUSINESS): The business is not verified."},
    {.sentence = "a limited one without a reason too", .phase = "read",
     .status = 200, .body = LIST(HEALTH("LIMITED", "")), .outcome = OUTCOME_DONE, .memo_after = "", .note = "no reason"},
    {.sentence = "a blocked one needs the customer", .phase = "read",
     .status = 200, .body = LIST(HEALTH("BLOCKED", "{\"entity_type\":\"PHONE_NUMBER\",\"can_send_message\":\"AVAILABLE\"},{\"entity_type\":\"WABA\",\"can_send_message\":\"BLOCKED\",\"errors\":[{\"error_code\":141006,\"error_description\":\"No payment method.\",\"possible_solution\":\"Add one.\"}]}")),
     .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "customer", .note = "WABA is blocked"},
    {.sentence = "a blocked app is the partner's", .phase = "read",
     .status = 200, .body = LIST(HEALTH("BLOCKED", "{\"entity_type\":\"APP\",\"can_send_message\":\"BLOCKED\"}")),
     .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "partner"},
    {.sentence = "a number not connected yet is looked at again", .phase = "read",
     .status = 200, .body = LIST("\"status\":\"PENDING\""),
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 30000, .memo_after = "{\"looks\":1}", .note = "PENDING"},
    {.sentence = "a number not listed yet too", .phase = "read", .memo = "{\"looks\":3,\"after\":\"C\"}", .request = READ(",\"after\":\"C\""),
     .status = 200, .body = "{\"data\":[]}",
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 30000, .memo_after = "{\"looks\":4}", .note = "not listed"},
    {.sentence = "twenty looks are enough", .phase = "read", .memo = "{\"looks\":19}",
     .status = 200, .body = LIST("\"status\":\"PENDING\""),
     .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "partner", .note = "look 20"},
    {.sentence = "the list may go on", .phase = "read", .memo = "{\"looks\":3}",
     .status = 200, .body = "{\"data\":[],\"paging\":{\"next\":\"x\",\"cursors\":{\"after\":\"C\"}}}",
     .outcome = OUTCOME_NEXT, .next_phase = "read", .memo_after = "{\"looks\":3,\"after\":\"C\"}"},
    {.sentence = "a lost read is read again", .phase = "read", .status = JOB_CASE_LOST, .outcome = OUTCOME_RETRY},
    {.sentence = "an answer without a list is asked for again", .phase = "read", .status = 200, .body = "{}", .outcome = OUTCOME_RETRY},
    {.sentence = "without an id nothing can be found", .phase = "read", .without = WITHOUT_PHONE_ID,
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "without a destination neither", .phase = "read", .without = WITHOUT_DESTINATION,
     .outcome = OUTCOME_FAILED, .owner = "partner"},
};
/* clang-format on */

static void the_destination_shows_the_number(void)
{
    job_case_check(&JOB_CONFIRM_NUMBER, cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    CU_TestInfo tests[] = {{"the destination shows the number", the_destination_shows_the_number},
                           CU_TEST_INFO_NULL};

    return run_suite("confirm_number", tests);
}
