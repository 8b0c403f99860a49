/* SPDX-License-Identifier: PostgreSQL */
/* What was read within the hour is not read again, unless that may help or another thing is asked;
 * and a step of a WABA is told what was read on its first turn only. */
#include <stdlib.h>

#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

static PGconn *conn;

/* The batch is loaded, and everything that goes without a signup is done: just now, for all the
 * database knows. */
static int64_t begin(void)
{
    struct worker worker;

    testbed_clear(conn);
    int64_t batch_id = worker_load(conn, WORKER_BOOK);
    CU_ASSERT_FATAL(batch_id > 0);
    worker_open(&worker, batch_id);
    worker_work_until(&worker, NULL);
    worker_close(&worker);
    testbed_do(conn, "UPDATE wabamigrate.customer SET source_read_at = wabamigrate.clock(),"
                     " destination_read_at = wabamigrate.clock();"
                     "UPDATE wabamigrate.step SET state = 'waiting', waiting_for = 'destination'"
                     " WHERE kind = 'check' AND number_id ="
                     " (SELECT number_id FROM wabamigrate.number WHERE number = '" BAKERY_1 "')");
    return batch_id;
}

static void expect_reads(const char *wanted)
{
    testbed_expect(conn,
                   "SELECT s.state FROM wabamigrate.step s JOIN wabamigrate.customer c"
                   " USING (customer_id) WHERE c.key = 'bakery-lune'"
                   " AND s.kind IN ('read_source', 'read_destination') ORDER BY s.ordinal",
                   wanted);
}

static void a_run_reads_again_what_is_old_or_may_help(void)
{
    static const struct {
        const char *what, *change, *reads;
    } cases[] = {
        {"read just now", "SELECT 1", "done done"},
        {"read more than an hour ago",
         "UPDATE wabamigrate.step SET moved_at = wabamigrate.clock() - interval '61 minutes'",
         "ready ready"},
        {"blocked, so somebody may have mended it",
         "UPDATE wabamigrate.step SET state = 'blocked' WHERE kind = 'check' AND state = 'waiting'",
         "ready ready"},
        {"a number has been added",
         "UPDATE wabamigrate.number SET is_eligible = NULL WHERE number = '" BAKERY_2 "'",
         "ready ready"},
        {"a number has been added and cancelled",
         "UPDATE wabamigrate.number SET is_eligible = NULL, cancelled_at = now()"
         " WHERE number = '" BAKERY_2 "'",
         "done done"},
        {"another source", "UPDATE wabamigrate.customer SET source_read_at = NULL", "ready ready"},
        {"another destination", "UPDATE wabamigrate.customer SET destination_read_at = NULL",
         "done ready"},
        {"long ago, and not signed up",
         "UPDATE wabamigrate.step SET moved_at = wabamigrate.clock() - interval '2 days';"
         "UPDATE wabamigrate.customer SET destination_waba_id = NULL",
         "done done"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct worker worker;
        int64_t batch_id = begin();
        testbed_do(conn, cases[i].change);
        worker_open(&worker, batch_id);
        fprintf(stderr, "\n    %s ", cases[i].what);
        expect_reads(cases[i].reads);
        worker_close(&worker);
    }
}

/* The manifest with another line behind the bakery's source. */
static const char *with_line(const char *line)
{
    static char book[4096];
    const char *place = strstr(WORKER_BOOK, "    destination_waba_id: '900100'\n");

    CU_ASSERT_PTR_NOT_NULL_FATAL(place);
    snprintf(book, sizeof book, "%.*s%s%s", (int)(place - WORKER_BOOK), WORKER_BOOK, line, place);
    return book;
}

static void another_token_has_not_read_it_yet(void)
{
    static const char known[] = "SELECT (source_read_at IS NOT NULL) || '/' ||"
                                " (destination_read_at IS NOT NULL) FROM wabamigrate.customer"
                                " WHERE key = 'bakery-lune'";

    begin();
    CU_ASSERT(worker_load(conn, with_line("    name: Bakery Lune\n")) > 0);
    testbed_expect(conn, known, "true/true");
    CU_ASSERT(worker_load(conn, with_line("    source_token: { env: TESTBED_TOKEN }\n")) > 0);
    testbed_expect(conn, known, "false/true");
    CU_ASSERT(worker_load(conn, with_line("    source_token: { env: TESTBED_TOKEN }\n"
                                          "    token: { env: TESTBED_TOKEN }\n")) > 0);
    testbed_expect(conn, known, "false/false");
}

static const char *fresh_of(struct worker *worker)
{
    struct task *task = worker_find(worker, "assign_system_user", "bakery-lune");

    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    return task->facts.fresh_destination ? task->facts.fresh_destination : "";
}

static void only_the_first_turn_builds_on_it(void)
{
    struct worker worker;

    testbed_clear(conn);
    int64_t batch_id = worker_load(conn, WORKER_BOOK);
    worker_open(&worker, batch_id);
    worker_work_until(&worker, "read_destination");
    struct task *read = worker_find(&worker, "read_destination", "bakery-lune");
    reply_learn(&read->reply, LEARNED_WABA, false, NULL, NULL, "{\"id\":\"900100\"}", NULL);
    worker_settle(&worker, read, OUTCOME_DONE);
    worker_work_until(&worker, "assign_system_user");
    check_text(fresh_of(&worker), "{\"id\": \"900100\"}");
    worker_settle(&worker, worker_find(&worker, "assign_system_user", "bakery-lune"),
                  OUTCOME_WAIT_TIME);
    worker_flush(&worker, 64);
    check_text(fresh_of(&worker), "");
    worker_close(&worker);
}

static void an_old_reading_is_not_built_on(void)
{
    struct worker worker;

    testbed_clear(conn);
    int64_t batch_id = worker_load(conn, WORKER_BOOK);
    testbed_do(conn, "UPDATE wabamigrate.customer SET destination_node = '{\"id\":\"900100\"}',"
                     " destination_read_at = wabamigrate.clock() - interval '61 minutes'");
    worker_open(&worker, batch_id);
    worker_work_until(&worker, "assign_system_user");
    check_text(fresh_of(&worker), "");
    worker_close(&worker);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a run reads again what is old, or may help", a_run_reads_again_what_is_old_or_may_help},
        {"another token has not read it yet", another_token_has_not_read_it_yet},
        {"only the first turn builds on it", only_the_first_turn_builds_on_it},
        {"an old reading is not built on", an_old_reading_is_not_built_on},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("fresh", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
