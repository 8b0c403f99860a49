/* SPDX-License-Identifier: PostgreSQL */
/*
 * A registration that failed in a way that a person must mend is not tried again by anything that
 * happens by itself; the person's word spends one.
 */
#include <stdlib.h>

#include "sql/statements.h"
#include "tests/integration/ledger_bench.h"
#include "tests/unit/base/suite.h"

static const char *batch_text(int64_t batch_id)
{
    static char text[24];

    snprintf(text, sizeof text, "%lld", (long long)batch_id);
    return text;
}

static void claim_and_drop(int64_t batch_id, int64_t offset_ms, bool spends_last)
{
    struct worker worker;

    worker_open_later(&worker, batch_id, offset_ms, spends_last);
    worker_flush(&worker, 8);
    CU_ASSERT_PTR_NULL(ledger_in_hand(&worker));
    worker_work_until(&worker, NULL);
    worker_close(&worker);
}

static void another_run(int64_t batch_id)
{
    claim_and_drop(batch_id, 0, false);
}

static void a_run_that_spends_the_last(int64_t batch_id)
{
    claim_and_drop(batch_id, 0, true);
}

static void a_run_in_a_week(int64_t batch_id)
{
    claim_and_drop(batch_id, 7 * 24 * LEDGER_HOUR_MS, true);
}

static void two_runs_at_once(int64_t batch_id)
{
    struct worker worker;

    worker_open(&worker, batch_id);
    claim_and_drop(batch_id, 0, false);
    CU_ASSERT_FALSE(ledger_claims(&worker));
    worker_close(&worker);
}

static void the_manifest_again(int64_t batch_id)
{
    CU_ASSERT_EQUAL(worker_load(conn, LEDGER_BOOK("book", "900100")), batch_id);
    another_run(batch_id);
}

static void a_new_signup(int64_t batch_id)
{
    const char *customer = testbed_ask(conn, "SELECT min(customer_id) FROM wabamigrate.customer");
    char id[24];
    const char *values[] = {id, "900100", "\\x00"};

    snprintf(id, sizeof id, "%s", customer);
    ledger_run_sql(SQL_CAPTURE_APPLY, 3, values);
    another_run(batch_id);
}

static void a_nudge(int64_t batch_id)
{
    testbed_do(conn, "UPDATE wabamigrate.step SET is_nudged = true");
    another_run(batch_id);
}

/* The WABA's reads are made anew, and refresh the verdicts. */
static void fresh_reads(int64_t batch_id)
{
    testbed_do(conn, "UPDATE wabamigrate.step SET state = 'ready' WHERE kind LIKE 'read_%'");
    another_run(batch_id);
}

static void pause_and_resume(int64_t batch_id)
{
    const char *values[] = {batch_text(batch_id), NULL, "t"};

    ledger_run_sql(SQL_CONTROL_PAUSE, 3, values);
    another_run(batch_id);
    values[2] = "f";
    ledger_run_sql(SQL_CONTROL_PAUSE, 3, values);
    another_run(batch_id);
}

static void (*const acts[])(int64_t batch_id) = {
    another_run,
    a_run_that_spends_the_last,
    a_run_in_a_week,
    two_runs_at_once,
    the_manifest_again,
    a_new_signup,
    a_nudge,
    fresh_reads,
    pause_and_resume,
};

/* A person's word spends one, after a look; before Meta's wait is over not even that. */
static void retry_spends_one(int64_t batch_id, int64_t wait_ms)
{
    struct worker worker;
    const char *values[] = {batch_text(batch_id), NULL};

    ledger_run_sql(SQL_CONTROL_RETRY, 2, values);
    if (wait_ms > 0) {
        claim_and_drop(batch_id, wait_ms - 2 * LEDGER_MINUTE_MS, true);
        CU_ASSERT_EQUAL(ledger_spent(), 1);
    }
    worker_open_later(&worker, batch_id, wait_ms, false);
    CU_ASSERT_TRUE_FATAL(ledger_claims(&worker));
    CU_ASSERT_STRING_EQUAL(ledger_in_hand(&worker)->phase->name, "lookup");
    CU_ASSERT_EQUAL(ledger_spent(), 1);
    ledger_answer(&worker, ledger_in_hand(&worker), 200, "{\"data\":[]}");
    worker_flush(&worker, 8);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ledger_in_hand(&worker));
    CU_ASSERT_STRING_EQUAL(ledger_in_hand(&worker)->phase->name, "register");
    CU_ASSERT_EQUAL(ledger_spent(), 2);
    worker_close(&worker);
}

