/* SPDX-License-Identifier: PostgreSQL */
/* The simulator's copying of templates and flows: by a call, at registration, and what becomes of
 * the copies afterwards. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/test_client.h"

#define FIRST "+33199000001" /* of bakery-lune, on 800100 */
#define SOURCE "{\"source_waba_id\":\"800100\""
#define OF_CUSTOMER(what) "{\"customers\":{\"bakery-lune\":{" what "}}}"
#define TEMPLATES(counts) OF_CUSTOMER("\"templates\":{" counts "}")
#define WITH_COPYING(counts, rules) \
    "{\"customers\":{\"bakery-lune\":{\"templates\":{" counts "}}},\"copying\":{" rules "}}"

static struct test_simulator simulator;
static struct test_signup signup;
static char token[128];

static struct test_answer ask(const char *method, const char *node, const char *edge,
                              const char *body)
{
    char path[512];
    snprintf(path, sizeof path, "/v26.0/%s%s", node, edge);
    return test_ask(&simulator, method, path, token, body);
}

static void start(const char *scenario)
{
    test_simulator_start(&simulator, scenario);
    signup = test_sign_up(&simulator, FIRST);
    test_exchange(&simulator, &signup, token);
}

static void stop(void)
{
    CU_ASSERT_EQUAL(test_simulator_stop(&simulator), 0);
}

static struct test_answer migrate(const char *body)
{
    return ask("POST", signup.waba_id, "/migrate_message_templates", body);
}

static void advance(int seconds)
{
    char body[64];
    snprintf(body, sizeof body, "{\"advance_seconds\":%d}", seconds);
    CU_ASSERT_EQUAL(test_ask(&simulator, "POST", "/simulator/clock", NULL, body).status, 200);
}

/* Of bakery-lune. */
static const char *truth(const char *what)
{
    char path[96];
    bool is_listed = strncmp(what, "templates", 9) == 0 || strncmp(what, "flows", 5) == 0;
    struct test_answer answer =
        test_ask(&simulator, "GET",
                 is_listed ? "/simulator/templates?customer=bakery-lune"
                           : "/simulator/templates?customer=bakery-lune&short=1",
                 NULL, NULL);
    snprintf(path, sizeof path, "bakery-lune.%s", what);
    return test_value(&answer, path);
}

static int there(const char *filter)
{
    char edge[160];
    snprintf(edge, sizeof edge, "/message_templates?fields=id&limit=1000%s", filter);
    struct test_answer answer = ask("GET", signup.waba_id, edge, NULL);
    CU_ASSERT_EQUAL(answer.status, 200);
    return test_count(&answer, "data");
}

/* A field of the destination's only template of this name. */
static const char *shown(const char *name, const char *field)
{
    char edge[256], path[64];
    snprintf(edge, sizeof edge,
             "/message_templates?name=%s&fields=id,status,category,previous_category,"
             "quality_score,rejected_reason,components",
             name);
    struct test_answer answer = ask("GET", signup.waba_id, edge, NULL);
    snprintf(path, sizeof path, "data.0.%s", field);
    return test_value(&answer, path);
}

/* The id of a template on the source, by its name; "" when there is none. */
static const char *source_id(const char *name)
{
    static char id[32];
    char path[128];
    snprintf(path, sizeof path, "/v26.0/800100/message_templates?fields=id&name=%s", name);
    struct test_answer answer = test_ask(&simulator, "GET", path, TEST_SOURCE_TOKEN, NULL);
    snprintf(id, sizeof id, "%s", test_value(&answer, "data.0.id"));
    return id;
}

static struct test_answer migrate_id(const char *id)
{
    char body[128];
    snprintf(body, sizeof body, SOURCE ",\"template_ids\":[\"%s\"]}", id);
    return migrate(body);
}

static void do_register(void)
{
    test_register(&simulator, &signup, token);
}

/* ---- */

