/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define THEN .credit_method = "sharing_then_attach"
#define LOOKUP                                                                                    \
    "{\"method\":\"GET\",\"path\":\"/v26.0/5566778899/"                                           \
    "owning_credit_allocation_configs\",\"query\":"                                               \
    "{\"receiving_business_id\":\"700100\",\"fields\":\"id,receiving_business,request_status\"}," \
    "\"body\":{},\"token\":\"system\"}"
#define WRITE(edge, body, token)                                                                \
    "{\"method\":\"POST\",\"path\":\"/v26.0/5566778899/" edge "\",\"query\":{},\"body\":{" body \
    "},\"token\":\"" token "\"}"
#define FOR_WABA "\"waba_id\":\"900100\",\"waba_currency\":\"EUR\""
#define READ(id, field, token)                                                      \
    "{\"method\":\"GET\",\"path\":\"/v26.0/" id "\",\"query\":{\"fields\":\"" field \
    "\"},\"body\":{},\"token\":\"" token "\"}"
#define ALLOCATION(id, status)                                                                   \
    "{\"id\":\"" id "\",\"receiving_business\":{\"id\":\"700100\"},\"request_status\":\"" status \
    "\"}"
#define ERROR(code) "{\"error\":{\"message\":\"x\",\"code\":" code "}}"

/* clang-format off */
static const struct job_case look_cases[] = {
    {.sentence = "a refusal of the line is about the line, and needs a decision", .phase = "share", .memo = "{\"is_tried\":true}", .status = 403,
     .body = "{\"error\":{\"message\":\"(#10)\",\"type\":\"OAuthException\",\"code\":10}}",
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "an allocation that is there is verified, not made again", .phase = "lookup", .request = LOOKUP,
     .status = 200, .body = "{\"data\":[" ALLOCATION("1", "DELETED") "," ALLOCATION("2", "APPROVED") "]}",
     .outcome = OUTCOME_NEXT, .next_phase = "verify_allocation", .memo_after = "{\"allocation\":\"2\"}", .learned = "allocation 2"},
    {.sentence = "one without a status counts", .phase = "lookup",
     .status = 200, .body = "{\"data\":[{\"id\":3}]}",
     .outcome = OUTCOME_NEXT, .next_phase = "verify_allocation", .memo_after = "{\"allocation\":\"3\"}", .learned = "allocation 3"},
    {.sentence = "another business's allocation does not", .phase = "lookup",
     .status = 200, .body = "{\"data\":[{\"id\":\"3\",\"receiving_business\":{\"id\":\"5\"}}]}",
     .outcome = OUTCOME_NEXT, .next_phase = "share", .memo_after = "{\"is_tried\":true,\"rounds\":1}"},
    {.sentence = "where there is none the line is shared", .phase = "lookup",
     .status = 200, .body = "{\"data\":[" ALLOCATION("1", "DELETED") "]}",
     .outcome = OUTCOME_NEXT, .next_phase = "share", .memo_after = "{\"is_tried\":true,\"rounds\":1}"},
    {.sentence = "by the second method with the business first", .phase = "lookup", THEN,
     .status = 200, .body = "{\"data\":[]}",
     .outcome = OUTCOME_NEXT, .next_phase = "share_business", .memo_after = "{\"rounds\":1}"},
    {.sentence = "the list may go on", .phase = "lookup",
     .status = 200, .body = "{\"data\":[],\"paging\":{\"next\":\"x\",\"cursors\":{\"after\":\"C\"}}}",
     .outcome = OUTCOME_NEXT, .next_phase = "lookup", .memo_after = "{\"after\":\"C\"}"},
    {.sentence = "what Meta says exists but does not list needs a person", .phase = "lookup", .memo = "{\"exists\":true}",
     .status = 200, .body = "{\"data\":[]}", .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "partner"},
    {.sentence = "without a line customers pay Meta themselves", .phase = "lookup", .without = WITHOUT_CREDIT_LINE,
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "pay Meta themselves"},
    {.sentence = "without a currency nothing is sent", .phase = "lookup", .without = WITHOUT_CURRENCY,
     .outcome = OUTCOME_FAILED, .owner = "partner", .note = "currency"},
};

#define UNFUNDED "{\"id\":\"900100\",\"name\":\"x\"}"
#define LOOK_FIRST .phase = NULL, .outcome = OUTCOME_NEXT, .next_phase = "lookup"

