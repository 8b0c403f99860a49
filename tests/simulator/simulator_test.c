/* SPDX-License-Identifier: PostgreSQL */
/* The simulator is as strict as Meta's documents: what it refuses, and with which code. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/test_client.h"

#define FIRST "+33199000001"
#define SECOND "+33199000002"
#define OTHER "+442079460001"

static struct test_simulator simulator;
static struct test_signup signup, other; /* of FIRST and of OTHER */
static char business_token[128];

static void start(const char *scenario)
{
    test_simulator_start(&simulator, scenario);
    signup = test_sign_up(&simulator, FIRST);
    other = test_sign_up(&simulator, OTHER);
    test_exchange(&simulator, &signup, business_token);
}

static void stop(void)
{
    CU_ASSERT_EQUAL(test_simulator_stop(&simulator), 0);
}

/* `what` with $PHONE, $WABA, $OTHER_PHONE, $OTHER_WABA and $TOKEN filled in. */
static const char *fill(const char *what, char *to, size_t room)
{
    const struct {
        const char *name, *value;
    } known[] = {{"$PHONE", signup.phone_id},
                 {"$WABA", signup.waba_id},
                 {"$OTHER_PHONE", other.phone_id},
                 {"$OTHER_WABA", other.waba_id},
                 {"$TOKEN", business_token}};
    size_t length = 0;
    while (*what && length + 1 < room) {
        size_t i = 0;
        while (i < 5 && strncmp(what, known[i].name, strlen(known[i].name)) != 0)
            i++;
        if (i < 5) {
            length += (size_t)snprintf(to + length, room - length, "%s", known[i].value);
            what += strlen(known[i].name);
        } else {
            to[length++] = *what++;
        }
    }
    to[length] = '\0';
    return to;
}

static struct test_answer ask(const char *method, const char *path, const char *token,
                              const char *body)
{
    char full_path[1024], full_body[1024];
    fill(path, full_path, sizeof full_path);
    return test_ask(&simulator, method, full_path,
                    token && strcmp(token, "$TOKEN") == 0 ? business_token : token,
                    body ? fill(body, full_body, sizeof full_body) : NULL);
}

static struct test_answer control(const char *path, const char *body)
{
    return test_ask(&simulator, body ? "POST" : "GET", path, NULL, body);
}

static const char *system_user(void)
{
    static char id[32];
    struct test_answer answer =
        ask("GET", "/v26.0/1020304050/system_users", TEST_SYSTEM_TOKEN, NULL);
    snprintf(id, sizeof id, "%s", test_value(&answer, "data.0.id"));
    return id;
}

static void assign_system_user(void)
{
    char body[128];
    snprintf(body, sizeof body, "{\"user\":\"%s\",\"tasks\":[\"MANAGE\"]}", system_user());
    struct test_answer answer = ask("POST", "/v26.0/$WABA/assigned_users", TEST_SYSTEM_TOKEN, body);
    CU_ASSERT_EQUAL(answer.status, 200);
}

#define LINE "/v26.0/5566778899/"
#define ATTACH "{\"waba_id\":\"$WABA\",\"waba_currency\":\"EUR\"}"
#define REGISTER "{\"messaging_product\":\"whatsapp\",\"pin\":\"123456\"}"

static void attach_credit(void)
{
    assign_system_user();
    struct test_answer answer =
        ask("POST", LINE "whatsapp_credit_sharing_and_attach", TEST_SYSTEM_TOKEN, ATTACH);
    CU_ASSERT_EQUAL(answer.status, 200);
}

static struct test_answer do_register(const char *body)
{
    return ask("POST", "/v26.0/$PHONE/register", "$TOKEN", body);
}

static void make_ready(void)
{
    CU_ASSERT_EQUAL(ask("POST", "/v26.0/$WABA/subscribed_apps", "$TOKEN", "{}").status, 200);
    attach_credit();
}

/* ---- */

struct refusal {
    const char *method, *path, *token, *body;
    long status;
    int code, subcode;
};

/* clang-format off */
static const struct refusal refusals[] = {
    /* versions and paths */
    {"GET",  "/v99.0/$WABA",                       "$TOKEN", NULL, 400, 2500, 0},
    {"GET",  "/v20.0/$WABA",                       "$TOKEN", NULL, 400, 2500, 0},
    {"GET",  "/$WABA",                             "$TOKEN", NULL, 400, 2500, 0},
    {"GET",  "/v26.0/$WABA/phone_numbers/more",    "$TOKEN", NULL, 400, 2500, 0},
    {"GET",  "/v26.0/$WABA/no_such_edge",          "$TOKEN", NULL, 400, 100, 0},
    {"POST", "/v26.0/$WABA/register",              "$TOKEN", REGISTER, 400, 100, 33},
    {"DELETE", "/v26.0/$PHONE",                    "$TOKEN", NULL, 400, 100, 33},
    /* tokens */
    {"GET",  "/v26.0/$WABA",                       NULL,     NULL, 403, 200, 0},
    {"GET",  "/v26.0/$WABA",                       "wrong",  NULL, 401, 190, 0},
    {"GET",  "/v26.0/$WABA?access_token=$TOKEN",   NULL,     NULL, 400, 100, 0},
    {"GET",  "/v26.0/$OTHER_WABA",                 "$TOKEN", NULL, 400, 100, 33},
    {"POST", "/v26.0/$OTHER_PHONE/register",       "$TOKEN", REGISTER, 403, 200, 0},
    {"GET",  "/v26.0/12345",                       "$TOKEN", NULL, 400, 100, 33},
    {"GET",  "/v26.0/800100",                      TEST_SYSTEM_TOKEN, NULL, 400, 100, 33},
    {"POST", "/v26.0/600101",                      TEST_SOURCE_TOKEN, "{\"pin\":\"123456\"}", 403, 200, 0},
    {"POST", "/v26.0/600101/deregister",           TEST_SYSTEM_TOKEN, "{}", 403, 200, 0},
    {"GET",  "/v26.0/1020304050/extendedcredits",  "$TOKEN", NULL, 400, 100, 33},
    {"GET",  "/v26.0/700100/system_users",         TEST_SYSTEM_TOKEN, NULL, 403, 200, 0},
    {"POST", LINE "whatsapp_credit_sharing_and_attach", "$TOKEN", ATTACH, 403, 200, 0},
    {"POST", LINE "whatsapp_credit_attach",        TEST_SYSTEM_TOKEN, ATTACH, 403, 200, 0},
    /* fields and parameters */
    {"GET",  "/v26.0/$WABA?fields=id,colour",      "$TOKEN", NULL, 400, 100, 0},
    {"GET",  "/v26.0/$WABA?fields=id,phone_numbers{id,colour}", "$TOKEN", NULL, 400, 100, 0},
    {"GET",  "/v26.0/$WABA?fields=id,,name",       "$TOKEN", NULL, 400, 100, 0},
    {"GET",  "/v26.0/$WABA?fields=id{",            "$TOKEN", NULL, 400, 100, 0},
    {"GET",  "/v26.0/$WABA?colour=red",            "$TOKEN", NULL, 400, 100, 0},
    {"GET",  "/v26.0/$WABA/phone_numbers?limit=101", "$TOKEN", NULL, 400, 100, 0},
    {"GET",  "/v26.0/$WABA/phone_numbers?limit=0", "$TOKEN", NULL, 400, 100, 0},
    {"GET",  "/v26.0/$WABA/phone_numbers?after=QVFIabc", "$TOKEN", NULL, 400, 100, 0},
    {"GET",  "/v26.0/$WABA/phone_numbers?sort=age", "$TOKEN", NULL, 400, 100, 0},
    {"POST", "/v26.0/$PHONE/register",             "$TOKEN", NULL, 400, 100, 0},
    {"POST", "/v26.0/$PHONE/register",             "$TOKEN", "{\"pin\":\"123456\"}", 400, 100, 0},
    {"POST", "/v26.0/$PHONE/register",             "$TOKEN", "{\"messaging_product\":\"whatsapp\"}", 400, 100, 0},
    {"POST", "/v26.0/$PHONE/register",             "$TOKEN", "{\"messaging_product\":\"whatsapp\",\"pin\":\"12345\"}", 400, 100, 0},
    {"POST", "/v26.0/$PHONE/register",             "$TOKEN", "{\"messaging_product\":\"whatsapp\",\"pin\":123456}", 400, 100, 0},
    {"POST", "/v26.0/$PHONE/register",             "$TOKEN", "{\"messaging_product\":\"whatsapp\",\"pin\":\"123456\",\"tier\":\"PROD\"}", 400, 100, 0},
    {"POST", "/v26.0/$PHONE/register",             "$TOKEN", "{not json", 400, 100, 0},
    {"POST", "/v26.0/$PHONE/register?pin=123456",  "$TOKEN", "messaging_product=whatsapp&pin=654321", 400, 100, 0},
    {"POST", "/v26.0/$WABA/subscribed_apps",       "$TOKEN", "{\"override_callback_uri\":\"https://a.example\"}", 400, 100, 0},
    {"POST", "/v26.0/$WABA/subscribed_apps",       "$TOKEN", "{\"override_callback_uri\":\"http://a.example\",\"verify_token\":\"v\"}", 400, 100, 0},
    {"POST", "/v26.0/$WABA/subscribed_apps",       "$TOKEN", "{\"override_callback_uri\":\"https://a.example\",\"verify_token\":\"v\"}", 400, 100, 0},
    {"GET",  "/v26.0/$WABA/assigned_users",        TEST_SYSTEM_TOKEN, NULL, 400, 100, 0},
    {"POST", "/v26.0/$WABA/assigned_users",        TEST_SYSTEM_TOKEN, "{\"user\":\"1\",\"tasks\":[\"MANAGE\"]}", 400, 100, 0},
    {"POST", LINE "whatsapp_credit_sharing_and_attach", TEST_SYSTEM_TOKEN, "{\"waba_id\":\"$WABA\"}", 400, 100, 0},
    {"POST", LINE "whatsapp_credit_sharing_and_attach", TEST_SYSTEM_TOKEN, "{\"waba_id\":\"$WABA\",\"waba_currency\":\"euro\"}", 400, 100, 0},
    {"POST", LINE "whatsapp_credit_sharing_and_attach", TEST_SYSTEM_TOKEN, ATTACH, 403, 200, 0}, /* nobody assigned */
    {"POST", LINE "whatsapp_credit_attach",        "$TOKEN", ATTACH, 400, 100, 0}, /* not shared yet */
    {"POST", "/v26.0/$PHONE/settings",             "$TOKEN", "{\"storage_configuration\":{\"status\":\"IN_COUNTRY_STORAGE_ENABLED\",\"data_localization_region\":\"FR\"}}", 400, 100, 0},
    {"POST", "/v26.0/$PHONE/settings",             "$TOKEN", "{\"calling\":{}}", 400, 100, 0},
    {"POST", "/v26.0/$PHONE/request_code",         "$TOKEN", "{\"code_method\":\"SMS\",\"language\":\"en_US\"}", 400, 136024, 0},
    {"POST", "/v26.0/$PHONE/verify_code",          "$TOKEN", "{\"code\":\"123\"}", 400, 100, 0},
    {"GET",  "/v26.0/oauth/access_token?client_id=998877&client_secret=wrong&code=x", NULL, NULL, 500, 1, 0},
    {"GET",  "/v26.0/oauth/access_token?client_id=998877&client_secret=" TEST_APP_SECRET "&code=x", NULL, NULL, 400, 100, 36008},
    {"GET",  "/v26.0/debug_token?input_token=x",   "$TOKEN", NULL, 400, 100, 0},
    {"GET",  "/v26.0/?ids=$WABA,12345",            "$TOKEN", NULL, 400, 803, 0},
};
/* clang-format on */

