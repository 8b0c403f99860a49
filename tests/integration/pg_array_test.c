/* SPDX-License-Identifier: PostgreSQL */
/* Arrays as parameters, as PostgreSQL reads them. (How they are written is in the unit test of pg.)
 */
#include "orchestrator/pg.h"
#include "tests/integration/testbed.h"
#include "tests/unit/base/suite.h"

static PGconn *conn;

/* What is sent binary arrives as what is sent as text does. */
static void texts_arrive_alike_in_either_form(void)
{
    static const char *const texts[] = {
        "", "NULL", "{\"a\":\"b\\\"c\"}", "C:\\x, {}' \t\n", NULL, "Côte d'Ivoire 電話"};
    PG_AUTO_CLEAR PGresult *got = NULL;
    struct pg_array binary, literal;
    struct pg_params params = {.count = 0};
    struct fault fault = FAULT_NONE;

    pg_array_init_binary(&binary);
    pg_array_init(&literal);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        pg_array_add_text(&binary, texts[i]);
        pg_array_add_text(&literal, texts[i]);
    }
    pg_params_add_array(&params, &binary);
    pg_params_add_array(&params, &literal);
    CU_ASSERT_EQUAL_FATAL(
        pg_query_params(conn,
                        "SELECT count(*) FILTER (WHERE a IS NOT DISTINCT FROM b) AS alike,"
                        " count(*) AS texts FROM unnest($1::text[], $2::text[]) AS i (a, b)",
                        &params, &got, &fault),
        STATUS_OK);
    CU_ASSERT_EQUAL(pg_cell_i64(got, 0, "alike"), 6);
    CU_ASSERT_EQUAL(pg_cell_i64(got, 0, "texts"), 6);
    pg_array_finish(&binary);
    pg_array_finish(&literal);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"texts arrive alike in either form", texts_arrive_alike_in_either_form},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    int status = run_suite("pg_array", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
