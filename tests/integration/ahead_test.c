/* SPDX-License-Identifier: PostgreSQL */
/* What leaves for the database while the flush before it is not back yet: recorded once, after it,
 * whatever happens to the connection or the run between the two. And what is claimed beside. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

#define TASK_BYTES 1000
#define EVERY_NUMBER BAKERY_1 "," BAKERY_2 "," BAKERY_3 "," FLORIST_1 "," FLORIST_2

static PGconn *conn;

/* ---- helpers ---- */

/* A run with every number's registration in hand. */
static void begin(struct worker *worker)
{
    testbed_clear(conn);
    int64_t batch_id = worker_load(conn, WORKER_BOOK);
    CU_ASSERT_FATAL(batch_id > 0);
    worker_open(worker, batch_id);
    worker_work_until(worker, "register_number");
    CU_ASSERT_FATAL(worker->hand.count >= 2);
}

static bool may_record_ahead(void *self)
{
    struct worker *worker = self;

    store_run_advance(worker->store, clock_monotonic_ms(), &worker->hand);
    return store_run_may_record_ahead(worker->store);
}

static bool awaits_claim(void *self)
{
    struct worker *worker = self;

    store_run_advance(worker->store, clock_monotonic_ms(), &worker->hand);
    return store_run_awaits_claim(worker->store);
}

static bool has_noticed(void *self)
{
    struct worker *worker = self;

    store_run_advance(worker->store, clock_monotonic_ms(), &worker->hand);
    return store_run_outage(worker->store) != NULL;
}

/* As the engine does when an answer is there. */
static void weigh(struct task_queue *hand)
{
    for (struct task *task = hand->first; task; task = task->next)
        task->bytes = TASK_BYTES;
    hand->bytes = (size_t)TASK_BYTES * hand->count;
}

/* Two flushes under way: the first has recorded one number's registration and waits for the app's
 * budget, which the test holds; the second has left with the rest. */
static void send_two(struct worker *worker)
{
    size_t bytes = (size_t)TASK_BYTES * worker->hand.count;

    weigh(&worker->hand);
    testbed_do(conn, "BEGIN; SELECT 1 FROM wabamigrate.budget WHERE scope = 'app' FOR UPDATE");
    worker_settle(worker, worker_find(worker, "register_number", BAKERY_1), OUTCOME_DONE);
    store_run_flush(worker->store, &worker->settled, 0, 0, clock_monotonic_ms());
    CU_ASSERT_FALSE(store_run_may_record_ahead(worker->store)); /* it has not been answered yet */
    CU_ASSERT_TRUE_FATAL(testbed_wait(may_record_ahead, worker));
    CU_ASSERT_EQUAL(store_run_unrecorded_bytes(worker->store), TASK_BYTES);
    while (worker->hand.count > 0)
        worker_settle(worker, worker->hand.first, OUTCOME_DONE);
    store_run_record_ahead(worker->store, &worker->settled, 0, clock_monotonic_ms());
    CU_ASSERT_EQUAL(worker->settled.count, 0);
    CU_ASSERT_EQUAL(store_run_unrecorded_bytes(worker->store), bytes);
    CU_ASSERT_FALSE(store_run_may_record_ahead(worker->store)); /* two at the most */
    CU_ASSERT_FALSE(store_run_awaits_claim(worker->store));
    CU_ASSERT_FALSE(store_run_is_idle(worker->store));
}

static void expect_registered(const char *numbers)
{
    testbed_expect(conn,
                   "SELECT string_agg(n.number, ',' ORDER BY n.number) FROM wabamigrate.step s"
                   "  JOIN wabamigrate.number n USING (number_id)"
                   " WHERE s.kind = 'register_number' AND s.state = 'done'",
                   numbers);
}

static void expect_hands_full(const struct worker *worker)
{
    char wanted[24];

    snprintf(wanted, sizeof wanted, "%u", worker->hand.count);
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.step WHERE state = 'running'", wanted);
}

/* The server has said what became of everything that was sent. */
static bool is_recorded(void *self)
{
    struct worker *worker = self;

    store_run_advance(worker->store, clock_monotonic_ms(), &worker->hand);
    return store_run_patience_ms(worker->store, clock_monotonic_ms()) == -1;
}

static bool is_buried(void *self)
{
    struct worker *worker = self;

    store_run_advance(worker->store, clock_monotonic_ms(), &worker->hand);
    return store_run_is_buried(worker->store);
}

static void finish(struct worker *worker)
{
    expect_hands_full(worker);
    worker_work_until(worker, NULL);
    worker_expect_prerequisites(conn);
    worker_expect_done_once(conn);
    worker_close(worker);
}

/* ---- tests ---- */

