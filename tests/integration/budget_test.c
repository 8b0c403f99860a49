/* SPDX-License-Identifier: PostgreSQL */
/*
 * What the budgets take from answers, errors and claims, one thing at a time; a whole day of them
 * is quota_test.c's.
 */
#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/turn.h"
#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)

static PGconn *conn;

static int64_t begin(void)
{
    testbed_clear(conn);
    int64_t batch_id = worker_load(conn, WORKER_BOOK);
    CU_ASSERT_FATAL(batch_id > 0);
    return batch_id;
}

/* Only steps of that kind are ready. */
static void make_ready(const char *kind)
{
    char sql[256];

    snprintf(sql, sizeof sql,
             "UPDATE wabamigrate.step SET prereqs_left = 0, not_before = '2000-01-01',"
             " state = CASE kind WHEN '%s' THEN 'ready' ELSE 'done' END",
             kind);
    testbed_do(conn, sql);
    testbed_do(conn, "UPDATE wabamigrate.customer SET destination_waba_id = '900200'"
                     " WHERE key = 'florist-lune'");
}

static void expect_budget(const char *subject, const char *columns, const char *wanted)
{
    char sql[512];

    snprintf(
        sql, sizeof sql,
        "SELECT concat_ws('/', %s) FROM wabamigrate.budget WHERE scope || ' ' || subject = '%s'",
        columns, subject);
    testbed_expect(conn, sql, wanted);
}

/* Settles the task as done, with these headers. */
static void answer(struct worker *worker, struct task *task, const char *app, const char *business)
{
    struct usage usages[USAGE_OBJECTS_MAX], of_app = {.percent = 0};

    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    (void)usage_read_app(app, &of_app);
    task_keep_usage(task, &of_app, usages, usage_read_business(business, usages));
    worker_settle(worker, task, OUTCOME_DONE);
}

static void throttle(struct worker *worker, struct task *task, enum error_scope scope)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    task->reply.is_throttled = true;
    task->reply.park_scope = scope;
    task->reply.wait_ms = HOUR_MS;
    worker_settle(worker, task, OUTCOME_WAIT_TIME);
}

static void a_header_of_several_objects_reaches_each_budget(void)
{
    struct worker worker;

    worker_open(&worker, begin());
    make_ready("read_destination");
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 2);
    answer(&worker, worker_find(&worker, "read_destination", "bakery-lune"),
           "{\"call_count\":61,\"total_time\":5,\"weather\":\"fair\"}",
           "{\"900100\":[{\"type\":\"t\",\"call_count\":3},{\"type\":\"u\",\"total_time\":52}],"
           " \"800777\":[{\"call_count\":7,\"estimated_time_to_regain_access\":19}],"
           " \"1020304050\":[{\"call_count\":4,\"novelty\":{\"x\":1}}]}");
    worker_flush(&worker, 0);
    expect_budget("app 998877", "percent, header",
                  "61/{\"call_count\":61,\"total_time\":5,\"weather\":\"fair\"}");
    expect_budget("waba 900100", "percent, parked_for", "52");
    /* Minutes, of an object we have not called. */
    expect_budget("waba 800777",
                  "percent, parked_for,"
                  " parked_until - updated_at = interval '19 min'",
                  "7/graph/t");
    /* The partner's business: its credit line, with what we do not know of. */
    expect_budget("credit_line 998877", "percent, header",
                  "4/[{\"call_count\":4,\"novelty\":{\"x\":1}}]");
    answer(&worker, worker_find(&worker, "read_destination", "florist-lune"), NULL,
           "{\"700200\":[{\"call_count\":12}]}");
    worker_flush(&worker, 0);
    expect_budget("waba 900200", "percent", "12"); /* by its business' id */
    worker_close(&worker);
}