static const struct job_case first_cases[] = {
    {.sentence = "a WABA just read without a payment method needs no other look", .phase = NULL, .fresh = UNFUNDED,
     .request = WRITE("whatsapp_credit_sharing_and_attach", FOR_WABA, "system"),
     .status = 200, .body = "{\"allocation_config_id\":\"7\",\"waba_id\":\"900100\"}",
     .outcome = OUTCOME_NEXT, .next_phase = "verify_allocation", .memo_after = "{\"allocation\":\"7\",\"is_shared\":true}", .learned = "allocation 7"},
    {.sentence = "nor does one whose payment method is none", .phase = NULL, .fresh = "{\"id\":\"900100\",\"primary_funding_id\":\"0\"}",
     .request = WRITE("whatsapp_credit_sharing_and_attach", FOR_WABA, "system"), .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "one that has a payment method is looked at", .fresh = "{\"id\":\"900100\",\"primary_funding_id\":\"88\"}", LOOK_FIRST},
    {.sentence = "so is one that Graph did not tell it of", .fresh = "{\"id\":\"900100\",\"_left_out\":[\"primary_funding_id\"]}", LOOK_FIRST},
    {.sentence = "and one that was not read just now", LOOK_FIRST},
    {.sentence = "a line shared in parts is looked up first", THEN, .fresh = UNFUNDED, LOOK_FIRST},
    {.sentence = "a doubt about a line shared without a look remembers it, and the funding is awaited", .phase = "lookup", .is_in_doubt = true,
     .status = 200, .body = "{\"data\":[" ALLOCATION("2", "APPROVED") "]}",
     .outcome = OUTCOME_NEXT, .next_phase = "verify_allocation", .memo_after = "{\"is_tried\":true,\"rounds\":1,\"allocation\":\"2\"}", .learned = "allocation 2"},
};

static const struct job_case write_cases[] = {
    {.sentence = "the line is shared and attached", .phase = "share", .memo = "{\"is_tried\":true}",
     .request = WRITE("whatsapp_credit_sharing_and_attach", FOR_WABA, "system"),
     .status = 200, .body = "{\"allocation_config_id\":\"7\",\"waba_id\":\"900100\"}",
     .outcome = OUTCOME_NEXT, .next_phase = "verify_allocation", .memo_after = "{\"is_tried\":true,\"allocation\":\"7\",\"is_shared\":true}", .learned = "allocation 7"},
    {.sentence = "a lost sharing is looked up", .phase = "share", .memo = "{\"is_tried\":true}", .status = JOB_CASE_LOST, .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "one that names no allocation too", .phase = "share", .memo = "{\"is_tried\":true}", .status = 200, .body = "{\"success\":true}",
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "a refusal needs a person", .phase = "share", .memo = "{\"is_tried\":true}", .status = 200, .body = "{\"success\":false,\"allocation_config_id\":\"7\"}",
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "\"exists already\" is looked up", .phase = "share", .memo = "{\"is_tried\":true}", .status = 400, .body = ERROR("4000"),
     .outcome = OUTCOME_NEXT, .next_phase = "lookup", .memo_after = "{\"is_tried\":true,\"exists\":true}"},
    {.sentence = "a payment problem needs a person", .phase = "share", .memo = "{\"is_tried\":true}", .status = 400, .body = ERROR("131042"),
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "the line is shared with the business", .phase = "share_business", THEN,
     .request = WRITE("whatsapp_credit_sharing", "\"receiving_business_id\":\"700100\"", "system"),
     .status = 200, .body = "{\"success\":true,\"allocation_config_id\":\"7\"}",
     .outcome = OUTCOME_NEXT, .next_phase = "attach", .memo_after = "{\"allocation\":\"7\",\"is_tried\":true}", .learned = "allocation 7"},
    {.sentence = "a lost sharing with the business is looked up", .phase = "share_business", THEN, .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "then attached with the customer's token", .phase = "attach", THEN, .memo = "{\"allocation\":\"7\",\"is_tried\":true}",
     .request = WRITE("whatsapp_credit_attach", FOR_WABA, "business"),
     .status = 200, .body = "{\"success\":true,\"waba_id\":\"900100\",\"allocation_config_id\":\"7\"}",
     .outcome = OUTCOME_NEXT, .next_phase = "verify_allocation", .memo_after = "{\"allocation\":\"7\",\"is_tried\":true,\"is_shared\":true}", .learned = "allocation 7"},
    {.sentence = "a lost attachment is settled by the WABA's funding", .phase = "attach", THEN, .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "verify_allocation"},
    {.sentence = "without the customer's token the partner's attaches", .phase = "attach", THEN, .without = WITHOUT_BUSINESS_TOKEN,
     .request = WRITE("whatsapp_credit_attach", FOR_WABA, "system"), .status = 500,
     .outcome = OUTCOME_UNSURE, .next_phase = "verify_allocation"},
};

