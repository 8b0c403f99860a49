/* SPDX-License-Identifier: PostgreSQL */
/* What the rules said of a number and is kept: one row for all its answers, and the same history
 * as when each had a row of its own. */
#include <inttypes.h>
#include <string.h>

#include "base/hash.h"
#include "orchestrator/pg.h"
#include "orchestrator/store_findings.h"
#include "orchestrator/store_schema.h"
#include "sql/statements.h"
#include "tests/integration/testbed.h"
#include "tests/unit/base/suite.h"

#define BATCH "autumn"
#define NUMBER "+33123456701"
#define OTHER "+33123456702"
#define HISTORY_BYTES 16384

static PGconn *conn;

/* ---- what is recorded ---- */

static void begin(struct finding list[ELIGIBILITY_RULES_MAX])
{
    testbed_reset(conn);
    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++)
        list[i] = (struct finding){.rule = eligibility_rule_id(i),
                                   .verdict = VERDICT_PASS,
                                   .evidence = EVIDENCE_API,
                                   .field = "a_field",
                                   .value = "true",
                                   .read_at = "2026-11-20T01:00:00Z"};
}

/* In a transaction of its own, as a check does it, or as a run, which does not ask what is known.
 */
static void record(const struct finding *list, bool is_check)
{
    PG_AUTO_CLEAR PGresult *known = NULL;
    struct fault fault = FAULT_NONE;
    struct pg_sender sender = {conn, STATUS_OK, &fault};
    struct store_findings findings;
    const char *values[] = {BATCH, "{" NUMBER "," OTHER "}"};

    testbed_do(conn, "BEGIN");
    if (is_check)
        CU_ASSERT_EQUAL(pg_query(conn, SQL_ASSESSMENT_KNOWN, 2, values, &known, &fault), STATUS_OK);
    store_findings_init(&findings, known);
    store_findings_add(&findings, NUMBER, list, ELIGIBILITY_RULES_MAX);
    store_findings_add(&findings, OTHER, list, ELIGIBILITY_RULES_MAX);
    store_findings_send(&findings, BATCH, pg_send_now, &sender);
    if (sender.status != STATUS_OK)
        fprintf(stderr, "\n    %s\n", fault.message);
    CU_ASSERT_EQUAL(sender.status, STATUS_OK);
    testbed_do(conn, "COMMIT");
}

static void set(struct finding list[ELIGIBILITY_RULES_MAX], const char *read_at)
{
    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++)
        list[i].read_at = read_at;
}

static void the_first_answers_are_one_row(void)
{
    struct finding list[ELIGIBILITY_RULES_MAX];

    begin(list);
    record(list, false);
    testbed_expect(conn,
                   "SELECT concat_ws('/', standing, read_at, jsonb_array_length(findings))"
                   "  FROM wabamigrate.assessment",
                   "eligible/2026-11-20T01:00:00Z/18 eligible/2026-11-20T01:00:00Z/18");
    testbed_expect(conn,
                   "SELECT concat_ws('/', count(*), count(DISTINCT finding_id),"
                   "                 count(DISTINCT (number, rule)))"
                   "  FROM wabamigrate.finding f JOIN wabamigrate.assessment a"
                   "       USING (batch, number, found_at)",
                   "36/36/36");
}

