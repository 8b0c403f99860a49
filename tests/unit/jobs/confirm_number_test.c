/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define READ_FIELDS(fields, rest)                                                                  \
    "{\"method\":\"GET\",\"path\":\"/v26.0/900100/phone_numbers\",\"query\":{\"fields\":\"" fields \
    "\",\"limit\":\"100\"" rest "},\"body\":{},\"token\":\"business\"}"
#define READ(rest) \
    READ_FIELDS("id,status,health_status,whatsapp_business_profile{about,email}", rest)
#define CONFIRMED(rest) "confirmed 610100 {\"id\":\"610100\"," rest "}"
#define PROFILE(fields) "{\"data\":[{" fields "}]}"
#define SHOWS(fields) "\"status\":\"CONNECTED\",\"whatsapp_business_profile\":" PROFILE(fields)
#define NO_FIELD(name)                                                          \
    "{\"error\":{\"message\":\"(#100) Tried accessing nonexisting field (" name \
    ") on node type (WhatsAppBusinessPhoneNumber)\",\"code\":100}}"
#define LEFT(names) "{\"without\":\"," names ",\",\"refused\":\"," names ",\"}"
#define LIST(rest) "{\"data\":[{\"id\":\"610100\"," rest "}]}"
#define HEALTH(state, entities)                                                 \
    "\"status\":\"CONNECTED\",\"health_status\":{\"can_send_message\":\"" state \
    "\",\"entities\":[" entities "]}"