static void test_a_call_copies_green_and_unknown(void)
{
    start(NULL);
    struct test_answer answer = migrate(SOURCE "}");
    CU_ASSERT_EQUAL(answer.status, 200);
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"), 5);
    CU_ASSERT_EQUAL(test_count(&answer, "failed_templates"), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.text, "\"failed_templates\":{}"));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.text, source_id("approved_green_1")));
    CU_ASSERT_EQUAL(there(""), 5);
    CU_ASSERT_EQUAL(there("&status=APPROVED&quality_score=UNKNOWN"), 5);
    CU_ASSERT_EQUAL(there("&language=fr&name=approved_green_2"), 1);
    CU_ASSERT_STRING_EQUAL(truth("least_calls"), "1");
    CU_ASSERT_STRING_EQUAL(truth("calls"), "1");
    CU_ASSERT_STRING_EQUAL(truth("copied"), "5");
    CU_ASSERT_STRING_EQUAL(truth("templates.0.copied_by"), "call");
    CU_ASSERT_STRING_EQUAL(truth("asked_when_there"), "0");
    /* What is there already is not copied again, and the call says so. */
    answer = migrate(SOURCE "}");
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"), 0);
    CU_ASSERT_EQUAL(test_count(&answer, "failed_templates"), 5);
    CU_ASSERT_EQUAL(there(""), 5);
    CU_ASSERT_STRING_EQUAL(truth("asked_when_there"), "5");
    CU_ASSERT_STRING_EQUAL(truth("templates.0.asked"), "2");
    stop();
}

static void test_what_a_repeat_answers_is_a_choice(void)
{
    start("{\"copying\":{\"repeats\":\"migrated\",\"ids\":\"destination\"}}");
    struct test_answer first = migrate(SOURCE "}"), second = migrate(SOURCE "}");
    CU_ASSERT_STRING_EQUAL(first.text, second.text);
    CU_ASSERT_STRING_EQUAL(test_value(&first, "migrated_templates.0"),
                           shown("approved_green_1", "id"));
    stop();
    start("{\"copying\":{\"repeats\":\"skipped\"}}");
    migrate(SOURCE "}");
    second = migrate(SOURCE "}");
    CU_ASSERT_EQUAL(test_count(&second, "migrated_templates"), 0);
    CU_ASSERT_EQUAL(test_count(&second, "failed_templates"), 0);
    stop();
}

/* clang-format off */
static const struct {
    const char *scenario, *body;
    long status;
    int code, subcode;
} refusals[] = {
    {NULL, "{}", 400, 100, 0},
    {NULL, "{\"source_waba_id\":\"800100\",\"colour\":1}", 400, 100, 0},
    {NULL, "{\"source_waba_id\":\"800999\"}", 400, 100, 0},
    {NULL, "{\"source_waba_id\":\"600101\"}", 400, 100, 0},
    {NULL, SOURCE ",\"count\":0}", 400, 100, 0},
    {NULL, SOURCE ",\"count\":501}", 400, 100, 0},
    {NULL, SOURCE ",\"page_number\":-1}", 400, 100, 0},
    {NULL, SOURCE ",\"template_ids\":\"1,2\"}", 400, 100, 0},
    {NULL, SOURCE ",\"template_ids\":[{}]}", 400, 100, 0},
    {NULL, "{\"source_waba_id\":\"800200\"}", 400, 100, 2388103},
    {OF_CUSTOMER("\"other_business\":true"), SOURCE "}", 400, 100, 2388103},
    {OF_CUSTOMER("\"source_owner\":\"700999\""), SOURCE "}", 400, 100, 2388103},
    {OF_CUSTOMER("\"restricted\":true"), SOURCE "}", 403, 368, 0},
    {OF_CUSTOMER("\"template_error\":{\"code\":2}"), SOURCE "}", 503, 2, 0},
    {OF_CUSTOMER("\"token_scopes\":[\"whatsapp_business_messaging\"]"), SOURCE "}", 403, 200, 0},
    {OF_CUSTOMER("\"destination_templates\":{\"approved_green\":6000}"), SOURCE "}", 400, 100, 2388019},
};
/* clang-format on */