static void test_refusals(void)
{
    start(NULL);
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *at = &refusals[i];
        struct test_answer answer = ask(at->method, at->path, at->token, at->body);
        if (answer.status != at->status || answer.code != at->code || answer.subcode != at->subcode)
            fprintf(stderr, "%s %s %s: %ld %s\n", at->method, at->path, at->body ? at->body : "",
                    answer.status, answer.text);
        CU_ASSERT_EQUAL(answer.status, at->status);
        CU_ASSERT_EQUAL(answer.code, at->code);
        CU_ASSERT_EQUAL(answer.subcode, at->subcode);
    }
    struct test_answer state = control("/simulator/state?number=" FIRST, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&state, "numbers." FIRST ".registered_on"), "source");
    stop();
}

/* clang-format off */
static const struct {
    const char *scenario;
    int code, subcode;
    const char *title;
} forbidden[] = {
    {"{\"numbers\":{\"" FIRST "\":{\"unverified_after_signup\":true}}}", 133006, 0, ""},
    {"{\"numbers\":{\"" FIRST "\":{\"is_pin_enabled\":true}}}", 133005, 0, ""},
    {"{\"numbers\":{\"" FIRST "\":{\"name_status\":\"AVAILABLE_WITHOUT_REVIEW\"}}}", 100, 2388103, "Registered name should be present and approved"},
    {"{\"numbers\":{\"" FIRST "\":{\"new_name_status\":\"PENDING_REVIEW\"}}}", 100, 2388103, "Registered name should be present and approved"},
    {"{\"numbers\":{\"" FIRST "\":{\"account_mode\":\"SANDBOX\"}}}", 100, 2388103, "There was an error migrating this phone number"},
    {"{\"numbers\":{\"" FIRST "\":{\"register_error\":{\"code\":133015,\"times\":1}}}}", 133015, 0, ""},
    {"{\"customers\":{\"bakery-lune\":{\"source_waba_review\":\"REJECTED\"}}}", 100, 2388103, "The WhatsApp account that this phone number is registered with is not set up correctly"},
    {"{\"customers\":{\"bakery-lune\":{\"business_verification_status\":\"pending\"}}}", 100, 2388103, "Your WhatsApp account must be approved"},
    {"{\"customers\":{\"bakery-lune\":{\"waba_review\":\"PENDING\"}}}", 100, 2388103, "Your WhatsApp account must be approved"},
    {"{\"customers\":{\"bakery-lune\":{\"other_business\":true}}}", 100, 2388103, "This phone number belongs to a different Business Manager account"},
    {"{\"customers\":{\"bakery-lune\":{\"token_scopes\":[\"whatsapp_business_management\"]}}}", 200, 0, ""},
};
/* clang-format on */

static void test_preconditions(void)
{
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++) {
        start(forbidden[i].scenario);
        make_ready();
        struct test_answer answer = do_register(REGISTER);
        if (answer.code != forbidden[i].code)
            fprintf(stderr, "%s: %s\n", forbidden[i].scenario, answer.text);
        CU_ASSERT_EQUAL(answer.code, forbidden[i].code);
        CU_ASSERT_EQUAL(answer.subcode, forbidden[i].subcode);
        CU_ASSERT_STRING_EQUAL(answer.title, forbidden[i].title);
        stop();
    }
}

static void test_destination_preconditions(void)
{
    start(NULL);
    struct test_answer answer = do_register(REGISTER);
    CU_ASSERT_EQUAL(answer.subcode, 2388103);
    CU_ASSERT_STRING_EQUAL(answer.title, "Cannot migrate phone number");
    CU_ASSERT_EQUAL(ask("POST", "/v26.0/$WABA/subscribed_apps", "$TOKEN", "{}").status, 200);
    answer = do_register(REGISTER);
    CU_ASSERT_EQUAL(answer.subcode, 2388103);
    CU_ASSERT_STRING_EQUAL(answer.title, "Your WhatsApp account does not have a payment account");
    attach_credit();
    CU_ASSERT_EQUAL(do_register(REGISTER).status, 200);
    stop();
}

