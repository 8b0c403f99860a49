/* SPDX-License-Identifier: PostgreSQL */
/* One field that Graph does not give never costs the others. */
#include "jobs/read_fields.h"

#include <json-c/json.h>

#include "jobs/body.h"
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define READ(waba_fields, number_fields, templates)                                       \
    "{\"method\":\"GET\",\"path\":\"/v26.0/800100\",\"query\":{\"fields\":\"" waba_fields \
    ",phone_numbers.limit(100){" number_fields "}" templates                              \
    "\"},\"body\":{},\"token\":\"source\"}"
#define WABA_FIELDS "id,name,owner_business_info{id}"
#define NUMBER_FIELDS "id,display_phone_number,is_pin_enabled"
#define TEMPLATES ",message_templates.limit(100){status,quality_score}"
#define WANTED .template_fields = "status,quality_score"
#define SAYS(code, message) "{\"error\":{\"message\":\"" message "\",\"code\":" code "}}"
#define NO_FIELD(name)                                            \
    SAYS("100", "(#100) Tried accessing nonexisting field (" name \
                ") on node type (WhatsAppBusinessPhoneNumber)")
/* Left out of this WABA alone: what the next reads may do is not known. */
#define ONLY_LEFT(names) "{\"without\":\"," names ",\"}"
#define LEFT(names) "{\"without\":\"," names ",\",\"refused\":\"," names ",\"}"
#define ONE "{\"id\":\"600100\",\"display_phone_number\":\"+33 1\"}"
#define ONE_WITHOUT(names) \
    "{\"id\":\"600100\",\"display_phone_number\":\"+33 1\",\"_left_out\":[" names "]}"
#define BODY "{\"id\":\"800100\",\"phone_numbers\":{\"data\":[" ONE "]}}"

