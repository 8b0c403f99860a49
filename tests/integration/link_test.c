/* SPDX-License-Identifier: PostgreSQL */
/* The store of a running program when its server falls silent, comes back without what it had
 * acknowledged, or gets to old requests late. (That a connection breaks is in store_test.) */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "orchestrator/pg.h"
#include "sql/statements.h"
#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

#define SILENCE_MS 300

static PGconn *conn;

/* ---- helpers ---- */

/* The youngest backend but our own: the store's. */
static pid_t backend_of_store(void)
{
    return atoi(testbed_ask(conn, "SELECT pid FROM pg_stat_activity"
                                  " WHERE backend_type = 'client backend'"
                                  "   AND pid <> pg_backend_pid()"
                                  " ORDER BY backend_start DESC LIMIT 1"));
}

static bool has_noticed(void *self)
{
    struct worker *worker = self;

    store_run_advance(worker->store, clock_monotonic_ms(), &worker->hand);
    return store_run_outage(worker->store) != NULL;
}

/* From here on the server is given up when it is silent; only so long, because on a busy machine
 * any server is. */
static void lose_patience(struct worker *worker)
{
    int64_t patience_ms = worker->terms.silence_ms;

    worker->terms.silence_ms = SILENCE_MS;
    CU_ASSERT_TRUE_FATAL(testbed_wait(has_noticed, worker));
    worker->terms.silence_ms = patience_ms;
}

static bool is_gone(void *self)
{
    return kill(*(const pid_t *)self, 0) != 0;
}

static bool somebody_waits(void *self)
{
    struct worker *worker = self;

    store_run_advance(worker->store, clock_monotonic_ms(), &worker->hand);
    return testbed_somebody_waits(conn);
}

static void settle_all(struct worker *worker)
{
    while (worker->hand.count > 0)
        worker_settle(worker, worker->hand.first, OUTCOME_DONE);
}

/* What the run holds in the database is what it has in its hands. */
static void expect_hands_full(const struct worker *worker)
{
    char wanted[24];

    snprintf(wanted, sizeof wanted, "%u", worker->hand.count);
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.step WHERE state = 'running'", wanted);
}

/* ---- a server that is silent ---- */

static void a_flush_that_a_frozen_server_gets_to_late_is_refused(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_work_until(&worker, "share_credit_line");
    pid_t frozen = backend_of_store();
    CU_ASSERT_EQUAL_FATAL(kill(frozen, SIGSTOP), 0);
    settle_all(&worker);
    store_run_flush(worker.store, &worker.settled, 64, 0, clock_monotonic_ms());
    lose_patience(&worker);
    CU_ASSERT_PTR_NOT_NULL(strstr(store_run_outage(worker.store)->why, "has not answered"));

    /* It goes on through another connection, and what it had not claimed is still to be had. */
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    CU_ASSERT_PTR_NULL(store_run_outage(worker.store));
    CU_ASSERT_EQUAL(worker.hand.count, 0);
    testbed_expect(conn,
                   "SELECT DISTINCT state FROM wabamigrate.step WHERE kind = 'share_credit_line'",
                   "done");
    testbed_expect(conn, "SELECT count(*) > 0 FROM wabamigrate.step WHERE state = 'ready'", "t");

    /* The old backend wakes and finds the flush in its socket: it would claim those steps for a run
     * that does not know of it. */
    CU_ASSERT_EQUAL_FATAL(kill(frozen, SIGCONT), 0);
    CU_ASSERT_TRUE_FATAL(testbed_wait(is_gone, &frozen));
    expect_hands_full(&worker);
    worker_work_until(&worker, NULL);
    worker_close(&worker);
    worker_expect_done_once(conn);
}

