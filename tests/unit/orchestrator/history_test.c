/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/history.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "jobs/body.h"
#include "tests/unit/base/suite.h"

#define TOKEN "EAAG/business-token"

static void check_kept(const char *answer, size_t bytes, const char *wanted)
{
    struct arena *arena = arena_create();
    struct secret *token = secret_create(TOKEN), *pin = secret_create("739105");
    struct secret *code = secret_create("660917");
    const struct facts facts = {.business_token = token, .pin = pin, .verification_code = code};
    BODY_OWNED *body = body_parse(answer, bytes);

    check_text(history_answer(&facts, body, answer, bytes, arena), wanted);
    secret_destroy(token);
    secret_destroy(pin);
    secret_destroy(code);
    arena_destroy(arena);
}

static void secrets_are_hidden_and_nothing_else(void)
{
    /* clang-format off */
    static const struct { const char *answer, *kept; } cases[] = {
        {"", ""},
        {"{\"id\":\"610100\"}", "{\"id\":\"610100\"}"},
        {"Malformed token " TOKEN "!", "Malformed token <secret>!"},
        {"{\"m\":\"EAAG\\/business-token\"}", "{\"m\":\"<secret>\"}"},
        {TOKEN TOKEN, "<secret><secret>"},
        /* the token of a code exchange, also cut, nested, unquoted or under an escaped name */
        /* as a proxy's page repeats the call */
        {"<p>GET /?t=EAAG%2Fbusiness-token&amp;x", "<p>GET /?t=<secret>&amp;x"},
        {"t=EAAG%2fbusiness%2dtoken;", "t=<secret>;"},
        {"<p>EAAG&#x2F;business-token</p>", "<p><secret></p>"},
        {"{\"m\":\"\\u0045AAG\\u002fbusiness-token\"}", "{\"m\":\"<secret>\"}"},
        {"EAAG%2Fbusiness-tokem", "EAAG%2Fbusiness-tokem"},
        {"pin%3D739105&", "pin%3D<secret>&"},
        {"pin\\u003a739105", "pin\\u003a<secret>"},
        {"100% of %", "100% of %"},
        {"{\"access_token\":\"EAAnew\",\"token_type\":\"bearer\"}", "{\"access_token\":\"<secret>\",\"token_type\":\"bearer\"}"},
        {"{\"access_token\" : \"EAAne", "{\"access_token\" : \"<secret>"},
        {"{\"data\":[{\"access_token\":\"EAAnew\"}]}", "{\"data\":[{\"access_token\":\"<secret>\"}]}"},
        {"{\"access\\u005ftoken\":\"EAAnewtoken00\"}", "{\"access\\u005ftoken\":\"<secret>\"}"},
        {"{\"access_token\":12345678901}", "{\"access_token\":<secret>}"},
        {"access_token=EAAnew&expires=5", "access_token=<secret>&expires=5"},
        {"An access_token is required", "An access_token is required"},
        {"{\"access_token\":\"\"}", "{\"access_token\":\"\"}"},
        /* a PIN only where it stands alone */
        {"{\"pin\":\"739105\"}", "{\"pin\":\"<secret>\"}"},
        {"Verify code error: 660917 is not valid", "Verify code error: <secret> is not valid"},
        {"PIN:\\n739105", "PIN:\\n<secret>"},
        {TOKEN "739105" TOKEN, "<secret><secret><secret>"},
        {"{\"id\":\"17391052\"}", "{\"id\":\"17391052\"}"},
        /* bytes that are not UTF-8 */
        {"caf\xe9 \xed\xa0\x80", "caf\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_kept(cases[i].answer, strlen(cases[i].answer), cases[i].kept);
    check_kept("a\0b", 3, "a\xef\xbf\xbd\x62");
}

/* A secret that begins before the ceiling and ends past it shows no part of itself. */
static void a_cut_leaves_no_part_of_a_secret(void)
{
    const size_t before = HISTORY_ANSWER_BYTES_MAX - 10, bytes = before + sizeof TOKEN - 1;
    char *answer = memory_take(bytes + 1), *wanted = memory_take(bytes + 1);

    memset(answer, 'x', before);
    memcpy(answer + before, TOKEN, sizeof TOKEN);
    memset(wanted, 'x', before);
    memcpy(wanted + before, "<secret>", sizeof "<secret>");
    check_kept(answer, bytes, wanted);
    free(answer);
    free(wanted);
}

/* There is room for all of them. */
static void every_secret_of_the_facts_is_hidden(void)
{
    static const char answer[] = "a-system-token an-app-secret a-business-token a-source-token "
                                 "a-signup-code a-verify-token 739105 660917 "
                                 "{\"access_token\":\"EAAnewtoken00\"}";
    struct secret *secrets[] = {secret_create("a-system-token"),   secret_create("an-app-secret"),
                                secret_create("a-business-token"), secret_create("a-source-token"),
                                secret_create("a-signup-code"),    secret_create("a-verify-token"),
                                secret_create("739105"),           secret_create("660917")};
    const struct facts facts = {.system_token = secrets[0],
                                .app_secret = secrets[1],
                                .business_token = secrets[2],
                                .source_token = secrets[3],
                                .signup_code = secrets[4],
                                .webhook_verify_token = secrets[5],
                                .pin = secrets[6],
                                .verification_code = secrets[7]};
    BODY_OWNED *body = body_parse("{\"access_token\":\"EAAnewtoken00\"}", 32);
    struct arena *arena = arena_create();

    check_text(history_answer(&facts, body, answer, sizeof answer - 1, arena),
               "<secret> <secret> <secret> <secret> <secret> <secret> <secret> <secret> "
               "{\"access_token\":\"<secret>\"}");
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        secret_destroy(secrets[i]);
    arena_destroy(arena);
}

static void what_an_error_says_is_cleaned_too(void)
{
    static const char answer[] =
        "{\"error\":{\"message\":\"Malformed access token " TOKEN TOKEN "\",\"code\":190,"
        "\"error_data\":{\"details\":\"Malformed token EAAG%2Fbusiness-token\"},"
        "\"sorts\":[\"caf\u00e9\",[\"" TOKEN "\"]],\"title\":null},\"id\":\"739105\"}";
    struct secret *token = secret_create(TOKEN), *pin = secret_create("739105");
    const struct facts facts = {.business_token = token, .pin = pin};
    BODY_OWNED *body = body_parse(answer, sizeof answer - 1);

    history_clean_error(&facts, body);
    check_text(json_object_to_json_string_ext(body, JSON_C_TO_STRING_PLAIN |
                                                        JSON_C_TO_STRING_NOSLASHESCAPE),
               "{\"error\":{\"message\":\"Malformed access token <secret><secret>\",\"code\":190,"
               "\"error_data\":{\"details\":\"Malformed token <secret>\"},"
               "\"sorts\":[\"caf\xc3\xa9\",[\"<secret>\"]],\"title\":null},\"id\":\"739105\"}");
    /* Whatever comes instead of an error. */
    static const char *const others[] = {"{}", "[]", "7", "{\"error\":7}", "{\"error\":null}"};
    history_clean_error(&facts, NULL);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        BODY_OWNED *other = body_parse(others[i], strlen(others[i]));
        history_clean_error(&facts, other);
    }
    secret_destroy(token);
    secret_destroy(pin);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"every secret of the facts is hidden", every_secret_of_the_facts_is_hidden},
        {"secrets are hidden and nothing else", secrets_are_hidden_and_nothing_else},
        {"a cut leaves no part of a secret", a_cut_leaves_no_part_of_a_secret},
        {"what an error says is cleaned too", what_an_error_says_is_cleaned_too},
        CU_TEST_INFO_NULL};

    return run_suite("history", tests);
}
