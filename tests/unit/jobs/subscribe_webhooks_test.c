/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define SUBSCRIBE(body, token)                                                                    \
    "{\"method\":\"POST\",\"path\":\"/v26.0/900100/subscribed_apps\",\"query\":{},\"body\":" body \
    ",\"token\":\"" token "\"}"
#define LOOKUP                                                                                 \
    "{\"method\":\"GET\",\"path\":\"/v26.0/900100/subscribed_apps\",\"query\":{},\"body\":{}," \
    "\"token\":\"business\"}"
#define HOOK "https://bakery-lune.example/hook?a=1&b=2"
#define APP(id, rest) "{\"whatsapp_business_api_data\":{\"id\":\"" id "\"}" rest "}"
#define FRESH(app) "{\"id\":\"900100\",\"subscribed_apps\":{\"data\":[" app "]}}"
#define ABSENT \
    .outcome = OUTCOME_NEXT, .next_phase = "subscribe", .memo_after = "{\"absent\":1,\"rounds\":1}"
#define OTHER_ADDRESS \
    .outcome = OUTCOME_NEXT, .next_phase = "override", .memo_after = "{\"absent\":0,\"rounds\":1}"

/* clang-format off */
static const struct job_case cases[] = {
    {.sentence = "where an address is wanted the list is read first", .phase = "subscribe",
     .outcome = OUTCOME_NEXT, .next_phase = "lookup"},
    {.sentence = "unless the WABA was just read without our app", .phase = "subscribe", .fresh = FRESH(APP("5", "")),
     .request = SUBSCRIBE("{}", "business"),
     .status = 200, .body = "{\"success\":true}", .outcome = OUTCOME_NEXT, .next_phase = "override"},
    {.sentence = "or without any", .phase = "subscribe", .fresh = "{\"id\":\"900100\"}",
     .request = SUBSCRIBE("{}", "business"),
     .status = 200, .body = "{\"success\":true}", .outcome = OUTCOME_NEXT, .next_phase = "override"},
    {.sentence = "what was not told of its apps is no answer", .phase = "subscribe", .fresh = "{\"id\":\"900100\",\"_left_out\":[\"subscribed_apps\"]}",
     .outcome = OUTCOME_NEXT, .next_phase = "lookup"},
    {.sentence = "an app just read to be subscribed as wanted needs nothing", .phase = "subscribe", .without = WITHOUT_OVERRIDE, .fresh = FRESH(APP("998877", "")),
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "as wanted"},
    {.sentence = "without the address it is looked at", .phase = "subscribe", .fresh = FRESH(APP("998877", "")),
     .outcome = OUTCOME_NEXT, .next_phase = "lookup"},
    {.sentence = "an app that is not on the list is subscribed plainly, then gets its address", .phase = "subscribe", .memo = "{\"absent\":1}",
     .request = SUBSCRIBE("{}", "business"),
     .status = 200, .body = "{\"success\":true}", .outcome = OUTCOME_NEXT, .next_phase = "override"},
    {.sentence = "a lost answer to the address is looked up", .phase = "override", .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "the WABA's own callback address goes with its verify token", .phase = "override",
     .request = SUBSCRIBE("{\"override_callback_uri\":\"" HOOK "\",\"verify_token\":\"<secret>\"}", "business"),
     .status = 200, .body = "{\"success\":true}", .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "none is sent where none is wanted", .phase = "subscribe", .without = WITHOUT_OVERRIDE | WITHOUT_BUSINESS_TOKEN,
     .request = SUBSCRIBE("{}", "system"),
     .status = 200, .body = "{\"success\":true}", .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "a lost answer is looked up", .phase = "subscribe", .without = WITHOUT_OVERRIDE, .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "an answer that says nothing is looked up", .phase = "subscribe", .without = WITHOUT_OVERRIDE, .status = 200, .body = "{}",
     .outcome = OUTCOME_UNSURE, .next_phase = "lookup"},
    {.sentence = "a refusal without a reason needs a decision", .phase = "subscribe", .without = WITHOUT_OVERRIDE, .status = 200, .body = "{\"success\":false}",
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "our app with our address is done", .phase = "lookup", .request = LOOKUP,
     .status = 200, .body = "{\"data\":[" APP("5", "") "," APP("998877", ",\"override_callback_uri\":\"" HOOK "\"") "]}",
     .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "another address is not what we want", .phase = "lookup",
     .status = 200, .body = "{\"data\":[" APP("998877", ",\"override_callback_uri\":\"https://other.example\"") "]}", OTHER_ADDRESS},
    {.sentence = "no address is not what we want", .phase = "lookup",
     .status = 200, .body = "{\"data\":[" APP("998877", "") "]}", OTHER_ADDRESS},
    {.sentence = "somebody else's subscription is not ours", .phase = "lookup",
     .status = 200, .body = "{\"data\":[" APP("5", ",\"override_callback_uri\":\"" HOOK "\"") "]}", ABSENT},
    {.sentence = "an empty list means that it never arrived", .phase = "lookup",
     .status = 200, .body = "{\"data\":[]}", ABSENT},
    {.sentence = "where no address is wanted our app is enough", .phase = "lookup", .without = WITHOUT_OVERRIDE,
     .status = 200, .body = "{\"data\":[" APP("998877", "") "]}", .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "the id may stand on the entry itself", .phase = "lookup", .without = WITHOUT_OVERRIDE,
     .status = 200, .body = "{\"data\":[{\"id\":998877}]}", .outcome = OUTCOME_DONE, .memo_after = ""},
    {.sentence = "the list may go on", .phase = "lookup",
     .status = 200, .body = "{\"data\":[],\"paging\":{\"next\":\"x\",\"cursors\":{\"after\":\"C\"}}}",
     .outcome = OUTCOME_NEXT, .next_phase = "lookup", .memo_after = "{\"after\":\"C\"}"},
    {.sentence = "an answer without a list is asked for again", .phase = "lookup", .status = 200, .body = "{}",
     .outcome = OUTCOME_RETRY},
    {.sentence = "without a destination nothing is sent", .phase = "subscribe", .without = WITHOUT_DESTINATION | WITHOUT_OVERRIDE,
     .outcome = OUTCOME_FAILED, .owner = "partner"},
};
/* clang-format on */

static void our_app_is_subscribed_once(void)
{
    job_case_check(&JOB_SUBSCRIBE_WEBHOOKS, cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    CU_TestInfo tests[] = {{"our app is subscribed once", our_app_is_subscribed_once},
                           CU_TEST_INFO_NULL};

    return run_suite("subscribe_webhooks", tests);
}
