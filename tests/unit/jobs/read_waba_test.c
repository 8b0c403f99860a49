/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define READ(id, fields, token)                                                      \
    "{\"method\":\"GET\",\"path\":\"/v26.0/" id "\",\"query\":{\"fields\":\"" fields \
    "\"},\"body\":{},\"token\":\"" token "\"}"
#define NUMBERS(fields) ",phone_numbers.limit(100){" fields "}"
#define TEMPLATES ",message_templates.limit(100){status,quality_score}"
#define SOURCE_FIELDS "id,display_phone_number,is_pin_enabled"
#define DESTINATION_FIELDS "id,display_phone_number,status"
#define SOURCE "id,name,owner_business_info{id}" NUMBERS(SOURCE_FIELDS)
#define DESTINATION "id,name,subscribed_apps" NUMBERS(DESTINATION_FIELDS)
#define PAGE(id, edge, fields, after, token) PAGE_OF("100", id, edge, fields, after, token)
#define TEMPLATES_PAGE(id, after, token) \
    PAGE_OF("1000", id, "message_templates", "status,quality_score", after, token)
#define PAGE_OF(limit, id, edge, fields, after, token)                                        \
    "{\"method\":\"GET\",\"path\":\"/v26.0/" id "/" edge "\",\"query\":{\"fields\":\"" fields \
    "\",\"limit\":\"" limit "\",\"after\":\"" after "\"},\"body\":{},\"token\":\"" token "\"}"
#define ONE \
    "{\"id\":\"600100\",\"display_phone_number\":\"+33 1 23-45 67 89\",\"is_pin_enabled\":false}"
#define TWO "{\"id\":600200,\"display_phone_number\":\"+33 1 00 00 00 02\"}"
#define ONE_LEARNED(side) "number " side "600100 33123456789 " ONE
#define MORE_AT(cursor)                                                                          \
    ",\"paging\":{\"cursors\":{\"after\":\"" cursor "\"},\"next\":\"https://graph.facebook.com/" \
    "x\"}"
#define MORE MORE_AT("CUR1")
#define TEMPLATE(status, score) \
    "{\"status\":\"" status "\",\"quality_score\":{\"score\":\"" score "\"},\"id\":\"7\"}"
#define COUNTS(total, green, unknown) \
    "{\"total\":" total ",\"approved_green\":" green ",\"approved_unknown\":" unknown "}"
#define BODY(numbers, templates) \
    "{\"id\":\"800100\",\"phone_numbers\":{" numbers "},\"message_templates\":{" templates "}}"
#define ERROR(code, subcode) \
    "{\"error\":{\"message\":\"x\",\"code\":" code ",\"error_subcode\":" subcode "}}"
#define WANTED .template_fields = "status,quality_score"