static void fail_with(int code, int64_t batch_id)
{
    struct worker worker;

    ledger_put_aside_the_other();
    worker_open(&worker, batch_id);
    CU_ASSERT_TRUE_FATAL(ledger_claims(&worker));
    ledger_refuse(&worker, ledger_in_hand(&worker), code);
    worker_flush(&worker, 0);
    CU_ASSERT_FALSE(ledger_claims(&worker));
    worker_close(&worker);
}

static void expect_one_spent_and_failed(void)
{
    testbed_expect(conn,
                   "SELECT state FROM wabamigrate.number_status WHERE number = '" LEDGER_NUMBER "'",
                   "failed");
    CU_ASSERT_EQUAL(ledger_spent(), 1);
}

static void a_failure_that_a_person_must_mend_never_spends_a_second_one(void)
{
    static const struct {
        int code;
        int64_t wait_ms;
    } cases[] = {
        {133005, 0},
        {133006, 0},
        {133008, LEDGER_HOUR_MS},
        {133009, LEDGER_HOUR_MS},
        {133000, 0},
        {133010, 0},
        {131031, 0},
        {131037, 0},
        {131042, 0},
        {131005, 0},
        {368, 0},
        {10, 0},
        {200, 0},
        {3, 0},
        {100, 0},
        {987654, 0}, /* one that nobody knows yet */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t batch_id = ledger_begin();
        fail_with(cases[i].code, batch_id);
        a_run_in_a_week(batch_id);
        expect_one_spent_and_failed();
        retry_spends_one(batch_id, cases[i].wait_ms);
        ledger_expect_agreement();
    }
}

static void nothing_that_happens_by_itself_spends_a_second_one(void)
{
    int64_t batch_id = ledger_begin();

    fail_with(133005, batch_id);
    for (size_t act = 0; act < sizeof acts / sizeof acts[0]; act++) {
        acts[act](batch_id);
        expect_one_spent_and_failed();
    }
}

/* Each run asks anew whether the token is good by now: by reading. */
static void a_refused_token_is_tried_again_by_reading(void)
{
    static const int codes[] = {0, 190};

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct worker worker;
        int64_t batch_id = ledger_begin();
        ledger_put_aside_the_other();
        worker_open(&worker, batch_id);
        CU_ASSERT_TRUE_FATAL(ledger_claims(&worker));
        ledger_refuse(&worker, ledger_in_hand(&worker), codes[i]);
        worker_flush(&worker, 0);
        worker_close(&worker);
        for (int run = 0; run < 3; run++) {
            worker_open(&worker, batch_id);
            CU_ASSERT_TRUE_FATAL(ledger_claims(&worker));
            CU_ASSERT_STRING_EQUAL(ledger_in_hand(&worker)->phase->name, "lookup");
            ledger_refuse(&worker, ledger_in_hand(&worker), codes[i]);
            worker_flush(&worker, 8);
            CU_ASSERT_PTR_NULL(ledger_in_hand(&worker));
            worker_close(&worker);
        }
        CU_ASSERT_EQUAL(ledger_spent(), 1);
        worker_open(&worker, batch_id);
        CU_ASSERT_TRUE_FATAL(ledger_claims(&worker));
        ledger_answer(&worker, ledger_in_hand(&worker), 200, "{\"data\":[]}");
        CU_ASSERT_TRUE(ledger_claims(&worker));
        CU_ASSERT_EQUAL(ledger_spent(), 2);
        worker_close(&worker);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"a failure that a person must mend never spends a second one",
         a_failure_that_a_person_must_mend_never_spends_a_second_one},
        {"nothing that happens by itself spends a second one",
         nothing_that_happens_by_itself_spends_a_second_one},
        {"a refused token is tried again by reading", a_refused_token_is_tried_again_by_reading},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("registration_person", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
