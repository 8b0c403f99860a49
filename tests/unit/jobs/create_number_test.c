/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define NEW .without = WITHOUT_PHONE_ID
#define CREATE(token)                                                                              \
    "{\"method\":\"POST\",\"path\":\"/v26.0/900100/phone_numbers\",\"query\":{},\"body\":{\"cc\":" \
    "\"33\",\"phone_number\":\"123456789\",\"migrate_phone_number\":true},\"token\":\"" token      \
    "\"}"
#define LOOKUP(rest)                                                                      \
    "{\"method\":\"GET\",\"path\":\"/v26.0/900100/phone_numbers\",\"query\":{\"fields\":" \
    "\"id,display_phone_number\",\"limit\":\"100\"" rest "},\"body\":{},\"token\":\"business\"}"
#define LIST(display)                                                                         \
    "{\"data\":[{\"id\":\"7\",\"display_phone_number\":\"+33 1 23 45 67 8\"},{\"id\":\"8\"}," \
    "{\"id\":\"610900\",\"display_phone_number\":\"" display "\"}]}"
#define ERROR(code) "{\"error\":{\"message\":\"x\",\"code\":" code "}}"
#define SUB(subcode)                                                                               \
    "{\"error\":{\"message\":\"(#100) Invalid parameter\",\"code\":100,\"error_subcode\":" subcode \
    "}}"
#define FACE(title)                             \
    "{\"error\":{\"message\":\"(#100) Invalid " \
    "parameter\",\"code\":100,\"error_subcode\":2388103,\"error_user_title\":\"" title "\"}}"
#define LEARNED .learned = "number 610900 33123456789"
#define THERE .outcome = OUTCOME_DONE, .memo_after = "", LEARNED
#define NOT_ARRIVED                                                                  \
    .outcome = OUTCOME_NEXT, .next_phase = "create", .memo_after = "{\"rounds\":1}", \
    .note = "never arrived"
#define NOTICED_LATER \
    .outcome = OUTCOME_WAIT_TIME, .wait_ms = 60 * 1000, .memo_after = "{\"was_refused\":true}"