static void only_the_latest_connection_speaks_for_a_run_and_in_its_turn(void)
{
    /* The run stands at connection 5 and flush 7. */
    static const struct {
        const char *sql, *link, *flush; /* NULL: it takes a process instead */
        const char *sqlstate;
    } cases[] = {
        {SQL_RUN_TURN, "5", "7", ""},          /* no flush: a question */
        {SQL_RUN_TURN, "5", "8", ""},          /* the next one */
        {SQL_RUN_TURN, "5", "9", "23514"},     /* one is missing */
        {SQL_RUN_TURN, "5", "6", "23514"},     /* an old one, late */
        {SQL_RUN_TURN, "4", "8", "23514"},     /* of a connection given up */
        {SQL_RUN_TURN, "6", "8", "23514"},     /* of one that has not looked yet */
        {SQL_RUN_RECOVER, "6", NULL, ""},      /* a new one */
        {SQL_RUN_RECOVER, "5", NULL, "23514"}, /* the look-up of an earlier one, late */
        {SQL_RUN_RECOVER, "4", NULL, "23514"},
    };
    struct worker worker;
    char run[24];

    worker_open(&worker, worker_begin(conn));
    snprintf(run, sizeof run, "%lld", (long long)store_run_id(worker.store));
    testbed_do(conn, "UPDATE wabamigrate.run SET link = 5, flushed = 7, process = 'this'");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fault fault = FAULT_NONE;
        const char *values[] = {run, cases[i].link, cases[i].flush ? cases[i].flush : "this"};
        testbed_do(conn, "BEGIN");
        (void)!pg_query(conn, cases[i].sql, 3, values, NULL, &fault);
        check_text(fault.sqlstate, cases[i].sqlstate);
        testbed_do(conn, "ROLLBACK");
    }
    worker_drop(&worker);
}

static void a_flush_still_under_way_on_the_old_connection_is_ended(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_work_until(&worker, "share_credit_line");
    settle_all(&worker);
    pid_t slow = backend_of_store();
    testbed_do(conn, "BEGIN; SELECT 1 FROM wabamigrate.step"
                     " WHERE kind = 'share_credit_line' FOR UPDATE");
    store_run_flush(worker.store, &worker.settled, 64, 0, clock_monotonic_ms());
    lose_patience(&worker);
    /* Else the look-up would wait for it, and so would whoever wants those rows. */
    for (int64_t until_ms = clock_monotonic_ms() + 60000;
         !is_gone(&slow) && clock_monotonic_ms() < until_ms;)
        (void)somebody_waits(&worker);
    CU_ASSERT_TRUE(is_gone(&slow));
    CU_ASSERT_PTR_NOT_NULL(
        store_run_outage(worker.store)); /* what was settled is not recorded yet */
    CU_ASSERT_FALSE(store_run_is_flushed(worker.store));
    testbed_do(conn, "COMMIT");
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    expect_hands_full(&worker);
    testbed_expect(conn,
                   "SELECT DISTINCT state FROM wabamigrate.step WHERE kind = 'share_credit_line'",
                   "done");
    worker_work_until(&worker, NULL);
    worker_close(&worker);
    worker_expect_done_once(conn);
}

/* ---- a server that forgets ---- */

static void commits_that_the_database_has_lost_are_noticed_and_looked_up(void)
{
    static const char *const losses[] = {
        "UPDATE wabamigrate.run SET flushed = flushed - 1", /* an older state */
        "UPDATE wabamigrate.run SET process = 'another'",   /* not even the run */
    };

    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
        struct worker worker;
        struct fault fault = FAULT_NONE;
        worker_open(&worker, worker_begin(conn));
        worker_work_until(&worker, "set_storage");
        testbed_do(conn, losses[i]);
        char sql[96];
        snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d, 60000)", backend_of_store());
        testbed_expect(conn, sql, "t");
        for (int64_t until_ms = clock_monotonic_ms() + 60000;
             !store_run_has_failed(worker.store, &fault) && clock_monotonic_ms() < until_ms;)
            store_run_advance(worker.store, clock_monotonic_ms(), &worker.hand);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "has lost commits"));
        /* Whatever effect is ahead begins with its look-up; what is in hand is still held, so that
         * the next run looks it up too. */
        testbed_expect(conn,
                       "SELECT count(*) FROM wabamigrate.step s JOIN wabamigrate.job_phase p"
                       "  USING (kind, phase)"
                       " WHERE s.state NOT IN ('done', 'running') AND p.is_effect"
                       "   AND s.kind <> 'exchange_code'",
                       "0");
        testbed_expect(conn,
                       "SELECT count(*) > 0 FROM wabamigrate.step"
                       " WHERE kind = 'register_number' AND phase = 'lookup' AND is_in_doubt",
                       "t");
        worker_close(&worker);
    }
}

