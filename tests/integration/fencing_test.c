/* SPDX-License-Identifier: PostgreSQL */
/* A worker that has lost what it held, its whole run or one step: what it may still do, and what
 * becomes of what it says. (Claims and epochs are in store_test.) */
#include <stdlib.h>

#include "orchestrator/pg.h"
#include "sql/statements.h"
#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

static PGconn *conn;

/* ---- helpers ---- */

/* Every attempt of a step, oldest first. */
static void expect_attempts(const char *kind, const char *who, const char *what, const char *wanted)
{
    char sql[1024];

    snprintf(sql, sizeof sql,
             "(SELECT string_agg(%s, ' ' ORDER BY a.epoch) FROM wabamigrate.attempt a"
             "  WHERE a.step_id = s.step_id)",
             what);
    worker_expect_step(conn, kind, who, sql, wanted);
}

/* As another program would that finds this worker's run dead. */
static void bury(const struct worker *worker)
{
    char run[32], batch[24];
    const char *values[] = {run, "0", batch, NULL};

    snprintf(run, sizeof run, "{%lld}", (long long)store_run_id(worker->store));
    snprintf(batch, sizeof batch, "%lld", (long long)worker->batch.batch_id);
    CU_ASSERT_EQUAL_FATAL(pg_query(conn, SQL_RUN_BURY, 4, values, NULL, NULL), STATUS_OK);
}

static void ask(struct worker *worker)
{
    store_run_ask(worker->store, clock_monotonic_ms());
    CU_ASSERT_TRUE_FATAL(worker_wait(worker));
}

static bool has_noticed(void *self)
{
    struct worker *worker = self;

    store_run_advance(worker->store, clock_monotonic_ms(), &worker->hand);
    return store_run_outage(worker->store) != NULL;
}

static bool somebody_waits(void *self)
{
    (void)self;
    return testbed_somebody_waits(conn);
}

static struct task *held(struct worker *worker, const char *kind, const char *who)
{
    struct task *task = worker_find(worker, kind, who);

    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    return task;
}

/* ---- a run that another has ended ---- */

static void a_run_that_was_ended_claims_nothing_and_learns_it_at_once(void)
{
    struct worker worker;
    char id[32], sql[128];

    worker_open(&worker, worker_begin(conn));
    CU_ASSERT(worker_flush(&worker, 2) > 0);
    bury(&worker);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 0);
    CU_ASSERT_TRUE(store_run_is_buried(worker.store));
    snprintf(id, sizeof id, "%lld", (long long)store_run_id(worker.store));
    snprintf(sql, sizeof sql, "SELECT count(*) FROM wabamigrate.step WHERE run_id = %s", id);
    testbed_expect(conn, sql, "0");
    worker_close(&worker);
}

static void what_a_run_that_was_ended_has_read_is_not_taken(void)
{
    struct worker late, next;
    int64_t batch_id = worker_begin(conn);

    worker_open(&late, batch_id);
    worker_flush(&late, 64);
    struct task *stale = held(&late, "read_source", "bakery-lune");
    reply_learn(&stale->reply, LEARNED_WABA, true, NULL, NULL, "{\"id\":\"stale\"}", NULL);
    reply_learn(&stale->reply, LEARNED_SYSTEM_USER, false, "99", NULL, NULL, NULL);
    bury(&late);
    worker_open(&next, batch_id);
    worker_flush(&next, 64);
    struct task *fresh = held(&next, "read_source", "bakery-lune");
    reply_learn(&fresh->reply, LEARNED_WABA, true, NULL, NULL, "{\"id\":\"fresh\"}", NULL);
    worker_settle(&next, fresh, OUTCOME_DONE);
    worker_flush(&next, 0);

    worker_settle(&late, stale, OUTCOME_DONE);
    worker_flush(&late, 0);
    testbed_expect(conn,
                   "SELECT source_node ->> 'id' FROM wabamigrate.customer"
                   " WHERE key = 'bakery-lune'",
                   "fresh");
    testbed_expect(conn, "SELECT coalesce(system_user_id, '') FROM wabamigrate.batch", "445566");
    expect_attempts("read_source", "bakery-lune",
                    "concat_ws('/', a.outcome, a.late_at IS NOT NULL)", "done/t done/f");
    worker_close(&late);
    worker_close(&next);
}

