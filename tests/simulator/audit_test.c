/* SPDX-License-Identifier: PostgreSQL */
/* What the simulator shows of a number before and after its move: the same, unless a loss is put
 * in; its profile and storage; and the clock that its answers carry. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/simulator/test_client.h"

#define FIRST "+33199000001"
#define OF_NUMBER(what) "{\"numbers\":{\"" FIRST "\":{" what "}}}"
#define PROFILE "/whatsapp_business_profile"
#define PROFILE_FIELDS                                                                       \
    PROFILE "?fields=about,address,description,email,profile_picture_url,websites,vertical," \
            "messaging_product"

static struct test_simulator simulator;
static struct test_signup signup;
static char token[128];

static struct test_answer ask(const char *method, const char *node, const char *edge,
                              const char *body)
{
    char path[512];
    snprintf(path, sizeof path, "/v26.0/%s%s", node, edge);
    bool is_source = strncmp(node, "6001", 4) == 0;
    return test_ask(&simulator, method, path, is_source ? TEST_SOURCE_TOKEN : token, body);
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

static void do_register(void)
{
    test_register(&simulator, &signup, token);
}

/* ---- before and after ---- */

/* clang-format off */
static const char *const audited[] = {
    "verified_name", "quality_rating", "quality_score", "whatsapp_business_manager_messaging_limit",
    "messaging_limit_tier", "is_official_business_account", "throughput", "name_status",
    "account_mode", "code_verification_status", "status", "platform_type", "profile"};
/* clang-format on */
#define AUDITED (sizeof audited / sizeof audited[0])

static void take_snapshot(const char *node, char values[AUDITED][1024])
{
    struct test_answer fields =
        ask("GET", node,
            "?fields=verified_name,quality_rating,quality_score,"
            "whatsapp_business_manager_messaging_limit,messaging_limit_tier,"
            "is_official_business_account,throughput,name_status,webhook_configuration,"
            "health_status,account_mode,code_verification_status,is_pin_enabled,status,"
            "platform_type",
            NULL);
    struct test_answer profile = ask("GET", node, PROFILE_FIELDS, NULL);
    CU_ASSERT_EQUAL(fields.status, 200);
    CU_ASSERT_EQUAL(profile.status, 200);
    for (size_t i = 0; i < AUDITED; i++) {
        bool is_profile = strcmp(audited[i], "profile") == 0;
        snprintf(values[i], sizeof values[i], "%s",
                 is_profile ? test_value(&profile, "data.0") : test_value(&fields, audited[i]));
        CU_ASSERT_STRING_NOT_EQUAL(values[i], "");
    }
}

/* The names of the fields that changed by the move, each with a space behind it. */
static const char *changed_by_move(const char *scenario)
{
    static char names[512], before[AUDITED][1024], after[AUDITED][1024];
    start(scenario);
    take_snapshot("600101", before);
    do_register();
    take_snapshot(signup.phone_id, after);
    names[0] = '\0';
    for (size_t i = 0; i < AUDITED; i++) {
        if (strcmp(before[i], after[i]) != 0)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s ", audited[i]);
    }
    stop();
    return names;
}

/* clang-format off */
static const struct {
    const char *scenario, *changed;
} moves[] = {
    {NULL, ""},
    {OF_NUMBER("\"is_official_business_account\":true,\"quality_rating\":\"YELLOW\","
               "\"throughput\":{\"level\":\"HIGH\"},\"verified_name\":\"A Name\","
               "\"profile\":{\"about\":\"Bread\",\"websites\":[]}"), ""},
    {OF_NUMBER("\"after_move\":[\"changed_name\"]"), "verified_name "},
    {OF_NUMBER("\"after_move\":[\"changed_name\"],\"verified_name\":\"A Name\""), "verified_name "},
    {OF_NUMBER("\"after_move\":[\"lost_badge\"]"), "is_official_business_account "},
    {OF_NUMBER("\"after_move\":[\"lowered_limit\"]"),
     "whatsapp_business_manager_messaging_limit messaging_limit_tier "},
    {OF_NUMBER("\"after_move\":[\"changed_quality\"]"), "quality_rating quality_score "},
    {OF_NUMBER("\"after_move\":[\"lowered_throughput\"]"), "throughput "},
    {OF_NUMBER("\"after_move\":[\"changed_profile\"]"), "profile "},
    {OF_NUMBER("\"after_move\":[\"changed_name\",\"lost_badge\"]"),
     "verified_name is_official_business_account "},
    {OF_NUMBER("\"after_move\":[]"), ""},
    {"{\"after_move\":{\"shares\":{\"lost_badge\":1}}}", "is_official_business_account "},
    {"{\"after_move\":{\"shares\":{\"lost_badge\":0}}}", ""},
};
/* clang-format on */

