/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define READ(id, waba_fields, number_fields, token)                                       \
    "{\"method\":\"GET\",\"path\":\"/v26.0/" id "\",\"query\":{\"fields\":\"" waba_fields \
    ",phone_numbers.limit(100){" number_fields "}\"},\"body\":{},\"token\":\"" token "\"}"
#define WABA_FIELDS "id,name,owner_business_info{id}"
#define NUMBER_FIELDS "id,display_phone_number,is_pin_enabled"
#define PAGE(id, after, token)                                \
    "{\"method\":\"GET\",\"path\":\"/v26.0/" id               \
    "/phone_numbers\",\"query\":{\"fields\":\"" NUMBER_FIELDS \
    "\",\"limit\":\"100\",\"after\":\"" after "\"},\"body\":{},\"token\":\"" token "\"}"
#define ONE \
    "{\"id\":\"600100\",\"display_phone_number\":\"+33 1 23-45 67 89\",\"is_pin_enabled\":false}"
#define TWO "{\"id\":600200,\"display_phone_number\":\"+33 1 00 00 00 02\"}"
#define ONE_LEARNED(side) "number " side "600100 33123456789 " ONE
#define MORE \
    ",\"paging\":{\"cursors\":{\"after\":\"CUR1\"},\"next\":\"https://graph.facebook.com/x\"}"
#define ERROR(code, subcode) \
    "{\"error\":{\"message\":\"x\",\"code\":" code ",\"error_subcode\":" subcode "}}"
#define NO_FIELD(name)                                                          \
    "{\"error\":{\"message\":\"(#100) Tried accessing nonexisting field (" name \
    ") on node type (WhatsAppBusinessPhoneNumber)\",\"code\":100}}"