static void the_first_registration_makes_a_fresh_waba_active(void)
{
    struct worker worker;

    worker_open(&worker, begin());
    make_ready("register_number");
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 5); /* no WABA's quota is used */
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.budget WHERE scope = 'waba'", "0");
    worker_settle(&worker, worker_find(&worker, "register_number", BAKERY_1), OUTCOME_RETRY);
    worker_flush(&worker, 0);
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.budget WHERE is_active", "0");
    worker_settle(&worker, worker_find(&worker, "register_number", BAKERY_2), OUTCOME_DONE);
    worker_flush(&worker, 0);
    expect_budget("waba 900100", "calls, is_active", "5000/t");
    worker_close(&worker);
}

static void headers_alone_prove_the_tier(void)
{
    testbed_clear(conn);
    testbed_do(conn, "SELECT wabamigrate.budget_take('1', array_fill('waba'::text, ARRAY[3]),"
                     " array_fill('5'::text, ARRAY[3]), ARRAY[1, 1, 1])");
    expect_budget("waba 5", "calls, used, unanswered", "200/3/3");
    testbed_do(conn, "SELECT wabamigrate.budget_hear('waba', '5', 3, 0, 1, 0, false, NULL)");
    expect_budget("waba 5", "calls, is_active", "200/f"); /* 3 of 200 may be 1 % */
    testbed_do(conn, "SELECT wabamigrate.budget_hear('waba', '5', 0, 0, 0, 0, false, NULL)");
    expect_budget("waba 5", "calls, is_active", "200/f"); /* of 300 */
    testbed_do(conn, "UPDATE wabamigrate.budget SET counts[61] = 40, used = 40");
    testbed_do(conn, "SELECT wabamigrate.budget_hear('waba', '5', 0, 0, 0, 0, false, NULL)");
    expect_budget("waba 5", "calls, is_active", "5000/t"); /* 40 of 200 are no 0 % */
    /* And where others call too, our share is less. */
    testbed_do(conn, "SELECT wabamigrate.budget_hear('waba', '5', 0, 0, 80, 0, false, NULL)");
    expect_budget("waba 5", "calls", "1040");
    testbed_do(conn, "SELECT wabamigrate.budget_hear('waba', '5', 0, 0, 3, 0, false, NULL)");
    expect_budget("waba 5", "calls", "4840");
    /* Its last number has left: 40 calls are a fifth of what it may make now. */
    testbed_do(conn, "SELECT wabamigrate.budget_hear('waba', '5', 0, 0, 20, 0, false, NULL)");
    expect_budget("waba 5", "calls, is_active", "200/f");
}

static void what_is_used_is_known_to_the_next_worker_and_night(void)
{
    struct worker worker, other;
    int64_t batch_id = begin();

    worker_open(&worker, batch_id);
    make_ready("confirm_number");
    testbed_do(conn, "UPDATE wabamigrate.step s SET not_before = wabamigrate.clock() + '1 h'"
                     "  FROM wabamigrate.number n WHERE n.number_id = s.number_id"
                     "   AND n.number IN ('" BAKERY_2 "', '" BAKERY_3 "')");
    CU_ASSERT_EQUAL(worker_flush(&worker, 1), 1);
    answer(&worker, worker.hand.first, NULL, NULL);
    worker_flush(&worker, 0);
    testbed_do(conn, "UPDATE wabamigrate.step SET not_before = '2000-01-01' WHERE state = 'ready'");
    testbed_do(conn, "UPDATE wabamigrate.budget SET counts[61] = 197, used = 197"
                     " WHERE scope = 'waba'");
    worker_open(&other, batch_id);
    CU_ASSERT_EQUAL(worker_flush(&other, 1), 0);
    CU_ASSERT_TRUE(store_run_claimed_all(other.store)); /* there may be others to ask for */
    expect_budget("waba 900100",
                  "parked_for, extract(epoch FROM date_trunc('minute', parked_until)"
                  " - date_trunc('minute', updated_at)) / 60",
                  "window/61.0000000000000000");
    CU_ASSERT_EQUAL(worker_flush(&other, 64), 2); /* the florist's */
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 0);
    worker_close(&worker);
    worker_close(&other);
    worker_open_later(&other, batch_id, 61 * MINUTE_MS, false);
    testbed_do(conn, "UPDATE wabamigrate.step SET state = 'ready', run_id = NULL"
                     " WHERE state = 'running'");
    CU_ASSERT_EQUAL(worker_flush(&other, 64), 4);
    worker_close(&other);
}