static void test_what_a_move_changes(void)
{
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        const char *changed = changed_by_move(moves[i].scenario);
        if (strcmp(changed, moves[i].changed) != 0)
            fprintf(stderr, "\n    case %zu: changed: %s\n", i, changed);
        CU_ASSERT_STRING_EQUAL(changed, moves[i].changed);
    }
}

static void test_a_share_of_the_numbers_loses_something(void)
{
    start("{\"after_move\":{\"seed\":3,\"shares\":{\"lost_badge\":0.5}}}");
    struct test_answer answer = test_ask(&simulator, "GET", "/simulator/state", NULL, NULL);
    int lost = 0;
    for (const char *at = answer.text; (at = strstr(at, "\"lost_badge\"")) != NULL; at++)
        lost++;
    CU_ASSERT(lost >= 8 && lost <= 25); /* of 33 */
    /* Those that are to lose a badge have one first. */
    answer = test_ask(&simulator, "GET",
                      "/v26.0/800300/phone_numbers?fields=is_official_business_account&limit=100",
                      TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.text, "true"));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.text, "false"));
    stop();
}

static void test_what_is_of_the_node_stays_with_it(void)
{
    start(OF_NUMBER("\"webhook_configuration\":{\"application\":\"https://old.example/\"},"
                    "\"storage\":{\"status\":\"IN_COUNTRY_STORAGE_ENABLED\","
                    "\"data_localization_region\":\"DE\"}"));
    struct test_answer answer = ask("GET", "600101", "?fields=webhook_configuration", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "webhook_configuration.application"),
                           "https://old.example/");
    answer = ask("GET", "600101", "/settings", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "storage_configuration.data_localization_region"),
                           "DE");
    do_register();
    answer = ask("GET", signup.phone_id, "?fields=webhook_configuration,is_pin_enabled", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "webhook_configuration.application"),
                           "https://partner.example/webhooks");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "is_pin_enabled"), "true");
    answer = ask("GET", signup.phone_id, "/settings", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "storage_configuration.status"),
                           "IN_COUNTRY_STORAGE_DISABLED");
    stop();
}

/* ---- the business profile ---- */

/* clang-format off */
static const struct {
    const char *method, *edge, *body;
    int code;
} profile_refusals[] = {
    {"GET",  PROFILE "?fields=about,colour", NULL, 100},
    {"GET",  PROFILE "?colour=red", NULL, 100},
    {"POST", PROFILE, "{\"about\":\"Bread\"}", 100},
    {"POST", PROFILE, "{\"messaging_product\":\"sms\",\"about\":\"Bread\"}", 100},
    {"POST", PROFILE, "{\"messaging_product\":\"whatsapp\",\"about\":\"\"}", 100},
    {"POST", PROFILE, "{\"messaging_product\":\"whatsapp\",\"vertical\":\"BAKERY\"}", 100},
    {"POST", PROFILE, "{\"messaging_product\":\"whatsapp\",\"websites\":\"https://a.example\"}", 100},
    {"POST", PROFILE, "{\"messaging_product\":\"whatsapp\",\"websites\":[\"https://a.example\",\"https://b.example\",\"https://c.example\"]}", 100},
    {"POST", PROFILE, "{\"messaging_product\":\"whatsapp\",\"websites\":[\"a.example\"]}", 100},
};
/* clang-format on */

static void test_a_profile_is_refused(void)
{
    char body[256];
    start(NULL);
    for (size_t i = 0; i < sizeof profile_refusals / sizeof profile_refusals[0]; i++) {
        struct test_answer answer = ask(profile_refusals[i].method, signup.phone_id,
                                        profile_refusals[i].edge, profile_refusals[i].body);
        if (answer.code != profile_refusals[i].code)
            fprintf(stderr, "\n    case %zu: %s\n", i, answer.text);
        CU_ASSERT_EQUAL(answer.code, profile_refusals[i].code);
    }
    snprintf(body, sizeof body, "{\"messaging_product\":\"whatsapp\",\"about\":\"%0140d\"}", 0);
    CU_ASSERT_EQUAL(ask("POST", signup.phone_id, PROFILE, body).code, 100);
    CU_ASSERT_EQUAL(
        ask("POST", "600101", PROFILE, "{\"messaging_product\":\"whatsapp\",\"about\":\"Bread\"}")
            .code,
        200); /* the source is not ours to write to */
    stop();
}