/* clang-format off */
static const struct job_case source_cases[] = {
    {.sentence = "the WABA and its numbers are learned in one call", .phase = "waba",
     .request = READ("800100", WABA_FIELDS, NUMBER_FIELDS, "source"),
     .status = 200, .body = "{\"id\":\"800100\",\"name\":\"Bakery Lune\",\"phone_numbers\":{\"data\":[" ONE "]}}",
     .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba source 800100 {\"id\":\"800100\",\"name\":\"Bakery Lune\"}; " ONE_LEARNED("source ")},
    {.sentence = "without a source token the partner's is tried", .phase = "waba", .without = WITHOUT_SOURCE_TOKEN,
     .request = READ("800100", WABA_FIELDS, NUMBER_FIELDS, "system"),
     .status = 200, .body = "{\"id\":\"800100\"}",
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "waba source 800100 {\"id\":\"800100\"}"},
    {.sentence = "ids and digits are asked for in any case", .phase = "waba", .without = WITHOUT_FIELDS,
     .request = READ("800100", "id", "id,display_phone_number", "source"),
     .status = 200, .body = "{\"id\":\"800100\"}",
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "waba source 800100 {\"id\":\"800100\"}"},
    {.sentence = "a list that goes on is read page by page", .phase = "waba",
     .status = 200, .body = "{\"id\":\"800100\",\"phone_numbers\":{\"data\":[" ONE "]" MORE "}}",
     .outcome = OUTCOME_NEXT, .next_phase = "page", .memo_after = "{\"after\":\"CUR1\"}",
     .learned = "waba source 800100 {\"id\":\"800100\"}; " ONE_LEARNED("source ")},
    {.sentence = "the last page ends the reading", .phase = "page", .memo = "{\"after\":\"CUR0\"}",
     .request = PAGE("800100", "CUR0", "source"),
     .status = 200, .body = "{\"data\":[" TWO "],\"paging\":{\"cursors\":{\"after\":\"CUR1\"}}}",
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "number source 600200 33100000002 " TWO},
    {.sentence = "a middle page leads to the next", .phase = "page", .memo = "{\"after\":\"CUR0\"}",
     .status = 200, .body = "{\"data\":[]" MORE "}",
     .outcome = OUTCOME_NEXT, .next_phase = "page", .memo_after = "{\"after\":\"CUR1\"}"},
    {.sentence = "a cursor that leads to itself is not followed for ever", .phase = "page", .memo = "{\"after\":\"CUR1\"}",
     .status = 200, .body = "{\"data\":[]" MORE "}", .outcome = OUTCOME_RETRY, .note = "not where"},
    {.sentence = "a page without a place to begin starts over", .phase = "page",
     .outcome = OUTCOME_NEXT, .next_phase = "waba"},
    {.sentence = "numbers without an id or digits are passed over", .phase = "page", .memo = "{\"after\":\"CUR0\"}",
     .status = 200, .body = "{\"data\":[{\"id\":\"1\"},{\"display_phone_number\":\"+1\"},7,null]}",
     .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "an answer about another WABA is not believed", .phase = "waba",
     .status = 200, .body = "{\"id\":\"5\"}", .outcome = OUTCOME_RETRY},
    {.sentence = "no access to the source is no reason to stop", .phase = "waba",
     .status = 403, .body = ERROR("200", "0"),
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "unreadable source 800100", .note = "no access"},
    {.sentence = "a missing object at the source neither", .phase = "waba",
     .status = 400, .body = ERROR("100", "33"),
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "unreadable source 800100"},
    {.sentence = "803 neither", .phase = "waba", .status = 400, .body = ERROR("803", "0"),
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "unreadable source 800100"},
    {.sentence = "10 neither", .phase = "waba", .status = 400, .body = ERROR("10", "0"),
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "unreadable source 800100"},
    {.sentence = "33 neither", .phase = "waba", .status = 400, .body = ERROR("33", "0"),
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "unreadable source 800100"},
    {.sentence = "131005 neither, on any page", .phase = "page", .memo = "{\"after\":\"CUR0\"}",
     .status = 403, .body = ERROR("131005", "0"),
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "unreadable source 800100"},
    {.sentence = "a refused source token never stops the run", .phase = "waba",
     .status = 401, .body = ERROR("190", "463"),
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "unreadable source 800100", .note = "token is refused"},
    {.sentence = "a refused system token does", .phase = "waba", .without = WITHOUT_SOURCE_TOKEN,
     .status = 401, .body = ERROR("190", "0"),
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "credential", .owner = "partner"},
    {.sentence = "a quota parks the WABA", .phase = "waba",
     .status = 400, .body = ERROR("80008", "2446079"),
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 15 * 60 * 1000},
    {.sentence = "without a source there is nothing to read", .phase = "waba", .without = WITHOUT_SOURCE,
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "attested"},
    {.sentence = "without any token the source stays unread", .phase = "waba", .without = WITHOUT_SOURCE_TOKEN | WITHOUT_SYSTEM_TOKEN,
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "unreadable source 800100"},
    {.sentence = "a field that Graph does not give is left out", .phase = "waba",
     .status = 400, .body = NO_FIELD("is_pin_enabled"),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = "{\"without\":\",is_pin_enabled,\"}", .note = "is_pin_enabled"},
    {.sentence = "one left out stays out", .phase = "waba", .memo = "{\"without\":\",is_pin_enabled,\"}",
     .request = READ("800100", WABA_FIELDS, "id,display_phone_number", "source"),
     .status = 400, .body = NO_FIELD("owner_business_info"),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = "{\"without\":\",is_pin_enabled,owner_business_info,\"}"},
    {.sentence = "a nested field goes with its name", .phase = "waba", .memo = "{\"without\":\",is_pin_enabled,owner_business_info,\"}",
     .request = READ("800100", "id,name", "id,display_phone_number", "source"),
     .status = 200, .body = "{\"id\":\"800100\",\"phone_numbers\":{\"data\":[]" MORE "}}",
     .outcome = OUTCOME_NEXT, .next_phase = "page", .learned = "waba source 800100 {\"id\":\"800100\"}",
     .memo_after = "{\"without\":\",is_pin_enabled,owner_business_info,\",\"after\":\"CUR1\"}"},
    {.sentence = "a field nobody asked for is an error", .phase = "waba",
     .status = 400, .body = NO_FIELD("pin"), .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a field that is missing twice is an error", .phase = "waba", .memo = "{\"without\":\",is_pin_enabled,\"}",
     .status = 400, .body = NO_FIELD("is_pin_enabled"), .outcome = OUTCOME_FAILED, .owner = "partner"},
};

static const struct job_case destination_cases[] = {
    {.sentence = "the destination is read with the customer's token", .phase = "waba",
     .request = READ("900100", WABA_FIELDS, NUMBER_FIELDS, "business"),
     .status = 200, .body = "{\"id\":\"900100\",\"phone_numbers\":{\"data\":[" ONE "]}}",
     .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba 900100 {\"id\":\"900100\"}; " ONE_LEARNED("")},
    {.sentence = "without one, with the partner's", .phase = "page", .memo = "{\"after\":\"CUR0\"}", .without = WITHOUT_BUSINESS_TOKEN,
     .request = PAGE("900100", "CUR0", "system"), .status = 502,
     .outcome = OUTCOME_RETRY},
    {.sentence = "a destination out of reach waits for access", .phase = "waba",
     .status = 400, .body = ERROR("100", "33"),
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "access", .owner = "customer"},
    {.sentence = "a missing permission is the partner's to mend", .phase = "page", .memo = "{\"after\":\"CUR0\"}",
     .status = 400, .body = ERROR("10", "0"),
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "access", .owner = "partner"},
    {.sentence = "a refused business token is a matter of credentials", .phase = "waba",
     .status = 401, .body = ERROR("190", "463"),
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "credential"},
    {.sentence = "a call without a token is no matter of access", .phase = "waba",
     .status = 403, .body = "{\"error\":{\"message\":\"(#200) Provide valid app ID\",\"code\":200}}",
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a field that Graph does not give is left out here too", .phase = "page", .memo = "{\"after\":\"CUR0\"}",
     .status = 400, .body = NO_FIELD("is_pin_enabled"),
     .outcome = OUTCOME_NEXT, .next_phase = "page", .memo_after = "{\"after\":\"CUR0\",\"without\":\",is_pin_enabled,\"}"},
    {.sentence = "without a destination the customer signs up", .phase = "waba", .without = WITHOUT_DESTINATION,
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "signup"},
    {.sentence = "without any token a credential is missing", .phase = "waba", .without = WITHOUT_BUSINESS_TOKEN | WITHOUT_SYSTEM_TOKEN,
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "credential"},
};
/* clang-format on */

static void the_source_is_read_as_far_as_it_lets_us(void)
{
    job_case_check(&JOB_READ_SOURCE, source_cases, sizeof source_cases / sizeof source_cases[0]);
}

static void the_destination_must_be_readable(void)
{
    job_case_check(&JOB_READ_DESTINATION, destination_cases,
                   sizeof destination_cases / sizeof destination_cases[0]);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"the source is read as far as it lets us", the_source_is_read_as_far_as_it_lets_us},
        {"the destination must be readable", the_destination_must_be_readable},
        CU_TEST_INFO_NULL};

    return run_suite("read_waba", tests);
}