static void test_what_refuses_a_whole_call(void)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        start(refusals[i].scenario);
        struct test_answer answer = migrate(refusals[i].body);
        bool is_right = answer.status == refusals[i].status && answer.code == refusals[i].code &&
                        answer.subcode == refusals[i].subcode;
        if (!is_right)
            fprintf(stderr, "\n    case %zu: %s\n", i, answer.text);
        CU_ASSERT(is_right);
        CU_ASSERT_STRING_EQUAL(truth("copied"), "0");
        stop();
    }
}

static void test_nobody_else_may_call(void)
{
    char path[96];
    start(NULL);
    snprintf(path, sizeof path, "/v26.0/%s/migrate_message_templates", signup.waba_id);
    CU_ASSERT_EQUAL(test_ask(&simulator, "POST", path, TEST_SOURCE_TOKEN, SOURCE "}").code, 200);
    CU_ASSERT_EQUAL(test_ask(&simulator, "POST", path, NULL, SOURCE "}").code, 200);
    CU_ASSERT_EQUAL(test_ask(&simulator, "POST", path, TEST_SYSTEM_TOKEN, SOURCE "}").status, 200);
    CU_ASSERT_EQUAL(ask("POST", "800100", "/migrate_message_templates", SOURCE "}").code, 200);
    CU_ASSERT_EQUAL(ask("GET", signup.waba_id, "/migrate_message_templates", NULL).code, 100);
    stop();
}

static void test_pages(void)
{
    start(TEMPLATES("\"rejected\":100,\"approved_green\":1100"));
    struct test_answer answer = migrate(SOURCE ",\"page_number\":1}");
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"), 500);
    CU_ASSERT_EQUAL(there(""), 500);
    answer = migrate(SOURCE ",\"page_number\":\"2\",\"count\":\"500\"}");
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"),
                    100); /* and 100 that do not qualify */
    answer = migrate(SOURCE ",\"page_number\":3}");
    CU_ASSERT_EQUAL(answer.status, 200);
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"), 0);
    answer = migrate(SOURCE ",\"page_number\":1,\"count\":250}");
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"), 250); /* 250 to 499 */
    CU_ASSERT_STRING_EQUAL(truth("copied"), "850");
    CU_ASSERT_STRING_EQUAL(truth("least_calls"), "3");
    stop();
    start(WITH_COPYING("\"approved_yellow\":600,\"approved_unknown\":1,\"approved_green\":499",
                       "\"pages_of\":\"qualifying\""));
    answer = migrate(SOURCE "}");
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"), 500);
    stop();
}

static void test_a_mixture_of_any_size(void)
{
    start("{\"customers\":{\"*\":{\"templates\":{\"mix\":50}},"
          "\"bakery-lune\":{\"templates\":{\"mix\":6000,\"with_flow\":1}}}}");
    struct test_answer answer = test_ask(
        &simulator, "GET", "/v26.0/800200/message_templates?limit=1000", TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_EQUAL(test_count(&answer, "data"), 50);
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.text, "\"REJECTED\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.text, "\"MARKETING\""));
    CU_ASSERT_STRING_EQUAL(truth("qualifying.by_registration"), "3481");
    CU_ASSERT_STRING_EQUAL(truth("qualifying.by_call"), "4381");
    CU_ASSERT_STRING_EQUAL(truth("least_calls"), "9");
    for (int page = 0; page < 13; page++) {
        char body[64];
        snprintf(body, sizeof body, SOURCE ",\"page_number\":%d}", page);
        CU_ASSERT_EQUAL(migrate(body).status, 200);
    }
    CU_ASSERT_STRING_EQUAL(truth("copied"), "4380"); /* not the one with a flow */
    stop();
}