static void a_verdict_of_a_run_that_was_ended_does_not_replace_a_newer_one(void)
{
    struct worker late, next;
    int64_t batch_id = worker_begin(conn);

    worker_open(&late, batch_id);
    worker_work_until(&late, "check");
    struct task *stale = held(&late, "check", BAKERY_1);
    bury(&late);
    worker_open(&next, batch_id);
    worker_work_until(&next, "check");
    worker_settle(&next, held(&next, "check", BAKERY_1), OUTCOME_DONE);
    worker_flush(&next, 0);
    worker_settle(&late, stale, OUTCOME_WAIT_PERSON);
    worker_flush(&late, 0);
    testbed_expect(conn,
                   "SELECT n.is_eligible || '/' || string_agg(f.verdict, ',' ORDER BY finding_id)"
                   "  FROM wabamigrate.number n JOIN wabamigrate.finding f USING (number)"
                   " WHERE n.number = '" BAKERY_1 "' GROUP BY n.is_eligible",
                   "true/pass");
    worker_expect_step(conn, "check", BAKERY_1, "s.state", "done");
    worker_close(&late);
    worker_close(&next);
}

/* The code can be exchanged once, and this worker has got the token for it. */
static void a_token_that_came_late_is_kept(void)
{
    struct worker late;

    worker_open(&late, worker_begin(conn));
    worker_work_until(&late, "exchange_code");
    struct task *task = held(&late, "exchange_code", NULL);
    char customer[64], sql[192];
    snprintf(customer, sizeof customer, "%s", task->facts.customer);
    bury(&late);
    reply_learn(&task->reply, LEARNED_BUSINESS_TOKEN, false, NULL, NULL, NULL,
                secret_create("a-business-token"));
    worker_settle(&late, task, OUTCOME_DONE);
    worker_flush(&late, 0);
    snprintf(sql, sizeof sql,
             "SELECT business_token_sealed IS NOT NULL FROM wabamigrate.customer WHERE key = '%s'",
             customer);
    testbed_expect(conn, sql, "t");
    worker_expect_step(conn, "exchange_code", customer, "concat_ws('/', s.state, s.phase)",
                       "ready/probe");
    worker_close(&late);
}

static void the_history_tells_the_doubt_and_the_late_answer(void)
{
    struct worker late, next;
    int64_t batch_id = worker_begin(conn);

    worker_open(&late, batch_id);
    worker_work_until(&late, "register_number");
    struct task *effect = held(&late, "register_number", NULL);
    char number[32];
    snprintf(number, sizeof number, "%s", effect->facts.number);
    bury(&late);
    worker_open(&next, batch_id);
    worker_work_until(&next, NULL);
    worker_settle(&late, effect, OUTCOME_DONE);
    worker_flush(&late, 0);
    expect_attempts("register_number", number,
                    "concat_ws('/', a.phase, a.outcome, a.taken_at IS NOT NULL,"
                    " a.taken_why IS NOT NULL, a.late_at >= a.taken_at)",
                    "register/done/t/t/t lookup/done/f/f");
    worker_expect_step(conn, "register_number", number, "s.state", "done");
    worker_close(&late);
    worker_close(&next);
}

/* ---- a step past its deadline ---- */

