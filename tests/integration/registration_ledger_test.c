/* SPDX-License-Identifier: PostgreSQL */
/*
 * The ledger of registrations: how many of a number's ten in 72 hours are handed out, to whom, and
 * what becomes of the rest. Meta is make-believe here (worker.h); the database is not.
 */
#include <json-c/json.h>
#include <stdlib.h>

#include "jobs/budget.h"
#include "orchestrator/pg.h"
#include "orchestrator/registration_terms.h"
#include "orchestrator/settle.h"
#include "sql/statements.h"
#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

#define NUMBER "+33123456701"
#define OTHER "+33123456702"
#define MINUTE_MS (INT64_C(60) * 1000)
#define HOUR_MS (60 * MINUTE_MS)
#define NOW "2026-11-23T01:00:00Z"

static PGconn *conn;

/* ---- helpers ---- */

/* clang-format off */
#define BOOK(batch, waba)                                                                         \
    "version: 1\n"                                                                                \
    "batch: " batch "\n"                                                                          \
    "partner: { business_id: '1020304050', app_id: '998877', credit_line_id: '5566778899',\n"     \
    "           system_user_id: '445566', system_token: { env: TESTBED_TOKEN } }\n"               \
    "defaults: { waba_currency: EUR }\n"                                                          \
    "customers:\n"                                                                                \
    "  - id: bakery-lune\n"                                                                       \
    "    business_id: '700100'\n"                                                                 \
    "    source_waba_id: '800100'\n"                                                              \
    "    destination_waba_id: '" waba "'\n"                                                       \
    "    numbers:\n"                                                                              \
    "      - { number: '" NUMBER "', phone_number_id: '610101' }\n"                               \
    "      - { number: '" OTHER "', phone_number_id: '610102' }\n"
/* clang-format on */

/* Everything before the registrations is done, and those are due. Two batches may hold the number
 * now, as where one is done and its number moves on. */
static int64_t load(const char *manifest)
{
    char sql[1024], id[24];

    testbed_do(conn, "UPDATE wabamigrate.step SET state = 'done', prereqs_left = 0");
    int64_t batch_id = worker_load(conn, manifest);
    CU_ASSERT_FATAL(batch_id > 0);
    snprintf(id, sizeof id, "%lld", (long long)batch_id);
    snprintf(sql, sizeof sql,
             "UPDATE wabamigrate.step SET state = 'done', prereqs_left = 0"
             " WHERE batch_id = %s AND kind NOT IN ('register_number', 'confirm_number');"
             "UPDATE wabamigrate.step SET state = 'ready', prereqs_left = 0"
             " WHERE kind = 'register_number';"
             "UPDATE wabamigrate.number SET is_eligible = true",
             id);
    testbed_do(conn, sql);
    return batch_id;
}

static int64_t begin(void)
{
    testbed_clear(conn);
    return load(BOOK("book", "900100"));
}

static void run_sql(const char *sql, int count, const char *const *values)
{
    struct fault fault = FAULT_NONE;

    if (pg_query(conn, sql, count, values, NULL, &fault) != STATUS_OK)
        fprintf(stderr, "\n    %s\n", fault.message);
    CU_ASSERT_EQUAL_FATAL(fault.status, STATUS_OK);
}

static int count(const char *sql)
{
    return atoi(testbed_ask(conn, sql));
}

#define SPENT                                                                 \
    "SELECT a.step_id, a.epoch, n.number, a.intended_at"                      \
    "  FROM wabamigrate.attempt a JOIN wabamigrate.step s USING (step_id)"    \
    "  JOIN wabamigrate.number n USING (number_id)"                           \
    "  JOIN wabamigrate.job_phase p ON p.kind = s.kind AND p.phase = a.phase" \
    " WHERE p.is_registration AND a.outcome IS DISTINCT FROM 'not_sent'"

/* By the history: what may have arrived at Meta, ever. */
static int spent(void)
{
    return count("SELECT count(*) FROM (" SPENT ") i WHERE number = '" NUMBER "'");
}