static void test_the_limit(void)
{
    start(OF_CUSTOMER("\"business_verification_status\":\"not_verified\","
                      "\"destination_templates\":{\"rejected\":5,\"deleted\":9},"
                      "\"templates\":{\"approved_green\":260}"));
    CU_ASSERT_STRING_EQUAL(truth("limit"), "250");
    CU_ASSERT_STRING_EQUAL(truth("taken"), "5");
    struct test_answer answer = migrate(SOURCE "}");
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"), 245);
    CU_ASSERT_EQUAL(test_count(&answer, "failed_templates"), 15);
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.text, "limit of message templates"));
    answer = migrate(SOURCE "}");
    CU_ASSERT_EQUAL(answer.subcode, 2388019);
    CU_ASSERT_EQUAL(migrate_id(source_id("approved_green_260")).subcode, 2388019);
    CU_ASSERT_STRING_EQUAL(truth("copied"), "245");
    stop();
    /* A verified portfolio without an approved display name. */
    start("{\"numbers\":{\"*\":{\"name_status\":\"AVAILABLE_WITHOUT_REVIEW\"}}}");
    CU_ASSERT_STRING_EQUAL(truth("limit"), "250");
    stop();
    start("{\"copying\":{\"limits\":{\"verified\":3}}}");
    answer = migrate(SOURCE "}");
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"), 3);
    stop();
}

static void test_registration_copies_green_by_itself(void)
{
    start("{\"copying\":{\"register_delay_s\":60,\"register_each_ms\":1000}}");
    do_register();
    CU_ASSERT_EQUAL(there(""), 0);
    CU_ASSERT_STRING_EQUAL(truth("on_their_way"), "4");
    advance(61);
    CU_ASSERT(there("") >= 1 && there("") < 4);
    advance(10);
    CU_ASSERT_EQUAL(there(""), 4);
    CU_ASSERT_STRING_EQUAL(truth("templates.0.copied_by"), "registration");
    CU_ASSERT_STRING_EQUAL(truth("calls"), "0");
    /* The fifth is for a call; the four are there. */
    struct test_answer answer = migrate(SOURCE "}");
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"), 1);
    CU_ASSERT_EQUAL(test_count(&answer, "failed_templates"), 4);
    stop();
}

static void test_registration_copies_what_fits_and_nothing_twice(void)
{
    start("{\"customers\":{\"bakery-lune\":{\"templates\":{\"approved_green\":3,"
          "\"already_there\":2,\"fails_once\":1,\"with_flow\":1,\"approved_unknown\":1},"
          "\"destination_templates\":{\"already_there\":2}}},"
          "\"copying\":{\"limits\":{\"verified\":4}}}");
    CU_ASSERT_EQUAL(migrate_id(source_id("approved_green_1")).status, 200);
    do_register();
    CU_ASSERT_EQUAL(there(""), 4);
    CU_ASSERT_EQUAL(there("&name=approved_green_2"), 1); /* its French did not fit */
    CU_ASSERT_EQUAL(there("&name=already_there_1"), 1);
    CU_ASSERT_STRING_EQUAL(truth("copied"), "2");
    stop();
}

static void test_copies_come_gradually(void)
{
    start("{\"copying\":{\"delay_s\":100,\"each_ms\":10000}}");
    struct test_answer answer = migrate(SOURCE "}");
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"), 5);
    CU_ASSERT_EQUAL(there(""), 0);
    advance(112);
    CU_ASSERT_EQUAL(there(""), 2);
    /* What is on its way is not sent twice. */
    answer = migrate(SOURCE "}");
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"), 0);
    advance(40);
    CU_ASSERT_EQUAL(there(""), 5);
    stop();
}

#define LATER                                                                               \
    "\"approved_green\":1,\"approved_unknown\":1,\"rejected_later\":1,\"recategorised\":1," \
    "\"paused_later\":1,\"archived_later\":1,\"yellow_later\":1,\"no_data\":1"