/* clang-format off */
static const struct job_case create_cases[] = {
    {.sentence = "a number is made, and its id is new", .phase = NULL, NEW, .request = CREATE("business"),
     .status = 200, .body = "{\"id\":\"610900\"}", THERE},
    {.sentence = "an id may come as a number", .phase = "create", NEW, .status = 200, .body = "{\"id\":610900}", THERE},
    {.sentence = "without the customer's token the partner's is used", .phase = "create", .without = WITHOUT_PHONE_ID | WITHOUT_BUSINESS_TOKEN,
     .request = CREATE("system"), .status = 200, .body = "{\"id\":\"610900\"}", THERE},
    {.sentence = "a number that is there is not made", .phase = "create",
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "already"},
    {.sentence = "without a destination nothing is sent", .phase = "create", .without = WITHOUT_PHONE_ID | WITHOUT_DESTINATION,
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a lost answer is looked up", .phase = "create", NEW, .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "what never left is sent again", .phase = "create", NEW, .status = JOB_CASE_UNSENT, .outcome = OUTCOME_RETRY},
    {.sentence = "an empty 502 is looked up", .phase = "create", NEW, .status = 502,
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "success without an id is looked up", .phase = "create", NEW, .status = 200, .body = "{\"success\":true}",
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "the WABA's own id is no number's", .phase = "create", NEW, .status = 200, .body = "{\"id\":\"900100\"}",
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "success: false is a refusal", .phase = "create", NEW, .status = 200, .body = "{\"id\":\"610900\",\"success\":false}",
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a fault at Meta's is looked up", .phase = "create", NEW, .status = 500, .body = ERROR("131000"),
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "an error nobody knows is a person's", .phase = "create", NEW, .status = 400, .body = ERROR("987654"),
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "in this WABA already: its id is looked up", .phase = "create", NEW, .status = 400, .body = SUB("2388012"),
     .outcome = OUTCOME_NEXT, .next_phase = "lookup", .memo_after = "{\"exists\":true}"},
    {.sentence = "the same name as a code", .phase = "create", NEW, .status = 400, .body = ERROR("2388012"),
     .outcome = OUTCOME_NEXT, .next_phase = "lookup", .memo_after = "{\"exists\":true}"},
    {.sentence = "two-step verification is still on", .phase = "create", NEW, .status = 400, .body = SUB("2388001"),
     .outcome = OUTCOME_FAILED, .owner = "customer"},
    {.sentence = "the number cap is reached", .phase = "create", NEW, .status = 400, .body = ERROR("200000"),
     .outcome = OUTCOME_FAILED, .owner = "customer"},
    {.sentence = "the WABA cannot be edited", .phase = "create", NEW, .status = 400, .body = ERROR("300"),
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "the WABA is not the token's", .phase = "create", NEW, .status = 403, .body = ERROR("200"),
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a refused token waits for a credential", .phase = "create", NEW, .status = 401, .body = ERROR("190"),
     .outcome = OUTCOME_WAIT_PERSON, .waiting_for = "credential"},
    {.sentence = "a used-up quota is waited out", .phase = "create", NEW, .status = 400, .body = ERROR("80008"),
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 15 * 60 * 1000},
    {.sentence = "a number just deleted waits five minutes", .phase = "create", NEW, .status = 400, .body = ERROR("133015"),
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 5 * 60 * 1000},
    {.sentence = "a subscription may be noticed late", .phase = "create", NEW, .status = 400, .body = FACE("Cannot migrate phone number"), NOTICED_LATER},
    {.sentence = "but not twice", .phase = "create", NEW, .memo = "{\"was_refused\":true}", .status = 400, .body = FACE("Cannot migrate phone number"),
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a credit line may be noticed late", .phase = "create", NEW, .status = 400,
     .body = FACE("Your WhatsApp account does not have a payment account"), NOTICED_LATER},
    {.sentence = "and no later than that", .phase = "create", NEW, .memo = "{\"was_refused\":true}", .status = 400,
     .body = FACE("Your WhatsApp account does not have a payment account"), .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a free number is no migration", .phase = "create", NEW, .status = 400,
     .body = FACE("Please add this phone number in your WhatsApp account"), .outcome = OUTCOME_FAILED, .owner = "customer"},
    {.sentence = "the name is not approved", .phase = "create", NEW, .status = 400,
     .body = FACE("Registered name should be present and approved"), .outcome = OUTCOME_FAILED, .owner = "customer"},
    {.sentence = "the source is not approved", .phase = "create", NEW, .status = 400,
     .body = FACE("The WhatsApp account that this phone number is registered with is not set up correctly"),
     .outcome = OUTCOME_FAILED, .owner = "source_partner"},
    {.sentence = "Meta does not say why: again in a quarter of an hour", .phase = "create", NEW, .status = 400,
     .body = FACE("There was an error migrating this phone number"), .outcome = OUTCOME_RETRY, .wait_ms = 15 * 60 * 1000},
    {.sentence = "another portfolio", .phase = "create", NEW, .status = 400,
     .body = FACE("This phone number belongs to a different Business Manager account"), .outcome = OUTCOME_FAILED, .owner = "customer"},
    {.sentence = "the destination is not approved", .phase = "create", NEW, .status = 400,
     .body = FACE("Your WhatsApp account must be approved"), .outcome = OUTCOME_FAILED, .owner = "customer"},
    {.sentence = "a request to message for the business is open", .phase = "create", NEW, .status = 400,
     .body = FACE("Your WhatsApp account's \\\"Messaging For\\\" request must be approved"), .outcome = OUTCOME_FAILED, .owner = "customer"},
    {.sentence = "a title in another language", .phase = "create", NEW, .status = 400,
     .body = FACE("Ce numéro ne peut pas migrer"), .outcome = OUTCOME_FAILED, .owner = "partner"},
};

static const struct job_case lookup_cases[] = {
    {.sentence = "the number is found by its digits", .phase = "lookup", NEW, .request = LOOKUP(""),
     .status = 200, .body = LIST("+33 1 23 45 67 89"), THERE, .note = "had been created"},
    {.sentence = "however they are written", .phase = "lookup", NEW,
     .status = 200, .body = LIST("(33) 123-456-789"), THERE},
    {.sentence = "Meta had said that it is there", .phase = "lookup", NEW, .memo = "{\"exists\":true}",
     .status = 200, .body = LIST("+33123456789"), THERE, .note = "in this WABA already"},
    {.sentence = "a longer number is another one", .phase = "lookup", NEW, .status = 200, .body = LIST("+33 1 23 45 67 890"), NOT_ARRIVED},
    {.sentence = "a number without digits is none", .phase = "lookup", NEW, .status = 200, .body = LIST(""), NOT_ARRIVED},
    {.sentence = "a number that is not listed was not made", .phase = "lookup", NEW, .status = 200, .body = "{\"data\":[]}", NOT_ARRIVED},
    {.sentence = "the list may go on", .phase = "lookup", NEW, .memo = "{\"exists\":true}",
     .status = 200, .body = "{\"data\":[],\"paging\":{\"next\":\"x\",\"cursors\":{\"after\":\"C\"}}}",
     .outcome = OUTCOME_NEXT, .next_phase = "lookup", .memo_after = "{\"exists\":true,\"after\":\"C\"}"},
    {.sentence = "the next page is asked for", .phase = "lookup", NEW, .memo = "{\"after\":\"C\"}", .request = LOOKUP(",\"after\":\"C\""),
     .status = 200, .body = LIST("+33123456789"), THERE},
    {.sentence = "what Meta says is there may be listed late", .phase = "lookup", NEW, .memo = "{\"exists\":true,\"after\":\"C\"}",
     .status = 200, .body = "{\"data\":[]}", .outcome = OUTCOME_WAIT_TIME, .wait_ms = 30 * 1000, .memo_after = "{\"exists\":true,\"looks\":1}"},
    {.sentence = "but it is never sent again, and six looks are enough", .phase = "lookup", NEW, .memo = "{\"exists\":true,\"looks\":5}",
     .status = 200, .body = "{\"data\":[]}", .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "partner"},
    {.sentence = "the third absence is waited out", .phase = "lookup", NEW, .memo = "{\"rounds\":2}",
     .status = 200, .body = "{\"data\":[]}", .outcome = OUTCOME_WAIT_TIME, .wait_ms = 60 * 1000, .memo_after = "{\"rounds\":2,\"has_waited\":true}"},
    {.sentence = "five rounds are enough", .phase = "lookup", NEW, .memo = "{\"rounds\":5}",
     .status = 200, .body = "{\"data\":[]}", .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "meta"},
    {.sentence = "no list is no answer", .phase = "lookup", NEW, .status = 200, .body = "{}", .outcome = OUTCOME_RETRY, .note = "no list"},
    {.sentence = "the look-up itself may get lost", .phase = "lookup", NEW, .status = JOB_CASE_LOST, .outcome = OUTCOME_RETRY},
};
/* clang-format on */

static void a_number_is_made_once(void)
{
    job_case_check(&JOB_CREATE_NUMBER, create_cases, sizeof create_cases / sizeof create_cases[0]);
}

static void a_lost_creation_is_settled_by_digits(void)
{
    job_case_check(&JOB_CREATE_NUMBER, lookup_cases, sizeof lookup_cases / sizeof lookup_cases[0]);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a number is made once", a_number_is_made_once},
        {"a lost creation is settled by digits", a_lost_creation_is_settled_by_digits},
        CU_TEST_INFO_NULL};

    return run_suite("create_number", tests);
}