static void test_a_profile_is_written(void)
{
    start(OF_NUMBER("\"after_move\":[\"changed_profile\"]"));
    struct test_answer answer = ask("GET", signup.phone_id, PROFILE_FIELDS, NULL);
    CU_ASSERT_EQUAL(test_count(&answer, "data.0"), 1); /* nothing yet but the product */
    do_register();
    answer = ask("POST", signup.phone_id, PROFILE,
                 "{\"messaging_product\":\"whatsapp\",\"about\":\"Bread\","
                 "\"websites\":[\"https://bread.example/\"],\"vertical\":\"GROCERY\"}");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "success"), "true");
    answer = ask("GET", signup.phone_id, PROFILE_FIELDS, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.about"), "Bread");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.websites.0"), "https://bread.example/");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.vertical"), "GROCERY");
    CU_ASSERT_STRING_NOT_EQUAL(test_value(&answer, "data.0.email"), "");
    answer = ask("GET", signup.phone_id, PROFILE, NULL);
    CU_ASSERT_EQUAL(test_count(&answer, "data.0"), 1);
    test_ask(&simulator, "POST", "/simulator/scenario", NULL, "{\"profile_nested\":true}");
    answer = ask("GET", signup.phone_id, PROFILE "?fields=about", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.business_profile.about"), "Bread");
    stop();
}

static void test_edges_are_expanded(void)
{
    start(OF_NUMBER("\"storage\":{\"status\":\"NO_STORAGE_ENABLED\"}"));
    struct test_answer answer = ask(
        "GET", "600101", "?fields=settings,whatsapp_business_profile%7Babout,vertical%7D", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "settings.storage_configuration.status"),
                           "NO_STORAGE_ENABLED");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "whatsapp_business_profile.data.0.vertical"),
                           "RETAIL");
    answer = ask("GET", "600101", "?fields=whatsapp_business_profile%7Bcolour%7D", NULL);
    CU_ASSERT_EQUAL(answer.code, 100);
    test_ask(&simulator, "POST", "/simulator/scenario", NULL,
             "{\"refused_fields\":[\"settings\"]}");
    answer = ask("GET", "600101", "?fields=settings", NULL);
    CU_ASSERT_EQUAL(answer.code, 100);
    stop();
}

/* ---- the Date header ---- */

static long seconds_ahead(const struct test_answer *answer)
{
    struct tm parts = {0};
    CU_ASSERT_PTR_NOT_NULL_FATAL(strptime(answer->date, "%a, %d %b %Y %H:%M:%S GMT", &parts));
    return (long)(timegm(&parts) - time(NULL));
}

static void test_the_date_is_the_simulators_own(void)
{
    start(NULL);
    struct test_answer answer = ask("GET", signup.phone_id, "", NULL);
    CU_ASSERT(labs(seconds_ahead(&answer)) <= 2);
    answer = ask("GET", "12345", "", NULL); /* a refusal has it too */
    CU_ASSERT(answer.status == 400 && labs(seconds_ahead(&answer)) <= 2);
    test_ask(&simulator, "POST", "/simulator/clock", NULL, "{\"advance_seconds\":3600}");
    answer = ask("GET", signup.phone_id, "", NULL);
    CU_ASSERT(labs(seconds_ahead(&answer) - 3600) <= 2);
    test_ask(&simulator, "POST", "/simulator/scenario", NULL, "{\"date\":{\"skew_s\":-90}}");
    answer = ask("GET", signup.phone_id, "", NULL);
    CU_ASSERT(labs(seconds_ahead(&answer) - 3510) <= 2);
    test_ask(&simulator, "POST", "/simulator/scenario", NULL, "{\"date\":{\"absent\":true}}");
    answer = ask("GET", signup.phone_id, "", NULL);
    CU_ASSERT_STRING_EQUAL(answer.date, "");
    stop();
}

static const struct test_case cases[] = {
    {"what a move changes", test_what_a_move_changes},
    {"a share of the numbers loses something", test_a_share_of_the_numbers_loses_something},
    {"what is of the node stays with it", test_what_is_of_the_node_stays_with_it},
    {"a profile is refused", test_a_profile_is_refused},
    {"a profile is written", test_a_profile_is_written},
    {"edges are expanded", test_edges_are_expanded},
    {"the Date is the simulator's own", test_the_date_is_the_simulators_own},
    {NULL, NULL}};

int main(int argc, char **argv)
{
    return test_client_main(argc, argv, "audit", cases);
}
