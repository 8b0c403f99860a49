/* SPDX-License-Identifier: PostgreSQL */
/*
 * The ledger of registrations: how many of a number's ten in 72 hours are handed out, to whom, and
 * what becomes of the rest. Meta is make-believe here (worker.h); the database is not.
 */
#include <stdlib.h>

#include "jobs/budget.h"
#include "orchestrator/registration_terms.h"
#include "sql/statements.h"
#include "tests/integration/ledger_bench.h"
#include "tests/unit/base/suite.h"

/* ---- helpers ---- */

/* Spends and asks for the next one until none is handed out; at most `most`. */
static int spend(struct worker *worker, int most)
{
    int done = 0;

    while (done < most && ledger_claims(worker)) {
        worker_settle_next(worker, ledger_in_hand(worker), "register");
        worker_flush(worker, 0);
        done++;
    }
    return done;
}

/* Makes what is spent so much older: `hours` as "71", or "71.5". */
static void age(const char *hours)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "UPDATE wabamigrate.registration SET spent_at = spent_at - %s * interval '1 hour',"
             "       counts_until = counts_until - %s * interval '1 hour';"
             "UPDATE wabamigrate.attempt SET intended_at = intended_at - %s * interval '1 hour'",
             hours, hours, hours);
    testbed_do(conn, sql);
}

/* How the number stands for people: "waiting/time/8 of the 10". */
static void expect_standing(const char *wanted)
{
    testbed_expect(conn,
                   "SELECT concat_ws('/', state, waiting_for, left(note, 9))"
                   "  FROM wabamigrate.number_status WHERE number = '" LEDGER_NUMBER "'"
                   " ORDER BY batch_id DESC LIMIT 1",
                   wanted);
}

/* When the number goes on, in minutes after its newest registration. */
static int minutes_left(void)
{
    return ledger_count("SELECT round(extract(epoch FROM s.not_before - r.last) / 60)"
                        "  FROM wabamigrate.number_status s,"
                        "       (SELECT max(spent_at) AS last FROM wabamigrate.registration) r"
                        " WHERE s.number = '" LEDGER_NUMBER "' ORDER BY s.batch_id DESC LIMIT 1");
}

/* ---- the database by itself ---- */

/* What a statement comes to: its SQLSTATE, or how many rows it has written. */
static void expect_written(const char *sql, const char *wanted)
{
    PGresult *result = PQexec(conn, sql);
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    if (strcmp(sqlstate ? sqlstate : PQcmdTuples(result), wanted) != 0)
        fprintf(stderr, "\n    %s\n    %s", sql, PQresultErrorMessage(result));
    CU_ASSERT_STRING_EQUAL(sqlstate ? sqlstate : PQcmdTuples(result), wanted);
    PQclear(result);
}

#define TAKE(place, until)                      \
    "INSERT INTO wabamigrate.registration AS r" \
    " SELECT '" LEDGER_NUMBER "', " place ", now(), now() + interval '" until "', 1, 99"

/* Whatever statement tries, in whatever place. */
static void an_eleventh_has_no_place_in_the_database(void)
{
    static const struct {
        const char *sql, *wanted;
    } cases[] = {
        {TAKE("1", "73 hours"), "23505"},
        {TAKE("10", "73 hours"), "23505"},
        {TAKE("11", "73 hours"), "23514"},
        {TAKE("0", "73 hours"), "23514"},
        {TAKE("(SELECT free_place FROM wabamigrate.registrations_of('" LEDGER_NUMBER "'))",
              "73 hours"),
         "23502"},
        {TAKE("generate_series(1, 10)", "73 hours") " ON CONFLICT DO NOTHING", "0"},
        {TAKE("1", "73 hours") " ON CONFLICT (number, place) DO UPDATE"
                               " SET spent_at = now(), epoch = 99",
         "WM002"},
        {"UPDATE wabamigrate.registration SET spent_at = now(), epoch = 99 WHERE place = 3",
         "WM002"},
        {"UPDATE wabamigrate.registration SET counts_until = now() WHERE place = 3", "23514"},
        {"UPDATE wabamigrate.registration SET place = 11 WHERE place = 3", "23514"},
    };
    struct worker worker;

    worker_open_later(&worker, ledger_begin(), 0, true);
    ledger_put_aside_the_other();
    CU_ASSERT_EQUAL(spend(&worker, 20), BUDGETS[BUDGET_REGISTRATION].calls);
    worker_close(&worker);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_written(cases[i].sql, cases[i].wanted);
    CU_ASSERT_EQUAL(ledger_count("SELECT count(*) FROM wabamigrate.registration"), 10);
    ledger_expect_agreement();

    CU_ASSERT_EQUAL(BUDGETS[BUDGET_REGISTRATION].window_ms, 72 * LEDGER_HOUR_MS);
    CU_ASSERT_EQUAL(minutes_left(), 72 * 60 + 5);
}