static void the_credit_line_is_one_for_all(void)
{
    struct worker worker;

    worker_open(&worker, begin());
    make_ready("share_credit_line");
    CU_ASSERT_EQUAL(worker_flush(&worker, 1), 1);
    throttle(&worker, worker.hand.first, ERROR_SCOPE_WABA);
    worker_flush(&worker, 0);
    expect_budget("credit_line 998877", "calls, used, parked_for, parked_until > now()",
                  "5000/1/graph/t");
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.budget WHERE scope = 'waba'", "0");
    testbed_do(conn, "UPDATE wabamigrate.step SET state = 'ready' WHERE kind = 'read_destination'");
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 2);
    CU_ASSERT_PTR_NULL(worker_find(&worker, "share_credit_line", NULL));
    worker_close(&worker);
}

static void what_never_left_is_given_back_and_a_dead_worker_keeps_nobody_waiting(void)
{
    struct worker worker;
    int64_t batch_id = begin();

    worker_open(&worker, batch_id);
    make_ready("confirm_number");
    testbed_do(conn, "UPDATE wabamigrate.step SET memo = jsonb_build_object('after', step_id::text)"
                     " WHERE kind = 'confirm_number'"); /* each its own page */
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 5);
    expect_budget("app 998877", "used, unanswered", "5/5");
    expect_budget("waba 900100", "used", "3");
    struct task *task = worker_find(&worker, "confirm_number", BAKERY_1);
    worker_settle(&worker, task, OUTCOME_RETRY);
    task->was_sent = false;
    worker_flush(&worker, 0);
    expect_budget("app 998877", "used, unanswered", "4/4");
    expect_budget("waba 900100", "used", "2");
    worker_drop(&worker);
    testbed_do(conn, "UPDATE wabamigrate.run SET lease_until = now() - interval '1 s'");
    worker_open(&worker, batch_id);
    expect_budget("app 998877", "used, unanswered", "4/0");
    worker_close(&worker);
}

static void steps_that_share_a_read_are_one_call(void)
{
    struct worker worker;

    worker_open(&worker, begin());
    make_ready("confirm_number");
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 5);
    expect_budget("app 998877", "used", "2");
    expect_budget("waba 900100", "used", "1");
    for (struct task *task = worker.hand.first; task; task = task->next)
        task->is_rider = task->calls_reserved == 0;
    while (worker.hand.count > 0)
        worker_settle(&worker, worker.hand.first, OUTCOME_DONE);
    worker_flush(&worker, 0);
    expect_budget("app 998877", "used, unanswered", "2/0");
    /* One that could not ride has made a call of its own: it is counted. */
    testbed_do(conn, "UPDATE wabamigrate.step SET state = 'ready' WHERE kind = 'confirm_number'");
    worker_flush(&worker, 64);
    while (worker.hand.count > 0)
        worker_settle(&worker, worker.hand.first, OUTCOME_DONE);
    worker_flush(&worker, 0);
    expect_budget("app 998877", "used, unanswered", "7/0");
    worker_close(&worker);
}

/* ---- the order ---- */

#define STEPS_MAX 64

static int compare(const void *left, const void *right)
{
    return turn_compare(left, right);
}