static void a_step_past_its_deadline_is_taken_back_from_a_worker_that_lives(void)
{
    static const struct {
        const char *kind, *who, *state, *attempts;
    } cases[] = {
        {"read_destination", "bakery-lune", "ready/t/f", "-"},
        {"register_number", BAKERY_1, "ready/t/t", "lost/t"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int is_other = 0; is_other <= 1; is_other++) {
            struct worker worker, other;
            int64_t batch_id = worker_begin(conn);
            worker_open(&worker, batch_id);
            worker_work_until(&worker, cases[i].kind);
            worker_open(&other, batch_id);
            struct task *task = held(&worker, cases[i].kind, cases[i].who);
            ask(is_other ? &other : &worker);
            worker_expect_step(conn, cases[i].kind, cases[i].who, "s.state", "running");
            testbed_do(conn, "UPDATE wabamigrate.step SET deadline = now()"
                             " WHERE state = 'running'");
            ask(is_other ? &other : &worker);
            worker_expect_step(conn, cases[i].kind, cases[i].who,
                               "concat_ws('/', s.state, s.run_id IS NULL, s.is_in_doubt)",
                               cases[i].state);
            testbed_expect(conn, "SELECT count(*) FROM wabamigrate.run WHERE ended_at IS NOT NULL",
                           "0");
            if (cases[i].attempts[0] != '-')
                expect_attempts(cases[i].kind, cases[i].who,
                                "concat_ws('/', a.outcome, a.taken_why LIKE '%deadline%')",
                                cases[i].attempts);
            worker_settle(&worker, task, OUTCOME_DONE);
            worker_flush(&worker, 0);
            CU_ASSERT_FALSE(store_run_is_buried(worker.store));
            worker_expect_step(conn, cases[i].kind, cases[i].who,
                               "concat_ws('/', s.state, s.run_id IS NULL, s.is_in_doubt)",
                               cases[i].state);
            worker_expect_prerequisites(conn);
            worker_close(&worker);
            worker_close(&other);
        }
    }
}

static void a_worker_knows_until_when_it_may_send(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker.terms.step_ms = 100000;
    worker.terms.margin_ms = 40000;
    int64_t before_ms = clock_monotonic_ms();
    CU_ASSERT(worker_flush(&worker, 64) > 0);
    for (const struct task *task = worker.hand.first; task; task = task->next) {
        CU_ASSERT(task->not_after_ms >= before_ms + 60000);
        CU_ASSERT(task->not_after_ms <= clock_monotonic_ms() + 60000);
    }
    testbed_expect(conn,
                   "SELECT bool_and(deadline = moved_at + interval '100 s') FROM wabamigrate.step"
                   " WHERE state = 'running'",
                   "t");
    while (worker.hand.count > 0)
        worker_settle(&worker, worker.hand.first, OUTCOME_DONE);
    worker_flush(&worker, 0);
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.step WHERE deadline IS NOT NULL", "0");
    worker_close(&worker);
}

/* However it came about: a run that has ended holds nothing. */
static void what_an_ended_run_has_left_behind_is_taken_up(void)
{
    struct worker gone, next;
    int64_t batch_id = worker_begin(conn);

    worker_open(&gone, batch_id);
    worker_work_until(&gone, "register_number");
    testbed_do(conn, "UPDATE wabamigrate.run SET ended_at = now()");
    worker_open(&next, batch_id);
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.step WHERE state = 'running'", "0");
    testbed_expect(conn,
                   "SELECT DISTINCT s.is_in_doubt FROM wabamigrate.step s"
                   "  JOIN wabamigrate.attempt a USING (step_id) WHERE a.outcome = 'lost'",
                   "t");
    worker_close(&gone);
    worker_close(&next);
}

/* ---- what others change meanwhile ---- */

/* A run that starts looks again at what waits for a credential; by the time it comes to the row, a
 * worker has taken it up. */