static void test_what_becomes_of_copies(void)
{
    char category[32];
    start(TEMPLATES(LATER));
    migrate(SOURCE "}");
    snprintf(category, sizeof category, "%s", shown("recategorised_1", "category"));
    CU_ASSERT_EQUAL(there("&status=APPROVED&quality_score=UNKNOWN"), 8);
    advance(601); /* the category check */
    CU_ASSERT_EQUAL(there("&status=APPROVED"), 7);
    CU_ASSERT_STRING_EQUAL(shown("rejected_later_1", "status"), "REJECTED");
    CU_ASSERT_STRING_NOT_EQUAL(shown("rejected_later_1", "rejected_reason"), "NONE");
    CU_ASSERT_STRING_EQUAL(shown("recategorised_1", "previous_category"), category);
    CU_ASSERT_STRING_NOT_EQUAL(shown("recategorised_1", "category"), category);
    CU_ASSERT_EQUAL(there("&quality_score=UNKNOWN"), 8);
    advance(24 * 3600 - 700); /* not yet 24 hours */
    CU_ASSERT_EQUAL(there("&quality_score=UNKNOWN"), 8);
    advance(200);
    CU_ASSERT_STRING_EQUAL(shown("approved_green_1", "quality_score.score"), "GREEN");
    CU_ASSERT_STRING_EQUAL(shown("approved_unknown_1", "quality_score.score"), "UNKNOWN");
    CU_ASSERT_STRING_EQUAL(shown("yellow_later_1", "quality_score.score"), "YELLOW");
    CU_ASSERT_STRING_EQUAL(shown("no_data_1", "quality_score.score"), "UNKNOWN");
    CU_ASSERT_STRING_EQUAL(shown("paused_later_1", "status"), "APPROVED");
    advance(24 * 3600);
    CU_ASSERT_STRING_EQUAL(shown("paused_later_1", "status"), "PAUSED");
    CU_ASSERT_STRING_EQUAL(shown("archived_later_1", "status"), "ARCHIVED");
    CU_ASSERT_EQUAL(there(""), 8);
    advance(28 * 86400);
    CU_ASSERT_EQUAL(there("&name=archived_later_1"), 0);
    CU_ASSERT_EQUAL(there(""), 7);
    stop();
}

static void test_failures_of_single_templates(void)
{
    char id[32], path[96];
    start(TEMPLATES("\"fails_once\":1,\"fails_always\":2,\"paused\":1,\"approved_yellow\":1"));
    snprintf(id, sizeof id, "%s", source_id("fails_once_1"));
    snprintf(path, sizeof path, "failed_templates.%s", id);
    for (int i = 0; i < 2; i++) { /* a page does not help it, however often */
        struct test_answer answer = migrate(SOURCE "}");
        CU_ASSERT_EQUAL(test_count(&answer, "failed_templates"), 3);
        CU_ASSERT_STRING_NOT_EQUAL(test_value(&answer, path), "");
        CU_ASSERT_PTR_NOT_NULL(strstr(answer.text, "dangling parameter"));
        CU_ASSERT_PTR_NOT_NULL(strstr(answer.text, "Incorrect category"));
    }
    struct test_answer answer = migrate_id(id);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "migrated_templates.0"), id);
    for (int i = 0; i < 3; i++) {
        answer = migrate_id(source_id("fails_always_1"));
        CU_ASSERT_EQUAL(test_count(&answer, "failed_templates"), 1);
    }
    /* What does not qualify, and what is not the source's. */
    CU_ASSERT_PTR_NOT_NULL(strstr(migrate_id(source_id("paused_1")).text, "Only approved"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(migrate_id(source_id("approved_yellow_1")).text, "Only approved"));
    CU_ASSERT_PTR_NOT_NULL(strstr(migrate_id("12345").text, "no such message template"));
    CU_ASSERT_EQUAL(there(""), 1);
    CU_ASSERT_STRING_EQUAL(truth("asked_when_there"), "0");
    stop();
    start(WITH_COPYING("\"fails_always\":1", "\"failed_as\":\"list\""));
    answer = migrate(SOURCE "}");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "failed_templates.0.id"),
                           source_id("fails_always_1"));
    CU_ASSERT_STRING_NOT_EQUAL(test_value(&answer, "failed_templates.0.reason"), "");
    stop();
}

static void test_a_whole_call_fails_once(void)
{
    start(OF_CUSTOMER("\"template_error\":{\"code\":1,\"times\":1}"));
    CU_ASSERT_EQUAL(migrate(SOURCE "}").code, 1);
    CU_ASSERT_EQUAL(migrate(SOURCE "}").status, 200);
    stop();
}