static void test_move(void)
{
    start(NULL);
    make_ready();
    CU_ASSERT_EQUAL(do_register(REGISTER).status, 200);
    struct test_answer answer =
        ask("GET", "/v26.0/$WABA/phone_numbers?fields=id,status,is_pin_enabled,last_onboarded_time",
            "$TOKEN", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.id"), signup.phone_id);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.status"), "CONNECTED");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.is_pin_enabled"), "true");
    CU_ASSERT_STRING_NOT_EQUAL(test_value(&answer, "data.0.last_onboarded_time"), "");
    answer = ask("GET", "/v26.0/600101?fields=status", TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "status"), "MIGRATED");
    answer = ask("GET", "/v26.0/600102?fields=status", TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "status"), "CONNECTED");
    CU_ASSERT_EQUAL(do_register(REGISTER).status, 200); /* a repeat with the right PIN */
    answer = control("/simulator/state?number=" FIRST, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "numbers." FIRST ".register_count"), "2");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "numbers." FIRST ".destination.pin"), "123456");
    answer = control("/simulator/summary", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "summary.moved"), "1");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "summary.registered_more_than_once"), "1");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "calls.POST register.effects"), "2");
    stop();
}

static void test_wrong_pins(void)
{
    static const char wrong[] = "{\"messaging_product\":\"whatsapp\",\"pin\":\"999999\"}";
    start(NULL);
    make_ready();
    CU_ASSERT_EQUAL(do_register(REGISTER).status, 200);
    CU_ASSERT_EQUAL(do_register(wrong).code, 133005);
    CU_ASSERT_EQUAL(do_register(wrong).code, 133009);
    CU_ASSERT_EQUAL(do_register(wrong).code, 133008);
    CU_ASSERT_EQUAL(do_register(REGISTER).code, 133008); /* locked, even for the right one */
    control("/simulator/clock", "{\"advance_seconds\":3601}");
    CU_ASSERT_EQUAL(do_register(REGISTER).status, 200);
    stop();
}

static void test_registration_budget(void)
{
    static const char advance[] = "{\"advance_seconds\":86400}";
    start(NULL);
    make_ready();
    for (int i = 0; i < 10; i++)
        CU_ASSERT_EQUAL(do_register(REGISTER).status, 200);
    control("/simulator/clock", advance);
    control("/simulator/clock", advance);
    /* The eleventh within 72 hours blocks for the next 72, though the first ten are then past. */
    CU_ASSERT_EQUAL(do_register(REGISTER).code, 133016);
    control("/simulator/clock", advance);
    control("/simulator/clock", advance);
    CU_ASSERT_EQUAL(do_register(REGISTER).code, 133016);
    stop();
}

static void test_block_ends(void)
{
    start("{\"quotas\":{\"waba_fresh\":0}}");
    make_ready();
    for (int i = 0; i < 10; i++)
        CU_ASSERT_EQUAL(do_register(REGISTER).status, 200);
    CU_ASSERT_EQUAL(do_register(REGISTER).code, 133016);
    control("/simulator/clock", "{\"advance_seconds\":259190}");
    CU_ASSERT_EQUAL(do_register(REGISTER).code, 133016);
    control("/simulator/clock", "{\"advance_seconds\":20}");
    CU_ASSERT_EQUAL(do_register(REGISTER).status, 200);
    stop();
}

static void test_waba_quota(void)
{
    start(NULL);
    long last = 0;
    for (int i = 0; i < 200; i++)
        last = ask("GET", "/v26.0/$WABA?fields=id", "$TOKEN", NULL).status;
    CU_ASSERT_EQUAL(last, 200);
    struct test_answer answer = ask("GET", "/v26.0/$WABA?fields=id", "$TOKEN", NULL);
    CU_ASSERT_EQUAL(answer.code, 80008);
    CU_ASSERT_EQUAL(answer.subcode, 2446079);
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.usage, signup.waba_id));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.usage, "\"estimated_time_to_regain_access\":60"));
    /* Another WABA has a quota of its own; so has this one in an hour. */
    CU_ASSERT_EQUAL(ask("GET", "/v26.0/$OTHER_WABA?fields=id", TEST_SYSTEM_TOKEN, NULL).status,
                    200);
    control("/simulator/clock", "{\"advance_seconds\":3660}");
    CU_ASSERT_EQUAL(ask("GET", "/v26.0/$WABA?fields=id", "$TOKEN", NULL).status, 200);
    /* A registered number lifts it to 5,000. */
    make_ready();
    CU_ASSERT_EQUAL(do_register(REGISTER).status, 200);
    for (int i = 0; i < 250; i++)
        last = ask("GET", "/v26.0/$PHONE?fields=id", "$TOKEN", NULL).status;
    CU_ASSERT_EQUAL(last, 200);
    stop();
}

static void test_credit_quota(void)
{
    static const char path[] = LINE "owning_credit_allocation_configs?receiving_business_id=700100";
    start("{\"quotas\":{\"credit\":2,\"app\":100}}");
    CU_ASSERT_EQUAL(ask("GET", path, TEST_SYSTEM_TOKEN, NULL).status, 200);
    CU_ASSERT_EQUAL(ask("GET", path, TEST_SYSTEM_TOKEN, NULL).status, 200);
    struct test_answer answer = ask("GET", path, TEST_SYSTEM_TOKEN, NULL);
    CU_ASSERT_EQUAL(answer.code, 80008);
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.usage, "1020304050"));
    answer = ask("GET", "/v26.0/me", TEST_SYSTEM_TOKEN, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.usage, "\"call_count\":"));
    for (int i = 0; i < 100; i++)
        answer = ask("GET", "/v26.0/me", TEST_SYSTEM_TOKEN, NULL);
    CU_ASSERT_EQUAL(answer.code, 4);
    CU_ASSERT_EQUAL(answer.subcode, 2446079);
    stop();
}

static struct test_answer exchange(const char *code)
{
    char path[256];
    snprintf(path, sizeof path,
             "/v26.0/oauth/access_token?client_id=998877&client_secret=" TEST_APP_SECRET "&code=%s",
             code);
    return ask("GET", path, NULL, NULL);
}

static void test_codes(void)
{
    start(NULL);
    struct test_answer answer = exchange(signup.code);
    CU_ASSERT_EQUAL(answer.code, 100);
    CU_ASSERT_EQUAL(answer.subcode, 36009); /* start() has used it */
    struct test_signup again = test_sign_up(&simulator, FIRST);
    CU_ASSERT_STRING_EQUAL(again.phone_id, signup.phone_id);
    CU_ASSERT_STRING_EQUAL(again.waba_id, signup.waba_id);
    CU_ASSERT_STRING_NOT_EQUAL(again.code, signup.code);
    control("/simulator/clock", "{\"advance_seconds\":29}");
    CU_ASSERT_EQUAL(exchange(again.code).status, 200);
    control("/simulator/clock", "{\"advance_seconds\":2}");
    answer = exchange(other.code);
    CU_ASSERT_EQUAL(answer.code, 100);
    CU_ASSERT_EQUAL(answer.subcode, 36007);
    stop();
}

static void test_tokens_end(void)
{
    start(NULL);
    CU_ASSERT_EQUAL(ask("GET", "/v26.0/me", "$TOKEN", NULL).status, 200);
    control("/simulator/clock", "{\"advance_seconds\":5270400}"); /* 61 days */
    struct test_answer answer = ask("GET", "/v26.0/me", "$TOKEN", NULL);
    CU_ASSERT_EQUAL(answer.code, 190);
    CU_ASSERT_EQUAL(answer.subcode, 463);
    control("/simulator/scenario", "{\"system_token_expired\":true}");
    answer = ask("GET", "/v26.0/me", TEST_SYSTEM_TOKEN, NULL);
    CU_ASSERT_EQUAL(answer.subcode, 463);
    stop();
}

