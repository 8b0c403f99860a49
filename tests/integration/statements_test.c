/* SPDX-License-Identifier: PostgreSQL */
/* The schema and the statements: every file of sql/ against a real server. */
#include <json-c/json.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "orchestrator/pg.h"
#include "orchestrator/store_schema.h"
#include "sql/statements.h"
#include "tests/integration/testbed.h"
#include "tests/unit/base/suite.h"

static PGconn *conn;

/* Every object of the schema, by name, with the columns of the tables: equal means the same schema.
 */
static const char inventory[] =
    "SELECT md5(string_agg(c.relname || ':' || a.attname || ':' || a.atttypid::regtype, ',' "
    "                      ORDER BY c.relname, a.attnum)) || ' ' || "
    "       (SELECT count(*) FROM wabamigrate.path_need) || ' ' || "
    "       (SELECT count(*) FROM wabamigrate.job_phase)"
    "  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
    " WHERE c.relnamespace = 'wabamigrate'::regnamespace";

/* ---- statements ---- */

/* Not one statement that PREPARE takes; each is run as it stands instead. */
static const struct {
    const char *name, *reason;
} apart[] = {
    {"migration_prepare", "two statements: a schema and its first table"},
    {"stage_create", "three statements: the staging table and its two views"},
    {"stage_copy", "COPY cannot be prepared"},
    {"stage_analyze", "ANALYZE cannot be prepared"},
    {"book_analyze", "ANALYZE cannot be prepared"},
    {"step_analyze", "ANALYZE cannot be prepared"},
    {"step_hold", "LOCK cannot be prepared"},
};

static bool is_apart(const char *name)
{
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++) {
        if (strcmp(apart[i].name, name) == 0)
            return true;
    }
    return false;
}

static void every_statement_can_be_prepared_on_a_fresh_schema(void)
{
    testbed_reset(conn);
    testbed_do(conn, "BEGIN");
    testbed_do(conn, SQL_STAGE_CREATE);
    CU_ASSERT(SQL_STATEMENT_COUNT > 40);
    for (unsigned i = 0; i < SQL_STATEMENT_COUNT; i++) {
        const struct sql_statement *statement = &SQL_STATEMENTS[i];
        if (is_apart(statement->name))
            continue;
        PGresult *result = PQprepare(conn, statement->name, statement->text, 0, NULL);
        if (PQresultStatus(result) != PGRES_COMMAND_OK) {
            fprintf(stderr, "\n    %s.sql: %s", statement->name, PQerrorMessage(conn));
            PQclear(result);
            CU_FAIL("a statement cannot be prepared");
            break; /* the transaction is aborted */
        }
        PQclear(result);
    }
    testbed_do(conn, "ROLLBACK");
    testbed_do(conn, "DEALLOCATE ALL");
}

static void those_that_cannot_be_prepared_run_as_they_stand(void)
{
    unsigned found = 0;

    for (unsigned i = 0; i < SQL_STATEMENT_COUNT; i++)
        found += is_apart(SQL_STATEMENTS[i].name);
    CU_ASSERT_EQUAL(found, sizeof apart / sizeof apart[0]);
    testbed_reset(conn);
    testbed_do(conn, SQL_MIGRATION_PREPARE); /* changes nothing where both exist */
    testbed_do(conn, "BEGIN");
    testbed_do(conn, SQL_STAGE_CREATE);
    PGresult *copy = PQexec(conn, SQL_STAGE_COPY);
    CU_ASSERT_EQUAL(PQresultStatus(copy), PGRES_COPY_IN);
    PQclear(copy);
    CU_ASSERT_EQUAL(PQputCopyEnd(conn, NULL), 1);
    for (PGresult *result; (result = PQgetResult(conn)); PQclear(result))
        CU_ASSERT_EQUAL(PQresultStatus(result), PGRES_COMMAND_OK);
    testbed_do(conn, SQL_STAGE_ANALYZE);
    testbed_do(conn, SQL_BOOK_ANALYZE);
    testbed_do(conn, SQL_STEP_HOLD);
    testbed_do(conn, "COMMIT");
    /* gone with the transaction */
    testbed_expect(conn, "SELECT to_regclass('pg_temp.stage') IS NULL", "t");
}

