/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/graph_error.h"

#include <json-c/json.h>

#include "jobs/body.h"
#include "tests/unit/base/suite.h"

#define MINUTE_MS ((int64_t)60 * 1000)
#define HOUR_MS (60 * MINUTE_MS)

/* What the error table must say, row by row as Meta's pages have it. */
/* clang-format off */
static const struct {
    int64_t code, subcode;
    enum error_class class;
    enum error_scope scope;
    int64_t wait_ms;
    bool is_unknown;
} codes[] = {
    {0, 0, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, false},
    {1, 0, ERROR_RETRY, ERROR_SCOPE_STEP, 0, false},
    {2, 0, ERROR_RETRY, ERROR_SCOPE_STEP, 0, false},
    {3, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {4, 0, ERROR_THROTTLED, ERROR_SCOPE_APP, 15 * MINUTE_MS, false},
    {4, 2446079, ERROR_THROTTLED, ERROR_SCOPE_APP, 15 * MINUTE_MS, false},
    {10, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {17, 0, ERROR_THROTTLED, ERROR_SCOPE_APP, 15 * MINUTE_MS, false},
    {32, 0, ERROR_THROTTLED, ERROR_SCOPE_APP, 15 * MINUTE_MS, false},
    {33, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {100, 0, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, false},
    {100, 12, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, false},
    {100, 33, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {100, 36009, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, false},
    {102, 0, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, false},
    {104, 0, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, false},
    {190, 0, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, false},
    {190, 460, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, false},
    {190, 463, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, false},
    {190, 467, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, false},
    {190, 999, ERROR_CREDENTIAL, ERROR_SCOPE_STEP, 0, false},
    {200, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {200, 1349174, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {273, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {299, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {300, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {368, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {613, 0, ERROR_THROTTLED, ERROR_SCOPE_APP, 15 * MINUTE_MS, false},
    {613, 1996, ERROR_THROTTLED, ERROR_SCOPE_APP, 15 * MINUTE_MS, false},
    {803, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {2500, 0, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, false},
    {4000, 0, ERROR_DONE, ERROR_SCOPE_STEP, 0, false},
    {80007, 0, ERROR_THROTTLED, ERROR_SCOPE_WABA, 15 * MINUTE_MS, false},
    {80008, 0, ERROR_THROTTLED, ERROR_SCOPE_WABA, 15 * MINUTE_MS, false},
    {80008, 2446079, ERROR_THROTTLED, ERROR_SCOPE_WABA, 15 * MINUTE_MS, false},
    {130429, 0, ERROR_THROTTLED, ERROR_SCOPE_WABA, MINUTE_MS, false},
    {131000, 0, ERROR_RETRY, ERROR_SCOPE_STEP, 0, false},
    {131005, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {131008, 0, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, false},
    {131009, 0, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, false},
    {131016, 0, ERROR_RETRY, ERROR_SCOPE_STEP, 0, false},
    {131031, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {131037, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {131042, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {131045, 0, ERROR_RETRY, ERROR_SCOPE_STEP, 0, false},
    {131048, 0, ERROR_WAIT, ERROR_SCOPE_STEP, HOUR_MS, false},
    {131056, 0, ERROR_WAIT, ERROR_SCOPE_STEP, MINUTE_MS, false},
    {131057, 0, ERROR_WAIT, ERROR_SCOPE_STEP, 5 * MINUTE_MS, false},
    {2494100, 0, ERROR_WAIT, ERROR_SCOPE_STEP, 5 * MINUTE_MS, false},
    {133000, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {133004, 0, ERROR_RETRY, ERROR_SCOPE_STEP, 0, false},
    {133005, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {133006, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {133008, 0, ERROR_PERSON, ERROR_SCOPE_NUMBER, HOUR_MS, false},
    {133009, 0, ERROR_PERSON, ERROR_SCOPE_NUMBER, HOUR_MS, false},
    {133010, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {133015, 0, ERROR_WAIT, ERROR_SCOPE_NUMBER, 5 * MINUTE_MS, false},
    {133016, 0, ERROR_THROTTLED, ERROR_SCOPE_NUMBER, 72 * HOUR_MS, false},
    {136024, 0, ERROR_DONE, ERROR_SCOPE_STEP, HOUR_MS, false},
    {136025, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {200000, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {100, 2388001, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {100, 2388012, ERROR_DONE, ERROR_SCOPE_STEP, 0, false},
    {2388012, 0, ERROR_DONE, ERROR_SCOPE_STEP, 0, false},
    {100, 2388019, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {100, 2388073, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, false},
    {2388299, 0, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, false},
    {100, 2388091, ERROR_DONE, ERROR_SCOPE_STEP, 0, false},
    {2388093, 0, ERROR_DONE, ERROR_SCOPE_STEP, 0, false},
    {100, 2388103, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {2388103, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {100, 2593085, ERROR_PERSON, ERROR_SCOPE_STEP, 0, false},
    {2593107, 0, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, false},
    {4233041, 0, ERROR_PERMANENT, ERROR_SCOPE_STEP, 0, false},
    {1752041, 0, ERROR_DONE, ERROR_SCOPE_STEP, 0, false},
    /* unknown */
    {99999, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, true},
    {100, 2388999, ERROR_PERSON, ERROR_SCOPE_STEP, 0, true},
    {-1, 0, ERROR_PERSON, ERROR_SCOPE_STEP, 0, true},
};

static const struct {
    const char *title;
    enum error_class class;
    const char *owner, *remedy_part;
} faces[] = {
    {"Cannot migrate phone number", ERROR_PERSON, "partner", "No app is subscribed"},
    {"Please add this phone number in your WhatsApp account before", ERROR_PERSON, "customer", "free"},
    {"Registered name should be present and approved", ERROR_PERSON, "customer", "display name"},
    {"The WhatsApp account that this phone number is registered with is not set up correctly", ERROR_PERSON, "source_partner", "source WABA"},
    {"Your WhatsApp account does not have a payment account", ERROR_PERSON, "partner", "payment method"},
    {"There was an error migrating this phone number", ERROR_RETRY, "meta", "does not say why"},
    {"This phone number belongs to a different Business Manager account", ERROR_PERMANENT, "customer", "different business portfolios"},
    {"Your WhatsApp account must be approved", ERROR_PERSON, "customer", "not approved yet"},
    {"Your WhatsApp account's \"Messaging For\" request must be approved", ERROR_PERSON, "customer", "has not been accepted"},
    {"your whatsapp ACCOUNT\xe2\x80\x99s \xe2\x80\x9cMessaging for\xe2\x80\x9d request must be approved", ERROR_PERSON, "customer", "has not been accepted"},
    {"  cannot MIGRATE phone number: +33", ERROR_PERSON, "partner", "No app is subscribed"},
    {"Ocorreu um erro", ERROR_PERSON, "partner", "only in the answer's title"},
};
/* clang-format on */

static struct arena *arena;

static bool read_text(const char *json, int http_status, struct graph_error *error)
{
    BODY_OWNED *body = json_tokener_parse(json);

    return graph_error_read(body, http_status, arena, error);
}

static void read_code(int64_t code, int64_t subcode, const char *key, const char *value,
                      struct graph_error *error)
{
    BODY_OWNED *body = json_object_new_object();
    struct json_object *envelope = json_object_new_object();

    json_object_object_add(body, "error", envelope);
    json_object_object_add(envelope, "code", json_object_new_int64(code));
    if (subcode != 0)
        json_object_object_add(envelope, "error_subcode", json_object_new_int64(subcode));
    if (key != NULL && strcmp(key, "details") == 0) {
        struct json_object *data = json_object_new_object();
        json_object_object_add(data, "details", json_object_new_string(value));
        json_object_object_add(envelope, "error_data", data);
    } else if (key != NULL) {
        json_object_object_add(envelope, key, json_object_new_string(value));
    }
    CU_ASSERT(graph_error_read(body, 400, arena, error));
}

static void every_code_has_its_class(void)
{
    arena = arena_create();
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct graph_error error;
        read_code(codes[i].code, codes[i].subcode, NULL, NULL, &error);
        check_text(error_class_name(error.rule->class), error_class_name(codes[i].class));
        CU_ASSERT_EQUAL(error.rule->scope, codes[i].scope);
        CU_ASSERT_EQUAL(error.rule->wait_ms, codes[i].wait_ms);
        CU_ASSERT_EQUAL(error.code, codes[i].code);
        CU_ASSERT_EQUAL(error.subcode, codes[i].subcode);
        CU_ASSERT_EQUAL(strstr(error.rule->remedy, "does not know the error") != NULL,
                        codes[i].is_unknown);
        if (error.rule->class != codes[i].class)
            fprintf(stderr, "    code %lld/%lld\n", (long long)codes[i].code,
                    (long long)codes[i].subcode);
    }
    arena_destroy(arena);
}

static void check_face(size_t i, int64_t code, int64_t subcode, const char *key, const char *text)
{
    struct graph_error error;

    read_code(code, subcode, key, text, &error);
    check_text(error_class_name(error.rule->class), error_class_name(faces[i].class));
    check_text(error.rule->owner, faces[i].owner);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.rule->remedy, faces[i].remedy_part));
}

static void the_nine_faces_are_told_apart_wherever_the_title_stands(void)
{
    arena = arena_create();
    for (size_t i = 0; i < sizeof faces / sizeof faces[0]; i++) {
        check_face(i, 100, 2388103, "error_user_title", faces[i].title);
        check_face(i, 2388103, 0, "error_user_title", faces[i].title);
        check_face(i, 100, 2388103, "details", faces[i].title);
        check_face(i, 100, 2388103, "error_user_msg", faces[i].title);
        check_face(i, 100, 2388103, "message", arena_printf(arena, "(#100) %s", faces[i].title));
    }
    arena_destroy(arena);
}

static void a_title_alone_means_nothing_under_another_code(void)
{
    struct graph_error error;

    arena = arena_create();
    read_code(100, 0, "error_user_title", "Cannot migrate phone number", &error);
    CU_ASSERT_EQUAL(error.rule->class, ERROR_PERMANENT);
    read_code(200, 0, "message", "(#200) Provide valid app ID", &error);
    CU_ASSERT_EQUAL(error.rule->class, ERROR_PERMANENT);
    arena_destroy(arena);
}

static void unknown_errors_need_a_person_unless_they_pass_by_themselves(void)
{
    static const struct {
        const char *json;
        int http_status;
        enum error_class class;
    } cases[] = {
        {"{\"error\":{\"code\":77777}}", 400, ERROR_PERSON},
        {"{\"error\":{\"code\":77777,\"is_transient\":false}}", 400, ERROR_PERSON},
        {"{\"error\":{\"code\":77777,\"is_transient\":true}}", 400, ERROR_RETRY},
        {"{\"error\":{\"code\":77777}}", 500, ERROR_RETRY},
        {"{\"error\":{\"code\":100,\"error_subcode\":2388888,\"is_transient\":true}}", 400,
         ERROR_RETRY},
        {"{\"error\":{\"message\":\"no code at all\"}}", 400, ERROR_PERSON},
        {"{\"error\":{\"code\":{}}}", 400, ERROR_PERSON},
        {"{\"error\":{\"code\":133005,\"is_transient\":true}}", 500, ERROR_PERSON},
    };

    arena = arena_create();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct graph_error error;
        CU_ASSERT(read_text(cases[i].json, cases[i].http_status, &error));
        check_text(error_class_name(error.rule->class), error_class_name(cases[i].class));
    }
    arena_destroy(arena);
}

static void the_envelope_is_read_whatever_its_shape(void)
{
    struct graph_error error;

    arena = arena_create();
    CU_ASSERT(
        read_text("{\"error\":{\"message\":\"m\",\"type\":\"OAuthException\",\"code\":\"190\","
                  "\"error_subcode\":\"463\",\"is_transient\":true,\"error_user_title\":\"t\","
                  "\"error_user_msg\":\"u\",\"error_data\":{\"messaging_product\":\"whatsapp\","
                  "\"details\":\"d\"},\"fbtrace_id\":\"f\"}}",
                  401, &error));
    CU_ASSERT_EQUAL(error.http_status, 401);
    CU_ASSERT_EQUAL(error.code, 190);
    CU_ASSERT_EQUAL(error.subcode, 463);
    CU_ASSERT(error.is_transient);
    check_text(error.message, "m");
    check_text(error.type, "OAuthException");
    check_text(error.title, "t");
    check_text(error.user_message, "u");
    check_text(error.details, "d");
    check_text(error.fbtrace_id, "f");
    CU_ASSERT(read_text("{\"error\":{\"code\":100,\"error_data\":\"text\"}}", 400, &error));
    check_text(error.details, "text");
    CU_ASSERT_PTR_NULL(error.message);
    CU_ASSERT(read_text("{\"error\":{\"error_data\":{\"blame_field_specs\":[[\"name\"]]}}}", 400,
                        &error));
    check_text(error.details, "{\"blame_field_specs\":[[\"name\"]]}");
    CU_ASSERT(read_text("{\"error\":{}}", 400, &error));
    CU_ASSERT_PTR_NOT_NULL(error.rule);
    arena_destroy(arena);
}

static void what_is_no_envelope_is_not_read(void)
{
    static const char *const bodies[] = {"{}",
                                         "[]",
                                         "7",
                                         "\"error\"",
                                         "{\"error\":null}",
                                         "{\"error\":\"invalid_request\"}",
                                         "{\"error\":[]}"};
    struct graph_error error;

    arena = arena_create();
    CU_ASSERT(!graph_error_read(NULL, 500, arena, &error));
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        CU_ASSERT(!read_text(bodies[i], 400, &error));
    arena_destroy(arena);
}

static void pin_waits_are_read_out_of_the_details(void)
{
    static const struct {
        const char *details;
        int64_t wait_ms;
    } cases[] = {
        {"You can try again in 30 minutes.", 30 * MINUTE_MS},
        {"Wait 2 hours", 2 * HOUR_MS},
        {"try again in 1 hour and 30 minutes", 90 * MINUTE_MS},
        {"Wait 45 seconds.", 45000},
        {"in 1 day", 24 * HOUR_MS},
        {"in 5-minute steps", 5 * MINUTE_MS},
        {"after 12 HRS", 12 * HOUR_MS},
        {"in 400 days", 72 * HOUR_MS},
        {"in 99999999999999999999 days", 72 * HOUR_MS},
        {"Too many guesses (3)", HOUR_MS},
        {"try again later", HOUR_MS},
    };

    arena = arena_create();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct graph_error error;
        read_code(133008, 0, "details", cases[i].details, &error);
        CU_ASSERT_EQUAL(error.rule->wait_ms, cases[i].wait_ms);
        CU_ASSERT_EQUAL(error.rule->class, ERROR_PERSON);
        read_code(133009, 0, "error_user_msg", cases[i].details, &error);
        CU_ASSERT_EQUAL(error.rule->wait_ms, cases[i].wait_ms);
        read_code(133016, 0, "details", cases[i].details, &error);
        CU_ASSERT_EQUAL(error.rule->wait_ms, 72 * HOUR_MS);
    }
    arena_destroy(arena);
}

static void a_status_alone_decides_little(void)
{
    static const struct {
        int http_status;
        enum error_class class;
    } cases[] = {{500, ERROR_RETRY},  {502, ERROR_RETRY},  {503, ERROR_RETRY},
                 {429, ERROR_RETRY},  {400, ERROR_PERSON}, {401, ERROR_PERSON},
                 {403, ERROR_PERSON}, {404, ERROR_PERSON}, {302, ERROR_PERSON}};

    arena = arena_create();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct graph_error error;
        graph_error_from_status(cases[i].http_status, arena, &error);
        CU_ASSERT_EQUAL(error.rule->class, cases[i].class);
        CU_ASSERT_EQUAL(error.code, 0);
        CU_ASSERT(error.title != NULL && error.rule->owner != NULL && error.rule->remedy != NULL);
    }
    arena_destroy(arena);
}

static void every_row_names_an_owner_and_a_remedy(void)
{
    static const char *const owners[] = {"customer", "partner", "source_partner", "meta"};
    size_t count;
    const struct error_rule *rules = graph_error_rules(&count);

    CU_ASSERT(count > 70);
    for (size_t i = 0; i < count; i++) {
        bool is_owner = false;
        for (size_t j = 0; j < sizeof owners / sizeof owners[0]; j++)
            is_owner =
                is_owner || (rules[i].owner != NULL && strcmp(rules[i].owner, owners[j]) == 0);
        CU_ASSERT(is_owner);
        CU_ASSERT_FATAL(rules[i].remedy != NULL && strlen(rules[i].remedy) > 20);
        CU_ASSERT_EQUAL(rules[i].remedy[strlen(rules[i].remedy) - 1], '.');
        CU_ASSERT((rules[i].class == ERROR_WAIT || rules[i].class == ERROR_THROTTLED)
                      ? rules[i].wait_ms > 0
                      : true);
    }
}

static void no_row_hides_another(void)
{
    size_t count;
    const struct error_rule *rules = graph_error_rules(&count);

    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            bool is_same_title =
                (rules[i].title_prefix == NULL) == (rules[j].title_prefix == NULL) &&
                (rules[i].title_prefix == NULL ||
                 strncmp(rules[i].title_prefix, rules[j].title_prefix,
                         strlen(rules[i].title_prefix)) == 0);
            CU_ASSERT(rules[i].code != rules[j].code || rules[i].subcode != rules[j].subcode ||
                      !is_same_title);
        }
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"every code has its class", every_code_has_its_class},
        {"the nine faces are told apart wherever the title stands",
         the_nine_faces_are_told_apart_wherever_the_title_stands},
        {"a title alone means nothing under another code",
         a_title_alone_means_nothing_under_another_code},
        {"unknown errors need a person unless they pass by themselves",
         unknown_errors_need_a_person_unless_they_pass_by_themselves},
        {"the envelope is read whatever its shape", the_envelope_is_read_whatever_its_shape},
        {"what is no envelope is not read", what_is_no_envelope_is_not_read},
        {"PIN waits are read out of the details", pin_waits_are_read_out_of_the_details},
        {"a status alone decides little", a_status_alone_decides_little},
        {"every row names an owner and a remedy", every_row_names_an_owner_and_a_remedy},
        {"no row hides another", no_row_hides_another},
        CU_TEST_INFO_NULL};

    return run_suite("graph_error", tests);
}