static void test_pages(void)
{
    static const char first[] = "/v26.0/800300/phone_numbers?fields=id&limit=10";
    char path[256], seen[31][32] = {0}, after[64] = "";
    size_t count = 0, twice = 0;
    start(NULL);
    for (int page = 0; page < 3; page++) {
        snprintf(path, sizeof path, "%s%s%s", first, *after ? "&after=" : "", after);
        struct test_answer answer = ask("GET", path, TEST_SOURCE_TOKEN, NULL);
        for (int i = 0; i < 10; i++) {
            char name[24];
            snprintf(name, sizeof name, "data.%d.id", i);
            snprintf(seen[count], sizeof seen[count], "%s", test_value(&answer, name));
            for (size_t j = 0; j < count; j++)
                twice += strcmp(seen[j], seen[count]) == 0;
            count++;
        }
        CU_ASSERT_EQUAL(*test_value(&answer, "paging.next") != '\0', page < 2);
        snprintf(after, sizeof after, "%s", test_value(&answer, "paging.cursors.after"));
        CU_ASSERT_PTR_NULL(strstr(after, seen[count - 1])); /* opaque */
    }
    CU_ASSERT_EQUAL(twice, 0);
    CU_ASSERT_STRING_NOT_EQUAL(seen[29], "");
    /* Another list does not take it. */
    snprintf(path, sizeof path, "/v26.0/800100/phone_numbers?after=%s", after);
    CU_ASSERT_EQUAL(ask("GET", path, TEST_SOURCE_TOKEN, NULL).code, 100);
    struct test_answer answer =
        ask("GET", "/v26.0/800300?fields=id,phone_numbers.limit(100){id,status},subscribed_apps",
            TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "phone_numbers.data.29.status"), "CONNECTED");
    stop();
}

static void test_webhook_override(void)
{
    static const char address[] =
        "{\"override_callback_uri\":\"https://a.example/hook\",\"verify_token\":\"v\"}";
    start(NULL);
    CU_ASSERT_EQUAL(ask("POST", "/v26.0/$WABA/subscribed_apps", "$TOKEN", NULL).status, 200);
    CU_ASSERT_EQUAL(ask("POST", "/v26.0/$WABA/subscribed_apps", "$TOKEN", address).status, 200);
    struct test_answer answer = ask("GET", "/v26.0/$WABA/subscribed_apps", "$TOKEN", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.override_callback_uri"),
                           "https://a.example/hook");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.whatsapp_business_api_data.id"), "998877");
    CU_ASSERT_EQUAL(ask("POST", "/v26.0/$WABA/subscribed_apps", "$TOKEN", "{}").status, 200);
    answer = ask("GET", "/v26.0/$WABA/subscribed_apps", "$TOKEN", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.override_callback_uri"), "");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.whatsapp_business_api_data.id"), "998877");
    CU_ASSERT_EQUAL(ask("DELETE", "/v26.0/$WABA/subscribed_apps", "$TOKEN", NULL).status, 200);
    answer = ask("GET", "/v26.0/$WABA/subscribed_apps", "$TOKEN", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0"), "");
    stop();
}

static void test_credit(void)
{
    char path[128], credential[32];
    start(NULL);
    attach_credit();
    struct test_answer answer =
        ask("POST", LINE "whatsapp_credit_sharing_and_attach", TEST_SYSTEM_TOKEN, ATTACH);
    CU_ASSERT_EQUAL(answer.code, 4000); /* a line cannot be attached again */
    answer = ask("GET",
                 LINE "owning_credit_allocation_configs?receiving_business_id=700100"
                      "&fields=id,receiving_business,request_status",
                 TEST_SYSTEM_TOKEN, NULL);
    snprintf(path, sizeof path, "/v26.0/%s?fields=receiving_credential",
             test_value(&answer, "data.0.id"));
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.receiving_business.id"), "700100");
    answer = ask("GET", path, TEST_SYSTEM_TOKEN, NULL);
    snprintf(credential, sizeof credential, "%s", test_value(&answer, "receiving_credential.id"));
    CU_ASSERT_STRING_NOT_EQUAL(credential, "");
    answer = ask("GET", "/v26.0/$WABA?fields=primary_funding_id,currency", "$TOKEN", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "primary_funding_id"), credential);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "currency"), "EUR");
    *strchr(path, '?') = '\0';
    CU_ASSERT_EQUAL(ask("DELETE", path, TEST_SYSTEM_TOKEN, NULL).status, 200);
    CU_ASSERT_EQUAL(ask("GET", path, TEST_SYSTEM_TOKEN, NULL).status, 200);
    stop();
}

static void test_storage(void)
{
    static const char germany[] =
        "{\"storage_configuration\":{\"status\":\"IN_COUNTRY_STORAGE_ENABLED\","
        "\"data_localization_region\":\"DE\"}}";
    start(NULL);
    make_ready();
    CU_ASSERT_EQUAL(ask("POST", "/v26.0/$PHONE/settings", "$TOKEN", germany).status, 200);
    struct test_answer answer = ask("GET", "/v26.0/$PHONE/settings", "$TOKEN", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "storage_configuration.data_localization_region"),
                           "DE");
    CU_ASSERT_EQUAL(do_register(REGISTER).status, 200);
    CU_ASSERT_EQUAL(ask("POST", "/v26.0/$PHONE/settings", "$TOKEN", germany).code, 100);
    stop();
}

/* ---- faults ---- */

static void plan_fault(const char *match, const char *kind)
{
    char body[160];
    snprintf(body, sizeof body, "{\"match\":\"%s\",\"kind\":\"%s\"}", match, kind);
    CU_ASSERT_EQUAL(control("/simulator/faults", body).status, 200);
}

static bool is_moved(void)
{
    struct test_answer state = control("/simulator/state?number=" FIRST, NULL);
    return strcmp(test_value(&state, "numbers." FIRST ".registered_on"), "destination") == 0;
}

/* clang-format off */
static const struct {
    const char *kind;
    bool is_answered, is_whole, is_done;
    long status;
} fault_cases[] = {
    {"reset_before",   false, false, false, 0},
    {"reset_after",    false, false, true,  0},
    {"timeout_before", false, false, false, 0},
    {"timeout_after",  false, false, true,  0},
    {"http_500",       true,  true,  false, 500},
    {"http_500_after", true,  true,  true,  500},
    {"http_503_html",  true,  true,  false, 503},
    {"truncated_json", true,  false, true,  200},
    {"throttle",       true,  true,  false, 400},
};
/* clang-format on */

static void test_faults_on_demand(void)
{
    for (size_t i = 0; i < sizeof fault_cases / sizeof fault_cases[0]; i++) {
        start(NULL);
        make_ready();
        plan_fault("POST \xe2\x80\xa6/register", fault_cases[i].kind);
        struct test_answer answer = do_register(REGISTER);
        CU_ASSERT_EQUAL(answer.curl_code == 0, fault_cases[i].is_whole);
        CU_ASSERT_EQUAL(answer.status != 0, fault_cases[i].is_answered);
        CU_ASSERT_EQUAL(answer.status, fault_cases[i].status);
        CU_ASSERT_EQUAL(is_moved(), fault_cases[i].is_done);
        CU_ASSERT_EQUAL(do_register(REGISTER).status, 200); /* once was asked for */
        stop();
    }
}

/* The faults of 120 reads under a lot, one letter each. */
static void read_faults(const char *seed, char letters[121])
{
    char scenario[256];
    snprintf(scenario, sizeof scenario,
             "{\"faults\":{\"seed\":%s,\"rates\":{\"reset_before\":0.1,\"http_500\":0.1,"
             "\"http_503_html\":0.1,\"truncated_json\":0.1}}}",
             seed);
    test_simulator_start(&simulator, scenario);
    for (int i = 0; i < 120; i++) {
        struct test_answer answer = ask("GET", "/v26.0/800100?fields=id", TEST_SOURCE_TOKEN, NULL);
        letters[i] = answer.status == 0     ? 'r'
                     : answer.status == 500 ? '5'
                     : answer.status == 503 ? 'h'
                     : answer.curl_code     ? 't'
                                            : '.';
    }
    letters[120] = '\0';
    stop();
}