/* How many parameters a statement has, and how many its head comment names. */
static unsigned highest_parameter(const char *text, bool in_comment)
{
    unsigned highest = 0;
    bool is_comment = false;

    for (const char *at = text; *at; at++) {
        if (at[0] == '-' && at[1] == '-')
            is_comment = true;
        if (*at == '\n')
            is_comment = false;
        unsigned number = *at == '$' ? (unsigned)strtoul(at + 1, NULL, 10) : 0;
        if (is_comment == in_comment && number > highest)
            highest = number;
    }
    return highest;
}

static void every_parameter_is_named_in_the_head_comment(void)
{
    for (unsigned i = 0; i < SQL_STATEMENT_COUNT; i++) {
        const struct sql_statement *statement = &SQL_STATEMENTS[i];
        unsigned used = highest_parameter(statement->text, false);
        unsigned named = highest_parameter(statement->text, true);
        if (used != named)
            fprintf(stderr, "\n    %s.sql uses $%u and names $%u\n", statement->name, used, named);
        CU_ASSERT_EQUAL(used, named);
    }
}

/* ---- plans ---- */

/* What a run sends all the time. */
static const char *const steady[] = {
    "run_turn",         "customer_lock",       "step_claim",
    "step_settle",      "step_refresh",        "step_gather",
    "assessment_known", "assessment_record",   "number_assessed",
    "learn_customer",   "learn_number",        "learn_verification",
    "learn_waba",       "run_forget",          "run_bury",
    "run_renew",        "step_look_again",     "registration_release",
    "learn_templates",  "learn_template_news", "learn_template_flows",
    "learn_confirmed"};

/* Those that grow with the book. All budgets may be read when a run is buried. */
static bool is_large(const char *table)
{
    static const char *const large[] = {"step",     "open_step",  "attempt",     "number",
                                        "customer", "assessment", "registration"};

    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        if (strcmp(table, large[i]) == 0)
            return true;
    }
    return false;
}

static const char *text_of(json_object *plan, const char *key)
{
    json_object *value = NULL;

    return json_object_object_get_ex(plan, key, &value) ? json_object_get_string(value) : NULL;
}

static void expect_conditions(const char *name, json_object *plan)
{
    const char *node = text_of(plan, "Node Type"), *table = text_of(plan, "Relation Name");
    const char *index = text_of(plan, "Index Name");
    json_object *parts = NULL;

    /* What is running is little, whatever the book. */
    bool is_short = index && strcmp(index, "open_running") == 0;
    if (table && is_large(table) && !is_short && strstr(node, "Scan") &&
        !text_of(plan, "Index Cond")) {
        fprintf(stderr, "\n    %s.sql: %s of all of %s\n", name, node, table);
        CU_FAIL("a table is read from end to end");
    }
    if (json_object_object_get_ex(plan, "Plans", &parts)) {
        for (size_t i = 0; i < json_object_array_length(parts); i++)
            expect_conditions(name, json_object_array_get_idx(parts, i));
    }
}

/* A run's plans are made once, and often before there is much in the tables: then it costs the
 * planner nothing to read a whole index for every row. What it looks up has to be such that it
 * cannot. */
static void what_a_run_sends_all_the_time_looks_up_what_it_needs(void)
{
    testbed_reset(conn);
    testbed_do(conn, "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan;"
                     "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;"
                     "SET LOCAL enable_mergejoin = off; SET LOCAL enable_hashjoin = off");
    for (size_t i = 0; i < sizeof steady / sizeof steady[0]; i++) {
        const struct sql_statement *statement = SQL_STATEMENTS;
        char sql[256];
        while (strcmp(statement->name, steady[i]) != 0)
            statement++;
        PQclear(PQprepare(conn, statement->name, statement->text, 0, NULL));
        int bytes = snprintf(sql, sizeof sql, "EXPLAIN (FORMAT JSON) EXECUTE %s(", statement->name);
        for (unsigned n = highest_parameter(statement->text, false); n > 0; n--)
            bytes += snprintf(sql + bytes, sizeof sql - (size_t)bytes, n > 1 ? "NULL," : "NULL)");
        PGresult *answer = PQexec(conn, sql);
        json_object *plans =
            PQntuples(answer) == 1 ? json_tokener_parse(PQgetvalue(answer, 0, 0)) : NULL;
        PQclear(answer);
        CU_ASSERT_PTR_NOT_NULL_FATAL(plans);
        json_object *plan = NULL;
        (void)json_object_object_get_ex(json_object_array_get_idx(plans, 0), "Plan", &plan);
        expect_conditions(statement->name, plan);
        json_object_put(plans);
    }
    testbed_do(conn, "ROLLBACK");
    testbed_do(conn, "DEALLOCATE ALL");
}