static void an_answer_is_kept_as_it_was_given(void)
{
    struct finding list[ELIGIBILITY_RULES_MAX];

    begin(list);
    list[0].value = "{\"source\": \"a \\\"b\\\" \\\\ c\", \"x\": null}";
    list[1].value = "null";
    list[2] = (struct finding){.rule = list[2].rule,
                               .verdict = VERDICT_FAIL,
                               .evidence = EVIDENCE_ATTESTED,
                               .read_at = "2026-11-01",
                               .attested_by = "the \"manager\" \\ by\nphone, caf\xc3\xa9",
                               .owner = "customer",
                               .remedy = "Mend it.",
                               .waits_for = "signup",
                               .is_blocking = true,
                               .is_fixable = true};
    list[3] = (struct finding){.rule = list[3].rule, .evidence = EVIDENCE_NONE};
    record(list, false);
    testbed_expect(conn,
                   "SELECT concat_ws('|', verdict, evidence, field, value, owner, remedy,"
                   "                 waits_for, is_blocking, is_fixable, read_at, attested_by)"
                   "  FROM wabamigrate.finding WHERE number = '" NUMBER "'"
                   " ORDER BY finding_id LIMIT 4",
                   "pass|api|a_field|{\"x\": null, \"source\": \"a \\\"b\\\" \\\\ c\"}|f|f|"
                   "2026-11-20T01:00:00Z "
                   "pass|api|a_field|null|f|f|2026-11-20T01:00:00Z "
                   "fail|attested|customer|Mend it.|signup|t|t|2026-11-01|"
                   "the \"manager\" \\ by\nphone, caf\xc3\xa9 "
                   "pass|none|f|f");
    testbed_expect(conn, "SELECT DISTINCT standing FROM wabamigrate.assessment", "waiting");
}

static void answers_that_are_the_same_change_nothing_but_when_they_were_seen(void)
{
    static const char rest[] =
        "SELECT md5(string_agg((to_jsonb(a) - '{seen_at,read_at}'::text[])::text, ','"
        "                      ORDER BY assessment_id)) FROM wabamigrate.assessment a";
    static const char seen[] =
        "SELECT extract(epoch FROM max(seen_at)) FROM wabamigrate.assessment";
    struct finding list[ELIGIBILITY_RULES_MAX];
    char before[64], seen_before[64];

    begin(list);
    record(list, false);
    snprintf(before, sizeof before, "%s", testbed_ask(conn, rest));
    for (int is_check = 0; is_check < 2; is_check++) {
        snprintf(seen_before, sizeof seen_before, "%s", testbed_ask(conn, seen));
        set(list, is_check ? "2026-11-22T01:00:00Z" : "2026-11-21T01:00:00Z");
        record(list, is_check);
        testbed_expect(conn, rest, before);
        CU_ASSERT_STRING_NOT_EQUAL(testbed_ask(conn, seen), seen_before);
        testbed_expect(conn, "SELECT DISTINCT read_at FROM wabamigrate.assessment",
                       list[0].read_at);
    }
}

/* How many of the answers that stand are of which row. */
static const char ages[] =
    "SELECT concat_ws('/', a.assessment_id, count(*) FILTER (WHERE NOT f ? 'found_at'),"
    "         (SELECT string_agg(o.assessment_id || ':' || n, ',' ORDER BY o.assessment_id)"
    "            FROM (SELECT (e ->> 'found_at')::timestamptz AS at, count(*) AS n"
    "                    FROM jsonb_array_elements(a.findings) e GROUP BY 1) k"
    "            JOIN wabamigrate.assessment o ON o.found_at = k.at AND o.number = a.number))"
    "  FROM wabamigrate.assessment a, jsonb_array_elements(a.findings) f"
    " WHERE a.number = '" NUMBER "' GROUP BY a.assessment_id ORDER BY a.assessment_id";

static void one_answer_that_changes_leaves_the_others_their_time(void)
{
    struct finding list[ELIGIBILITY_RULES_MAX];

    begin(list);
    record(list, false);
    set(list, "2026-11-21T01:00:00Z");
    list[4].verdict = VERDICT_FAIL;
    list[4].is_blocking = true;
    record(list, true);
    set(list, "2026-11-22T01:00:00Z");
    list[7].value = "\"LIVE\"";
    record(list, false);
    testbed_expect(conn, ages, "1/18 3/1/1:17 5/1/1:16,3:1");
    testbed_expect(conn,
                   "SELECT rule || '/' || verdict || '/' || read_at FROM wabamigrate.finding"
                   " WHERE number = '" NUMBER "' AND finding_id > 199 ORDER BY finding_id",
                   "two_step_off/fail/2026-11-21T01:00:00Z "
                   "not_test_number/pass/2026-11-22T01:00:00Z");
    /* An answer that is as it was keeps when it was first read. */
    testbed_expect(conn,
                   "SELECT e ->> 'read_at' FROM wabamigrate.assessment,"
                   "       jsonb_array_elements(findings) e"
                   " WHERE assessment_id = 5 AND e ->> 'rule' IN"
                   "       ('business_verified', 'two_step_off', 'not_test_number')",
                   "2026-11-20T01:00:00Z 2026-11-21T01:00:00Z 2026-11-22T01:00:00Z");
}

