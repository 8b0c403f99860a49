/* SPDX-License-Identifier: PostgreSQL */
/* The view wabamigrate.template_difference and template_judge() say the same of every template:
 * one is read by reports of a batch, the other makes `templates` between WABAs that no batch has.
 */
#include <stdio.h>
#include <string.h>

#include "orchestrator/pg.h"
#include "planner/template_difference.h"
#include "tests/integration/testbed.h"
#include "tests/unit/base/suite.h"

static PGconn *conn;

/* Every combination of what the columns may say, a row each. */
static const char combinations[] =
    "INSERT INTO wabamigrate.template (customer_id, name, language, source_id, source_status,"
    "       source_category, source_quality, source_gone_at, asked_at, asks, refusal, given_up,"
    "       destination_id, destination_status, destination_category, destination_rejected_reason,"
    "       destination_gone_at, was_there_before)"
    " SELECT 1, 't' || row_number() OVER (), 'en', '1', s.status, 'UTILITY', q.quality,"
    "        CASE WHEN g.is_gone THEN now() END,"
    "        CASE WHEN a.is_asked THEN now() END, a.is_asked::integer, r.refusal, u.given_up,"
    "        d.status, d.status, CASE WHEN d.status IS NOT NULL THEN c.category END, d.reason,"
    "        CASE WHEN d.status IS NULL AND l.has_left THEN now() END, b.was_before"
    "   FROM (VALUES ('APPROVED'), ('PAUSED'), (NULL)) s (status)"
    "  CROSS JOIN (VALUES ('GREEN'), ('UNKNOWN'), ('YELLOW'), (NULL)) q (quality)"
    "  CROSS JOIN (VALUES (false), (true)) g (is_gone)"
    "  CROSS JOIN (VALUES (false), (true)) a (is_asked)"
    "  CROSS JOIN (VALUES (NULL), ('Formatting error')) r (refusal)"
    "  CROSS JOIN (VALUES (NULL), ('limit'), ('refused'), ('no_time')) u (given_up)"
    "  CROSS JOIN (VALUES (NULL, NULL), ('APPROVED', NULL), ('PENDING', 'NONE'),"
    "                     ('REJECTED', 'SCAM'), ('REJECTED', 'INCORRECT_CATEGORY'),"
    "                     ('PAUSED', NULL), ('DISABLED', NULL), ('LIMIT_EXCEEDED', NULL),"
    "                     ('ARCHIVED', NULL), ('DELETED', NULL), ('IN_APPEAL', NULL),"
    "                     ('A_NEW_WORD', NULL)) d (status, reason)"
    "  CROSS JOIN (VALUES ('UTILITY'), ('MARKETING'), (NULL)) c (category)"
    "  CROSS JOIN (VALUES (false), (true)) l (has_left)"
    "  CROSS JOIN (VALUES (false), (true)) b (was_before)";

static const char facts[] =
    "SELECT d.*, t.asked_at IS NOT NULL AS is_asked, t.was_there_before, t.refusal, t.given_up,"
    "       t.source_gone_at IS NOT NULL AS is_source_gone,"
    "       t.destination_gone_at IS NOT NULL AS is_destination_gone"
    "  FROM wabamigrate.template_difference d"
    "  JOIN wabamigrate.template t USING (customer_id, name, language)";

static bool is_same(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) == 0 : left == right;
}

static bool is_judged_alike(const PGresult *rows, int at)
{
    struct template_row row = {
        .source_status = pg_cell(rows, at, "source_status"),
        .source_category = pg_cell(rows, at, "source_category"),
        .source_quality = pg_cell(rows, at, "source_quality"),
        .destination_status = pg_cell(rows, at, "destination_status"),
        .destination_category = pg_cell(rows, at, "destination_category"),
        .destination_rejected_reason = pg_cell(rows, at, "destination_rejected_reason"),
        .is_asked = pg_cell_bool(rows, at, "is_asked"),
        .was_there_before = pg_cell_bool(rows, at, "was_there_before"),
        .is_source_gone = pg_cell_bool(rows, at, "is_source_gone"),
        .is_destination_gone = pg_cell_bool(rows, at, "is_destination_gone"),
        .refusal = pg_cell(rows, at, "refusal"),
        .given_up = pg_cell(rows, at, "given_up"),
    };

    template_judge(&row);
    return is_same(row.result, pg_cell(rows, at, "result")) &&
           is_same(row.reason, pg_cell(rows, at, "reason")) &&
           is_same(row.reason_text, pg_cell(rows, at, "reason_text")) &&
           is_same(row.qualifies, pg_cell(rows, at, "qualifies")) &&
           row.is_usable == pg_cell_bool(rows, at, "is_usable");
}

static void show(const PGresult *rows, int at)
{
    for (int i = 0; i < PQnfields(rows); i++)
        fprintf(stderr, "%s=%s ", PQfname(rows, i), PQgetvalue(rows, at, i));
    fprintf(stderr, "\n");
}

static void test_the_view_and_the_planner_judge_every_template_alike(void)
{
    struct fault fault = FAULT_NONE;
    PGresult *rows = NULL;
    int different = 0;

    CU_ASSERT_EQUAL_FATAL(pg_query(conn, facts, 0, NULL, &rows, &fault), STATUS_OK);
    CU_ASSERT(PQntuples(rows) > 10000);
    for (int i = 0; i < PQntuples(rows); i++) {
        if (!is_judged_alike(rows, i) && different++ < 5)
            show(rows, i);
    }
    CU_ASSERT_EQUAL(different, 0);
    PQclear(rows);
}

/* A word that the view has and the report does not know would be told as unknown. */
static void test_every_result_of_the_view_has_an_advice(void)
{
    struct fault fault = FAULT_NONE;
    PGresult *rows = NULL;
    const struct template_advice *unknown = NULL;

    for (size_t i = 0; template_advice_at(i); i++)
        unknown = template_advice_at(i);
    CU_ASSERT_EQUAL_FATAL(pg_query(conn,
                                   "SELECT DISTINCT result FROM wabamigrate.template_difference", 0,
                                   NULL, &rows, &fault),
                          STATUS_OK);
    for (int i = 0; i < PQntuples(rows); i++) {
        struct template_row row = {.result = pg_cell(rows, i, "result")};
        CU_ASSERT_PTR_NOT_EQUAL(template_advise(&row), unknown);
    }
    CU_ASSERT_EQUAL(PQntuples(rows), TEMPLATE_RESULTS);
    PQclear(rows);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"the view and the planner judge every template alike",
         test_the_view_and_the_planner_judge_every_template_alike},
        {"every result of the view has an advice", test_every_result_of_the_view_has_an_advice},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    testbed_do(conn, combinations);
    int status = run_suite("template_view", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