/* ---- sealed values ---- */

static void every_sealed_column_is_a_place_of_sealed_values(void)
{
    static const char columns[] =
        "SELECT string_agg(c.relname || '.' || a.attname, ' ' ORDER BY c.relname || '.' || "
        "a.attname)"
        "  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
        " WHERE c.relnamespace = 'wabamigrate'::regnamespace AND c.relkind = 'r'"
        "   AND NOT a.attisdropped AND a.attname ~ '_sealed$'";
    /* From the view's text: a fresh schema has no rows to tell it from. */
    static const char places[] =
        "SELECT string_agg(m[1], ' ' ORDER BY m[1])"
        "  FROM regexp_matches(pg_get_viewdef('wabamigrate.sealed_value'::regclass),"
        "                      $$'([a-z_]+[.][a-z_]+)'$$, 'g') AS m";
    char wanted[1024];

    testbed_reset(conn);
    snprintf(wanted, sizeof wanted, "%s", testbed_ask(conn, columns));
    CU_ASSERT_PTR_NOT_NULL(strstr(wanted, "number.pin_sealed"));
    testbed_expect(conn, places, wanted);
}

/* One row wherever there is a sealed column, and a value in it. */
static void fill_every_place(void)
{
    testbed_do(
        conn, "INSERT INTO wabamigrate.batch (name, partner_business_id, app_id,"
              "  system_token_ref, graph_version, path) VALUES ('b', '1', '2', 'env:X', 'v1', 'p');"
              "INSERT INTO wabamigrate.customer (batch_id, key, business_id, source_waba_id)"
              "  SELECT batch_id, 'c', '3', '4' FROM wabamigrate.batch;"
              "INSERT INTO wabamigrate.number (batch_id, customer_id, number, country_code,"
              "  national) SELECT batch_id, customer_id, '+1', '1', '' FROM wabamigrate.customer;"
              "INSERT INTO wabamigrate.keyring (key_id, digest_key_sealed)"
              "  VALUES ('k', decode('00', 'hex'))");
    testbed_do(conn,
               "DO $do$ DECLARE p record; BEGIN FOR p IN"
               "  SELECT c.relname AS t, a.attname AS k FROM pg_class c JOIN pg_attribute a"
               "      ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
               "   WHERE c.relnamespace = 'wabamigrate'::regnamespace AND c.relkind = 'r'"
               "     AND a.attname ~ '_sealed$' LOOP"
               "  EXECUTE format($$UPDATE wabamigrate.%I SET %I = decode('00', 'hex')$$, p.t, p.k);"
               " END LOOP; END $do$");
}

/* Each place in its turn: it must change, and nothing else may. */
static void every_place_can_be_sealed_anew(void)
{
    static const char as_they_are[] =
        "SELECT string_agg(place || '=' || encode(sealed, 'hex'), ' ' ORDER BY place)"
        "  FROM wabamigrate.sealed_value";

    testbed_reset(conn);
    fill_every_place();
    PGresult *rows = PQexec(conn, "SELECT place, id FROM wabamigrate.sealed_value ORDER BY place");
    int count = PQntuples(rows);
    CU_ASSERT_FATAL(count >= 4);
    for (int i = 0; i < count; i++) {
        char ids[32], wanted[2048];
        const char *values[] = {PQgetvalue(rows, i, 0), ids, "{\"\\\\x00\"}", "{\"\\\\x01\"}"};
        size_t used = 0;
        snprintf(ids, sizeof ids, "{%s}", PQgetvalue(rows, i, 1));
        PGresult *done = PQexecParams(conn, SQL_KEYRING_SEAL, 4, NULL, values, NULL, NULL, 0);
        check_text(PQntuples(done) == 1 ? PQgetvalue(done, 0, 0) : PQerrorMessage(conn), "1");
        PQclear(done);
        for (int j = 0; j < count; j++)
            used += (size_t)snprintf(wanted + used, sizeof wanted - used, "%s%s=0%d", j ? " " : "",
                                     PQgetvalue(rows, j, 0), j <= i);
        testbed_expect(conn, as_they_are, wanted);
    }
    PQclear(rows);
}