static void the_day_of_a_confirmation_is_part_of_the_answer(void)
{
    struct finding list[ELIGIBILITY_RULES_MAX];

    begin(list);
    list[0].evidence = EVIDENCE_ATTESTED;
    list[0].read_at = "2026-11-01";
    record(list, false);
    list[0].read_at = "2026-11-20";
    record(list, true);
    testbed_expect(conn, ages, "1/18 3/1/1:17");
    testbed_expect(conn,
                   "SELECT read_at FROM wabamigrate.finding WHERE number = '" NUMBER "'"
                   "   AND rule = 'business_verified' ORDER BY finding_id",
                   "2026-11-01 2026-11-20");
}

/* ---- what older releases recorded ---- */

static void upgrade_to(int version)
{
    struct fault fault = FAULT_NONE;

    testbed_drop(conn);
    testbed_do(conn, SQL_MIGRATION_PREPARE);
    for (unsigned i = 0; i < SQL_MIGRATION_COUNT; i++) {
        char number[16], checksum[17];
        const char *values[] = {number, SQL_MIGRATIONS[i].name, checksum};
        if (SQL_MIGRATIONS[i].version > version)
            break;
        snprintf(number, sizeof number, "%d", SQL_MIGRATIONS[i].version);
        snprintf(checksum, sizeof checksum, "%016" PRIx64, hash_text(SQL_MIGRATIONS[i].text));
        testbed_do(conn, SQL_MIGRATIONS[i].text);
        CU_ASSERT_EQUAL(pg_query(conn, SQL_MIGRATION_RECORD, 3, values, NULL, &fault), STATUS_OK);
    }
}

static void upgrade(void)
{
    struct fault fault = FAULT_NONE;
    int applied;

    if (store_schema_upgrade(conn, &applied, &fault) != STATUS_OK)
        fprintf(stderr, "\n    %s\n", fault.message);
    CU_ASSERT_EQUAL_FATAL(fault.status, STATUS_OK);
}

/* The statement that told the history as long as each answer had a row of its own. */
static const char report_before[] =
    "SELECT l.number, l.rule, l.verdict, l.evidence, l.field, l.value,"
    "       CASE WHEN l.age = 1 AND l.evidence = 'api' THEN greatest(l.read_at, a.read_at)"
    "            ELSE l.read_at END AS read_at,"
    "       l.owner, l.remedy, l.is_fixable, l.is_blocking, l.attested_by,"
    "       wabamigrate.rfc3339(l.found_at) AS found_at, l.age > 1 AS is_past"
    "  FROM (SELECT f.*, row_number() OVER (PARTITION BY number, rule ORDER BY finding_id DESC)"
    "                    AS age"
    "          FROM wabamigrate.finding f WHERE f.batch = $1 AND f.number = $2) l"
    "  LEFT JOIN (SELECT DISTINCT ON (number) number, read_at FROM wabamigrate.assessment"
    "              WHERE batch = $1 AND number = $2 ORDER BY number, assessment_id DESC) a"
    "       ON a.number = l.number"
    " ORDER BY l.number COLLATE \"C\", l.finding_id";