static void test_faults_repeat(void)
{
    char once[121], again[121], another[121];
    read_faults("7", once);
    read_faults("7", again);
    read_faults("8", another);
    CU_ASSERT_STRING_EQUAL(once, again);
    CU_ASSERT_STRING_NOT_EQUAL(once, another);
    for (const char *letter = "r5ht."; *letter; letter++)
        CU_ASSERT_PTR_NOT_NULL(strchr(once, *letter));
}

/* ---- what eligibility reads ---- */

/* Eight of one kind, two of another; the source's WABA has the usual six. */
#define MANY_TEMPLATES                                                                      \
    "{\"customers\":{\"florist-lune\":{\"templates\":{\"approved_green\":8,\"paused\":2}}," \
    "\"bakery-lune\":{\"destination_templates\":{\"approved_unknown\":3}}}}"

static void test_templates(void)
{
    start(MANY_TEMPLATES);
    struct test_answer answer =
        ask("GET",
            "/v26.0/800100/message_templates?fields=id,name,language,status,category,"
            "previous_category,quality_score,rejected_reason,components,parameter_format",
            TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.status"), "APPROVED");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.quality_score.score"), "GREEN");
    CU_ASSERT_TRUE(atoll(test_value(&answer, "data.0.quality_score.date")) > 1000000000);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.4.quality_score.score"), "UNKNOWN");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.5.status"), "REJECTED");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.5.rejected_reason"), "INVALID_FORMAT");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.6"), "");
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.usage, "\"800100\"")); /* it is the WABA's call */
    answer = ask("GET", "/v26.0/$WABA?fields=message_templates{quality_score}", "$TOKEN", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "message_templates.data.2.quality_score.score"),
                           "UNKNOWN");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "message_templates.data.3"), "");
    answer = ask("GET", "/v26.0/$OTHER_WABA/message_templates", TEST_SYSTEM_TOKEN, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0"), "");
    CU_ASSERT_EQUAL(answer.status, 200);
    stop();
}

static void test_template_pages(void)
{
    char path[256], after[64], id[32];
    start(MANY_TEMPLATES);
    struct test_answer answer = ask(
        "GET", "/v26.0/800200?fields=message_templates.limit(7){status}", TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_STRING_NOT_EQUAL(test_value(&answer, "message_templates.paging.next"), "");
    snprintf(id, sizeof id, "%s", test_value(&answer, "message_templates.data.6.id"));
    snprintf(after, sizeof after, "%s",
             test_value(&answer, "message_templates.paging.cursors.after"));
    snprintf(path, sizeof path, "/v26.0/800200/message_templates?fields=status&limit=7&after=%s",
             after);
    answer = ask("GET", path, TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.2.status"), "PAUSED");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.3"), "");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "paging.next"), "");
    snprintf(path, sizeof path, "/v26.0/800100/message_templates?after=%s", after);
    CU_ASSERT_EQUAL(ask("GET", path, TEST_SOURCE_TOKEN, NULL).code, 100); /* another list's */
    /* More of another kind, and the ids stay. */
    control("/simulator/scenario",
            "{\"customers\":{\"florist-lune\":{\"templates\":{\"approved_green\":7,"
            "\"approved_unknown\":5}}}}");
    answer = ask("GET", "/v26.0/800200/message_templates?limit=1000", TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.6.id"), id);
    CU_ASSERT_STRING_NOT_EQUAL(test_value(&answer, "data.11.id"), "");
    stop();
}

/* clang-format off */
static const struct {
    const char *filter;
    int code, count;
} template_filters[] = {
    {"", 0, 10},
    {"status=APPROVED", 0, 8},
    {"status=[\"APPROVED\",\"PAUSED\"]", 0, 10},
    {"status=['PAUSED']", 0, 2},
    {"quality_score=GREEN", 0, 8},
    {"quality_score=UNKNOWN", 0, 0},
    {"quality_score=GREEN&status=PAUSED", 0, 0},
    {"name=approved_green_2", 0, 2},
    {"language=fr", 0, 2},
    {"category=UTILITY&status=APPROVED", 0, 2},
    {"limit=1000", 0, 10},
    {"limit=1", 0, 1},
    {"limit=1001", 100, 0},
    {"limit=0", 100, 0},
    {"status=GREEN", 100, 0},
    {"category=OTHER", 100, 0},
    {"quality_score=BLUE", 100, 0},
    {"sort=name", 100, 0},
    {"fields=id,colour", 100, 0},
    {"after=QVFIabc", 100, 0},
};
/* clang-format on */

static void test_template_filters(void)
{
    char path[256];
    start(MANY_TEMPLATES);
    for (size_t i = 0; i < sizeof template_filters / sizeof template_filters[0]; i++) {
        snprintf(path, sizeof path, "/v26.0/800200/message_templates?%s",
                 template_filters[i].filter);
        struct test_answer answer = ask("GET", path, TEST_SOURCE_TOKEN, NULL);
        if (answer.code != template_filters[i].code ||
            test_count(&answer, "data") != template_filters[i].count)
            fprintf(stderr, "%s: %s\n", template_filters[i].filter, answer.text);
        CU_ASSERT_EQUAL(answer.code, template_filters[i].code);
        CU_ASSERT_EQUAL(test_count(&answer, "data"), template_filters[i].count);
    }
    stop();
}

#define EXPANDED                                                                                  \
    "?fields=id,owner_business_info,phone_numbers.limit(100){id,is_pin_enabled},subscribed_apps," \
    "message_templates.limit(100){status,quality_score}"
#define UNKNOWN_PIN                                                           \
    "(#100) Tried accessing nonexisting field (is_pin_enabled) on node type " \
    "(WhatsAppBusinessPhoneNumber)"
#define FORBIDDEN(field) "(#10) Application does not have permission for this action: field " field