/* ---- migrations ---- */

static enum status upgrade(PGconn *with, int *applied, struct fault *fault)
{
    *fault = (struct fault)FAULT_NONE;
    return store_schema_upgrade(with, applied, fault);
}

static void expect_state(enum schema_state wanted)
{
    enum schema_state state = SCHEMA_ABSENT;
    int version = -1;

    CU_ASSERT_EQUAL(store_schema_state(conn, &state, &version, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(state, wanted);
}

static void upgrading_twice_is_upgrading_once(void)
{
    struct fault fault;
    char first[256];
    int applied = -1;

    testbed_drop(conn);
    expect_state(SCHEMA_ABSENT);
    CU_ASSERT_EQUAL(store_schema_require(conn, &fault), STATUS_DATABASE);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "db init"));
    CU_ASSERT_EQUAL_FATAL(upgrade(conn, &applied, &fault), STATUS_OK);
    CU_ASSERT_EQUAL(applied, (int)SQL_MIGRATION_COUNT);
    expect_state(SCHEMA_CURRENT);
    CU_ASSERT_EQUAL(store_schema_require(conn, &fault), STATUS_OK);
    snprintf(first, sizeof first, "%s", testbed_ask(conn, inventory));
    CU_ASSERT_EQUAL_FATAL(upgrade(conn, &applied, &fault), STATUS_OK);
    CU_ASSERT_EQUAL(applied, 0);
    testbed_expect(conn, inventory, first);
}

/* Ends the child: 0 when it upgraded, with what it applied added to 10. */
static _Noreturn void upgrade_in_a_child(void)
{
    struct fault fault = FAULT_NONE;
    static const struct clock clock;
    PGconn *own = NULL;
    int applied = 0;

    enum status status = pg_connect(testbed_conninfo(), &clock, &own, &fault);
    if (status == STATUS_OK)
        status = store_schema_upgrade(own, &applied, &fault);
    if (status != STATUS_OK)
        fprintf(stderr, "\n    %s\n", fault.message);
    pg_close(&own);
    _exit(status == STATUS_OK ? 10 + applied : 1);
}

static void programs_that_migrate_at_once_end_with_one_schema(void)
{
    enum { PROGRAMS = 4 };
    int applied = 0;

    testbed_drop(conn);
    fflush(stdout);
    for (int i = 0; i < PROGRAMS; i++) {
        if (fork() == 0)
            upgrade_in_a_child();
    }
    for (int i = 0; i < PROGRAMS; i++) {
        int how = 0;
        CU_ASSERT(wait(&how) > 0);
        CU_ASSERT(WIFEXITED(how) && WEXITSTATUS(how) >= 10);
        applied += WEXITSTATUS(how) - 10;
    }
    CU_ASSERT_EQUAL(applied, (int)SQL_MIGRATION_COUNT); /* each by one program only */
    expect_state(SCHEMA_CURRENT);
}

static void an_edited_migration_is_refused(void)
{
    struct fault fault;
    int applied, version;
    enum schema_state state;

    testbed_reset(conn);
    testbed_do(conn, "UPDATE wabamigrate.migration SET checksum = '0123456789abcdef'");
    CU_ASSERT_EQUAL(upgrade(conn, &applied, &fault), STATUS_DATABASE);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "another text"));
    CU_ASSERT_EQUAL(store_schema_state(conn, &state, &version, &fault), STATUS_DATABASE);
    CU_ASSERT_EQUAL(store_schema_require(conn, &fault), STATUS_DATABASE);
}