/* The ledger holds every one of these, until another took its place after 72 hours; and nothing
 * else. */
static void expect_ledger_agrees(void)
{
    testbed_expect(
        conn,
        "SELECT count(*) FROM (" SPENT ") i"
        "  FULL JOIN wabamigrate.registration r"
        "    ON (r.step_id, r.epoch, r.number, r.spent_at)"
        "     = (i.step_id, i.epoch, i.number, i.intended_at)"
        " WHERE i.step_id IS NULL"
        "    OR r.step_id IS NULL"
        "       AND NOT EXISTS (SELECT 1 FROM wabamigrate.registration o"
        "                        WHERE o.number = i.number"
        "                          AND o.spent_at >= i.intended_at + interval '72 hours')",
        "0");
    testbed_expect(conn,
                   "SELECT count(*) FROM (" SPENT ") i"
                   " WHERE (SELECT count(*) FROM (" SPENT ") o"
                   "         WHERE o.number = i.number AND o.intended_at >= i.intended_at"
                   "           AND o.intended_at < i.intended_at + interval '72 hours') > 10",
                   "0");
}

static struct task *in_hand(struct worker *worker)
{
    return worker_find(worker, "register_number", NUMBER);
}

static bool claims(struct worker *worker)
{
    worker_flush(worker, 8);
    return in_hand(worker) != NULL;
}

/* The other number is of no interest: out of the way with it. */
static void put_aside_the_other(void)
{
    testbed_do(conn, "UPDATE wabamigrate.step s SET state = 'done' FROM wabamigrate.number n"
                     " WHERE n.number_id = s.number_id AND n.number = '" OTHER "'");
}

/* Spends and asks for the next one until none is handed out; at most `most`. */
static int spend(struct worker *worker, int most)
{
    int done = 0;

    while (done < most && claims(worker)) {
        worker_settle_next(worker, in_hand(worker), "register");
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
                   "  FROM wabamigrate.number_status WHERE number = '" NUMBER "'"
                   " ORDER BY batch_id DESC LIMIT 1",
                   wanted);
}

/* When the number goes on, in minutes after its newest registration. */
static int minutes_left(void)
{
    return count("SELECT round(extract(epoch FROM s.not_before - r.last) / 60)"
                 "  FROM wabamigrate.number_status s,"
                 "       (SELECT max(spent_at) AS last FROM wabamigrate.registration) r"
                 " WHERE s.number = '" NUMBER "' ORDER BY s.batch_id DESC LIMIT 1");
}

static void answer(struct worker *worker, struct task *task, int status, const char *body)
{
    struct json_object *json = json_tokener_parse(body);
    struct answer answered = {.transport = TRANSPORT_OK, .http_status = status, .body = json};

    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    worker_answer(worker, task, &answered, body);
    json_object_put(json);
}

static void answer_error(struct worker *worker, struct task *task, int code)
{
    char body[128];

    snprintf(body, sizeof body, "{\"error\":{\"message\":\"refused\",\"code\": %d}}", code);
    answer(worker, task, 400, body);
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
    " SELECT '" NUMBER "', " place ", now(), now() + interval '" until "', 1, 99"

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
        {TAKE("(SELECT free_place FROM wabamigrate.registrations_of('" NUMBER "'))", "73 hours"),
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

    worker_open_later(&worker, begin(), 0, true);
    put_aside_the_other();
    CU_ASSERT_EQUAL(spend(&worker, 20), BUDGETS[BUDGET_REGISTRATION].calls);
    worker_close(&worker);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_written(cases[i].sql, cases[i].wanted);
    CU_ASSERT_EQUAL(count("SELECT count(*) FROM wabamigrate.registration"), 10);
    expect_ledger_agrees();

    CU_ASSERT_EQUAL(BUDGETS[BUDGET_REGISTRATION].window_ms, 72 * HOUR_MS);
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
        int64_t batch_id = begin();
        put_aside_the_other();
        worker_open_later(&earlier, batch_id, 0, true);
        CU_ASSERT_EQUAL(spend(&earlier, cases[i].before), cases[i].before);
        worker_close(&earlier);
        worker_open_later(&worker, batch_id, 0, cases[i].spends_last);
        CU_ASSERT_EQUAL(spend(&worker, 20), cases[i].more);
        CU_ASSERT_EQUAL(spent(), cases[i].before + cases[i].more);
        snprintf(standing, sizeof standing, "%.*s", 22, cases[i].standing);
        expect_standing(standing);
        expect_ledger_agrees();
        worker_close(&worker);
    }
}