static void test_a_long_call_has_its_effect(void)
{
    start(WITH_COPYING("\"approved_green\":300", "\"ms_per_template\":10"));
    struct test_answer answer = migrate(SOURCE "}"); /* the client gives up after two seconds */
    CU_ASSERT_NOT_EQUAL(answer.curl_code, 0);
    CU_ASSERT_STRING_EQUAL(truth("copied"), "300");
    answer = migrate(SOURCE ",\"count\":50}");
    CU_ASSERT_EQUAL(answer.curl_code, 0);
    CU_ASSERT_EQUAL(test_count(&answer, "failed_templates"), 50);
    stop();
    start(WITH_COPYING("\"approved_green\":300", "\"ms_per_template\":10,\"call_limit_ms\":1000"));
    answer = migrate(SOURCE "}");
    CU_ASSERT_EQUAL(answer.code, 2);
    CU_ASSERT_EQUAL(answer.status, 503);
    CU_ASSERT_STRING_EQUAL(truth("copied"), "300");
    stop();
}

static void test_flows_go_first(void)
{
    char id[32];
    start(OF_CUSTOMER("\"templates\":{\"with_flow\":3},\"flows\":2,"
                      "\"flow_errors\":{\"flow_2\":{\"code\":1,\"times\":1}}"));
    struct test_answer answer =
        test_ask(&simulator, "GET", "/v26.0/800100/flows", TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_EQUAL(test_count(&answer, "data"), 2);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.1.name"), "flow_2");
    snprintf(id, sizeof id, "%s", test_value(&answer, "data.0.id"));
    answer = test_ask(&simulator, "GET", "/v26.0/800100/message_templates?fields=components",
                      TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.components.1.buttons.0.flow_id"), id);
    answer = migrate(SOURCE "}");
    CU_ASSERT_EQUAL(test_count(&answer, "failed_templates"), 3);

    answer = ask("POST", signup.waba_id, "/migrate_flows",
                 SOURCE ",\"source_flow_names\":[\"flow_1\",\"flow_2\",\"flow_9\"]}");
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_flows"), 1);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "migrated_flows.0.source_id"), id);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "failed_flows.0.source_name"), "flow_2");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "failed_flows.1.error_code"), "4233041");
    snprintf(id, sizeof id, "%s", test_value(&answer, "migrated_flows.0.migrated_id"));
    answer = ask("GET", signup.waba_id, "/flows?fields=id", NULL);
    CU_ASSERT_EQUAL(test_count(&answer, "data"), 1);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.id"), id);

    answer = migrate(SOURCE "}"); /* the second uses the other flow */
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"), 2);
    CU_ASSERT_STRING_EQUAL(shown("with_flow_1", "components.1.buttons.0.flow_id"), id);
    answer = ask("POST", signup.waba_id, "/migrate_flows", SOURCE "}");
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_flows"), 1);
    CU_ASSERT_EQUAL(test_count(&answer, "failed_flows"), 1); /* it is there */
    CU_ASSERT_STRING_EQUAL(truth("flows.0.asked_when_there"), "1");
    answer = migrate_id(source_id("with_flow_2"));
    CU_ASSERT_EQUAL(test_count(&answer, "migrated_templates"), 1);
    stop();
}

static void test_what_refuses_a_call_for_flows(void)
{
    start(OF_CUSTOMER("\"flows\":1,\"flow_error\":{\"code\":2,\"times\":1}"));
    CU_ASSERT_EQUAL(ask("POST", signup.waba_id, "/migrate_flows", SOURCE "}").code, 2);
    CU_ASSERT_EQUAL(ask("POST", signup.waba_id, "/migrate_flows", "{}").code, 100);
    CU_ASSERT_EQUAL(
        ask("POST", signup.waba_id, "/migrate_flows", "{\"source_waba_id\":\"800200\"}").subcode,
        2388103);
    CU_ASSERT_EQUAL(ask("GET", "800100", "/flows", NULL).code, 100);
    CU_ASSERT_EQUAL(ask("GET", signup.waba_id, "/flows?fields=colour", NULL).code, 100);
    stop();
}

#define SHARES                                                                               \
    "\"seed\":7,\"shares\":{\"rejected_later\":0.1,\"fails_always\":0.1,\"fails_once\":0.1," \
    "\"paused_later\":0.1}"

static void test_shares_are_drawn_the_same_way(void)
{
    char answers[2][4096];
    for (int i = 0; i < 2; i++) {
        start(WITH_COPYING("\"approved_green\":400", SHARES));
        struct test_answer answer = migrate(SOURCE "}");
        int failed = test_count(&answer, "failed_templates");
        CU_ASSERT(failed > 50 && failed < 110);
        snprintf(answers[i], sizeof answers[i], "%s", test_value(&answer, "failed_templates"));
        advance(601);
        CU_ASSERT(there("&status=REJECTED") > 20 && there("&status=REJECTED") < 60);
        stop();
    }
    CU_ASSERT_STRING_EQUAL(answers[0], answers[1]);
}

static void test_scenarios_that_make_no_sense(void)
{
    static const char *const scenarios[] = {
        "{\"copying\":{\"colour\":1}}",
        "{\"copying\":{\"failed_as\":\"tree\"}}",
        "{\"copying\":{\"repeats\":\"twice\"}}",
        "{\"copying\":{\"shares\":{\"lost\":0.1}}}",
        "{\"copying\":{\"shares\":{\"no_data\":2}}}",
        "{\"copying\":{\"limits\":{\"colour\":1}}}",
        TEMPLATES("\"mix\":-1"),
        TEMPLATES("\"colour\":1"),
        OF_CUSTOMER("\"flows\":-1"),
        OF_CUSTOMER("\"flow_errors\":3"),
        "{\"numbers\":{\"" FIRST "\":{\"after_move\":[\"lost_keys\"]}}}",
        "{\"numbers\":{\"" FIRST "\":{\"after_move\":\"lost_badge\"}}}",
        "{\"after_move\":{\"shares\":{\"lost_keys\":1}}}",
        "{\"after_move\":{\"colour\":1}}",
        "{\"date\":{\"colour\":1}}",
    };
    start(NULL);
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        struct test_answer answer =
            test_ask(&simulator, "POST", "/simulator/scenario", NULL, scenarios[i]);
        if (answer.status != 400)
            fprintf(stderr, "\n    %s\n", scenarios[i]);
        CU_ASSERT_EQUAL(answer.status, 400);
    }
    stop();
}

static const struct test_case cases[] = {
    {"a call copies what is GREEN and UNKNOWN, once", test_a_call_copies_green_and_unknown},
    {"what a repeat answers is a choice", test_what_a_repeat_answers_is_a_choice},
    {"what refuses a whole call", test_what_refuses_a_whole_call},
    {"nobody else may call", test_nobody_else_may_call},
    {"pages of 500, or of fewer", test_pages},
    {"a mixture of any size", test_a_mixture_of_any_size},
    {"the destination's limit", test_the_limit},
    {"registration copies GREEN by itself", test_registration_copies_green_by_itself},
    {"registration copies what fits, and nothing twice",
     test_registration_copies_what_fits_and_nothing_twice},
    {"copies come gradually", test_copies_come_gradually},
    {"what becomes of copies", test_what_becomes_of_copies},
    {"failures of single templates", test_failures_of_single_templates},
    {"a whole call fails once", test_a_whole_call_fails_once},
    {"a long call has its effect", test_a_long_call_has_its_effect},
    {"flows go first", test_flows_go_first},
    {"what refuses a call for flows", test_what_refuses_a_call_for_flows},
    {"shares are drawn the same way", test_shares_are_drawn_the_same_way},
    {"scenarios that make no sense", test_scenarios_that_make_no_sense},
    {NULL, NULL}};

int main(int argc, char **argv)
{
    return test_client_main(argc, argv, "templates", cases);
}