/* All that is told of these numbers, a finding a line. */
static void read_history(const char *sql, char text[HISTORY_BYTES])
{
    static const char *const numbers[] = {"+1", "+2", "+3", "+4"};
    struct fault fault = FAULT_NONE;
    size_t used = 0;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        PG_AUTO_CLEAR PGresult *rows = NULL;
        const char *values[] = {BATCH, numbers[i]};
        CU_ASSERT_EQUAL_FATAL(pg_query(conn, sql, 2, values, &rows, &fault), STATUS_OK);
        for (int row = 0; row < PQntuples(rows); row++) {
            for (int column = 0; column < PQnfields(rows); column++) {
                bool is_null = PQgetisnull(rows, row, column);
                used += (size_t)snprintf(text + used, HISTORY_BYTES - used, "%s=%s ",
                                         PQfname(rows, column),
                                         is_null ? "-" : PQgetvalue(rows, row, column));
                CU_ASSERT_FATAL(used < HISTORY_BYTES);
            }
            text[used - 1] = '\n';
        }
    }
}

/* Answers to rules and assessments, as an older release left them. +1 as every release since the
 * first assessments; +2 begun before there were any; +3 with what none has written, but a person
 * may have: changes between assessments and after them, and two of one rule at one time; +4 whose
 * first assessment has no answer. */
static void leave_history(void)
{
    testbed_do(conn,
               "INSERT INTO wabamigrate.finding (batch, number, rule, verdict, evidence, field,"
               "   value, owner, remedy, waits_for, is_blocking, is_fixable, read_at, found_at,"
               "   attested_by)"
               " SELECT b, n, rule, verdict, evidence, field, value::jsonb, owner, remedy,"
               "        waits_for, blocks, mends, read_at, '2026-11-01Z'::timestamptz"
               "          + make_interval(secs => at), attested_by"
               "   FROM (VALUES"
               "  ('" BATCH "', '+1', 1.5, 'a', 'pass', 'api', 'f', 'true', NULL, NULL, NULL,"
               "   false, false, '2026-11-01T00:00:01Z', NULL),"
               "  ('" BATCH "', '+1', 1.5, 'b', 'fail', 'attested', NULL, NULL, 'customer', 'Do.',"
               "   'signup', true, true, '2026-10-01', 'me'),"
               "  ('" BATCH "', '+1', 1.5, 'c', 'pass', 'api', 'g', 'null', NULL, NULL, NULL,"
               "   false, false, '2026-11-01T00:00:01Z', NULL),"
               "  ('spring', '+1', 1.5, 'a', 'warn', 'none', NULL, NULL, NULL, NULL, NULL,"
               "   false, false, NULL, NULL),"
               "  ('" BATCH "', '+1', 2.5, 'b', 'pass', 'attested', NULL, '{\"x\": null}', NULL,"
               "   NULL, NULL, false, false, '2026-10-02', 'me'),"
               "  ('" BATCH "', '+1', 4.5, 'a', 'fail', 'api', 'f', 'false', 'partner', 'Do.',"
               "   NULL, true, false, '2026-11-01T00:00:04Z', NULL),"
               "  ('" BATCH "', '+1', 4.5, 'c', 'warn', 'api', 'g', '[1, 2]', NULL, NULL, NULL,"
               "   false, true, '2026-11-01T00:00:04Z', NULL),"
               "  ('" BATCH "', '+2', 1, 'a', 'pass', 'api', 'f', 'true', NULL, NULL, NULL,"
               "   false, false, '2026-11-01T00:00:01Z', NULL),"
               "  ('" BATCH "', '+2', 1, 'b', 'fail', 'none', NULL, NULL, 'customer', 'Do.',"
               "   'signup', true, false, NULL, NULL),"
               "  ('" BATCH "', '+2', 2, 'a', 'fail', 'api', 'f', 'false', NULL, NULL, NULL,"
               "   true, false, '2026-11-01T00:00:02Z', NULL),"
               "  ('" BATCH "', '+2', 3, 'b', 'pass', 'none', NULL, NULL, NULL, NULL, NULL,"
               "   false, false, NULL, NULL),"
               "  ('" BATCH "', '+3', 1, 'a', 'pass', 'api', 'f', '1', NULL, NULL, NULL,"
               "   false, false, '2026-11-01T00:00:01Z', NULL),"
               "  ('" BATCH "', '+3', 2, 'a', 'pass', 'api', 'f', '2', NULL, NULL, NULL,"
               "   false, false, '2026-11-01T00:00:02Z', NULL),"
               "  ('" BATCH "', '+3', 2, 'c', 'pass', 'none', NULL, NULL, NULL, NULL, NULL,"
               "   false, false, NULL, NULL),"
               "  ('" BATCH "', '+3', 2, 'a', 'pass', 'api', 'f', '3', NULL, NULL, NULL,"
               "   false, false, '2026-11-01T00:00:02Z', NULL),"
               "  ('" BATCH "', '+3', 3, 'b', 'pass', 'api', 'f', '4', NULL, NULL, NULL,"
               "   false, false, '2026-11-01T00:00:03Z', NULL),"
               "  ('" BATCH "', '+3', 4, 'a', 'pass', 'api', 'f', '5', NULL, NULL, NULL,"
               "   false, false, '2026-11-01T00:00:04Z', NULL),"
               "  ('" BATCH "', '+4', 2, 'a', 'pass', 'api', 'f', '6', NULL, NULL, NULL,"
               "   false, false, '2026-11-01T00:00:02Z', NULL))"
               "   AS o (b, n, at, rule, verdict, evidence, field, value, owner, remedy, waits_for,"
               "         blocks, mends, read_at, attested_by)");
    testbed_do(conn,
               "INSERT INTO wabamigrate.assessment (batch, number, digest, standing, read_at,"
               "   found_at, seen_at)"
               " SELECT b, n, d, s, '2026-11-01T00:00:09Z', '2026-11-01Z'::timestamptz"
               "          + make_interval(secs => at), '2026-11-09Z'"
               "   FROM (VALUES ('" BATCH "', '+1', 'd1', 'waiting', 1.5),"
               "                ('spring', '+1', 'd2', 'eligible', 1.5),"
               "                ('" BATCH "', '+1', 'd3', 'eligible', 2.5),"
               "                ('" BATCH "', '+1', 'd4', 'eligible', 3.5),"
               "                ('" BATCH "', '+1', 'd5', 'blocked', 4.5),"
               "                ('" BATCH "', '+2', 'd6', 'blocked', 3),"
               "                ('" BATCH "', '+3', 'd7', 'eligible', 1),"
               "                ('" BATCH "', '+3', 'd8', 'eligible', 3),"
               "                ('" BATCH "', '+4', 'd9', 'eligible', 1)) AS o (b, n, d, s, at)");
}

