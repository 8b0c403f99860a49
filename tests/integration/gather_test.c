/* SPDX-License-Identifier: PostgreSQL */
/* Steps that wait for others of their WABA, so that one read serves them all: how long, and for
 * whom. */
#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

static PGconn *conn;

/* The bakery's three registrations are in hand. */
static int64_t begin(struct worker *worker)
{
    testbed_clear(conn);
    int64_t batch_id = worker_load(conn, WORKER_BOOK);
    CU_ASSERT_FATAL(batch_id > 0);
    worker_open(worker, batch_id);
    worker_work_until(worker, "register_number");
    CU_ASSERT_PTR_NOT_NULL_FATAL(worker_find(worker, "register_number", BAKERY_1));
    CU_ASSERT_PTR_NOT_NULL_FATAL(worker_find(worker, "register_number", BAKERY_2));
    CU_ASSERT_PTR_NOT_NULL_FATAL(worker_find(worker, "register_number", BAKERY_3));
    return batch_id;
}

static void settle(struct worker *worker, const char *number, enum outcome outcome)
{
    worker_settle(worker, worker_find(worker, "register_number", number), outcome);
}

static void wait_for_a_time(struct worker *worker, const char *number)
{
    struct task *task = worker_find(worker, "register_number", number);

    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    task->reply.wait_ms = 60000;
    worker_settle(worker, task, OUTCOME_WAIT_TIME);
}

static void expect_waiting(const char *wanted)
{
    testbed_expect(conn,
                   "SELECT count(*) || ' wait, of ' || count(DISTINCT not_before) || ' dates'"
                   "  FROM wabamigrate.step"
                   " WHERE kind = 'confirm_number' AND state = 'ready'"
                   "   AND waiting_for = 'siblings' AND not_before > wabamigrate.clock()",
                   wanted);
}

static void whoever_is_registered_waits_for_those_just_being_registered(void)
{
    struct worker worker;

    begin(&worker);
    settle(&worker, BAKERY_1, OUTCOME_DONE);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 0);
    settle(&worker, BAKERY_2, OUTCOME_DONE);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 0);
    expect_waiting("2 wait, of 1 dates");
    settle(&worker, BAKERY_3, OUTCOME_DONE);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 3);
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "confirm_number", BAKERY_1));
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "confirm_number", BAKERY_3));
    worker_close(&worker);
}

static void the_last_one_need_not_succeed(void)
{
    struct worker worker;

    begin(&worker);
    settle(&worker, BAKERY_1, OUTCOME_DONE);
    settle(&worker, BAKERY_2, OUTCOME_DONE);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 0);
    settle(&worker, BAKERY_3, OUTCOME_FAILED);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 2);
    worker_close(&worker);
}

static void who_waits_for_a_time_or_a_person_holds_nobody_up(void)
{
    struct worker worker;

    begin(&worker);
    settle(&worker, BAKERY_1, OUTCOME_DONE);
    settle(&worker, BAKERY_2, OUTCOME_WAIT_PERSON);
    wait_for_a_time(&worker, BAKERY_3);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 1);
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "confirm_number", BAKERY_1));
    worker_close(&worker);
}

static void nobody_waits_longer_than_it_says(void)
{
    struct worker worker, later;

    int64_t batch_id = begin(&worker);
    settle(&worker, BAKERY_1, OUTCOME_DONE);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 0);
    expect_waiting("1 wait, of 1 dates");
    worker_open_later(&later, batch_id, job_find("confirm_number")->gather_ms, false);
    worker_flush(&later, 64);
    CU_ASSERT_PTR_NOT_NULL(worker_find(&later, "confirm_number", BAKERY_1));
    worker_close(&later);
    worker_close(&worker);
}

/* A claim that has room for one takes the others of its read too, which take nobody's room; but not
 * those of another WABA, nor one that is paused. */
static void a_claim_does_not_cut_through_those_that_share_a_read(void)
{
    struct worker worker;

    begin(&worker);
    testbed_do(conn,
               "UPDATE wabamigrate.number SET is_paused = true WHERE number = '" BAKERY_2 "'");
    while (worker.hand.count > 0)
        worker_settle(&worker, worker.hand.first, OUTCOME_DONE);
    CU_ASSERT_EQUAL(worker_flush(&worker, 1), 2);
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "confirm_number", BAKERY_1));
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "confirm_number", BAKERY_3));
    testbed_do(conn, "UPDATE wabamigrate.number SET is_paused = false");
    CU_ASSERT_EQUAL(worker_flush(&worker, 1), 1);
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "confirm_number", BAKERY_2));
    CU_ASSERT_EQUAL(worker_flush(&worker, 1), 2);
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "confirm_number", FLORIST_1));
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "confirm_number", FLORIST_2));
    worker_close(&worker);
}

/* A look that did not find the number connected waits for its own time, whatever others do. */
static void only_the_first_read_is_waited_with(void)
{
    struct worker worker;

    begin(&worker);
    settle(&worker, BAKERY_1, OUTCOME_DONE);
    wait_for_a_time(&worker, BAKERY_2);
    wait_for_a_time(&worker, BAKERY_3);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 1);
    struct task *look = worker_find(&worker, "confirm_number", BAKERY_1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(look);
    look->reply.wait_ms = 30000;
    look->reply.memo = "{\"looks\":1}";
    worker_settle(&worker, look, OUTCOME_WAIT_TIME);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 0);
    expect_waiting("0 wait, of 0 dates");
    worker_close(&worker);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"whoever is registered waits for those just being registered",
         whoever_is_registered_waits_for_those_just_being_registered},
        {"the last one need not succeed", the_last_one_need_not_succeed},
        {"who waits for a time or a person holds nobody up",
         who_waits_for_a_time_or_a_person_holds_nobody_up},
        {"a claim does not cut through those that share a read",
         a_claim_does_not_cut_through_those_that_share_a_read},
        {"nobody waits longer than it says", nobody_waits_longer_than_it_says},
        {"only the first read is waited with", only_the_first_read_is_waited_with},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("gather", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