static void a_look_at_what_waits_leaves_what_runs_by_now(void)
{
    struct worker worker;
    char batch[24];
    int64_t batch_id = worker_begin(conn);
    const char *values[] = {batch};

    snprintf(batch, sizeof batch, "%lld", (long long)batch_id);
    worker_open(&worker, batch_id);
    testbed_do(conn, "UPDATE wabamigrate.step SET state = 'waiting', waiting_for = 'credential'"
                     " WHERE kind = 'read_source'");
    PGconn *other = testbed_connect(NULL);
    testbed_do(conn, "BEGIN; UPDATE wabamigrate.step SET state = 'running', epoch = epoch + 1"
                     " WHERE kind = 'read_source'");
    CU_ASSERT_EQUAL_FATAL(
        PQsendQueryParams(other, SQL_STEP_LOOK_AGAIN, 1, NULL, values, NULL, NULL, 0), 1);
    CU_ASSERT_TRUE(testbed_wait(somebody_waits, NULL));
    testbed_do(conn, "COMMIT");
    PQclear(PQgetResult(other));
    testbed_expect(conn, "SELECT DISTINCT state FROM wabamigrate.step WHERE kind = 'read_source'",
                   "running");
    PQfinish(other);
    worker_close(&worker);
}

static void a_doubt_is_looked_into_although_its_batch_was_cancelled(void)
{
    struct worker worker;
    char batch[24];
    int64_t batch_id = worker_begin(conn);
    const char *values[] = {batch, NULL};

    snprintf(batch, sizeof batch, "%lld", (long long)batch_id);
    worker_open(&worker, batch_id);
    worker_work_until(&worker, "register_number");
    worker_flush(&worker, 64);
    CU_ASSERT_EQUAL_FATAL(pg_query(conn, SQL_CONTROL_CANCEL, 2, values, NULL, NULL), STATUS_OK);
    worker_settle(&worker, held(&worker, "register_number", BAKERY_1), OUTCOME_UNSURE);
    while (worker.hand.count > 0)
        worker_settle(&worker, worker.hand.first, OUTCOME_DONE);
    worker_flush(&worker, 0);
    testbed_do(conn, "UPDATE wabamigrate.step SET not_before = now()");
    ask(&worker);
    CU_ASSERT_EQUAL(store_run_outlook(worker.store)->ready, 1);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 1);
    worker_settle(&worker, held(&worker, "register_number", BAKERY_1), OUTCOME_DONE);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 0);
    worker_expect_step(conn, "register_number", BAKERY_1, "s.state", "done");
    worker_close(&worker);
}

/* ---- a worker frozen in the middle of a transaction ---- */

static void the_locks_of_a_silent_worker_go_with_its_connection(void)
{
    struct worker frozen, worker;
    const struct lease_terms terms = {.lease_ms = 600000,
                                      .renewal_ms = 150000,
                                      .step_ms = 1200000,
                                      .lock_ms = 100,
                                      .silence_ms = 60000};
    char sql[512];
    int64_t batch_id = worker_begin(conn);

    worker_open(&frozen, batch_id);
    worker_open_terms(&worker, batch_id, NULL, &terms);
    worker_flush(&worker, 64);
    worker_settle(&worker, held(&worker, "read_source", "bakery-lune"), OUTCOME_DONE);
    PGconn *locks = testbed_connect(NULL);
    long long run_id = (long long)store_run_id(frozen.store);
    snprintf(sql, sizeof sql,
             "SET application_name = 'wabamigrate run %lld';"
             "UPDATE wabamigrate.run SET lease_until = now() WHERE run_id = %lld",
             run_id, run_id);
    testbed_do(locks, sql);
    snprintf(sql, sizeof sql,
             "BEGIN; SELECT 1 FROM wabamigrate.run WHERE run_id = %lld FOR SHARE;"
             "SELECT 1 FROM wabamigrate.customer FOR UPDATE",
             run_id);
    testbed_do(locks, sql);

    store_run_flush(worker.store, &worker.settled, 0, 0, clock_monotonic_ms());
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    worker_expect_step(conn, "read_source", "bakery-lune", "s.state", "done");
    PQclear(PQexec(locks, "SELECT 1"));
    CU_ASSERT_EQUAL(PQstatus(locks), CONNECTION_BAD);
    PQfinish(locks);
    ask(&worker);
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.run WHERE ended_at IS NULL", "1");
    worker_close(&frozen);
    worker_close(&worker);
}

