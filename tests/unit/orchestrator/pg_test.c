/* SPDX-License-Identifier: PostgreSQL */
/* Array literals as PostgreSQL reads them, and messages that hold no connection string. */
#include "orchestrator/pg.h"

#include <string.h>

#include "tests/unit/base/suite.h"

static const char absent[] = "absent"; /* stands for NULL in the rows below */

static void array_literals_quote_whatever_stands_in_them(void)
{
    /* clang-format off */
    static const struct {
        const char *elements[4]; /* NULL ends the row */
        const char *literal;
    } cases[] = {
        {{NULL},                   "{}"},
        {{""},                     "{\"\"}"},
        {{absent},                 "{NULL}"},
        {{"NULL"},                 "{\"NULL\"}"},
        {{"a", "b"},               "{\"a\",\"b\"}"},
        {{"a", absent, ""},        "{\"a\",NULL,\"\"}"},
        {{"\""},                   "{\"\\\"\"}"},
        {{"\\"},                   "{\"\\\\\"}"},
        {{"\\\"\\"},               "{\"\\\\\\\"\\\\\"}"},
        {{"say \"no\" to C:\\x"},  "{\"say \\\"no\\\" to C:\\\\x\"}"},
        {{"{},' \t\n"},            "{\"{},' \t\n\"}"},
        {{"Côte d'Ivoire"},        "{\"Côte d'Ivoire\"}"},
        {{"x\\", "\"y"},           "{\"x\\\\\",\"\\\"y\"}"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pg_array array;
        pg_array_init(&array);
        for (size_t e = 0; e < 4 && cases[i].elements[e]; e++)
            pg_array_add_text(&array, cases[i].elements[e] == absent ? NULL : cases[i].elements[e]);
        check_text(pg_array_literal(&array), cases[i].literal);
        pg_array_finish(&array);
    }
}

static void numbers_and_booleans_are_elements_too(void)
{
    struct pg_array array;

    pg_array_init(&array);
    pg_array_add_i64(&array, 0);
    pg_array_add_i64(&array, INT64_MIN);
    pg_array_add_i64(&array, INT64_MAX);
    pg_array_add_bool(&array, true);
    pg_array_add_bool(&array, false);
    CU_ASSERT_EQUAL(array.count, 5);
    check_text(pg_array_literal(&array), "{0,-9223372036854775808,9223372036854775807,t,f}");
    pg_array_finish(&array);
}

/* What array_send() of PostgreSQL gives for '{"a",NULL,""}'::text[]. */
static void a_binary_array_is_as_postgresql_sends_one(void)
{
    static const char wanted[] = "\0\0\0\1\0\0\0\1\0\0\0\x19\0\0\0\3\0\0\0\1"
                                 "\0\0\0\1a\xff\xff\xff\xff\0\0\0";
    struct pg_array array, plain;
    struct pg_params params = {.count = 0};

    pg_array_init_binary(&array);
    pg_array_add_text(&array, "a");
    pg_array_add_text(&array, NULL);
    pg_array_add_text(&array, "");
    pg_array_init(&plain);
    pg_array_add_i64(&plain, 7);
    pg_params_add_text(&params, NULL);
    pg_params_add_array(&params, &array);
    pg_params_add_array(&params, &plain);
    CU_ASSERT_EQUAL(params.count, 3);
    CU_ASSERT_PTR_NULL(params.values[0]);
    CU_ASSERT_EQUAL(params.formats[0], 0);
    CU_ASSERT_EQUAL(params.formats[1], 1);
    CU_ASSERT_EQUAL_FATAL(params.lengths[1], sizeof wanted); /* with the last byte of a length */
    CU_ASSERT_EQUAL(memcmp(params.values[1], wanted, sizeof wanted), 0);
    CU_ASSERT_EQUAL(params.formats[2], 0);
    check_text(params.values[2], "{7}");
    pg_array_finish(&array);
    pg_array_finish(&plain);
}

static void a_connection_string_is_never_repeated_in_a_message(void)
{
    static const char *const strings[] = {
        "postgresql://user:hunter2hunter2@localhost:port/name",
        "postgresql://user:hunter2hunter2@[::1/name",
        "postgresql://user:hunter2%zz@localhost/name?sslmode=hunter2hunter2",
        "host=/nowhere password='hunter2hunter2",
        "host=/nowhere password=hunter2hunter2 nonsense",
        "host=/nowhere password=hunter2hunter2 port=5432",
        "nonsense=hunter2hunter2",
        "postgresql://user:x@hunter2hunter2@127.0.0.1:1/name",
        "postgresql://user:hunter2hunter2/x@127.0.0.1:1/name",
        /* what should have been written %40, %2F, %3A */
        "postgresql://user:pw@hunter2hunter2@localhost/name",
        "postgresql://user:hunter2hunter2/more@localhost/name",
        "postgresql://user/pw:hunter2hunter2@localhost",
        "postgresql://user:pw:hunter2@hunter2@localhost:1/name",
        "postgresql://:hunter2hunter2@localhost:1/name",
        "host=localhost port=1 password='hunter2hunter2' sslmode=nonsense",
        "postgresql://localhost:1/name?sslmode=hunter2hunter2",
        "postgresql://localhost:1/name?keepalives_idle=hunter2hunter2",
    };
    static const struct clock clock;

    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        struct fault fault = FAULT_NONE;
        PGconn *conn = NULL;
        CU_ASSERT_EQUAL(pg_connect(strings[i], &clock, &conn, &fault), STATUS_DATABASE);
        CU_ASSERT_PTR_NULL(conn);
        CU_ASSERT(strlen(fault.message) > 0);
        if (strstr(fault.message, "hunter2"))
            fprintf(stderr, "\n    %s\n", fault.message);
        CU_ASSERT_PTR_NULL(strstr(fault.message, "hunter2"));
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"array literals quote whatever stands in them",
         array_literals_quote_whatever_stands_in_them},
        {"a binary array is as PostgreSQL sends one", a_binary_array_is_as_postgresql_sends_one},
        {"numbers and booleans are elements too", numbers_and_booleans_are_elements_too},
        {"a connection string is never repeated in a message",
         a_connection_string_is_never_repeated_in_a_message},
        CU_TEST_INFO_NULL,
    };

    return run_suite("pg", tests);
}
