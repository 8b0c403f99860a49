/* SPDX-License-Identifier: PostgreSQL */
/* The simulator's programmatic path: what keeps a number from being made, and a code from being
 * sent or taken. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/test_client.h"

#define FIRST "+33199000001"  /* signed up, so that the destination is there */
#define SECOND "+33199000002" /* to be made on it */
#define CREATE "{\"cc\":\"33\",\"phone_number\":\"199000002\",\"migrate_phone_number\":true}"
#define REGISTER "{\"messaging_product\":\"whatsapp\",\"pin\":\"123456\"}"

static struct test_simulator simulator;
static struct test_signup signup;
static char token[128];

static struct test_answer ask(const char *method, const char *node, const char *edge,
                              const char *body)
{
    char path[160];
    snprintf(path, sizeof path, "/v26.0/%s%s", node, edge);
    return test_ask(&simulator, method, path, token, body);
}

static struct test_answer control(const char *path, const char *body)
{
    return test_ask(&simulator, body ? "POST" : "GET", path, NULL, body);
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

static void subscribe(void)
{
    test_subscribe(&simulator, signup.waba_id, token);
}

static void pay(void)
{
    test_pay(&simulator, signup.waba_id);
}

/* SECOND on the destination; its id. */
static const char *make(void)
{
    static char id[32];
    subscribe();
    pay();
    struct test_answer answer = ask("POST", signup.waba_id, "/phone_numbers", CREATE);
    CU_ASSERT_EQUAL(answer.status, 200);
    snprintf(id, sizeof id, "%s", test_value(&answer, "id"));
    return id;
}

static struct test_answer request(const char *id, const char *method)
{
    char body[64];
    snprintf(body, sizeof body, "{\"code_method\":\"%s\",\"language\":\"en_US\"}", method);
    return ask("POST", id, "/request_code", body);
}

/* The code that SECOND's phone shows, without its hyphen; "" when it shows none. */
static const char *shown(void)
{
    static char code[8];
    struct test_answer answer = control("/simulator/codes", NULL);
    const char *at = strstr(answer.text, SECOND " ");
    code[0] = '\0';
    if (at && strlen(at) >= sizeof SECOND + 7)
        snprintf(code, sizeof code, "%.3s%.3s", at + sizeof SECOND, at + sizeof SECOND + 4);
    return code;
}

static struct test_answer verify(const char *id, const char *code)
{
    char body[64];
    snprintf(body, sizeof body, "{\"code\":\"%s\"}", code);
    return ask("POST", id, "/verify_code", body);
}

static const char *status_of(const char *id)
{
    static char status[32];
    struct test_answer answer = ask("GET", id, "?fields=code_verification_status", NULL);
    snprintf(status, sizeof status, "%s", test_value(&answer, "code_verification_status"));
    return status;
}

/* ---- */

static void test_the_whole_way(void)
{
    char code[8];
    start(NULL);
    const char *id = make();
    CU_ASSERT_STRING_EQUAL(status_of(id), "NOT_VERIFIED");
    CU_ASSERT_EQUAL(ask("POST", id, "/register", REGISTER).code, 133006);
    CU_ASSERT_EQUAL(verify(id, "123456").code, 136025);
    CU_ASSERT_STRING_EQUAL(shown(), "");
    CU_ASSERT_EQUAL(request(id, "SMS").status, 200);
    snprintf(code, sizeof code, "%s", shown());
    CU_ASSERT_EQUAL(strlen(code), 6);
    CU_ASSERT_EQUAL(verify(id, strcmp(code, "000000") == 0 ? "000001" : "000000").code, 136025);
    CU_ASSERT_EQUAL(verify(id, code).status, 200);
    CU_ASSERT_STRING_EQUAL(status_of(id), "VERIFIED");
    CU_ASSERT_STRING_EQUAL(shown(), "");
    CU_ASSERT_EQUAL(request(id, "SMS").code, 136024);
    CU_ASSERT_EQUAL(verify(id, code).code, 136024);
    CU_ASSERT_EQUAL(ask("POST", id, "/register", REGISTER).status, 200);
    stop();
}

#define OF_NUMBER(what) "{\"numbers\":{\"" SECOND "\":{" what "}}}"
#define OF_CUSTOMER(what) "{\"customers\":{\"bakery-lune\":{" what "}}}"

/* clang-format off */
static const struct {
    const char *scenario;
    bool is_subscribed, is_paid_for;
    int code, subcode;
    const char *title;
} refusals[] = {
    {NULL, false, true, 100, 2388103, "Cannot migrate phone number"},
    {NULL, true, false, 100, 2388103, "Your WhatsApp account does not have a payment account"},
    {OF_NUMBER("\"is_pin_enabled\":true"), true, true, 100, 2388001, "Two-step verification is enabled for this number"},
    {OF_NUMBER("\"name_status\":\"AVAILABLE_WITHOUT_REVIEW\""), true, true, 100, 2388103, "Registered name should be present and approved"},
    {OF_NUMBER("\"new_name_status\":\"PENDING_REVIEW\""), true, true, 100, 2388103, "Registered name should be present and approved"},
    {OF_NUMBER("\"account_mode\":\"SANDBOX\""), true, true, 100, 2388103, "There was an error migrating this phone number"},
    {OF_NUMBER("\"is_on_biz_app\":true"), true, true, 100, 2388103, "There was an error migrating this phone number"},
    {OF_NUMBER("\"status\":\"DELETED\""), true, true, 100, 2388103, "Please add this phone number in your WhatsApp account"},
    {OF_CUSTOMER("\"source_waba_review\":\"PENDING\""), true, true, 100, 2388103,
     "The WhatsApp account that this phone number is registered with is not set up correctly"},
    {OF_CUSTOMER("\"waba_review\":\"PENDING\""), true, true, 100, 2388103, "Your WhatsApp account must be approved"},
    {OF_CUSTOMER("\"other_business\":true"), true, true, 100, 2388103, "This phone number belongs to a different Business Manager account"},
    {OF_NUMBER("\"create_error\":{\"code\":200000,\"times\":1}"), true, true, 200000, 0, ""},
};
/* clang-format on */

static void test_what_keeps_a_number_from_being_made(void)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        start(refusals[i].scenario);
        if (refusals[i].is_subscribed)
            subscribe();
        if (refusals[i].is_paid_for)
            pay();
        struct test_answer answer = ask("POST", signup.waba_id, "/phone_numbers", CREATE);
        bool is_right = answer.code == refusals[i].code && answer.subcode == refusals[i].subcode &&
                        strcmp(answer.title, refusals[i].title) == 0;
        if (!is_right)
            fprintf(stderr, "\n    case %zu: %s\n", i, answer.text);
        CU_ASSERT(is_right);
        stop();
    }
}