/* clang-format off */
static const struct {
    const char *scenario, *path, *token;
    int code;
    const char *message; /* NULL: any */
} denied_reads[] = {
    /* the same field, however it is asked for */
    {"{\"refused_fields\":[\"is_pin_enabled\"]}", "/v26.0/600101?fields=id,is_pin_enabled", TEST_SOURCE_TOKEN, 100, UNKNOWN_PIN},
    {"{\"refused_fields\":[\"is_pin_enabled\"]}", "/v26.0/800100/phone_numbers?fields=is_pin_enabled", TEST_SOURCE_TOKEN, 100, UNKNOWN_PIN},
    {"{\"refused_fields\":[\"is_pin_enabled\"]}", "/v26.0/800100" EXPANDED, TEST_SOURCE_TOKEN, 100, UNKNOWN_PIN},
    {"{\"refused_fields\":[\"is_pin_enabled\"]}", "/v26.0/?ids=600101,600102&fields=is_pin_enabled", TEST_SOURCE_TOKEN, 100, UNKNOWN_PIN},
    {"{\"refused_fields\":[\"is_pin_enabled\"]}", "/v26.0/600101?fields=id,status", TEST_SOURCE_TOKEN, 0, NULL},
    {"{\"refused_fields\":[\"is_pin_enabled\"]}", "/v26.0/600101", TEST_SOURCE_TOKEN, 0, NULL},
    {"{\"refused_fields\":[\"verified_name\"]}", "/v26.0/600101", TEST_SOURCE_TOKEN, 0, NULL},
    /* by kind, side and token */
    {"{\"refused_fields\":[\"template.status\"]}", "/v26.0/600101?fields=status", TEST_SOURCE_TOKEN, 0, NULL},
    {"{\"refused_fields\":[\"template.status\"]}", "/v26.0/800100" EXPANDED, TEST_SOURCE_TOKEN, 100, NULL},
    {"{\"refused_fields\":{\"source\":[\"status\"]}}", "/v26.0/600101?fields=status", TEST_SOURCE_TOKEN, 100, NULL},
    {"{\"refused_fields\":{\"source\":[\"status\"]}}", "/v26.0/$PHONE?fields=status", "$TOKEN", 0, NULL},
    {"{\"refused_fields\":{\"destination\":[\"status\"]}}", "/v26.0/$PHONE?fields=status", "$TOKEN", 100, NULL},
    {"{\"refused_fields\":{\"system\":[\"status\"]}}", "/v26.0/$PHONE?fields=status", "$TOKEN", 0, NULL},
    {"{\"refused_fields\":{\"system\":[\"status\"]}}", "/v26.0/$PHONE?fields=status", TEST_SYSTEM_TOKEN, 100, NULL},
    {"{\"refused_fields\":{\"business\":[\"status\"]}}", "/v26.0/$PHONE?fields=status", "$TOKEN", 100, NULL},
    /* edges, and code 10 */
    {"{\"forbidden_fields\":[\"message_templates\"]}", "/v26.0/800100" EXPANDED, TEST_SOURCE_TOKEN, 10, FORBIDDEN("message_templates")},
    {"{\"forbidden_fields\":[\"message_templates\"]}", "/v26.0/800100/message_templates", TEST_SOURCE_TOKEN, 10, FORBIDDEN("message_templates")},
    {"{\"forbidden_fields\":[\"subscribed_apps\"]}", "/v26.0/$WABA/subscribed_apps", "$TOKEN", 10, FORBIDDEN("subscribed_apps")},
    {"{\"forbidden_fields\":[\"subscribed_apps\"]}", "/v26.0/$WABA?fields=subscribed_apps", "$TOKEN", 10, FORBIDDEN("subscribed_apps")},
    {"{\"refused_fields\":[\"message_templates\"]}", "/v26.0/800100/message_templates", TEST_SOURCE_TOKEN, 100, "(#100) Tried accessing nonexisting field (message_templates) on node type (WhatsAppBusinessAccount)"},
    {"{\"forbidden_fields\":[\"name_status\"]}", "/v26.0/$OTHER_WABA?fields=phone_numbers{name_status}", TEST_SYSTEM_TOKEN, 10, FORBIDDEN("name_status")},
    /* all but the default fields */
    {"{\"customers\":{\"bakery-lune\":{\"forbidden_reads\":true}}}", "/v26.0/800100", TEST_SOURCE_TOKEN, 0, NULL},
    {"{\"customers\":{\"bakery-lune\":{\"forbidden_reads\":true}}}", "/v26.0/600101?fields=id,verified_name", TEST_SOURCE_TOKEN, 0, NULL},
    {"{\"customers\":{\"bakery-lune\":{\"forbidden_reads\":true}}}", "/v26.0/600101?fields=id,status", TEST_SOURCE_TOKEN, 10, "(#10) Application does not have permission for this action"},
    {"{\"customers\":{\"bakery-lune\":{\"forbidden_reads\":true}}}", "/v26.0/800100/message_templates", TEST_SOURCE_TOKEN, 10, NULL},
    {"{\"customers\":{\"bakery-lune\":{\"forbidden_reads\":true}}}", "/v26.0/$PHONE?fields=status", "$TOKEN", 10, NULL},
    {"{\"customers\":{\"bakery-lune\":{\"forbidden_reads\":\"source\"}}}", "/v26.0/$PHONE?fields=status", "$TOKEN", 0, NULL},
    {"{\"customers\":{\"bakery-lune\":{\"forbidden_reads\":true}}}", "/v26.0/600201?fields=id,status", TEST_SOURCE_TOKEN, 0, NULL},
    /* the WABA not, its numbers by id */
    {"{\"customers\":{\"bakery-lune\":{\"source_waba_unreadable\":true}}}", "/v26.0/800100", TEST_SOURCE_TOKEN, 100, NULL},
    {"{\"customers\":{\"bakery-lune\":{\"source_waba_unreadable\":true}}}", "/v26.0/800100/phone_numbers", TEST_SOURCE_TOKEN, 100, NULL},
    {"{\"customers\":{\"bakery-lune\":{\"source_waba_unreadable\":true}}}", "/v26.0/?ids=600101,600102&fields=id,status", TEST_SOURCE_TOKEN, 0, NULL},
    {"{\"customers\":{\"bakery-lune\":{\"source_waba_unreadable\":true}}}", "/v26.0/$WABA", "$TOKEN", 0, NULL},
    {"{\"numbers\":{\"" SECOND "\":{\"source_unreadable\":true}}}", "/v26.0/600102", TEST_SOURCE_TOKEN, 100, NULL},
    {"{\"numbers\":{\"" SECOND "\":{\"source_unreadable\":true}}}", "/v26.0/?ids=600101,600102", TEST_SOURCE_TOKEN, 803, "(#803) Some of the aliases you requested do not exist: 600102"},
    {"{\"numbers\":{\"" SECOND "\":{\"source_unreadable\":true}},\"unreadable_unnamed\":true}", "/v26.0/?ids=600101,600102", TEST_SOURCE_TOKEN, 803, "(#803) Some of the aliases you requested do not exist"},
    {"{\"numbers\":{\"" SECOND "\":{\"source_unreadable\":true}},\"customers\":{\"bakery-lune\":{\"unreadable_unnamed\":true}}}", "/v26.0/?ids=600101,600102", TEST_SOURCE_TOKEN, 803, "(#803) Some of the aliases you requested do not exist"},
    {NULL, "/v26.0/?ids=600101,,600102", TEST_SOURCE_TOKEN, 100, NULL},
};
/* clang-format on */

static void test_denied_reads(void)
{
    for (size_t i = 0; i < sizeof denied_reads / sizeof denied_reads[0]; i++) {
        start(denied_reads[i].scenario);
        struct test_answer answer = ask("GET", denied_reads[i].path, denied_reads[i].token, NULL);
        const char *message = test_value(&answer, "error.message");
        if (answer.code != denied_reads[i].code)
            fprintf(stderr, "%s %s: %s\n", denied_reads[i].scenario, denied_reads[i].path,
                    answer.text);
        CU_ASSERT_EQUAL(answer.code, denied_reads[i].code);
        CU_ASSERT_EQUAL(answer.status == 200, denied_reads[i].code == 0);
        if (denied_reads[i].message)
            CU_ASSERT_STRING_EQUAL(message, denied_reads[i].message);
        stop();
    }
}

static void test_default_fields_hide(void)
{
    start("{\"refused_fields\":[\"verified_name\"],"
          "\"numbers\":{\"" SECOND "\":{\"source_unreadable\":true}}}");
    struct test_answer answer = ask("GET", "/v26.0/600101", TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "verified_name"), "");
    CU_ASSERT_STRING_NOT_EQUAL(test_value(&answer, "display_phone_number"), "");
    answer = ask("GET", "/v26.0/800100/phone_numbers", TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.0.id"), "600101");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "data.1.id"), ""); /* not for us to see */
    control("/simulator/scenario", "{\"refused_fields\":[]}");
    answer = ask("GET", "/v26.0/600101", TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_STRING_NOT_EQUAL(test_value(&answer, "verified_name"), "");
    stop();
}

/* How much of 10 calls an hour is spent on the florist's source after this read. */
static int percent_after(const char *path)
{
    start("{\"quotas\":{\"waba\":10}}");
    struct test_answer answer = ask("GET", path, TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_EQUAL(answer.status, 200);
    const char *count = strstr(answer.usage, "\"call_count\":");
    int percent = count ? atoi(count + strlen("\"call_count\":")) : -1;
    stop();
    return percent;
}

static void test_reads_are_counted(void)
{
    char path[1024] = "/v26.0/?fields=id&ids=600301";
    CU_ASSERT_EQUAL(percent_after("/v26.0/800300" EXPANDED), 10);
    CU_ASSERT_EQUAL(percent_after("/v26.0/?ids=600301,600302,600303&fields=id"), 30);
    CU_ASSERT_EQUAL(percent_after("/v26.0/800300/message_templates"), 10);
    /* Each of its own WABA; one header tells of both. */
    start("{\"quotas\":{\"waba\":2}}");
    struct test_answer answer =
        ask("GET", "/v26.0/?ids=600101,600201&fields=id", TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.usage, "\"800100\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.usage, "\"800200\""));
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "600201.id"), "600201");
    /* What fails has been counted as well. */
    CU_ASSERT_EQUAL(ask("GET", "/v26.0/?ids=600101,12345", TEST_SOURCE_TOKEN, NULL).code, 803);
    CU_ASSERT_EQUAL(ask("GET", "/v26.0/600101", TEST_SOURCE_TOKEN, NULL).code, 80008);
    answer = ask("GET", "/v26.0/?ids=600201,600101", TEST_SOURCE_TOKEN, NULL);
    CU_ASSERT_EQUAL(answer.code, 80008);
    for (int i = 0; i < 49; i++)
        strcat(path, ",600301");
    CU_ASSERT_EQUAL(ask("GET", path, TEST_SOURCE_TOKEN, NULL).code, 80008); /* 50 calls of 2 */
    strcat(path, ",600301");
    CU_ASSERT_EQUAL(ask("GET", path, TEST_SOURCE_TOKEN, NULL).code, 100); /* 51 ids */
    stop();
}

