/* SPDX-License-Identifier: PostgreSQL */
#include "tests/integration/testbed.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "orchestrator/cluster.h"
#include "orchestrator/pg.h"
#include "orchestrator/state_dir.h"
#include "orchestrator/store_schema.h"

#define PATIENCE_MS 60000
#define LOOK_MS 5

static struct {
    char base[64];
    char path[512];
    char text[TESTBED_TEXT_BYTES];
    char *state_dir, *conninfo;
    pid_t owner; /* a child that ends must not take the cluster along */
} bed;

static const struct clock unshifted;

/* Between cases CUnit's assertions are not to be had. */
static void require(bool claim)
{
    if (claim)
        return;
    BUG_UNLESS(CU_get_current_test() != NULL);
    CU_FAIL_FATAL("the test's own database refuses");
}

/* Nothing here has to outlive a power cut. */
static void hurry(void)
{
    PGconn *own = testbed_connect(NULL);

    testbed_do(own, "ALTER ROLE CURRENT_USER SET synchronous_commit = off");
    PQfinish(own);
}

bool testbed_start(void)
{
    struct fault fault = FAULT_NONE;

    bed.owner = getpid();
    snprintf(bed.base, sizeof bed.base, "/tmp/wabamigrate_test.XXXXXX");
    /* PostgreSQL runs as another user when this one is root: it must be able to pass. */
    if (!mkdtemp(bed.base) || chmod(bed.base, 0755) != 0)
        return false;
    setenv("XDG_STATE_HOME", bed.base, 1);
    setenv("WABAMIGRATE_DB_IDLE", "30", 1); /* should the program die before testbed_stop() */
    unsetenv("WABAMIGRATE_CLOCK_OFFSET");
    enum status status = state_dir_find(&bed.state_dir, &fault);
    if (status == STATUS_OK)
        status = cluster_ensure(bed.state_dir, &bed.conninfo, &fault);
    if (status == STATUS_OK)
        hurry();
    if (status != STATUS_OK) {
        fprintf(stderr, "no database to test with: %s\n", fault.message);
        testbed_stop();
    }
    return status == STATUS_OK;
}

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)type;
    (void)where;
    return remove(path);
}

void testbed_stop(void)
{
    bool was_running;

    if (getpid() != bed.owner)
        return;
    if (bed.state_dir)
        (void)!cluster_stop(bed.state_dir, &was_running, NULL);
    (void)!nftw(bed.base, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(bed.state_dir);
    free(bed.conninfo);
    bed.state_dir = bed.conninfo = NULL;
}

const char *testbed_directory(void)
{
    return bed.base;
}

const char *testbed_conninfo(void)
{
    return bed.conninfo;
}

static void ignore(void *self, const char *notice)
{
    (void)self;
    (void)notice;
}

PGconn *testbed_connect(const struct clock *clock)
{
    struct fault fault = FAULT_NONE;
    PGconn *conn = NULL;

    if (pg_connect(bed.conninfo, clock ? clock : &unshifted, &conn, &fault) != STATUS_OK)
        fprintf(stderr, "\n    %s\n", fault.message);
    require(conn != NULL);
    PQsetNoticeProcessor(conn, ignore, NULL); /* "drop cascades to …" */
    return conn;
}

void testbed_drop(PGconn *conn)
{
    testbed_do(conn, "DROP SCHEMA IF EXISTS wabamigrate CASCADE");
}

void testbed_reset(PGconn *conn)
{
    struct fault fault = FAULT_NONE;
    int applied = 0;

    testbed_drop(conn);
    if (store_schema_upgrade(conn, &applied, &fault) != STATUS_OK)
        fprintf(stderr, "\n    %s\n", fault.message);
    require(fault.status == STATUS_OK);
}

void testbed_clear(PGconn *conn)
{
    testbed_do(conn, "DELETE FROM wabamigrate.registration; DELETE FROM wabamigrate.attempt; "
                     "DELETE FROM wabamigrate.assessment;"
                     "DELETE FROM wabamigrate.template;"
                     "DELETE FROM wabamigrate.template_flow;"
                     "DELETE FROM wabamigrate.budget; DELETE FROM wabamigrate.capture;"
                     "DELETE FROM wabamigrate.step; DELETE FROM wabamigrate.run;"
                     "DELETE FROM wabamigrate.number; DELETE FROM wabamigrate.customer;"
                     "DELETE FROM wabamigrate.batch");
}

/* NULL after a failure, which is printed. */
static PGresult *execute(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType type = PQresultStatus(result);

    if (type == PGRES_TUPLES_OK || type == PGRES_COMMAND_OK)
        return result;
    fprintf(stderr, "\n    %s    in: %s\n", PQerrorMessage(conn), sql);
    PQclear(result);
    return NULL;
}

const char *testbed_ask(PGconn *conn, const char *sql)
{
    PGresult *result = execute(conn, sql);
    size_t used = 0;

    require(result != NULL);
    bed.text[0] = '\0';
    for (int row = 0; row < PQntuples(result) && used < sizeof bed.text; row++)
        used += (size_t)snprintf(bed.text + used, sizeof bed.text - used, "%s%s", row ? " " : "",
                                 PQgetisnull(result, row, 0) ? "-" : PQgetvalue(result, row, 0));
    PQclear(result);
    return bed.text;
}

void testbed_expect(PGconn *conn, const char *sql, const char *wanted)
{
    const char *got = testbed_ask(conn, sql);

    if (strcmp(got, wanted) != 0)
        fprintf(stderr, "\n    asked:  %s\n    wanted: %s\n    got:    %s\n", sql, wanted, got);
    CU_ASSERT_STRING_EQUAL(got, wanted);
}

void testbed_do(PGconn *conn, const char *sql)
{
    PGresult *result = execute(conn, sql);

    require(result != NULL);
    PQclear(result);
}

const char *testbed_write(const char *name, const char *text)
{
    snprintf(bed.path, sizeof bed.path, "%s/%s", bed.base, name);
    FILE *file = fopen(bed.path, "we");

    require(file != NULL);
    bool is_written = fputs(text, file) >= 0;
    require(fclose(file) == 0 && is_written);
    return bed.path;
}

bool testbed_wait(bool (*claim)(void *self), void *self)
{
    int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;

    while (!claim(self)) {
        if (clock_monotonic_ms() > until_ms)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    }
    return true;
}

void testbed_run(PGconn *conn, const char *sql, int count, const char *const *values)
{
    struct fault fault = FAULT_NONE;

    if (pg_query(conn, sql, count, values, NULL, &fault) != STATUS_OK)
        fprintf(stderr, "\n    %s\n", fault.message);
    CU_ASSERT_EQUAL_FATAL(fault.status, STATUS_OK);
}

bool testbed_somebody_waits(PGconn *conn)
{
    return strcmp(testbed_ask(conn, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted"), "t") ==
           0;
}

bool testbed_is_over(pid_t child)
{
    siginfo_t about = {.si_pid = 0};

    return waitid(P_PID, (id_t)child, &about, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           about.si_pid == child;
}