/* clang-format off */
static const struct job_case cases[] = {
    {.sentence = "a connected number is confirmed", .phase = NULL, .request = READ(""),
     .status = 200, .body = LIST("\"status\":\"CONNECTED\",\"colour\":1"), .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = CONFIRMED("\"status\":\"CONNECTED\"")},
    {.sentence = "an available one too", .phase = "read",
     .status = 200, .body = LIST(HEALTH("AVAILABLE", "")), .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = CONFIRMED(HEALTH("AVAILABLE", ""))},
    {.sentence = "a limited one is confirmed with a note", .phase = "read",
     .status = 200, .body = LIST(HEALTH("LIMITED", "{\"entity_type\":\"BUSINESS\",\"can_send_message\":\"LIMITED\",\"additional_info\":[\"The business is not verified.\"]}")),
     .learned = CONFIRMED(HEALTH("LIMITED", "{\"entity_type\":\"BUSINESS\",\"can_send_message\":\"LIMITED\",\"additional_info\":[\"The business is not verified.\"]}")),
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "(BUSINESS): The business is not verified."},
    {.sentence = "a limited one without a reason too", .phase = "read",
     .status = 200, .body = LIST(HEALTH("LIMITED", "")), .outcome = OUTCOME_DONE, .memo_after = "", .note = "no reason",
     .learned = CONFIRMED(HEALTH("LIMITED", ""))},
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
    {.sentence = "a profile that is to be kept and has changed is written back", .phase = "read", .kept_profile = PROFILE("\"about\":\"Bread\""),
     .status = 200, .body = LIST(SHOWS("\"about\":\"Hey\"")),
     .outcome = OUTCOME_NEXT, .next_phase = "profile", .memo_after = "{\"profile_writes\":1}", .note = "not what it was"},
    {.sentence = "one that has not changed is not", .phase = "read", .kept_profile = PROFILE("\"about\":\"Bread\",\"websites\":[\"https://b\"]"),
     .status = 200, .body = LIST(SHOWS("\"business_profile\":{\"websites\":[\"https://b\"],\"about\":\"Bread\",\"email\":\"e\"}")),
     .learned = CONFIRMED(SHOWS("\"business_profile\":{\"websites\":[\"https:\\/\\/b\"],\"about\":\"Bread\",\"email\":\"e\"}")),
     .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "nor one that is not shown", .phase = "read", .kept_profile = PROFILE("\"about\":\"Bread\""),
     .status = 200, .body = LIST("\"status\":\"CONNECTED\""), .learned = CONFIRMED("\"status\":\"CONNECTED\""),
     .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "two writings are enough", .phase = "read", .kept_profile = PROFILE("\"about\":\"Bread\""), .memo = "{\"profile_writes\":2}",
     .status = 200, .body = LIST(SHOWS("\"about\":\"Hey\"")), .learned = CONFIRMED(SHOWS("\"about\":\"Hey\"")),
     .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "what is not empty is written", .phase = "profile", .memo = "{\"profile_writes\":1}",
     .kept_profile = PROFILE("\"about\":\"Br\\\"ead\",\"email\":\"\",\"websites\":[\"https://b\"],\"profile_picture_url\":\"https://p\""),
     .request = "{\"method\":\"POST\",\"path\":\"/v26.0/610100/whatsapp_business_profile\",\"query\":{},\"body\":{\"messaging_product\":\"whatsapp\","
                "\"about\":\"Br\\\"ead\",\"websites\":[\"https://b\"]},\"token\":\"business\"}",
     .status = 200, .body = "{\"success\":true}", .outcome = OUTCOME_NEXT, .next_phase = "read", .note = "written back"},
    {.sentence = "a profile that Graph refuses stays", .phase = "profile", .memo = "{\"profile_writes\":1}", .kept_profile = PROFILE("\"about\":\"Bread\""),
     .status = 400, .body = "{\"error\":{\"message\":\"(#100) Param about\",\"code\":100}}",
     .outcome = OUTCOME_NEXT, .next_phase = "read", .memo_after = "{\"profile_writes\":2}", .note = "stays as it is"},
    {.sentence = "or says no to", .phase = "profile", .memo = "{\"profile_writes\":1}", .kept_profile = PROFILE("\"about\":\"Bread\""),
     .status = 200, .body = "{\"success\":false}",
     .outcome = OUTCOME_NEXT, .next_phase = "read", .memo_after = "{\"profile_writes\":2}", .note = "stays as it is"},
    {.sentence = "a lost writing is looked up", .phase = "profile", .memo = "{\"profile_writes\":1}", .kept_profile = PROFILE("\"about\":\"Bread\""),
     .status = JOB_CASE_LOST, .outcome = OUTCOME_UNSURE, .next_phase = "read"},
    {.sentence = "what is not to be kept is not written", .phase = "profile", .status = JOB_CASE_NO_ANSWER,
     .outcome = OUTCOME_NEXT, .next_phase = "read"},
    {.sentence = "an edge that Graph does not expand is left out", .phase = "read",
     .status = 400, .body = NO_FIELD("whatsapp_business_profile"), .note = "whatsapp_business_profile",
     .outcome = OUTCOME_NEXT, .next_phase = "read", .memo_after = LEFT("whatsapp_business_profile")},
    {.sentence = "it goes whole for what is not there within", .phase = "read",
     .status = 400, .body = NO_FIELD("email"), .note = "whatsapp_business_profile",
     .outcome = OUTCOME_NEXT, .next_phase = "read", .memo_after = LEFT("whatsapp_business_profile")},
    {.sentence = "the number says what it lacks, and the next reads know", .phase = "read", .memo = LEFT("whatsapp_business_profile"),
     .request = READ_FIELDS("id,status,health_status", ""), .status = 200, .body = LIST("\"status\":\"CONNECTED\""),
     .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "refused whatsapp_business_profile; " CONFIRMED("\"status\":\"CONNECTED\",\"_left_out\":[\"whatsapp_business_profile\"]")},
    {.sentence = "what others learned is left out from the start", .phase = "read", .destination_refused = ",health_status,",
     .request = READ_FIELDS("id,status,whatsapp_business_profile{about,email}", ""), .status = JOB_CASE_LOST, .outcome = OUTCOME_RETRY},
    {.sentence = "a look that comes again knows what it left out", .phase = "read", .memo = LEFT("health_status"),
     .status = 200, .body = LIST("\"status\":\"PENDING\""), .learned = "refused health_status",
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 30000, .memo_after = "{\"without\":\",health_status,\",\"looks\":1}", .note = "PENDING"},
    {.sentence = "a permission that names nothing leaves the ids", .phase = "read",
     .status = 403, .body = "{\"error\":{\"message\":\"(#10) no\",\"code\":10}}",
     .outcome = OUTCOME_NEXT, .next_phase = "read", .memo_after = "{\"is_bare\":true}", .note = "ids"},
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