/* Every step of the book, with what decides its turn, as the database has it. */
static size_t read_steps(struct turn_step steps[STEPS_MAX])
{
    const char *text =
        testbed_ask(conn, "SELECT concat_ws(',', urgency, turn, ordinal,"
                          " wabamigrate.unix_ms(not_before), step_id) FROM wabamigrate.step");
    size_t count = 0;

    for (; *text; text += strcspn(text, " "), text += *text == ' ') {
        struct turn_step *step = &steps[count++];
        long long due_ms, step_id;
        CU_ASSERT_EQUAL_FATAL(sscanf(text, "%d,%d,%d,%lld,%lld", &step->urgency, &step->turn,
                                     &step->ordinal, &due_ms, &step_id),
                              5);
        step->due_ms = due_ms;
        step->step_id = step_id;
    }
    return count;
}

static void steps_are_claimed_in_the_order_of_their_turn(void)
{
    struct turn_step steps[STEPS_MAX];
    struct worker worker;

    worker_open(&worker, begin());
    for (int round = 0; round < 20; round++) {
        testbed_do(conn, "DELETE FROM wabamigrate.budget; DELETE FROM wabamigrate.attempt;"
                         "DELETE FROM wabamigrate.registration");
        testbed_do(conn,
                   "UPDATE wabamigrate.step SET state = 'ready', run_id = NULL, prereqs_left = 0,"
                   " turn = floor(random() * 4),"
                   " lane = floor(random() * 2) * 3,"
                   " not_before = date_trunc('second', now()) - floor(random() * 3)"
                   " * interval '1 s' - interval '1 min'");
        size_t count = read_steps(steps), at = 0;
        qsort(steps, count, sizeof steps[0], compare);
        CU_ASSERT_EQUAL(worker_flush(&worker, STEPS_MAX), count);
        for (const struct task *task = worker.hand.first; task && at < count; task = task->next)
            CU_ASSERT_EQUAL(task->step_id, steps[at++].step_id);
        task_queue_destroy_all(&worker.hand);
        task_queue_init(&worker.hand);
    }
    worker_close(&worker);
}

static void a_turn_is_the_same_in_both(void)
{
    char sql[96], wanted[16];

    for (int64_t numbers = 0; numbers < 3000000; numbers = numbers * 3 / 2 + 1) {
        snprintf(sql, sizeof sql, "SELECT wabamigrate.turn_of(%lld)", (long long)numbers);
        snprintf(wanted, sizeof wanted, "%d", turn_of(numbers));
        testbed_expect(conn, sql, wanted);
    }
}

static void the_small_customer_is_finished_first(void)
{
    struct worker worker;

    worker_open(&worker, begin());
    testbed_expect(conn, "SELECT string_agg(DISTINCT turn::text, ' ') FROM wabamigrate.step", "0");
    make_ready("confirm_number");
    testbed_do(conn, "UPDATE wabamigrate.step SET turn = wabamigrate.turn_of(10000)"
                     " WHERE customer_id = (SELECT min(customer_id) FROM wabamigrate.customer)");
    CU_ASSERT_EQUAL(worker_flush(&worker, 2), 2);
    CU_ASSERT_STRING_EQUAL(worker.hand.first->facts.customer, "florist-lune");
    CU_ASSERT_STRING_EQUAL(worker.hand.first->next->facts.customer, "florist-lune");
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 3);
    worker_close(&worker);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"a header of several objects reaches each budget",
         a_header_of_several_objects_reaches_each_budget},
        {"the first registration makes a fresh WABA active",
         the_first_registration_makes_a_fresh_waba_active},
        {"headers alone prove the tier", headers_alone_prove_the_tier},
        {"what is used is known to the next worker and night",
         what_is_used_is_known_to_the_next_worker_and_night},
        {"the credit line is one for all", the_credit_line_is_one_for_all},
        {"what never left is given back, and a dead worker keeps nobody waiting",
         what_never_left_is_given_back_and_a_dead_worker_keeps_nobody_waiting},
        {"steps that share a read are one call", steps_that_share_a_read_are_one_call},
        {"steps are claimed in the order of their turn",
         steps_are_claimed_in_the_order_of_their_turn},
        {"a turn is the same in both", a_turn_is_the_same_in_both},
        {"the small customer is finished first", the_small_customer_is_finished_first},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("budget", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