/* What is held back is not claimed, is not due, and is not touched again. */
static void a_run_does_not_spin_on_what_it_may_not_spend(void)
{
    struct worker worker;
    char moved[64];

    worker_open(&worker, begin());
    put_aside_the_other();
    CU_ASSERT_EQUAL(spend(&worker, 20), 8);
    snprintf(moved, sizeof moved, "%s",
             testbed_ask(conn, "SELECT max(moved_at) FROM wabamigrate.step"));
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(worker_flush(&worker, 8), 0);
    testbed_expect(conn, "SELECT max(moved_at) FROM wabamigrate.step", moved);
    store_run_ask(worker.store, clock_monotonic_ms());
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    CU_ASSERT(store_run_outlook(worker.store)->due_ms > 70 * HOUR_MS);
    CU_ASSERT_EQUAL(store_run_outlook(worker.store)->by_state[STATE_WAITING], 1);
    worker_close(&worker);
}

/* The kept ones are released for whom they were asked for, and not for the rest of the book. */
static void a_person_spends_those_of_the_numbers_that_are_meant(void)
{
    struct worker worker;
    int64_t batch_id = begin();

    worker_open(&worker, batch_id);
    for (int i = 0; i < 8; i++) {
        worker_flush(&worker, 8);
        worker_settle_next(&worker, in_hand(&worker), "register");
        worker_settle_next(&worker, worker_find(&worker, "register_number", OTHER), "register");
        worker_flush(&worker, 0);
    }
    CU_ASSERT_EQUAL(worker_flush(&worker, 8), 0);
    worker_close(&worker);

    struct registration_terms terms;
    char id[24];
    registration_terms_init(&terms, true);
    snprintf(id, sizeof id, "%lld", (long long)batch_id);
    const char *values[] = {id, "{\"" NUMBER "\"}", NULL, terms.allowance};
    run_sql(SQL_REGISTRATION_RELEASE, 4, values);
    registration_terms_finish(&terms);
    testbed_expect(conn, "SELECT number FROM wabamigrate.number_status WHERE state = 'ready'",
                   NUMBER);
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
        int64_t batch_id = begin();
        put_aside_the_other();
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
        expect_ledger_agrees();
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
        {24 * HOUR_MS, 0},
        {48 * HOUR_MS, 0},
        {72 * HOUR_MS, 0}, /* it may have arrived a little after its intent */
        {72 * HOUR_MS + 6 * MINUTE_MS, 8},
        {144 * HOUR_MS, 0},
        {144 * HOUR_MS + 12 * MINUTE_MS, 8},
    };
    struct worker worker;
    int64_t batch_id = begin();

    put_aside_the_other();
    worker_open(&worker, batch_id);
    CU_ASSERT_EQUAL(spend(&worker, 20), 8);
    worker_close(&worker);
    CU_ASSERT_EQUAL(minutes_left(), 72 * 60 + 5);
    for (size_t i = 0; i < sizeof nights / sizeof nights[0]; i++) {
        worker_open_later(&worker, batch_id, nights[i].offset_ms, false);
        CU_ASSERT_EQUAL(spend(&worker, 20), nights[i].more);
        worker_close(&worker);
    }
    CU_ASSERT_EQUAL(spent(), 24);
    expect_ledger_agrees();
}

/* ---- several at once ---- */