static void the_history_of_an_older_database_is_told_as_before(void)
{
    /* The columns in the table's order; ids may be others, in the same order. */
    static const char kept[] =
        "CREATE TEMPORARY TABLE kept AS"
        " SELECT row_number() OVER (PARTITION BY batch, number ORDER BY finding_id) AS place,"
        "        to_jsonb(f) - '{finding_id,seen_at}'::text[] AS answer FROM wabamigrate.finding f";
    static const char differs[] =
        "WITH now AS (SELECT row_number() OVER (PARTITION BY batch, number ORDER BY finding_id)"
        "                    AS place, to_jsonb(f) - '{finding_id,seen_at}'::text[] AS answer"
        "               FROM wabamigrate.finding f)"
        " SELECT (SELECT count(*) FROM (TABLE now EXCEPT ALL TABLE kept) a) || '/' ||"
        "        (SELECT count(*) FROM (TABLE kept EXCEPT ALL TABLE now) b) || '/' ||"
        "        (SELECT count(*) FROM now)";
    static char before[HISTORY_BYTES], after[HISTORY_BYTES];

    upgrade_to(16);
    leave_history();
    read_history(report_before, before);
    testbed_do(conn, kept);
    upgrade();
    read_history(SQL_REPORT_CHANGES, after);
    check_text(after, before);
    testbed_expect(conn, differs, "0/0/18");
    testbed_do(conn, "DROP TABLE kept");
}