static void test_a_number_is_made_once(void)
{
    start(NULL);
    const char *id = make();
    struct test_answer answer = ask("POST", signup.waba_id, "/phone_numbers", CREATE);
    CU_ASSERT_EQUAL(answer.subcode, 2388012);
    CU_ASSERT_PTR_NULL(strstr(answer.text, id));
    answer = ask("GET", signup.waba_id, "/phone_numbers?fields=id,display_phone_number", NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.text, id));
    CU_ASSERT(ask("POST", "800100", "/phone_numbers", CREATE).status >= 400);
    CU_ASSERT_EQUAL(ask("POST", signup.waba_id, "/phone_numbers",
                        "{\"cc\":\"33\",\"phone_number\":\"199000002\"}")
                        .code,
                    100);
    stop();
}

static void test_codes_are_asked_for_within_limits(void)
{
    static const char *const methods[] = {"SMS", "VOICE", "SMS", "VOICE", "SMS"};
    start(NULL);
    const char *id = make();
    CU_ASSERT_EQUAL(request(id, "PIGEON").code, 100);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        CU_ASSERT_EQUAL(request(id, methods[i]).status, 200);
    CU_ASSERT_EQUAL(request(id, "VOICE").code, 136024);
    CU_ASSERT_STRING_EQUAL(status_of(id), "NOT_VERIFIED");
    control("/simulator/clock", "{\"advance_seconds\":3601}");
    CU_ASSERT_EQUAL(request(id, "VOICE").status, 200);
    struct test_answer state = control("/simulator/state?number=" SECOND, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&state, "numbers." SECOND ".destination.codes_by_sms"), "3");
    CU_ASSERT_STRING_EQUAL(test_value(&state, "numbers." SECOND ".destination.codes_by_voice"),
                           "3");
    stop();
}

static void test_a_code_lives_ten_minutes_and_five_guesses_are_enough(void)
{
    char code[8];
    start(NULL);
    const char *id = make();
    CU_ASSERT_EQUAL(request(id, "SMS").status, 200);
    snprintf(code, sizeof code, "%s", shown());
    control("/simulator/clock", "{\"advance_seconds\":601}");
    CU_ASSERT_EQUAL(verify(id, code).code, 136025);
    CU_ASSERT_EQUAL(request(id, "VOICE").status, 200);
    CU_ASSERT_STRING_NOT_EQUAL(shown(), code);
    CU_ASSERT_EQUAL(verify(id, code).code, 136025);
    snprintf(code, sizeof code, "%s", shown());
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(verify(id, strcmp(code, "000000") == 0 ? "000001" : "000000").code, 136025);
    CU_ASSERT_EQUAL(verify(id, code).code, 136025);
    CU_ASSERT_STRING_EQUAL(status_of(id), "NOT_VERIFIED");
    stop();
}

static void test_the_source_takes_no_codes(void)
{
    start("{\"customers\":{\"bakery-lune\":{\"source_shared\":true}}}");
    struct test_answer answer =
        test_ask(&simulator, "POST", "/v26.0/600102/request_code", TEST_SOURCE_TOKEN,
                 "{\"code_method\":\"SMS\",\"language\":\"en_US\"}");
    CU_ASSERT(answer.status >= 400);
    stop();
}

static void test_the_same_world_sends_the_same_codes(void)
{
    char first[8];
    start(NULL);
    CU_ASSERT_EQUAL(request(make(), "SMS").status, 200);
    snprintf(first, sizeof first, "%s", shown());
    stop();
    start(NULL);
    CU_ASSERT_EQUAL(request(make(), "SMS").status, 200);
    CU_ASSERT_STRING_EQUAL(shown(), first);
    stop();
}

static const struct test_case cases[] = {
    {"a number is made, verified and registered", test_the_whole_way},
    {"what keeps a number from being made", test_what_keeps_a_number_from_being_made},
    {"a number is made once", test_a_number_is_made_once},
    {"codes are asked for within limits", test_codes_are_asked_for_within_limits},
    {"a code lives ten minutes, and five guesses are enough",
     test_a_code_lives_ten_minutes_and_five_guesses_are_enough},
    {"the source takes no codes", test_the_source_takes_no_codes},
    {"the same world sends the same codes", test_the_same_world_sends_the_same_codes},
    {NULL, NULL}};

int main(int argc, char **argv)
{
    return test_client_main(argc, argv, "programmatic", cases);
}