static void batches_share_a_number_s_ledger(void)
{
    struct worker first, second;

    worker_open(&first, begin());
    put_aside_the_other();
    CU_ASSERT_EQUAL(spend(&first, 5), 5);
    int64_t batch_id = load(BOOK("second", "900200"));
    put_aside_the_other();
    worker_open(&second, batch_id);
    CU_ASSERT_EQUAL(spend(&second, 2), 2);
    CU_ASSERT_EQUAL(spend(&first, 20), 1);
    CU_ASSERT_EQUAL(spend(&second, 20), 0);
    expect_standing("waiting/time/8 of the ");
    CU_ASSERT_EQUAL(spent(), 8);
    expect_ledger_agrees();
    worker_close(&first);
    worker_close(&second);
}

/* Two workers of two batches, which no lock of a step keeps apart, ask at the same instant. */
static void two_workers_at_once_never_spend_more_than_there_is(void)
{
    struct worker left, right;
    int rounds = 0;
    int64_t left_batch = begin(), right_batch = load(BOOK("second", "900200"));

    put_aside_the_other();
    worker_open(&left, left_batch);
    worker_open(&right, right_batch);
    for (; rounds < 40 && spent() < 8; rounds++) {
        store_run_flush(left.store, &left.settled, 4, 0, clock_monotonic_ms());
        store_run_flush(right.store, &right.settled, 4, 0, clock_monotonic_ms());
        CU_ASSERT_TRUE_FATAL(worker_wait(&left));
        CU_ASSERT_TRUE_FATAL(worker_wait(&right));
        if (in_hand(&left))
            worker_settle_next(&left, in_hand(&left), "register");
        if (in_hand(&right))
            worker_settle_next(&right, in_hand(&right), "register");
    }
    CU_ASSERT(rounds < 40);
    CU_ASSERT_EQUAL(spend(&left, 20) + spend(&right, 20), 0);
    CU_ASSERT_EQUAL(spent(), 8);
    expect_ledger_agrees();
    worker_close(&left);
    worker_close(&right);
}