static void a_newer_schema_is_refused_and_left_alone(void)
{
    struct fault fault;
    int applied;

    testbed_reset(conn);
    testbed_do(conn, "INSERT INTO wabamigrate.migration (version, name, checksum)"
                     " VALUES (999, 'from a later release', '00')");
    expect_state(SCHEMA_NEWER);
    CU_ASSERT_EQUAL(upgrade(conn, &applied, &fault), STATUS_DATABASE);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "newer"));
    CU_ASSERT_EQUAL(applied, 0);
    CU_ASSERT_EQUAL(store_schema_require(conn, &fault), STATUS_DATABASE);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "newer"));
    testbed_expect(conn, "SELECT max(version) FROM wabamigrate.migration", "999");
}

/* Whether another session waits for a lock. */
static bool somebody_waits(void *self)
{
    return strcmp(testbed_ask(self, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted"), "t") ==
           0;
}

static bool nobody_else_is_connected(void *self)
{
    return strcmp(testbed_ask(self, "SELECT count(*) = 1 FROM pg_stat_activity"
                                    " WHERE datname = current_database()"),
                  "t") == 0;
}

/* The last statement of an upgrade writes the catalog: a lock on its table holds a program there,
 * with everything applied and nothing committed. */
static void a_program_killed_half_way_leaves_nothing(void)
{
    struct fault fault;
    int applied = 0;

    testbed_reset(conn);
    testbed_do(conn, "DELETE FROM wabamigrate.job_phase; DELETE FROM wabamigrate.path_need");
    testbed_do(conn, "BEGIN; LOCK TABLE wabamigrate.job_phase IN ACCESS EXCLUSIVE MODE");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        upgrade_in_a_child();
    CU_ASSERT_TRUE_FATAL(testbed_wait(somebody_waits, conn));
    CU_ASSERT_EQUAL(kill(child, SIGKILL), 0);
    CU_ASSERT_EQUAL(waitpid(child, NULL, 0), child);
    testbed_do(conn, "COMMIT");
    CU_ASSERT_TRUE_FATAL(testbed_wait(nobody_else_is_connected, conn));
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.path_need", "0");

    CU_ASSERT_EQUAL(upgrade(conn, &applied, &fault), STATUS_OK);
    testbed_expect(conn, "SELECT count(*) > 0 FROM wabamigrate.path_need", "t");
}

static void a_migration_that_fails_leaves_nothing(void)
{
    struct fault fault;
    int applied = -1;

    /* Another's table where one of ours goes: the schema exists, and the first migration breaks. */
    testbed_drop(conn);
    testbed_do(conn, "CREATE SCHEMA wabamigrate; CREATE TABLE wabamigrate.step (anything text)");
    CU_ASSERT_EQUAL(upgrade(conn, &applied, &fault), STATUS_DATABASE);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "schema migration"));
    testbed_expect(conn,
                   "SELECT relname FROM pg_class WHERE relkind = 'r'"
                   " AND relnamespace = 'wabamigrate'::regnamespace",
                   "step");
    testbed_expect(conn,
                   "SELECT count(*) FROM pg_proc"
                   " WHERE pronamespace = 'wabamigrate'::regnamespace",
                   "0");
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"every statement can be prepared on a fresh schema",
         every_statement_can_be_prepared_on_a_fresh_schema},
        {"those that cannot be prepared run as they stand",
         those_that_cannot_be_prepared_run_as_they_stand},
        {"what a run sends all the time looks up what it needs",
         what_a_run_sends_all_the_time_looks_up_what_it_needs},
        {"every parameter is named in the head comment",
         every_parameter_is_named_in_the_head_comment},
        {"every sealed column is a place of sealed values",
         every_sealed_column_is_a_place_of_sealed_values},
        {"every place can be sealed anew", every_place_can_be_sealed_anew},
        {"upgrading twice is upgrading once", upgrading_twice_is_upgrading_once},
        {"programs that migrate at once end with one schema",
         programs_that_migrate_at_once_end_with_one_schema},
        {"an edited migration is refused", an_edited_migration_is_refused},
        {"a newer schema is refused and left alone", a_newer_schema_is_refused_and_left_alone},
        {"a program killed half-way leaves nothing", a_program_killed_half_way_leaves_nothing},
        {"a migration that fails leaves nothing", a_migration_that_fails_leaves_nothing},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    int status = run_suite("statements", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