static const struct job_case verify_cases[] = {
    {.sentence = "the allocation's credential is read", .phase = "verify_allocation", .memo = "{\"allocation\":\"7\"}",
     .request = READ("7", "receiving_credential", "system"),
     .status = 200, .body = "{\"id\":\"7\",\"receiving_credential\":{\"id\":\"77\"}}",
     .outcome = OUTCOME_NEXT, .next_phase = "verify_waba", .memo_after = "{\"allocation\":\"7\",\"credential\":\"77\"}"},
    {.sentence = "one without a credential is read again", .phase = "verify_allocation", .memo = "{\"allocation\":\"7\"}",
     .status = 200, .body = "{\"id\":\"7\"}", .outcome = OUTCOME_RETRY},
    {.sentence = "without an allocation it is looked up", .phase = "verify_allocation", .outcome = OUTCOME_NEXT, .next_phase = "lookup"},
    {.sentence = "without a credential too", .phase = "verify_waba", .outcome = OUTCOME_NEXT, .next_phase = "lookup"},
    {.sentence = "equal ids are the proof", .phase = "verify_waba", .memo = "{\"credential\":\"77\"}",
     .request = READ("900100", "primary_funding_id", "business"),
     .status = 200, .body = "{\"primary_funding_id\":\"77\",\"id\":\"900100\"}", .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "ids may be numbers", .phase = "verify_waba", .memo = "{\"credential\":\"77\"}",
     .status = 200, .body = "{\"primary_funding_id\":77}", .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "another funding cannot be replaced", .phase = "verify_waba", .memo = "{\"credential\":\"77\"}",
     .status = 200, .body = "{\"primary_funding_id\":\"88\"}", .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "partner"},
    {.sentence = "a WABA without funding gets an old allocation's line", .phase = "verify_waba", .memo = "{\"credential\":\"77\"}",
     .status = 200, .body = "{\"id\":\"900100\"}",
     .outcome = OUTCOME_NEXT, .next_phase = "share", .memo_after = "{\"credential\":\"77\",\"is_tried\":true,\"rounds\":1}"},
    {.sentence = "by the second method it is attached", .phase = "verify_waba", THEN, .memo = "{\"credential\":\"77\"}",
     .status = 200, .body = "{\"id\":\"900100\",\"primary_funding_id\":\"\"}",
     .outcome = OUTCOME_NEXT, .next_phase = "attach", .memo_after = "{\"credential\":\"77\",\"is_tried\":true,\"rounds\":1}"},
    {.sentence = "after our sharing the funding is awaited", .phase = "verify_waba", .memo = "{\"credential\":\"77\",\"is_shared\":true}",
     .status = 200, .body = "{\"primary_funding_id\":\"0\"}",
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 10000, .memo_after = "{\"credential\":\"77\",\"is_shared\":true,\"looks\":1}"},
    {.sentence = "and never shared twice", .phase = "verify_waba", .memo = "{\"credential\":\"77\",\"is_shared\":true,\"looks\":6}",
     .status = 200, .body = "{}", .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "partner"},
    {.sentence = "after a doubtful sharing it is awaited too", .phase = "verify_waba", .memo = "{\"credential\":\"77\",\"is_tried\":true}",
     .status = 200, .body = "{}",
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 10000, .memo_after = "{\"credential\":\"77\",\"is_tried\":true,\"looks\":1}"},
    {.sentence = "and only then shared again", .phase = "verify_waba", .memo = "{\"credential\":\"77\",\"is_tried\":true,\"rounds\":1,\"looks\":6}",
     .status = 200, .body = "{}",
     .outcome = OUTCOME_NEXT, .next_phase = "share", .memo_after = "{\"credential\":\"77\",\"is_tried\":true,\"rounds\":2}"},
    {.sentence = "what existed already is never shared again", .phase = "verify_waba", .memo = "{\"credential\":\"77\",\"exists\":true,\"looks\":6}",
     .status = 200, .body = "{}", .outcome = OUTCOME_FAILED, .memo_after = "", .owner = "partner"},
    {.sentence = "an answer about another WABA is not believed", .phase = "verify_waba", .memo = "{\"credential\":\"77\"}",
     .status = 200, .body = "{\"id\":\"5\",\"primary_funding_id\":\"77\"}", .outcome = OUTCOME_RETRY},
};
/* clang-format on */

static void an_allocation_is_looked_for_first(void)
{
    job_case_check(&JOB_SHARE_CREDIT_LINE, look_cases, sizeof look_cases / sizeof look_cases[0]);
}

static void the_first_look_is_spared_where_it_could_change_nothing(void)
{
    job_case_check(&JOB_SHARE_CREDIT_LINE, first_cases, sizeof first_cases / sizeof first_cases[0]);
}

static void the_line_is_shared_by_either_method(void)
{
    job_case_check(&JOB_SHARE_CREDIT_LINE, write_cases, sizeof write_cases / sizeof write_cases[0]);
}

static void only_equal_ids_prove_the_sharing(void)
{
    job_case_check(&JOB_SHARE_CREDIT_LINE, verify_cases,
                   sizeof verify_cases / sizeof verify_cases[0]);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"the first look is spared where it could change nothing",
         the_first_look_is_spared_where_it_could_change_nothing},
        {"an allocation is looked for first", an_allocation_is_looked_for_first},
        {"the line is shared by either method", the_line_is_shared_by_either_method},
        {"only equal ids prove the sharing", only_equal_ids_prove_the_sharing},
        CU_TEST_INFO_NULL};

    return run_suite("share_credit_line", tests);
}