static bool is_blocked(void *self)
{
    (void)self;
    return count("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
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
        int64_t left_batch = begin(), right_batch = load(BOOK("second", "900200"));
        PGconn *watcher = conn;

        put_aside_the_other();
        worker_open(&left, left_batch);
        worker_open(&right, right_batch);
        CU_ASSERT_EQUAL(spend(&left, 7), 7);

        registration_terms_init(&terms, false);
        snprintf(run, sizeof run, "%lld", (long long)store_run_id(left.store));
        snprintf(batch, sizeof batch, "%lld", (long long)left_batch);
        const char *values[] = {
            run, batch, "4", NULL, NULL, "60000", terms.allowance, terms.memory_ms, terms.notes};
        conn = testbed_connect(NULL);
        testbed_do(conn, "BEGIN");
        run_sql(SQL_STEP_CLAIM, 9, values);
        PGconn *holder = conn;
        conn = watcher;
        store_run_flush(right.store, &right.settled, 4, 0, clock_monotonic_ms());
        CU_ASSERT_TRUE(testbed_wait(is_blocked, NULL));
        testbed_do(holder, cases[i].end);
        CU_ASSERT_TRUE_FATAL(worker_wait(&right));
        CU_ASSERT_EQUAL(in_hand(&right) != NULL, cases[i].gets_it);
        CU_ASSERT_EQUAL(spent(), 8);
        expect_ledger_agrees();

        /* Whoever lost it is told so at the next claim. */
        if (!cases[i].gets_it) {
            CU_ASSERT_FALSE(claims(&right));
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
        int64_t batch_id = begin();
        put_aside_the_other();
        worker_open_later(&worker, batch_id, 0, true);
        CU_ASSERT_EQUAL(spend(&worker, cases[i].before), cases[i].before);
        age(cases[i].age);
        CU_ASSERT_TRUE_FATAL(claims(&worker));
        answer_error(&worker, in_hand(&worker), 133016);
        worker_flush(&worker, 0);
        worker_close(&worker);

        /* Not by the step's own wait alone: another batch knows nothing of that. */
        batch_id = load(BOOK("second", "900200"));
        put_aside_the_other();
        for (int hour = 0; hour <= 72; hour += 24) {
            worker_open_later(&worker, batch_id, hour * HOUR_MS, cases[i].spends_last);
            CU_ASSERT_FALSE(claims(&worker));
            expect_standing("waiting/time/Meta take");
            CU_ASSERT_EQUAL(minutes_left(), cases[i].minutes);
            worker_close(&worker);
        }
        worker_open_later(&worker, batch_id, 72 * HOUR_MS + 6 * MINUTE_MS, cases[i].spends_last);
        CU_ASSERT_TRUE(claims(&worker));
        worker_close(&worker);
        expect_ledger_agrees();
    }
}

/* ---- what counts ---- */

static void never_leave(struct worker *worker)
{
    struct task *task = in_hand(worker);

    worker_settle_next(worker, task, "register");
    task->was_sent = false;
}

static void lose_the_answer(struct worker *worker)
{
    worker_answer(worker, in_hand(worker), &(struct answer){.transport = TRANSPORT_LOST}, NULL);
}

static void succeed(struct worker *worker)
{
    worker_settle(worker, in_hand(worker), OUTCOME_DONE);
}

static void fail(struct worker *worker)
{
    worker_settle(worker, in_hand(worker), OUTCOME_FAILED);
}

static void bury(const struct worker *worker)
{
    char run[32], batch[24];
    const char *values[] = {run, "0", batch, NULL};

    snprintf(run, sizeof run, "{%lld}", (long long)store_run_id(worker->store));
    snprintf(batch, sizeof batch, "%lld", (long long)worker->batch.batch_id);
    run_sql(SQL_RUN_BURY, 4, values);
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
    run_sql(SQL_RUN_FORGET, 3, values);
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
        worker_open(&worker, begin());
        put_aside_the_other();
        CU_ASSERT_TRUE_FATAL(claims(&worker));
        CU_ASSERT_EQUAL(spent(), 1); /* from its intent on */
        cases[i].end(&worker);
        worker_flush(&worker, 0);
        if (spent() != cases[i].spent)
            fprintf(stderr, "\n    %s: %d\n", cases[i].sentence, spent());
        CU_ASSERT_EQUAL(spent(), cases[i].spent);
        expect_ledger_agrees();
        worker_close(&worker);
    }
}

/* ---- failures that a person must mend ---- */

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
    for (int i = 0; i < 3; i++) {
        worker_flush(&worker, 8);
        CU_ASSERT_PTR_NULL(in_hand(&worker));
    }
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
    claim_and_drop(batch_id, 7 * 24 * HOUR_MS, true);
}

static void two_runs_at_once(int64_t batch_id)
{
    struct worker worker;

    worker_open(&worker, batch_id);
    claim_and_drop(batch_id, 0, false);
    CU_ASSERT_FALSE(claims(&worker));
    worker_close(&worker);
}

static void the_manifest_again(int64_t batch_id)
{
    CU_ASSERT_EQUAL(worker_load(conn, BOOK("book", "900100")), batch_id);
    another_run(batch_id);
}

static void a_new_signup(int64_t batch_id)
{
    const char *customer = testbed_ask(conn, "SELECT min(customer_id) FROM wabamigrate.customer");
    char id[24];
    const char *values[] = {id, "900100", "\\x00"};

    snprintf(id, sizeof id, "%s", customer);
    run_sql(SQL_CAPTURE_APPLY, 3, values);
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

    run_sql(SQL_CONTROL_PAUSE, 3, values);
    another_run(batch_id);
    values[2] = "f";
    run_sql(SQL_CONTROL_PAUSE, 3, values);
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

    run_sql(SQL_CONTROL_RETRY, 2, values);
    if (wait_ms > 0) {
        claim_and_drop(batch_id, wait_ms - 2 * MINUTE_MS, true);
        CU_ASSERT_EQUAL(spent(), 1);
    }
    worker_open_later(&worker, batch_id, wait_ms, false);
    CU_ASSERT_TRUE_FATAL(claims(&worker));
    CU_ASSERT_STRING_EQUAL(in_hand(&worker)->phase->name, "lookup");
    CU_ASSERT_EQUAL(spent(), 1);
    answer(&worker, in_hand(&worker), 200, "{\"data\":[]}");
    worker_flush(&worker, 8);
    CU_ASSERT_PTR_NOT_NULL_FATAL(in_hand(&worker));
    CU_ASSERT_STRING_EQUAL(in_hand(&worker)->phase->name, "register");
    CU_ASSERT_EQUAL(spent(), 2);
    worker_close(&worker);
}