/* While the database was away nobody could renew: who is back first must not bury the others. */
static void after_an_outage_the_others_are_left_the_time_to_come_back(void)
{
    struct worker worker, other;
    char sql[160];
    int64_t batch_id = worker_begin(conn);

    worker_open(&worker, batch_id);
    worker_open(&other, batch_id);
    worker_flush(&other, 2);
    snprintf(sql, sizeof sql, "UPDATE wabamigrate.run SET lease_until = now() WHERE run_id = %lld",
             (long long)store_run_id(other.store));
    testbed_do(conn, sql);
    worker_cut(conn, &worker);
    CU_ASSERT_TRUE_FATAL(testbed_wait(has_noticed, &worker));
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    ask(&worker);
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.run WHERE ended_at IS NULL", "2");
    worker.terms.lease_ms = 0; /* a lease's time later */
    ask(&worker);
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.run WHERE ended_at IS NULL", "1");
    worker_close(&worker);
    worker_close(&other);
}

static void a_question_that_its_connection_takes_along_is_not_answered(void)
{
    struct worker worker;
    int64_t asked_at_ms = clock_monotonic_ms() + 1;

    worker_open(&worker, worker_begin(conn));
    testbed_do(conn, "BEGIN; LOCK TABLE wabamigrate.open_step");
    store_run_ask(worker.store, asked_at_ms);
    CU_ASSERT_TRUE_FATAL(testbed_wait(somebody_waits, &worker));
    worker_cut(conn, &worker);
    testbed_do(conn, "COMMIT");
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    CU_ASSERT_NOT_EQUAL(store_run_outlook(worker.store)->asked_at_ms, asked_at_ms);
    CU_ASSERT_FALSE(store_run_outlook(worker.store)->is_known);
    store_run_ask(worker.store, asked_at_ms + 1);
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    CU_ASSERT_EQUAL(store_run_outlook(worker.store)->asked_at_ms, asked_at_ms + 1);
    CU_ASSERT_TRUE(store_run_outlook(worker.store)->is_known);
    worker_close(&worker);
}

/* ---- main ---- */

int main(void)
{
    static CU_TestInfo tests[] = {
        {"a run that was ended claims nothing, and learns it at once",
         a_run_that_was_ended_claims_nothing_and_learns_it_at_once},
        {"what a run that was ended has read is not taken",
         what_a_run_that_was_ended_has_read_is_not_taken},
        {"a verdict of a run that was ended does not replace a newer one",
         a_verdict_of_a_run_that_was_ended_does_not_replace_a_newer_one},
        {"a token that came late is kept", a_token_that_came_late_is_kept},
        {"the history tells the doubt and the late answer",
         the_history_tells_the_doubt_and_the_late_answer},
        {"a step past its deadline is taken back from a worker that lives",
         a_step_past_its_deadline_is_taken_back_from_a_worker_that_lives},
        {"a worker knows until when it may send", a_worker_knows_until_when_it_may_send},
        {"what an ended run has left behind is taken up",
         what_an_ended_run_has_left_behind_is_taken_up},
        {"a look at what waits leaves what runs by now",
         a_look_at_what_waits_leaves_what_runs_by_now},
        {"a doubt is looked into although its batch was cancelled",
         a_doubt_is_looked_into_although_its_batch_was_cancelled},
        {"the locks of a silent worker go with its connection",
         the_locks_of_a_silent_worker_go_with_its_connection},
        {"after an outage the others are left the time to come back",
         after_an_outage_the_others_are_left_the_time_to_come_back},
        {"a question that its connection takes along is not answered",
         a_question_that_its_connection_takes_along_is_not_answered},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("fencing", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