/* clang-format off */
static const struct job_case source_cases[] = {
    {.sentence = "a field that Graph does not give is left out", .phase = "waba",
     .status = 400, .body = NO_FIELD("is_pin_enabled"), .note = "is_pin_enabled",
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = LEFT("is_pin_enabled")},
    {.sentence = "one left out stays out, and is learned when the read works without it", .phase = "waba", .memo = LEFT("is_pin_enabled"),
     .request = READ(WABA_FIELDS, "id,display_phone_number", ""), .status = 200, .body = BODY,
     .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba source 800100 {\"id\":\"800100\"}; refused source is_pin_enabled; number source 600100 331 " ONE_WITHOUT("\"is_pin_enabled\"")},
    {.sentence = "another one is left out as well", .phase = "waba", .memo = LEFT("is_pin_enabled"),
     .status = 400, .body = NO_FIELD("owner_business_info"),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = LEFT("is_pin_enabled,owner_business_info")},
    {.sentence = "a nested field goes with its name, and each node says what it lacks", .phase = "waba", .memo = LEFT("is_pin_enabled,owner_business_info"),
     .request = READ("id,name", "id,display_phone_number", ""), .status = 200, .body = BODY,
     .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba source 800100 {\"id\":\"800100\",\"_left_out\":[\"owner_business_info\"]}; refused source is_pin_enabled; "
                "refused source owner_business_info; number source 600100 331 " ONE_WITHOUT("\"is_pin_enabled\"")},
    {.sentence = "what an earlier read learned is left out from the start", .phase = "waba", .source_refused = ",is_pin_enabled,name,unheard_of,", WANTED,
     .request = READ("id,owner_business_info{id}", "id,display_phone_number", TEMPLATES), .status = 200, .body = BODY,
     .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba source 800100 {\"id\":\"800100\",\"_templates\":{\"total\":0,\"approved_green\":0,\"approved_unknown\":0},\"_left_out\":[\"name\"]}; "
                "number source 600100 331 " ONE_WITHOUT("\"is_pin_enabled\"")},
    {.sentence = "ids and digits are asked for even where they were refused", .phase = "waba", .source_refused = ",id,display_phone_number,",
     .request = READ(WABA_FIELDS, NUMBER_FIELDS, ""), .status = 400, .body = NO_FIELD("id"),
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a field nobody asked for is an error", .phase = "waba",
     .status = 400, .body = NO_FIELD("pin"), .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a field that is missing twice is an error", .phase = "waba", .memo = LEFT("is_pin_enabled"),
     .status = 400, .body = NO_FIELD("is_pin_enabled"), .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a part of a field's name is not the field", .phase = "waba",
     .status = 400, .body = SAYS("100", "no pin_enabled, no is_pin_enabled_at, no owner_business_infos"),
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a permission error may name it in quotes, and other words are not meant", .phase = "waba",
     .status = 403, .body = SAYS("10", "(#10) By its name, 'is_pin_enabled' needs a permission"),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = ONLY_LEFT("is_pin_enabled")},
    {.sentence = "200 to 299 may, too, in parentheses", .phase = "waba",
     .status = 403, .body = SAYS("294", "Managing (owner_business_info) requires more"),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = ONLY_LEFT("owner_business_info")},
    {.sentence = "or bare, several at once", .phase = "waba",
     .status = 403, .body = SAYS("200", "no access to owner_business_info, is_pin_enabled."),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = ONLY_LEFT("owner_business_info,is_pin_enabled")},
    {.sentence = "in the details, too", .phase = "waba", .status = 400,
     .body = "{\"error\":{\"message\":\"Invalid parameter\",\"code\":100,\"error_data\":{\"details\":\"is_pin_enabled is not there\"}}}",
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = LEFT("is_pin_enabled")},
    {.sentence = "an object that cannot be seen is no matter of fields", .phase = "waba", .status = 400,
     .body = "{\"error\":{\"message\":\"Object with name '800100' does not exist\",\"code\":100,\"error_subcode\":33}}",
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "unreadable source 800100"},
    {.sentence = "nor is a missing token", .phase = "waba", .status = 403, .body = SAYS("200", "Provide valid app ID or name"),
     .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "nor is maintenance", .phase = "waba", .status = 400,
     .body = "{\"error\":{\"message\":\"name\",\"code\":100,\"error_subcode\":2494100}}",
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 5 * 60 * 1000},
    {.sentence = "an edge is left out like a field", .phase = "waba", WANTED,
     .status = 400, .body = NO_FIELD("message_templates"),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = LEFT("message_templates")},
    {.sentence = "and the WABA says so", .phase = "waba", WANTED, .memo = LEFT("message_templates"),
     .request = READ(WABA_FIELDS, NUMBER_FIELDS, ""), .status = 200, .body = BODY,
     .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba source 800100 {\"id\":\"800100\",\"_left_out\":[\"message_templates\"]}; refused source message_templates; number source 600100 331 " ONE},
    {.sentence = "templates without one of their fields are left out as a whole", .phase = "waba", WANTED,
     .status = 400, .body = NO_FIELD("quality_score"),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = LEFT("message_templates")},
    {.sentence = "a permission that names nothing: nothing but the ids is asked for, once", .phase = "waba", WANTED,
     .status = 403, .body = SAYS("10", "(#10) Application does not have permission for this action"),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = "{\"is_bare\":true}"},
    {.sentence = "what was guessed before that is not learned", .phase = "waba", .memo = LEFT("name"),
     .status = 403, .body = SAYS("10", "x"),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = "{\"without\":\",name,\",\"is_bare\":true}"},
    {.sentence = "if that works, all the rest counts as left out", .phase = "waba", WANTED, .memo = "{\"is_bare\":true}",
     .request = READ("id", "id,display_phone_number", ""), .status = 200, .body = BODY,
     .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba source 800100 {\"id\":\"800100\",\"_left_out\":[\"name\",\"owner_business_info\",\"message_templates\"]}; "
                "number source 600100 331 " ONE_WITHOUT("\"is_pin_enabled\"")},
    {.sentence = "if not, access is refused", .phase = "waba", WANTED, .memo = "{\"is_bare\":true}",
     .status = 403, .body = SAYS("10", "is_pin_enabled"),
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "unreadable source 800100"},
    {.sentence = "with nothing to leave out access is refused at once", .phase = "waba", .without = WITHOUT_FIELDS,
     .status = 403, .body = SAYS("10", "x"),
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "unreadable source 800100"},
    {.sentence = "no other code is tried so", .phase = "waba", .status = 403, .body = SAYS("200", "x"),
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "unreadable source 800100"},
    {.sentence = "a page that begins to refuse a field goes on without it", .phase = "page", .memo = "{\"after\":\"CUR0\"}",
     .status = 400, .body = NO_FIELD("is_pin_enabled"), .outcome = OUTCOME_NEXT, .next_phase = "page",
     .memo_after = "{\"after\":\"CUR0\",\"without\":\",is_pin_enabled,\",\"refused\":\",is_pin_enabled,\"}"},
    {.sentence = "a field of the WABA is not what a page is about", .phase = "page", .memo = "{\"after\":\"CUR0\"}",
     .status = 400, .body = NO_FIELD("owner_business_info"), .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "numbers of later pages say what they lack, too", .phase = "page", .memo = "{\"after\":\"CUR0\",\"without\":\",is_pin_enabled,\"}",
     .status = 200, .body = "{\"data\":[" ONE "]}", .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "number source 600100 331 " ONE_WITHOUT("\"is_pin_enabled\"")},
};

static const struct job_case destination_cases[] = {
    {.sentence = "the destination's own fields are left out", .phase = "waba", WANTED,
     .status = 400, .body = NO_FIELD("subscribed_apps"),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = LEFT("subscribed_apps")},
    {.sentence = "and it says so", .phase = "waba", .memo = LEFT("subscribed_apps"),
     .status = 200, .body = "{\"id\":\"900100\"}", .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba 900100 {\"id\":\"900100\",\"_left_out\":[\"subscribed_apps\"]}; refused subscribed_apps"},
    {.sentence = "each side has refusals of its own", .phase = "waba", .source_refused = ",name,", .destination_refused = ",subscribed_apps,status,",
     .request = "{\"method\":\"GET\",\"path\":\"/v26.0/900100\",\"query\":{\"fields\":\"id,name,phone_numbers.limit(100){id,display_phone_number}\"},"
                "\"body\":{},\"token\":\"business\"}",
     .status = 200, .body = "{\"id\":\"900100\"}", .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "waba 900100 {\"id\":\"900100\",\"_left_out\":[\"subscribed_apps\"]}"},
    {.sentence = "a number's status is not a template's", .phase = "waba", WANTED, .status = 400, .body = NO_FIELD("status"),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = LEFT("status")},
    {.sentence = "unless it says so", .phase = "waba", WANTED,
     .status = 400, .body = SAYS("100", "Tried accessing nonexisting field (status) on node type (MessageTemplate)"),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = LEFT("message_templates")},
    {.sentence = "or is refused again", .phase = "waba", WANTED, .memo = LEFT("status"),
     .status = 400, .body = NO_FIELD("status"),
     .outcome = OUTCOME_NEXT, .next_phase = "waba", .memo_after = LEFT("status,message_templates")},
    {.sentence = "a field of the source is nothing that was asked of it", .phase = "waba",
     .status = 400, .body = NO_FIELD("is_pin_enabled"), .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a permission that names nothing leaves out what can be left out", .phase = "page", .memo = "{\"after\":\"CUR0\"}",
     .status = 403, .body = SAYS("10", "x"),
     .outcome = OUTCOME_NEXT, .next_phase = "page", .memo_after = "{\"after\":\"CUR0\",\"is_bare\":true}"},
};
/* clang-format on */

static void an_unreadable_field_never_costs_the_others(void)
{
    job_case_check(&JOB_READ_SOURCE, source_cases, sizeof source_cases / sizeof source_cases[0]);
    job_case_check(&JOB_READ_DESTINATION, destination_cases,
                   sizeof destination_cases / sizeof destination_cases[0]);
}

/* Whatever Graph goes on answering, the read comes to an end: counted over every field and code. */
static void no_error_is_tried_for_ever(void)
{
    static const char *const bodies[] = {
        SAYS("10", "x"),
        SAYS("100", "id,name,owner_business_info{id},is_pin_enabled,status,quality_score"),
        SAYS("200", "(name) (is_pin_enabled) (message_templates)"),
        NO_FIELD("name"),
        SAYS("10", "'owner_business_info'"),
    };

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct job_case row = {WANTED};
        struct arena *arena = arena_create();
        struct facts facts;
        struct reply reply = {.outcome = OUTCOME_NEXT};
        BODY_OWNED *body = json_tokener_parse(bodies[i]);
        const struct answer answer = {.http_status = 400, .body = body};
        int tries = 0;
        job_case_facts(&row, &facts);
        for (; reply.outcome == OUTCOME_NEXT && tries < 20; tries++) {
            job_answer(job_find_phase(&JOB_READ_SOURCE, "waba"), &facts, &answer, arena, &reply);
            facts.memo = reply.memo;
            reply_finish(&reply);
        }
        CU_ASSERT(reply.outcome != OUTCOME_NEXT);
        CU_ASSERT(tries >= 2 && tries <= 4);
        job_case_release(&facts);
        arena_destroy(arena);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"an unreadable field never costs the others", an_unreadable_field_never_costs_the_others},
        {"no error is tried for ever", no_error_is_tried_for_ever},
        CU_TEST_INFO_NULL};

    return run_suite("read_fields", tests);
}