static void fail_with(int code, int64_t batch_id)
{
    struct worker worker;

    put_aside_the_other();
    worker_open(&worker, batch_id);
    CU_ASSERT_TRUE_FATAL(claims(&worker));
    answer_error(&worker, in_hand(&worker), code);
    worker_flush(&worker, 0);
    CU_ASSERT_FALSE(claims(&worker));
    worker_close(&worker);
}

static void expect_one_spent_and_failed(void)
{
    testbed_expect(conn, "SELECT state FROM wabamigrate.number_status WHERE number = '" NUMBER "'",
                   "failed");
    CU_ASSERT_EQUAL(spent(), 1);
}

static void a_failure_that_a_person_must_mend_never_spends_a_second_one(void)
{
    static const struct {
        int code;
        int64_t wait_ms;
    } cases[] = {
        {133005, 0}, {133006, 0}, {133008, HOUR_MS}, {133009, HOUR_MS}, {133000, 0}, {133010, 0},
        {131031, 0}, {131037, 0}, {131042, 0},       {131005, 0},       {368, 0},    {10, 0},
        {200, 0},    {3, 0},      {100, 0},          {987654, 0}, /* one that nobody knows yet */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t batch_id = begin();
        fail_with(cases[i].code, batch_id);
        a_run_in_a_week(batch_id);
        expect_one_spent_and_failed();
        retry_spends_one(batch_id, cases[i].wait_ms);
        expect_ledger_agrees();
    }
}

static void nothing_that_happens_by_itself_spends_a_second_one(void)
{
    static const int codes[] = {133005, 133008};

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        int64_t batch_id = begin();
        fail_with(codes[i], batch_id);
        for (size_t act = 0; act < sizeof acts / sizeof acts[0]; act++) {
            acts[act](batch_id);
            expect_one_spent_and_failed();
        }
    }
}

/* Each run asks anew whether the token is good by now: by reading. */
static void a_refused_token_is_tried_again_by_reading(void)
{
    static const int codes[] = {0, 102, 104, 190};

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct worker worker;
        int64_t batch_id = begin();
        put_aside_the_other();
        worker_open(&worker, batch_id);
        CU_ASSERT_TRUE_FATAL(claims(&worker));
        answer_error(&worker, in_hand(&worker), codes[i]);
        worker_flush(&worker, 0);
        worker_close(&worker);
        for (int run = 0; run < 3; run++) {
            worker_open(&worker, batch_id);
            CU_ASSERT_TRUE_FATAL(claims(&worker));
            CU_ASSERT_STRING_EQUAL(in_hand(&worker)->phase->name, "lookup");
            answer_error(&worker, in_hand(&worker), codes[i]);
            worker_flush(&worker, 8);
            CU_ASSERT_PTR_NULL(in_hand(&worker));
            worker_close(&worker);
        }
        CU_ASSERT_EQUAL(spent(), 1);
        worker_open(&worker, batch_id);
        CU_ASSERT_TRUE_FATAL(claims(&worker));
        answer(&worker, in_hand(&worker), 200, "{\"data\":[]}");
        CU_ASSERT_TRUE(claims(&worker));
        CU_ASSERT_EQUAL(spent(), 2);
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
    int status = run_suite("registration_ledger", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