static void the_next_flush_is_recorded_behind_the_first(void)
{
    struct worker worker;

    begin(&worker);
    size_t bytes = (size_t)TASK_BYTES * worker.hand.count;
    send_two(&worker);
    testbed_do(conn, "COMMIT");
    CU_ASSERT_TRUE_FATAL(testbed_wait(awaits_claim, &worker));
    /* The first is committed, the second is not, however long it waits. */
    expect_registered(BAKERY_1);
    CU_ASSERT_EQUAL(store_run_unrecorded_bytes(worker.store), bytes - TASK_BYTES);
    CU_ASSERT_FALSE(store_run_is_flushed(worker.store));
    CU_ASSERT_TRUE(testbed_wait(is_recorded, &worker));
    worker.terms.silence_ms = 0; /* it is ours to go on, so the server is not silent */
    store_run_advance(worker.store, clock_monotonic_ms(), &worker.hand);
    CU_ASSERT_PTR_NULL(store_run_outage(worker.store));
    worker.terms.silence_ms = 60000;

    /* The deadlines of its claim count from when its transaction began, and so do ours. */
    (void)!poll(NULL, 0, 300);
    int64_t before_ms = clock_monotonic_ms();
    store_run_claim(worker.store, 64, before_ms);
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    expect_registered(EVERY_NUMBER);
    CU_ASSERT_TRUE_FATAL(worker.hand.count > 0);
    CU_ASSERT_TRUE(worker.hand.first->not_after_ms <
                   before_ms + worker.terms.step_ms - worker.terms.margin_ms - 250);
    testbed_expect(conn, "SELECT link FROM wabamigrate.run", "1");
    finish(&worker);
}

/* Neither of the two is committed, and both are sent again. */
static void a_connection_that_breaks_takes_both_back(void)
{
    struct worker worker;

    begin(&worker);
    size_t bytes = (size_t)TASK_BYTES * worker.hand.count;
    send_two(&worker);
    worker_cut(conn, &worker);
    testbed_do(conn, "COMMIT");
    CU_ASSERT_TRUE_FATAL(testbed_wait(has_noticed, &worker));
    CU_ASSERT_FALSE(store_run_is_flushed(worker.store));
    CU_ASSERT_EQUAL(store_run_unrecorded_bytes(worker.store), bytes);
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    CU_ASSERT_EQUAL(store_run_unrecorded_bytes(worker.store), 0);
    expect_registered(EVERY_NUMBER);
    finish(&worker);
}

/* The first one is committed and known to be; the second has not got its end. */
static void a_connection_that_breaks_in_between_takes_the_second_back(void)
{
    struct worker worker;

    begin(&worker);
    send_two(&worker);
    testbed_do(conn, "COMMIT");
    CU_ASSERT_TRUE_FATAL(testbed_wait(awaits_claim, &worker));
    worker_cut(conn, &worker);
    CU_ASSERT_TRUE_FATAL(testbed_wait(has_noticed, &worker));
    CU_ASSERT_FALSE(store_run_awaits_claim(worker.store));
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    expect_registered(EVERY_NUMBER);
    finish(&worker);
}

/* Another run ends this one between the two. */
static void of_a_run_that_is_buried_in_between_the_second_is_kept_as_history(void)
{
    struct worker worker;

    begin(&worker);
    testbed_do(conn,
               "CREATE FUNCTION public.bury() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
               " NEW.ended_at = now();"
               " UPDATE wabamigrate.step SET state = 'ready', run_id = NULL, epoch = epoch + 1"
               "  WHERE run_id = NEW.run_id AND state = 'running';"
               " RETURN NEW; END $$;"
               " DO $$ BEGIN EXECUTE format('CREATE TRIGGER bury BEFORE UPDATE ON wabamigrate.run"
               " FOR EACH ROW WHEN (NEW.flushed >= %s) EXECUTE FUNCTION public.bury()',"
               " (SELECT flushed + 2 FROM wabamigrate.run)); END $$");
    send_two(&worker);
    testbed_do(conn, "COMMIT");
    CU_ASSERT_TRUE_FATAL(testbed_wait(awaits_claim, &worker));
    CU_ASSERT_TRUE_FATAL(testbed_wait(is_buried, &worker));
    store_run_claim(worker.store, 0, clock_monotonic_ms());
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    expect_registered(BAKERY_1);
    testbed_expect(conn,
                   "SELECT string_agg(DISTINCT s.state || '/' || a.outcome || '/'"
                   "                  || (a.late_at IS NOT NULL), ',')"
                   "  FROM wabamigrate.step s JOIN wabamigrate.attempt a USING (step_id)"
                   "  JOIN wabamigrate.number n USING (number_id)"
                   " WHERE s.kind = 'register_number' AND n.number <> '" BAKERY_1 "'",
                   "ready/done/true");
    worker_close(&worker);
    testbed_do(conn, "DROP FUNCTION public.bury CASCADE");
}