/* clang-format off */
static const struct {
    const char *number; /* of FIRST; NULL: `customer` of its customer */
    const char *customer;
    bool is_source;
    const char *field, *value; /* "" absent */
} staged_values[] = {
    {"{}", NULL, true, "new_name_status", ""},
    {"{}", NULL, true, "new_display_name", ""},
    {"{\"new_name_status\":\"NONE\"}", NULL, true, "new_name_status", "NONE"},
    {"{\"new_name_status\":null}", NULL, true, "new_name_status", ""},
    {"{\"new_name_status\":\"APPROVED\",\"new_display_name\":\"Lune\"}", NULL, true, "new_display_name", "Lune"},
    {"{\"name_status\":null}", NULL, true, "name_status", ""},
    {"{\"name_status\":\"EXPIRED\"}", NULL, false, "name_status", "EXPIRED"},
    {"{\"platform_type\":\"ON_PREMISE\"}", NULL, true, "platform_type", "ON_PREMISE"},
    {"{\"platform_type\":\"ON_PREMISE\"}", NULL, false, "platform_type", "NOT_APPLICABLE"},
    {"{\"account_mode\":\"SANDBOX\"}", NULL, true, "account_mode", "SANDBOX"},
    {"{\"is_on_biz_app\":true}", NULL, true, "is_on_biz_app", "true"},
    {"{\"is_pin_enabled\":null}", NULL, true, "is_pin_enabled", ""},
    {"{\"is_pin_enabled\":true}", NULL, false, "is_pin_enabled", "false"},
    {"{\"status\":\"MIGRATED\"}", NULL, true, "status", "MIGRATED"},
    {"{\"status\":\"MIGRATED\"}", NULL, false, "status", "PENDING"},
    {"{\"status\":\"OF_A_NEW_KIND\"}", NULL, true, "status", "OF_A_NEW_KIND"},
    {"{\"status\":null}", NULL, true, "status", ""},
    {"{\"destination\":{\"status\":\"CONNECTED\"}}", NULL, false, "status", "CONNECTED"},
    {"{\"destination\":{\"status\":\"CONNECTED\"}}", NULL, true, "status", "CONNECTED"},
    {"{\"destination\":{\"code_verification_status\":\"EXPIRED\"}}", NULL, false, "code_verification_status", "EXPIRED"},
    {NULL, "{\"source_waba\":{\"account_review_status\":\"LIMIT_REACHED\"}}", true, "account_review_status", "LIMIT_REACHED"},
    {NULL, "{\"source_waba\":{\"account_review_status\":null}}", true, "account_review_status", ""},
    {NULL, "{\"destination_waba\":{\"currency\":\"INR\"}}", false, "currency", "INR"},
    {NULL, "{\"source_waba\":{\"currency\":null}}", true, "currency", ""},
    {NULL, "{\"source_waba\":{\"primary_funding_id\":null}}", true, "primary_funding_id", ""},
    {NULL, "{\"destination_waba\":{\"primary_funding_id\":\"4001\"}}", false, "primary_funding_id", "4001"},
    {NULL, "{\"business_verification_status\":\"revoked\"}", true, "business_verification_status", "revoked"},
    {NULL, "{\"business_verification_status\":null}", false, "business_verification_status", ""},
    {NULL, "{\"source_owner\":\"700999\"}", true, "owner_business_info.id", "700999"},
    {NULL, "{\"source_owner\":\"700999\"}", false, "owner_business_info.id", "700100"},
    {NULL, "{\"destination_waba\":{\"owner_business_info\":\"700998\"}}", false, "owner_business_info.id", "700998"},
    {NULL, "{\"source_waba\":{\"owner_business_info\":{\"id\":\"700997\",\"name\":\"Old Lune\"}}}", true, "owner_business_info.name", "Old Lune"},
    {NULL, "{\"source_waba\":{\"owner_business_info\":null}}", true, "owner_business_info.id", ""},
    {NULL, "{}", false, "subscribed_apps.data.0.whatsapp_business_api_data.id", ""},
    {NULL, "{\"webhooks_subscribed\":true}", false, "subscribed_apps.data.0.whatsapp_business_api_data.id", "998877"},
    {NULL, "{\"webhooks_subscribed\":true}", true, "subscribed_apps.data.0.whatsapp_business_api_data.id", ""},
    {NULL, "{\"foreign_app_subscribed\":true}", false, "subscribed_apps.data.0.whatsapp_business_api_data.id", "112233445566"},
    {NULL, "{\"foreign_app_subscribed\":true}", false, "subscribed_apps.data.1.whatsapp_business_api_data.id", ""},
};
/* clang-format on */

/* The scenario at the start, and the same told to a world that runs: both have to be seen. */
static void check_staged(size_t at, bool is_late)
{
    char scenario[512], path[256];
    const char *number = staged_values[at].number, *customer = staged_values[at].customer;
    snprintf(scenario, sizeof scenario, "{\"%s\":{\"%s\":%s}}", number ? "numbers" : "customers",
             number ? FIRST : "bakery-lune", number ? number : customer);
    start(is_late ? NULL : scenario);
    if (is_late)
        CU_ASSERT_EQUAL(control("/simulator/scenario", scenario).status, 200);
    bool is_source = staged_values[at].is_source;
    snprintf(path, sizeof path, "/v26.0/%s?fields=%.*s",
             number      ? is_source ? "600101" : "$PHONE"
             : is_source ? "800100"
                         : "$WABA",
             (int)strcspn(staged_values[at].field, "."), staged_values[at].field);
    struct test_answer answer = ask("GET", path, is_source ? TEST_SOURCE_TOKEN : "$TOKEN", NULL);
    CU_ASSERT_EQUAL(answer.status, 200);
    if (strcmp(test_value(&answer, staged_values[at].field), staged_values[at].value) != 0)
        fprintf(stderr, "%s %s: %s\n", scenario, path, answer.text);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, staged_values[at].field), staged_values[at].value);
    stop();
}

static void test_staged_values(void)
{
    for (size_t i = 0; i < sizeof staged_values / sizeof staged_values[0]; i++) {
        check_staged(i, false);
        check_staged(i, true);
    }
}

/* ---- made-up books ---- */

static json_object *read_made(const char *folder, const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    json_object *json = json_object_from_file(path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    return json;
}

static void remove_made(const char *folder)
{
    static const char *const names[] = {"book.yaml",        "scenario.json", "expected.json",
                                        "tokens/customers", "tokens",        ""};
    char path[160];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(path);
    }
}

#define RULES 16