/* ---- how many, and for whom ---- */

static void the_last_two_are_kept_for_a_person(void)
{
    static const struct {
        int before; /* spent by earlier runs, of a person's */
        bool spends_last;
        int more;
        const char *standing;
    } cases[] = {
        {0, false, 8, "waiting/time/8 of the "}, {0, true, 10, "waiting/time/All 10 re"},
        {7, false, 1, "waiting/time/8 of the "}, {8, false, 0, "waiting/time/8 of the "},
        {8, true, 2, "waiting/time/All 10 re"},  {9, false, 0, "waiting/time/9 of the "},
        {9, true, 1, "waiting/time/All 10 re"},  {10, false, 0, "waiting/time/All 10 re"},
        {10, true, 0, "waiting/time/All 10 re"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct worker earlier, worker;
        char standing[64];
        int64_t batch_id = ledger_begin();
        ledger_put_aside_the_other();
        worker_open_later(&earlier, batch_id, 0, true);
        CU_ASSERT_EQUAL(spend(&earlier, cases[i].before), cases[i].before);
        worker_close(&earlier);
        worker_open_later(&worker, batch_id, 0, cases[i].spends_last);
        CU_ASSERT_EQUAL(spend(&worker, 20), cases[i].more);
        CU_ASSERT_EQUAL(ledger_spent(), cases[i].before + cases[i].more);
        snprintf(standing, sizeof standing, "%.*s", 22, cases[i].standing);
        expect_standing(standing);
        ledger_expect_agreement();
        worker_close(&worker);
    }
}

/* What is held back is not claimed, is not due, and is not touched again. */
static void a_run_does_not_spin_on_what_it_may_not_spend(void)
{
    struct worker worker;
    char moved[64];

    worker_open(&worker, ledger_begin());
    ledger_put_aside_the_other();
    CU_ASSERT_EQUAL(spend(&worker, 20), 8);
    snprintf(moved, sizeof moved, "%s",
             testbed_ask(conn, "SELECT max(moved_at) FROM wabamigrate.step"));
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(worker_flush(&worker, 8), 0);
    testbed_expect(conn, "SELECT max(moved_at) FROM wabamigrate.step", moved);
    store_run_ask(worker.store, clock_monotonic_ms());
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    CU_ASSERT(store_run_outlook(worker.store)->due_ms > 70 * LEDGER_HOUR_MS);
    CU_ASSERT_EQUAL(store_run_outlook(worker.store)->by_state[STATE_WAITING], 1);
    worker_close(&worker);
}

/* The kept ones are released for whom they were asked for, and not for the rest of the book. */
static void a_person_spends_those_of_the_numbers_that_are_meant(void)
{
    struct worker worker;
    int64_t batch_id = ledger_begin();

    worker_open(&worker, batch_id);
    for (int i = 0; i < 8; i++) {
        worker_flush(&worker, 8);
        worker_settle_next(&worker, ledger_in_hand(&worker), "register");
        worker_settle_next(&worker, worker_find(&worker, "register_number", LEDGER_OTHER),
                           "register");
        worker_flush(&worker, 0);
    }
    CU_ASSERT_EQUAL(worker_flush(&worker, 8), 0);
    worker_close(&worker);

    struct registration_terms terms;
    char id[24];
    registration_terms_init(&terms, true);
    snprintf(id, sizeof id, "%lld", (long long)batch_id);
    const char *values[] = {id, "{\"" LEDGER_NUMBER "\"}", NULL, terms.allowance};
    ledger_run_sql(SQL_REGISTRATION_RELEASE, 4, values);
    registration_terms_finish(&terms);
    testbed_expect(conn, "SELECT number FROM wabamigrate.number_status WHERE state = 'ready'",
                   LEDGER_NUMBER);
}

/* ---- the window ---- */

static void registrations_leave_the_window(void)
{
    static const struct {
        const char *ages[3]; /* hours before the next group, which follows at once */
        int groups[3];
        bool spends_last;
        int more;
    } cases[] = {
        {{"71.99"}, {8}, false, 0},          {{"72.08"}, {8}, false, 0},
        {{"72.09"}, {8}, false, 8},          {{"72.09"}, {5}, false, 8},
        {{"36", "36.09"}, {3, 5}, false, 3}, {{"36", "36.09"}, {5, 5}, true, 5},
        {{"36", "36.09"}, {2, 8}, false, 0}, {{"36", "36.09"}, {2, 8}, true, 2},
        {{"36", "36.09"}, {5, 5}, false, 3}, {{"24", "24", "24.09"}, {1, 2, 7}, true, 1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct worker worker;
        int64_t batch_id = ledger_begin();
        ledger_put_aside_the_other();
        for (int group = 0; group < 3 && cases[i].groups[group] > 0; group++) {
            worker_open_later(&worker, batch_id, 0, true);
            CU_ASSERT_EQUAL(spend(&worker, cases[i].groups[group]), cases[i].groups[group]);
            worker_close(&worker);
            age(cases[i].ages[group]);
        }
        worker_open_later(&worker, batch_id, 0, cases[i].spends_last);
        int more = spend(&worker, 20);
        CU_ASSERT_EQUAL(more, cases[i].more);
        if (more != cases[i].more)
            fprintf(stderr, "\n    case %zu: %d more\n", i, more);
        ledger_expect_agreement();
        worker_close(&worker);
    }
}

/* The same with the clock of the runs instead of older rows: three nights and a bit. */
static void it_goes_on_by_itself_when_the_oldest_is_old_enough(void)
{
    static const struct {
        int64_t offset_ms;
        int more;
    } nights[] = {
        {24 * LEDGER_HOUR_MS, 0},
        {48 * LEDGER_HOUR_MS, 0},
        {72 * LEDGER_HOUR_MS, 0}, /* it may have arrived a little after its intent */
        {72 * LEDGER_HOUR_MS + 6 * LEDGER_MINUTE_MS, 8},
        {144 * LEDGER_HOUR_MS, 0},
        {144 * LEDGER_HOUR_MS + 12 * LEDGER_MINUTE_MS, 8},
    };
    struct worker worker;
    int64_t batch_id = ledger_begin();

    ledger_put_aside_the_other();
    worker_open(&worker, batch_id);
    CU_ASSERT_EQUAL(spend(&worker, 20), 8);
    worker_close(&worker);
    CU_ASSERT_EQUAL(minutes_left(), 72 * 60 + 5);
    for (size_t i = 0; i < sizeof nights / sizeof nights[0]; i++) {
        worker_open_later(&worker, batch_id, nights[i].offset_ms, false);
        CU_ASSERT_EQUAL(spend(&worker, 20), nights[i].more);
        worker_close(&worker);
    }
    CU_ASSERT_EQUAL(ledger_spent(), 24);
    ledger_expect_agreement();
}

/* ---- several at once ---- */

static void batches_share_a_number_s_ledger(void)
{
    struct worker first, second;

    worker_open(&first, ledger_begin());
    ledger_put_aside_the_other();
    CU_ASSERT_EQUAL(spend(&first, 5), 5);
    int64_t batch_id = ledger_load(LEDGER_BOOK("second", "900200"));
    ledger_put_aside_the_other();
    worker_open(&second, batch_id);
    CU_ASSERT_EQUAL(spend(&second, 2), 2);
    CU_ASSERT_EQUAL(spend(&first, 20), 1);
    CU_ASSERT_EQUAL(spend(&second, 20), 0);
    expect_standing("waiting/time/8 of the ");
    CU_ASSERT_EQUAL(ledger_spent(), 8);
    ledger_expect_agreement();
    worker_close(&first);
    worker_close(&second);
}

/* Two workers of two batches, which no lock of a step keeps apart, ask at the same instant. */
static void two_workers_at_once_never_spend_more_than_there_is(void)
{
    struct worker left, right;
    int rounds = 0;
    int64_t left_batch = ledger_begin(), right_batch = ledger_load(LEDGER_BOOK("second", "900200"));

    ledger_put_aside_the_other();
    worker_open(&left, left_batch);
    worker_open(&right, right_batch);
    for (; rounds < 40 && ledger_spent() < 8; rounds++) {
        store_run_flush(left.store, &left.settled, 4, 0, clock_monotonic_ms());
        store_run_flush(right.store, &right.settled, 4, 0, clock_monotonic_ms());
        CU_ASSERT_TRUE_FATAL(worker_wait(&left));
        CU_ASSERT_TRUE_FATAL(worker_wait(&right));
        if (ledger_in_hand(&left))
            worker_settle_next(&left, ledger_in_hand(&left), "register");
        if (ledger_in_hand(&right))
            worker_settle_next(&right, ledger_in_hand(&right), "register");
    }
    CU_ASSERT(rounds < 40);
    CU_ASSERT_EQUAL(spend(&left, 20) + spend(&right, 20), 0);
    CU_ASSERT_EQUAL(ledger_spent(), 8);
    ledger_expect_agreement();
    worker_close(&left);
    worker_close(&right);
}

static bool is_blocked(void *self)
{
    (void)self;
    return ledger_count("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                        " AND datname = current_database()") > 0;
}

/* One has taken the eighth and is not committed yet when the other asks: the other waits, and then
 * gets what is left. */
static void of_two_that_want_the_last_one_at_the_same_instant_one_gets_it(void)
{
    static const struct {
        const char *end;
        bool gets_it;
    } cases[] = {{"COMMIT", false}, {"ROLLBACK", true}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct worker left, right;
        struct registration_terms terms;
        char run[24], batch[24];
        int64_t left_batch = ledger_begin(),
                right_batch = ledger_load(LEDGER_BOOK("second", "900200"));
        PGconn *watcher = conn;

        ledger_put_aside_the_other();
        worker_open(&left, left_batch);
        worker_open(&right, right_batch);
        CU_ASSERT_EQUAL(spend(&left, 7), 7);

        registration_terms_init(&terms, false);
        snprintf(run, sizeof run, "%lld", (long long)store_run_id(left.store));
        snprintf(batch, sizeof batch, "%lld", (long long)left_batch);
        const char *values[12] = {
            run, batch, "4", NULL, NULL, "60000", terms.allowance, terms.memory_ms, terms.notes};
        conn = testbed_connect(NULL);
        testbed_do(conn, "BEGIN");
        ledger_run_sql(SQL_STEP_CLAIM, 12, values);
        PGconn *holder = conn;
        conn = watcher;
        store_run_flush(right.store, &right.settled, 4, 0, clock_monotonic_ms());
        CU_ASSERT_TRUE(testbed_wait(is_blocked, NULL));
        testbed_do(holder, cases[i].end);
        CU_ASSERT_TRUE_FATAL(worker_wait(&right));
        CU_ASSERT_EQUAL(ledger_in_hand(&right) != NULL, cases[i].gets_it);
        CU_ASSERT_EQUAL(ledger_spent(), 8);
        ledger_expect_agreement();

        /* Whoever lost it is told so at the next claim. */
        if (!cases[i].gets_it) {
            CU_ASSERT_FALSE(ledger_claims(&right));
            expect_standing("waiting/time/8 of the ");
        }
        PQfinish(holder);
        registration_terms_finish(&terms);
        worker_close(&left);
        worker_close(&right);
    }
}

/* ---- 133016 ---- */

static void a_number_that_meta_has_blocked_is_left_alone(void)
{
    static const struct {
        int before;      /* spent before the one that was refused */
        const char *age; /* of these when it is refused */
        bool spends_last;
        int minutes; /* from the refused one on */
    } cases[] = {
        {0, "0", false, 72 * 60 + 5},
        {0, "0", true, 72 * 60 + 5},
        {7, "71", false, 72 * 60 + 5}, /* the ledger alone would wait an hour */
        {9, "71", true, 72 * 60 + 5},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct worker worker;
        int64_t batch_id = ledger_begin();
        ledger_put_aside_the_other();
        worker_open_later(&worker, batch_id, 0, true);
        CU_ASSERT_EQUAL(spend(&worker, cases[i].before), cases[i].before);
        age(cases[i].age);
        CU_ASSERT_TRUE_FATAL(ledger_claims(&worker));
        ledger_refuse(&worker, ledger_in_hand(&worker), 133016);
        worker_flush(&worker, 0);
        worker_close(&worker);

        /* Not by the step's own wait alone: another batch knows nothing of that. */
        batch_id = ledger_load(LEDGER_BOOK("second", "900200"));
        ledger_put_aside_the_other();
        for (int hour = 0; hour <= 72; hour += 24) {
            worker_open_later(&worker, batch_id, hour * LEDGER_HOUR_MS, cases[i].spends_last);
            CU_ASSERT_FALSE(ledger_claims(&worker));
            expect_standing("waiting/time/Meta take");
            CU_ASSERT_EQUAL(minutes_left(), cases[i].minutes);
            worker_close(&worker);
        }
        worker_open_later(&worker, batch_id, 72 * LEDGER_HOUR_MS + 6 * LEDGER_MINUTE_MS,
                          cases[i].spends_last);
        CU_ASSERT_TRUE(ledger_claims(&worker));
        worker_close(&worker);
        ledger_expect_agreement();
    }
}

/* ---- what counts ---- */

static void never_leave(struct worker *worker)
{
    struct task *task = ledger_in_hand(worker);

    worker_settle_next(worker, task, "register");
    task->was_sent = false;
}

static void lose_the_answer(struct worker *worker)
{
    worker_answer(worker, ledger_in_hand(worker), &(struct answer){.transport = TRANSPORT_LOST},
                  NULL);
}

static void succeed(struct worker *worker)
{
    worker_settle(worker, ledger_in_hand(worker), OUTCOME_DONE);
}

static void fail(struct worker *worker)
{
    worker_settle(worker, ledger_in_hand(worker), OUTCOME_FAILED);
}

static void bury(const struct worker *worker)
{
    char run[32], batch[24];
    const char *values[] = {run, "0", batch, NULL};

    snprintf(run, sizeof run, "{%lld}", (long long)store_run_id(worker->store));
    snprintf(batch, sizeof batch, "%lld", (long long)worker->batch.batch_id);
    ledger_run_sql(SQL_RUN_BURY, 4, values);
}

static void die(struct worker *worker)
{
    bury(worker);
}

static void wake_up_with_it_unsent(struct worker *worker)
{
    bury(worker);
    never_leave(worker);
}

static void wake_up_with_an_answer(struct worker *worker)
{
    bury(worker);
    succeed(worker);
}

/* The claim's answer was lost with the connection: nobody has it in hand. */
static void forget(struct worker *worker)
{
    char run[24];
    const char *values[] = {run, "{}", "{}"};

    snprintf(run, sizeof run, "%lld", (long long)store_run_id(worker->store));
    ledger_run_sql(SQL_RUN_FORGET, 3, values);
}

static void what_may_have_left_counts_and_what_has_not_does_not(void)
{
    static const struct {
        const char *sentence;
        void (*end)(struct worker *worker);
        int spent;
    } cases[] = {
        {"given back unsent", never_leave, 0},
        {"forgotten by a broken connection", forget, 0},
        {"unsent, by a worker that had been declared dead", wake_up_with_it_unsent, 0},
        {"in doubt: no answer came", lose_the_answer, 1},
        {"in doubt: the program died", die, 1},
        {"answered to a worker that had been declared dead", wake_up_with_an_answer, 1},
        {"it worked", succeed, 1},
        {"it failed", fail, 1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct worker worker;
        worker_open(&worker, ledger_begin());
        ledger_put_aside_the_other();
        CU_ASSERT_TRUE_FATAL(ledger_claims(&worker));
        CU_ASSERT_EQUAL(ledger_spent(), 1); /* from its intent on */
        cases[i].end(&worker);
        worker_flush(&worker, 0);
        if (ledger_spent() != cases[i].spent)
            fprintf(stderr, "\n    %s: %d\n", cases[i].sentence, ledger_spent());
        CU_ASSERT_EQUAL(ledger_spent(), cases[i].spent);
        ledger_expect_agreement();
        worker_close(&worker);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"an eleventh has no place in the database", an_eleventh_has_no_place_in_the_database},
        {"the last two are kept for a person", the_last_two_are_kept_for_a_person},
        {"a run does not spin on what it may not spend",
         a_run_does_not_spin_on_what_it_may_not_spend},
        {"a person spends those of the numbers that are meant",
         a_person_spends_those_of_the_numbers_that_are_meant},
        {"registrations leave the window", registrations_leave_the_window},
        {"it goes on by itself when the oldest is old enough",
         it_goes_on_by_itself_when_the_oldest_is_old_enough},
        {"batches share a number's ledger", batches_share_a_number_s_ledger},
        {"two workers at once never spend more than there is",
         two_workers_at_once_never_spend_more_than_there_is},
        {"of two that want the last one at the same instant one gets it",
         of_two_that_want_the_last_one_at_the_same_instant_one_gets_it},
        {"a number that Meta has blocked is left alone",
         a_number_that_meta_has_blocked_is_left_alone},
        {"what may have left counts, and what has not does not",
         what_may_have_left_counts_and_what_has_not_does_not},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("registration_ledger", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