/* clang-format off */
static const struct job_case source_cases[] = {
    {.sentence = "the WABA and its numbers are learned in one call", .phase = "waba",
     .request = READ("800100", SOURCE, "source"),
     .status = 200, .body = "{\"id\":\"800100\",\"name\":\"Bakery Lune\",\"phone_numbers\":{\"data\":[" ONE "]}}",
     .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba source 800100 {\"id\":\"800100\",\"name\":\"Bakery Lune\"}; " ONE_LEARNED("source ")},
    {.sentence = "without a source token the partner's is tried", .phase = "waba", .without = WITHOUT_SOURCE_TOKEN,
     .request = READ("800100", SOURCE, "system"),
     .status = 200, .body = "{\"id\":\"800100\"}",
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "waba source 800100 {\"id\":\"800100\"}"},
    {.sentence = "ids and digits are asked for in any case", .phase = "waba", .without = WITHOUT_FIELDS,
     .request = READ("800100", "id" NUMBERS("id,display_phone_number"), "source"),
     .status = 200, .body = "{\"id\":\"800100\"}",
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "waba source 800100 {\"id\":\"800100\"}"},
    {.sentence = "a list that goes on is read page by page", .phase = "waba",
     .status = 200, .body = "{\"id\":\"800100\",\"phone_numbers\":{\"data\":[" ONE "]" MORE "}}",
     .outcome = OUTCOME_NEXT, .next_phase = "page", .memo_after = "{\"after\":\"CUR1\"}",
     .learned = "waba source 800100 {\"id\":\"800100\"}; " ONE_LEARNED("source ")},
    {.sentence = "the last page ends the reading", .phase = "page", .memo = "{\"after\":\"CUR0\"}",
     .request = PAGE("800100", "phone_numbers", SOURCE_FIELDS, "CUR0", "source"),
     .status = 200, .body = "{\"data\":[" TWO "],\"paging\":{\"cursors\":{\"after\":\"CUR1\"}}}",
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "number source 600200 33100000002 " TWO},
    {.sentence = "a middle page leads to the next", .phase = "page", .memo = "{\"after\":\"CUR0\"}",
     .status = 200, .body = "{\"data\":[]" MORE "}",
     .outcome = OUTCOME_NEXT, .next_phase = "page", .memo_after = "{\"after\":\"CUR1\",\"pages\":1}"},
    {.sentence = "a list of a thousand pages is none", .phase = "page",
     .memo = "{\"after\":\"CUR1\",\"pages\":1000}",
     .status = 200, .body = "{\"data\":[]" MORE_AT("CUR2") "}", .outcome = OUTCOME_RETRY, .note = "not where"},
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
    {.sentence = "10 neither, when the ids alone are refused as well", .phase = "waba", .memo = "{\"is_bare\":true}", .status = 400, .body = ERROR("10", "0"),
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
};

static const struct job_case destination_cases[] = {
    {.sentence = "the destination is read with the customer's token", .phase = "waba",
     .request = READ("900100", DESTINATION, "business"),
     .status = 200, .body = "{\"id\":\"900100\",\"phone_numbers\":{\"data\":[" ONE "]}}",
     .outcome = OUTCOME_DONE, .memo_after = "",
     /* is_pin_enabled was not asked for: what else an answer holds is not kept. */
     .learned = "waba 900100 {\"id\":\"900100\"}; number 600100 33123456789 "
                "{\"id\":\"600100\",\"display_phone_number\":\"+33 1 23-45 67 89\"}"},
    {.sentence = "without one, with the partner's", .phase = "page", .memo = "{\"after\":\"CUR0\"}", .without = WITHOUT_BUSINESS_TOKEN,
     .request = PAGE("900100", "phone_numbers", DESTINATION_FIELDS, "CUR0", "system"), .status = 502,
     .outcome = OUTCOME_RETRY},
    {.sentence = "a destination out of reach waits for access", .phase = "waba",
     .status = 400, .body = ERROR("100", "33"),
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "access", .owner = "customer"},
    {.sentence = "a missing permission is the partner's to mend", .phase = "page", .memo = "{\"after\":\"CUR0\",\"is_bare\":true}",
     .status = 400, .body = ERROR("10", "0"),
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "access", .owner = "partner"},
    {.sentence = "a refused business token is a matter of credentials", .phase = "waba",
     .status = 401, .body = ERROR("190", "463"),
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "credential"},
    {.sentence = "a call without a token is no matter of access", .phase = "waba",
     .status = 403, .body = "{\"error\":{\"message\":\"(#200) Provide valid app ID\",\"code\":200}}",
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "without a destination the customer signs up", .phase = "waba", .without = WITHOUT_DESTINATION,
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "signup"},
    {.sentence = "without any token a credential is missing", .phase = "waba", .without = WITHOUT_BUSINESS_TOKEN | WITHOUT_SYSTEM_TOKEN,
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "credential"},
};

static const struct job_case template_cases[] = {
    {.sentence = "templates are folded into the call and counted", .phase = "waba", WANTED,
     .request = READ("800100", SOURCE TEMPLATES, "source"), .status = 200,
     .body = BODY("\"data\":[" ONE "]", "\"data\":[" TEMPLATE("APPROVED", "GREEN") "," TEMPLATE("APPROVED", "UNKNOWN") ","
                  TEMPLATE("APPROVED", "YELLOW") "," TEMPLATE("PAUSED", "GREEN") ",{\"status\":\"APPROVED\"}]"),
     .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba source 800100 {\"id\":\"800100\",\"_templates\":" COUNTS("5", "1", "1") "}; " ONE_LEARNED("source ")},
    {.sentence = "a WABA without templates has none", .phase = "waba", WANTED,
     .status = 200, .body = "{\"id\":\"800100\"}", .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba source 800100 {\"id\":\"800100\",\"_templates\":" COUNTS("0", "0", "0") "}"},
    {.sentence = "templates that go on are read after the numbers", .phase = "waba", WANTED,
     .status = 200, .body = BODY("\"data\":[]" MORE, "\"data\":[" TEMPLATE("APPROVED", "GREEN") "]" MORE_AT("TPL1")),
     .outcome = OUTCOME_NEXT, .next_phase = "page",
     .memo_after = "{\"templates\":" COUNTS("1", "1", "0") ",\"templates_after\":\"TPL1\",\"after\":\"CUR1\"}",
     .learned = "waba source 800100 {\"id\":\"800100\"}"},
    {.sentence = "or at once, where the numbers are complete", .phase = "waba", WANTED,
     .status = 200, .body = BODY("\"data\":[]", "\"data\":[" TEMPLATE("APPROVED", "GREEN") "]" MORE_AT("TPL1")),
     .outcome = OUTCOME_NEXT, .next_phase = "templates",
     .memo_after = "{\"templates\":" COUNTS("1", "1", "0") ",\"after\":\"TPL1\"}",
     .learned = "waba source 800100 {\"id\":\"800100\"}"},
    {.sentence = "the numbers' last page leads to the templates", .phase = "page", WANTED,
     .memo = "{\"templates\":" COUNTS("1", "1", "0") ",\"templates_after\":\"TPL1\",\"after\":\"CUR1\"}",
     .request = PAGE("800100", "phone_numbers", SOURCE_FIELDS, "CUR1", "source"),
     .status = 200, .body = "{\"data\":[]}", .outcome = OUTCOME_NEXT, .next_phase = "templates",
     .memo_after = "{\"templates\":" COUNTS("1", "1", "0") ",\"after\":\"TPL1\"}"},
    {.sentence = "a page of templates leads to the next", .phase = "templates", WANTED,
     .memo = "{\"templates\":" COUNTS("1", "1", "0") ",\"after\":\"TPL1\"}",
     .request = TEMPLATES_PAGE("800100", "TPL1", "source"),
     .status = 200, .body = "{\"data\":[" TEMPLATE("APPROVED", "UNKNOWN") "]" MORE_AT("TPL2") "}",
     .outcome = OUTCOME_NEXT, .next_phase = "templates",
     .memo_after = "{\"templates\":" COUNTS("2", "1", "1") ",\"after\":\"TPL2\",\"pages\":1}"},
    {.sentence = "the last one is what is learned", .phase = "templates", WANTED,
     .memo = "{\"templates\":" COUNTS("2", "1", "1") ",\"after\":\"TPL2\"}",
     .status = 200, .body = "{\"data\":[" TEMPLATE("REJECTED", "UNKNOWN") "]}",
     .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "templates source 800100 {\"_templates\":" COUNTS("3", "1", "1") "}"},
    {.sentence = "what was left out stays said with them", .phase = "templates", WANTED,
     .memo = "{\"without\":\",name,\",\"templates\":" COUNTS("2", "1", "1") ",\"after\":\"TPL2\"}",
     .status = 200, .body = "{\"data\":[]}", .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "templates source 800100 {\"_templates\":" COUNTS("2", "1", "1") ",\"_left_out\":[\"name\"]}"},
    {.sentence = "pages of templates that are refused cost nothing else", .phase = "templates", WANTED,
     .memo = "{\"templates\":" COUNTS("2", "1", "1") ",\"after\":\"TPL2\"}",
     .status = 403, .body = ERROR("200", "0"), .outcome = OUTCOME_DONE, .memo_after = "", .note = "uncounted",
     .learned = "templates source 800100 {\"_left_out\":[\"message_templates\"]}"},
    {.sentence = "nor does a field of theirs", .phase = "templates", WANTED, .source_refused = ",name,",
     .memo = "{\"templates\":" COUNTS("2", "1", "1") ",\"after\":\"TPL2\"}",
     .status = 400, .body = ERROR("100", "0"), .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "templates source 800100 {\"_left_out\":[\"name\",\"message_templates\"]}"},
    {.sentence = "nor a source token that ends", .phase = "templates", WANTED, .memo = "{\"after\":\"TPL2\"}",
     .status = 401, .body = ERROR("190", "463"), .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "templates source 800100 {\"_left_out\":[\"message_templates\"]}"},
    {.sentence = "a quota is waited for", .phase = "templates", WANTED, .memo = "{\"after\":\"TPL2\"}",
     .status = 400, .body = ERROR("80008", "0"), .outcome = OUTCOME_WAIT_TIME, .wait_ms = 15 * 60 * 1000},
    {.sentence = "templates that go on nobody knows where are left out", .phase = "waba", WANTED,
     .status = 200, .body = BODY("\"data\":[]", "\"data\":[],\"paging\":{\"next\":\"u\"}"),
     .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba source 800100 {\"id\":\"800100\",\"_left_out\":[\"message_templates\"]}"},
    {.sentence = "a page of templates without a place to begin starts over", .phase = "templates", WANTED,
     .outcome = OUTCOME_NEXT, .next_phase = "waba"},
    {.sentence = "templates that nobody wants are not read on", .phase = "templates", .memo = "{\"after\":\"TPL2\"}",
     .outcome = OUTCOME_NEXT, .next_phase = "waba"},
    {.sentence = "what an earlier answer counted is forgotten by a new one", .phase = "waba", WANTED,
     .memo = "{\"templates\":" COUNTS("9", "9", "9") ",\"templates_after\":\"OLD\",\"after\":\"OLD\"}",
     .status = 200, .body = "{\"id\":\"800100\"}", .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba source 800100 {\"id\":\"800100\",\"_templates\":" COUNTS("0", "0", "0") "}"},
};

static const struct job_case destination_template_cases[] = {
    {.sentence = "the destination's apps stay with it, its templates are counted", .phase = "waba", WANTED,
     .request = READ("900100", DESTINATION TEMPLATES, "business"), .status = 200,
     .body = "{\"id\":\"900100\",\"subscribed_apps\":{\"data\":[{\"id\":\"998877\"}]" MORE "},\"message_templates\":{\"data\":["
             TEMPLATE("PENDING", "UNKNOWN") "]}}",
     .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba 900100 {\"id\":\"900100\",\"subscribed_apps\":{\"data\":[{\"id\":\"998877\"}]},\"_templates\":" COUNTS("1", "0", "0") "}"},
    {.sentence = "a page of them that is refused is no matter of access", .phase = "templates", WANTED, .memo = "{\"after\":\"TPL2\"}",
     .request = TEMPLATES_PAGE("900100", "TPL2", "business"),
     .status = 403, .body = ERROR("10", "0"), .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "templates 900100 {\"_left_out\":[\"message_templates\"]}"},
    {.sentence = "a refused business token is, here too, a matter of credentials", .phase = "templates", WANTED, .memo = "{\"after\":\"TPL2\"}",
     .status = 401, .body = ERROR("190", "463"), .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "credential"},
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

static void templates_are_counted_as_far_as_they_can_be_read(void)
{
    job_case_check(&JOB_READ_SOURCE, template_cases,
                   sizeof template_cases / sizeof template_cases[0]);
    job_case_check(&JOB_READ_DESTINATION, destination_template_cases,
                   sizeof destination_template_cases / sizeof destination_template_cases[0]);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"the source is read as far as it lets us", the_source_is_read_as_far_as_it_lets_us},
        {"the destination must be readable", the_destination_must_be_readable},
        {"templates are counted as far as they can be read",
         templates_are_counted_as_far_as_they_can_be_read},
        CU_TEST_INFO_NULL};

    return run_suite("read_waba", tests);
}
