/* SPDX-License-Identifier: PostgreSQL */
/* What a line of `capture` may look like; what the database says of it is integration.capture's. */
#include "orchestrator/session_message.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/base/suite.h"

#define CODE "AQ-marker-of-a-code"
#define TYPE "\"type\":\"WA_EMBEDDED_SIGNUP\""
#define FINISH TYPE ",\"event\":\"FINISH\""
#define DATA ",\"data\":{\"waba_id\":\"900200\"}"

static void a_signup_is_read_whole(void)
{
    static const char *const lines[] = {
        "{" FINISH ",\"data\":{\"phone_number_id\":\"610201\",\"waba_id\":\"900200\","
        "\"business_id\":\"700200\"},\"code\":\"" CODE "\",\"customer\":\"a\",\"batch\":\"b\"}",
        /* ids as numbers, blanks around, another order, more than is known */
        " {\"batch\":\"b\",\"customer\":\"a\",\"code\":\"" CODE
        "\",\"data\":{\"business_id\":700200,\"phone_number_id\":610201,\"waba_id\":900200,"
        "\"ad_account_ids\":[\"1\"]},\"version\":3," FINISH "} ",
    };

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct session_message message;
        CU_ASSERT_EQUAL_FATAL(session_message_read(lines[i], &message, NULL), STATUS_OK);
        CU_ASSERT_TRUE(message.is_taken);
        check_text(message.event, "FINISH");
        check_text(message.waba_id, "900200");
        check_text(message.phone_number_id, "610201");
        check_text(message.business_id, "700200");
        check_text(message.customer, "a");
        check_text(message.batch, "b");
        check_text(secret_reveal(message.code), CODE);
        session_message_finish(&message);
    }
}

static void what_may_be_left_out_is_absent(void)
{
    static const char *const lines[] = {
        "{" FINISH DATA "}",
        "{" FINISH ",\"data\":{\"waba_id\":\"900200\",\"phone_number_id\":\"\","
        "\"business_id\":null},\"code\":\"\",\"customer\":null,\"batch\":\"\"}",
    };

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct session_message message;
        CU_ASSERT_EQUAL_FATAL(session_message_read(lines[i], &message, NULL), STATUS_OK);
        CU_ASSERT_PTR_NULL(message.phone_number_id);
        CU_ASSERT_PTR_NULL(message.business_id);
        CU_ASSERT_PTR_NULL(message.customer);
        CU_ASSERT_PTR_NULL(message.batch);
        CU_ASSERT_PTR_NULL(message.code);
        session_message_finish(&message);
    }
}

static void a_signup_that_was_left_says_what_to_do(void)
{
    struct session_message message;

    CU_ASSERT_EQUAL(session_message_read("{" TYPE ",\"event\":\"CANCEL\"}", &message, NULL),
                    STATUS_OK);
    CU_ASSERT_FALSE(message.is_taken);
    check_text(message.event, "CANCEL");
    CU_ASSERT_PTR_NOT_NULL(strstr(message.why_passed, "send the link again"));
    session_message_finish(&message);
}

static void everything_else_is_refused_without_its_code(void)
{
    /* clang-format off */
    static const struct { const char *line, *part; } cases[] = {
        {"", "not a JSON object"},
        {"null", "not a JSON object"},
        {"[]", "not a JSON object"},
        {"\"" CODE "\"", "not a JSON object"},
        {"{" FINISH DATA, "not a JSON object"},
        /* of two on one line neither is taken, so that the second is not lost in silence */
        {"{" FINISH DATA "}{" FINISH DATA "}", "not a JSON object"},
        {"{" FINISH DATA "} x", "not a JSON object"},
        {"{" FINISH DATA ",\"code\":\"\\u0000\"}", "not a JSON object"},
        {"{\"type\":\"PING\"}", "session message"},
        {"{\"type\":[\"WA_EMBEDDED_SIGNUP\"]}", "session message"},
        {"{" TYPE "}", "missing"},
        {"{" TYPE ",\"event\":{}}", "\"event\" is not a text"},
        {"{" TYPE ",\"event\":\"FINI\\u001b[2JSH\"}", "control character"},
        {"{" TYPE ",\"event\":\"FINISH_TWICE\"}", "FINISH_TWICE"},
        {"{" FINISH "}", "data.waba_id is missing"},
        {"{" FINISH ",\"data\":[\"900200\"]}", "data.waba_id is missing"},
        {"{" FINISH ",\"data\":{\"waba_id\":\"9002OO\"}}", "data.waba_id is not an id"},
        {"{" FINISH ",\"data\":{\"waba_id\":[900200]}}", "data.waba_id is not an id"},
        {"{" FINISH ",\"data\":{\"waba_id\":9e5}}", "data.waba_id is not an id"},
        {"{" FINISH ",\"data\":{\"waba_id\":-900200}}", "data.waba_id is not an id"},
        {"{" FINISH ",\"data\":{\"waba_id\":\"0900200\"}}", "data.waba_id is not an id"},
        {"{" FINISH ",\"data\":{\"waba_id\":\"12345678901234567890\"}}", "data.waba_id is not an id"},
        {"{" FINISH ",\"data\":{\"waba_id\":99999999999999999999999}}", "data.waba_id is not an id"},
        {"{" FINISH ",\"data\":{\"waba_id\":\"1\",\"phone_number_id\":\"../2\"}}", "data.phone_number_id"},
        {"{" FINISH ",\"data\":{\"waba_id\":\"1\",\"business_id\":true}}", "data.business_id"},
        {"{" FINISH DATA ",\"code\":[\"" CODE "\"]}", "\"code\" is not a text"},
        {"{" FINISH DATA ",\"code\":\"" CODE "\\n\"}", "\"code\" is longer"},
        {"{" FINISH DATA ",\"customer\":{\"id\":1}}", "\"customer\" is not a text"},
        {"{" FINISH DATA ",\"customer\":\"a\\u001b[31m\"}", "\"customer\" is longer"},
        {"{" FINISH DATA ",\"batch\":7}", "\"batch\" is not a text"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct session_message message;
        struct fault fault = FAULT_NONE;
        enum status status = session_message_read(cases[i].line, &message, &fault);
        if (status != STATUS_INVALID || !strstr(fault.message, cases[i].part))
            fprintf(stderr, "\n    %s: %s\n", cases[i].line, fault.message);
        CU_ASSERT_EQUAL(status, STATUS_INVALID);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, cases[i].part));
        CU_ASSERT_PTR_NULL(strstr(fault.message, CODE));
        session_message_finish(&message);
    }
}

static void a_key_may_have_128_bytes_and_no_more(void)
{
    char line[512];

    for (int length = 128; length <= 129; length++) {
        struct session_message message;
        snprintf(line, sizeof line, "{" FINISH DATA ",\"customer\":\"%0*d\"}", length, 7);
        CU_ASSERT_EQUAL(session_message_read(line, &message, NULL),
                        length > 128 ? STATUS_INVALID : STATUS_OK);
        session_message_finish(&message);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"a signup is read whole", a_signup_is_read_whole},
        {"what may be left out is absent", what_may_be_left_out_is_absent},
        {"a signup that was left says what to do", a_signup_that_was_left_says_what_to_do},
        {"everything else is refused without its code",
         everything_else_is_refused_without_its_code},
        {"a key may have 128 bytes and no more", a_key_may_have_128_bytes_and_no_more},
        CU_TEST_INFO_NULL,
    };

    return run_suite("session_message", tests);
}