static void assessments_of_an_older_database_stay_what_they_were(void)
{
    upgrade_to(16);
    leave_history();
    upgrade();
    /* Nothing of the first two numbers' is missing, and no id had to be given anew. */
    testbed_expect(conn,
                   "SELECT string_agg(concat_ws('/', assessment_id, digest, standing,"
                   "         extract(epoch FROM found_at - '2026-11-01Z')::numeric(9, 1),"
                   "         jsonb_array_length(findings)), ' ' ORDER BY assessment_id)"
                   "  FROM wabamigrate.assessment WHERE number IN ('+1', '+4') AND digest <> ''",
                   "1/d1/waiting/1.5/3 2/d2/eligible/1.5/1 3/d3/eligible/2.5/3 "
                   "4/d4/eligible/3.5/3 5/d5/blocked/4.5/3 9/d9/eligible/1.0/0");
    testbed_expect(conn,
                   "SELECT concat_ws('/', digest, standing, read_at,"
                   "         extract(epoch FROM found_at - '2026-11-01Z')::numeric(9, 1),"
                   "         jsonb_array_length(findings))"
                   "  FROM wabamigrate.assessment WHERE number = '+2' ORDER BY assessment_id",
                   "/waiting/2026-11-01T00:00:01Z/1.0/2 /blocked/2026-11-01T00:00:02Z/2.0/2 "
                   "d6/blocked/2026-11-01T00:00:09Z/3.0/2");
    testbed_expect(conn,
                   "SELECT string_agg(digest, ',' ORDER BY assessment_id)"
                   "  FROM wabamigrate.assessment WHERE number = '+3'",
                   "d7,,,d8,");
    testbed_expect(conn,
                   "SELECT DISTINCT seen_at = '2026-11-09Z' FROM wabamigrate.assessment"
                   " WHERE digest <> ''",
                   "t");
}

/* Where there is no digest to tell by, the next look writes the answers again, with their times. */
static void what_an_older_database_knew_is_not_found_anew(void)
{
    struct finding list[1] = {{.rule = "b", .evidence = EVIDENCE_NONE}};
    struct fault fault = FAULT_NONE;
    struct pg_sender sender = {conn, STATUS_OK, &fault};
    struct store_findings findings;

    upgrade_to(16);
    testbed_do(conn,
               "INSERT INTO wabamigrate.finding (batch, number, rule, verdict, evidence,"
               "  is_blocking, is_fixable, found_at)"
               " VALUES ('" BATCH "', '+1', 'b', 'pass', 'none', false, false, '2026-11-01Z')");
    upgrade();
    store_findings_init(&findings, NULL);
    store_findings_add(&findings, "+1", list, 1);
    store_findings_send(&findings, BATCH, pg_send_now, &sender);
    CU_ASSERT_EQUAL(sender.status, STATUS_OK);
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.assessment", "2");
    testbed_expect(conn, "SELECT found_at = '2026-11-01Z' FROM wabamigrate.finding", "t");
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"the first answers are one row", the_first_answers_are_one_row},
        {"an answer is kept as it was given", an_answer_is_kept_as_it_was_given},
        {"answers that are the same change nothing but when they were seen",
         answers_that_are_the_same_change_nothing_but_when_they_were_seen},
        {"one answer that changes leaves the others their time",
         one_answer_that_changes_leaves_the_others_their_time},
        {"the day of a confirmation is part of the answer",
         the_day_of_a_confirmation_is_part_of_the_answer},
        {"the history of an older database is told as before",
         the_history_of_an_older_database_is_told_as_before},
        {"assessments of an older database stay what they were",
         assessments_of_an_older_database_stay_what_they_were},
        {"what an older database knew is not found anew",
         what_an_older_database_knew_is_not_found_anew},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    int status = run_suite("findings", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