static void a_run_that_ends_with_steps_in_hand_leaves_them_to_the_next(void)
{
    struct worker worker, next;
    int64_t batch_id = worker_begin(conn);

    worker_open(&worker, batch_id);
    worker_work_until(&worker, "subscribe_webhooks");
    worker_close(&worker);
    testbed_expect(conn, "SELECT count(*) > 0 FROM wabamigrate.step WHERE state = 'running'", "t");
    worker_open(&next, batch_id);
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.step WHERE state = 'running'", "0");
    testbed_expect(conn,
                   "SELECT DISTINCT phase FROM wabamigrate.step"
                   " WHERE kind = 'subscribe_webhooks' AND is_in_doubt",
                   "lookup");
    worker_close(&next);
}

/* ---- what a commit is worth ---- */

static void a_run_s_commits_are_durable_whatever_the_default_is(void)
{
    static const struct {
        const char *set, *used;
    } cases[] = {
        {"off", "on"},
        {"local", "on"},
        {"on", "on"},
        {"remote_write", "remote_write"},
        {"remote_apply", "remote_apply"},
    };
    struct worker worker;
    char run[24], sql[96];

    worker_open(&worker, worker_begin(conn));
    snprintf(run, sizeof run, "%lld", (long long)store_run_id(worker.store));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *values[] = {run, "1", "0"};
        snprintf(sql, sizeof sql, "SET synchronous_commit = %s; BEGIN", cases[i].set);
        testbed_do(conn, sql);
        CU_ASSERT_EQUAL_FATAL(pg_query(conn, SQL_RUN_TURN, 3, values, NULL, NULL), STATUS_OK);
        testbed_expect(conn, "SHOW synchronous_commit", cases[i].used);
        testbed_do(conn, "ROLLBACK; RESET synchronous_commit");
    }
    worker_close(&worker);
}

/* ---- a pooler in between ---- */

/* What a pooler does to prepared statements that hands each transaction to another server, done
 * here by the session itself. */
static void prepared_statements_that_are_lost_are_sent_as_they_stand(void)
{
    static const char *const cases[] = {
        /* this server has prepared nothing of ours */
        "EXECUTE 'DEALLOCATE ALL';",
        /* and this one something of another client's, under our name */
        "IF NOT EXISTS (SELECT FROM pg_prepared_statements WHERE name = 'wabamigrate_1') THEN"
        " EXECUTE 'PREPARE wabamigrate_1 AS SELECT 1'; END IF;",
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct worker worker;
        char sql[512];
        worker_open(&worker, worker_begin(conn));
        snprintf(sql, sizeof sql,
                 "CREATE FUNCTION public.pooler() RETURNS trigger LANGUAGE plpgsql"
                 " AS $$ BEGIN %s RETURN NULL; END $$;"
                 " CREATE TRIGGER pooler AFTER UPDATE ON wabamigrate.run"
                 " FOR EACH ROW EXECUTE FUNCTION public.pooler()",
                 cases[i]);
        testbed_do(conn, sql);
        worker_work_until(&worker, NULL); /* ends where a claim has come to nothing */
        worker_work_until(&worker, NULL);
        testbed_expect(conn, "SELECT link FROM wabamigrate.run", "2"); /* once, not every time */
        worker_close(&worker);
        worker_expect_done_once(conn);
        testbed_do(conn, "DROP FUNCTION public.pooler CASCADE");
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"a flush that a frozen server gets to late is refused",
         a_flush_that_a_frozen_server_gets_to_late_is_refused},
        {"only the latest connection speaks for a run, and in its turn",
         only_the_latest_connection_speaks_for_a_run_and_in_its_turn},
        {"a flush still under way on the old connection is ended",
         a_flush_still_under_way_on_the_old_connection_is_ended},
        {"commits that the database has lost are noticed and looked up",
         commits_that_the_database_has_lost_are_noticed_and_looked_up},
        {"a run that ends with steps in hand leaves them to the next",
         a_run_that_ends_with_steps_in_hand_leaves_them_to_the_next},
        {"a run's commits are durable whatever the default is",
         a_run_s_commits_are_durable_whatever_the_default_is},
        {"prepared statements that are lost are sent as they stand",
         prepared_statements_that_are_lost_are_sent_as_they_stand},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("link", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