static void test_pairs(void)
{
    char folder[] = "/tmp/simulator-pairs-XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    const char *const arguments[] = {"--make-pairs", folder, NULL};
    CU_ASSERT_EQUAL(test_program_run(arguments), 0);
    json_object *expected = read_made(folder, "expected.json"), *skipped = NULL;
    json_object *seen = json_object_new_object();
    json_object_object_foreach(expected, number, value)
    {
        json_object *rules = NULL;
        if (!json_object_object_get_ex(value, "rules", &rules) || *number != '+' ||
            json_object_array_length(rules) != 2)
            continue;
        char pair[96];
        snprintf(pair, sizeof pair, "%s %s",
                 json_object_get_string(json_object_array_get_idx(rules, 0)),
                 json_object_get_string(json_object_array_get_idx(rules, 1)));
        CU_ASSERT_FALSE(json_object_object_get_ex(seen, pair, NULL)); /* once */
        json_object_object_add(seen, pair, NULL);
    }
    json_object_object_get_ex(expected, "_skipped", &skipped);
    CU_ASSERT_EQUAL((size_t)json_object_object_length(seen) + json_object_array_length(skipped),
                    RULES * (RULES - 1) / 2);
    json_object_put(seen);
    json_object_put(expected);
    json_object_put(read_made(folder, "scenario.json"));
    remove_made(folder);
}

/* The books are what the simulator itself takes. */
static void test_made_books(void)
{
    char folder[] = "/tmp/simulator-made-XXXXXX", book[64], scenario[64];
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    snprintf(book, sizeof book, "%s/book.yaml", folder);
    snprintf(scenario, sizeof scenario, "%s/scenario.json", folder);
    setenv("META_SYSTEM_TOKEN", TEST_SYSTEM_TOKEN, 1);
    setenv("META_APP_SECRET", TEST_APP_SECRET, 1);
    setenv("OLD_PARTNER_TOKEN", TEST_SOURCE_TOKEN, 1);
    const char *const mixed[] = {"--make-book", "300", "120", folder, "--mix", NULL};
    const char *const pairs[] = {"--make-pairs", folder, NULL};
    CU_ASSERT_EQUAL(test_program_run(mixed), 0);
    test_simulator_start_with(&simulator, book, scenario);
    struct test_answer answer = control("/simulator/summary", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "summary.numbers"), "300");
    CU_ASSERT_TRUE(atoi(test_value(&answer, "summary.signed_up")) > 200);
    stop();
    CU_ASSERT_EQUAL(test_program_run(pairs), 0);
    test_simulator_start_with(&simulator, book, scenario);
    /* business_verified and destination_waba_approved */
    answer = test_ask(&simulator, "GET",
                      "/v26.0/9000000003?fields=account_review_status,business_verification_status,"
                      "primary_funding_id,subscribed_apps",
                      "fictitious-token-of-the-customers", NULL);
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "account_review_status"), "PENDING");
    CU_ASSERT_STRING_EQUAL(test_value(&answer, "business_verification_status"), "not_verified");
    CU_ASSERT_STRING_NOT_EQUAL(test_value(&answer, "primary_funding_id"), "");
    CU_ASSERT_STRING_NOT_EQUAL(test_value(&answer, "subscribed_apps.data.0"), "");
    stop();
    remove_made(folder);
}

/* ---- the rest ---- */

static void test_clock_shows(void)
{
    start(NULL);
    control("/simulator/clock", "{\"advance_seconds\":315360000}");
    struct test_answer before = control("/simulator/clock", NULL);
    struct test_answer answer = ask("GET", "/v26.0/$WABA", TEST_SYSTEM_TOKEN, NULL);
    char year[5];
    snprintf(year, sizeof year, "%.4s", test_value(&before, "now"));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer.date, year));
    stop();
}

static void test_log(void)
{
    char line[4096];
    unsigned lines = 0, registers = 0;
    start(NULL);
    make_ready();
    CU_ASSERT_EQUAL(do_register(REGISTER).status, 200);
    FILE *file = fopen(simulator.log, "re");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    while (fgets(line, sizeof line, file)) {
        json_object *json = json_tokener_parse(line), *value = NULL;
        lines++;
        CU_ASSERT_TRUE(json_object_object_get_ex(json, "n", &value));
        CU_ASSERT_EQUAL(json_object_get_int(value), (int)lines);
        CU_ASSERT_TRUE(json_object_object_get_ex(json, "query", NULL));
        CU_ASSERT_TRUE(json_object_object_get_ex(json, "body", NULL));
        json_object_object_get_ex(json, "path", &value);
        CU_ASSERT_PTR_NULL(strstr(line, TEST_SYSTEM_TOKEN));
        CU_ASSERT_PTR_NULL(strstr(line, "/simulator/"));
        if (strstr(json_object_get_string(value), "/register")) {
            registers++;
            CU_ASSERT_TRUE(json_object_object_get_ex(json, "effect", NULL));
            json_object_object_get_ex(json, "number", &value);
            CU_ASSERT_STRING_EQUAL(json_object_get_string(value), FIRST);
        }
        json_object_put(json);
    }
    fclose(file);
    CU_ASSERT_EQUAL(registers, 1);
    CU_ASSERT_EQUAL(lines, 6); /* exchange, subscribe, users, assign, share, register */
    stop();
}

/* clang-format off */
static const struct {
    const char *arguments[5];
    int exit_code;
} command_lines[] = {
    {{"--help", NULL}, 0},
    {{"--version", NULL}, 0},
    {{NULL}, 2},
    {{"--manifest", "/nonexistent/book.yaml", NULL}, 2},
    {{"--listen", "0.0.0.0:8090", "--manifest", "book.yaml", NULL}, 2},
    {{"--listen", "192.0.2.1:8090", "--manifest", "book.yaml", NULL}, 2},
    {{"--colour", "red", NULL}, 2},
    {{"--make-book", "10", "20", "/nonexistent", NULL}, 2},
    {{"--make-book", "20", "10", "/nonexistent/folder", NULL}, 1},
    {{"--make-pairs", "/nonexistent/folder", NULL}, 1},
    {{"--mix", "--manifest", "book.yaml", NULL}, 2},
};
/* clang-format on */

static void test_command_line(void)
{
    for (size_t i = 0; i < sizeof command_lines / sizeof command_lines[0]; i++)
        CU_ASSERT_EQUAL(test_program_run(command_lines[i].arguments), command_lines[i].exit_code);
}

static const struct test_case cases[] = {
    {"what breaks a documented rule is refused with its code", test_refusals},
    {"each precondition of a move has its own refusal", test_preconditions},
    {"the destination needs an app, then a payer", test_destination_preconditions},
    {"a move changes both accounts", test_move},
    {"a wrong PIN is refused ever more sternly", test_wrong_pins},
    {"the eleventh registration blocks a number", test_registration_budget},
    {"a block ends after 72 hours", test_block_ends},
    {"a WABA's calls are counted by the hour", test_waba_quota},
    {"credit line and app have quotas of their own", test_credit_quota},
    {"a signup code works once and for 30 seconds", test_codes},
    {"tokens expire", test_tokens_end},
    {"a list is paged by opaque cursors", test_pages},
    {"a body-less repeat deletes the webhook address", test_webhook_override},
    {"a line is attached once, and can be verified", test_credit},
    {"storage is set before registering only", test_storage},
    {"each fault does what its name says", test_faults_on_demand},
    {"the same seed deals the same faults", test_faults_repeat},
    {"a WABA shows its message templates", test_templates},
    {"templates are paged, and keep their ids", test_template_pages},
    {"templates are filtered", test_template_filters},
    {"what this app may not read is refused however it is asked for", test_denied_reads},
    {"a default field that is refused is left out", test_default_fields_hide},
    {"an expanded read is one call, each of many ids is one", test_reads_are_counted},
    {"every value can be staged, and absence too", test_staged_values},
    {"each pair of failing rules is made once", test_pairs},
    {"made-up books are what the simulator takes", test_made_books},
    {"the clock is the simulator's own", test_clock_shows},
    {"every request is logged, no secret header is", test_log},
    {"a command line that makes no sense is refused", test_command_line},
    {NULL, NULL}};

int main(int argc, char **argv)
{
    return test_client_main(argc, argv, "simulator", cases);
}