/* A mistake in what the first records, which trying again does not mend. */
static void where_the_first_fails_for_good_the_second_is_not_recorded(void)
{
    struct worker worker;
    struct fault fault = FAULT_NONE;

    begin(&worker);
    testbed_do(conn, "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS"
                     " $$ BEGIN RAISE 'refused by the test'; END $$;"
                     " CREATE TRIGGER refuse BEFORE UPDATE ON wabamigrate.budget"
                     " FOR EACH ROW EXECUTE FUNCTION public.refuse()");
    send_two(&worker);
    testbed_do(conn, "COMMIT");
    for (int64_t until_ms = clock_monotonic_ms() + 60000;
         !store_run_has_failed(worker.store, &fault) && clock_monotonic_ms() < until_ms;)
        store_run_advance(worker.store, clock_monotonic_ms(), &worker.hand);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "refused by the test"));
    worker_close(&worker);
    testbed_expect(conn, "SELECT ended_at IS NOT NULL FROM wabamigrate.run", "t");
    testbed_expect(conn,
                   "SELECT count(*) FROM wabamigrate.step"
                   " WHERE kind = 'register_number' AND state = 'done'",
                   "0");
    testbed_do(conn, "DROP FUNCTION public.refuse CASCADE");
}

/* What sends nothing takes no slot: it is claimed beside what is asked for, or where nothing is. */
static void what_sends_nothing_may_be_claimed_beside_the_rest(void)
{
    struct worker worker;

    testbed_clear(conn);
    worker_open(&worker, worker_load(conn, WORKER_BOOK));
    store_run_set_local_room(worker.store, 2);
    worker_flush(&worker, 64); /* the reads of both sources, and who waits for a signup */
    worker_settle(&worker, worker_find(&worker, "read_source", "bakery-lune"), OUTCOME_DONE);
    unsigned in_hand = worker.hand.count;
    CU_ASSERT_EQUAL(worker_flush(&worker, 0), 2);
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "check", BAKERY_1));
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "check", BAKERY_2));
    CU_ASSERT_PTR_NULL(worker_find(&worker, "check", BAKERY_3));
    /* The last check, though the room is for two: nothing that sends comes in its place. */
    worker_settle(&worker, worker_find(&worker, "check", BAKERY_1), OUTCOME_DONE);
    CU_ASSERT_EQUAL(worker_flush(&worker, 0), 1);
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "check", BAKERY_3));
    testbed_expect(conn,
                   "SELECT state FROM wabamigrate.step s JOIN wabamigrate.customer c"
                   " USING (customer_id) WHERE s.kind = 'subscribe_webhooks'"
                   "   AND c.key = 'bakery-lune'",
                   "ready");
    store_run_set_local_room(worker.store, 0);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 1);
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "subscribe_webhooks", "bakery-lune"));
    CU_ASSERT_EQUAL(worker.hand.count, in_hand - 1 + 3 + 1);
    worker_close(&worker);
}

/* Hundreds of long lists may have come at once: what a flush has no room for goes with the next. */
static void a_flush_carries_only_so_much(void)
{
    struct worker worker;

    testbed_clear(conn);
    worker_open(&worker, worker_load(conn, WORKER_BOOK));
    worker_work_until(&worker, "check");
    static const char *const numbers[] = {BAKERY_1, BAKERY_2, BAKERY_3};
    for (size_t i = 0; i < 3; i++)
        worker_settle(&worker, worker_find(&worker, "check", numbers[i]), OUTCOME_DONE);
    worker.settled.bytes = 0;
    for (struct task *task = worker.settled.first; task; task = task->next)
        worker.settled.bytes += task->bytes = STORE_FLUSH_BYTES + 1;
    const char *const states =
        "SELECT string_agg(s.state, ' ' ORDER BY n.number)"
        "  FROM wabamigrate.step s JOIN wabamigrate.number n USING (number_id)"
        " WHERE s.kind = 'check' AND n.number LIKE '+3312345670%'";
    /* One at least, however large. */
    worker_flush(&worker, 0);
    testbed_expect(conn, states, "done running running");
    CU_ASSERT_EQUAL(worker.settled.count, 2);
    CU_ASSERT_EQUAL(worker.settled.bytes, 2 * (STORE_FLUSH_BYTES + 1));
    CU_ASSERT_EQUAL(store_run_unrecorded_bytes(worker.store), 0);
    worker.settled.bytes = 0;
    for (struct task *task = worker.settled.first; task; task = task->next)
        worker.settled.bytes += task->bytes = STORE_FLUSH_BYTES / 2;
    worker_flush(&worker, 0);
    testbed_expect(conn, states, "done done done");
    CU_ASSERT_EQUAL(worker.settled.count, 0);
    worker_close(&worker);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"the next flush is recorded behind the first",
         the_next_flush_is_recorded_behind_the_first},
        {"a connection that breaks takes both back", a_connection_that_breaks_takes_both_back},
        {"a connection that breaks in between takes the second back",
         a_connection_that_breaks_in_between_takes_the_second_back},
        {"of a run that is buried in between, the second is kept as history",
         of_a_run_that_is_buried_in_between_the_second_is_kept_as_history},
        {"where the first fails for good, the second is not recorded",
         where_the_first_fails_for_good_the_second_is_not_recorded},
        {"what sends nothing may be claimed beside the rest",
         what_sends_nothing_may_be_claimed_beside_the_rest},
        {"a flush carries only so much", a_flush_carries_only_so_much},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("ahead", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
