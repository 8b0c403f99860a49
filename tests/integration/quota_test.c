/* SPDX-License-Identifier: PostgreSQL */
/*
 * The quotas of a day and a night: two workers on one database, and a make-believe Graph that
 * counts as the simulator does (its own quota.c), by a clock of its own. Every WABA has more work
 * than its quota allows; what is asked is that all of it is used, and that nobody is ever told off.
 *
 * The virtual time is a table that wabamigrate.clock() is made to read. The tiers are scaled down
 * (fresh 40, active 100 calls an hour), so that 900 WABAs and 24 hours are 1.4 million calls and
 * not 56. `quota_test HOURS WABAS` runs the first case at another size; see docs/quotas.md.
 */
#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/simulator/quota.h"
#include "tests/unit/base/suite.h"

#define WABAS_MAX 900
#define HOURS_MAX 48
#define FRESH 40
#define ACTIVE 100
#define MINUTE_MS 60000
#define HOUR_MS (60 * MINUTE_MS)
#define SKEW_MS 23000 /* Graph's minutes are not ours */
#define TURN_MS 60000 /* how far the time goes when nobody has anything to do */
#define START_MS INT64_C(1764115207000)
#define BATCH 256
#define LEASE_MS (INT64_C(100) * 24 * HOUR_MS)

enum tier { TIER_FRESH, TIER_ACTIVE, TIER_GROWS };

struct waba {
    struct quota quota;
    enum tier tier;
    unsigned limit;
    unsigned others_percent; /* of the limit, used by another program */
    double others_due;
    double allowed, used; /* over all hours */
};

static PGconn *conn;
static unsigned hours_asked = 2, wabas_asked = 30, numbers_a_waba = 3;

static struct world {
    struct waba wabas[WABAS_MAX];
    unsigned count, hours;
    struct quota app;
    unsigned app_limit, app_others_percent;
    double app_used[HOURS_MAX], used[HOURS_MAX], allowed[HOURS_MAX]; /* not of shared WABAs */
    int64_t now_ms;
    unsigned refused, calls;
    bool has_headers;
} world;

/* ---- the virtual time ---- */

static void set_time(int64_t ms)
{
    char sql[160];

    snprintf(sql, sizeof sql, "UPDATE wabamigrate.quota_time SET at = to_timestamp(%lld / 1000.0)",
             (long long)ms);
    testbed_do(conn, sql);
    world.now_ms = ms;
}

static void make_time(void)
{
    testbed_do(conn, "DROP TABLE IF EXISTS wabamigrate.quota_time");
    testbed_do(conn, "CREATE TABLE wabamigrate.quota_time AS SELECT now() AS at");
    testbed_do(conn, "CREATE OR REPLACE FUNCTION wabamigrate.clock() RETURNS timestamptz"
                     " LANGUAGE sql STABLE AS 'SELECT at FROM wabamigrate.quota_time'");
    set_time(START_MS);
}

/* ---- a book without an end ---- */

static int64_t load_book(unsigned wabas)
{
    struct buffer text;

    buffer_init(&text, (size_t)1 << 24);
    (void)!buffer_printf(
        &text,
        "version: 1\nbatch: book\n"
        "partner: { business_id: '1020304050', app_id: '998877', credit_line_id: '5566778899',\n"
        "           system_user_id: '445566', system_token: { env: TESTBED_TOKEN } }\n"
        "defaults: { waba_currency: EUR, templates: leave }\ncustomers:\n");
    for (unsigned i = 0; i < wabas; i++) {
        (void)!buffer_printf(&text,
                             "  - { id: c%u, business_id: '%u', source_waba_id: '%u',"
                             " destination_waba_id: '%u', numbers: [",
                             i, 700000 + i, 800000 + i, 900000 + i);
        for (unsigned n = 0; n < numbers_a_waba; n++)
            (void)!buffer_printf(&text, "%s{ number: '+331%08u' }", n ? ", " : "",
                                 i * numbers_a_waba + n);
        (void)!buffer_printf(&text, "] }\n");
    }
    int64_t batch_id = worker_load(conn, buffer_text(&text));
    buffer_finish(&text);
    CU_ASSERT_FATAL(batch_id > 0);
    testbed_do(conn, "UPDATE wabamigrate.step SET prereqs_left = 0,"
                     "   not_before = '2000-01-01',"
                     "   memo = jsonb_build_object('after', step_id::text)," /* no read is shared */
                     "   state = CASE kind WHEN 'confirm_number' THEN 'ready' ELSE 'done' END");
    return batch_id;
}

static int64_t begin(unsigned wabas, unsigned hours)
{
    testbed_reset(conn);
    memset(&world, 0, sizeof world);
    world.count = wabas;
    world.hours = hours;
    world.has_headers = true;
    for (unsigned i = 0; i < wabas; i++)
        world.wabas[i] = (struct waba){.limit = 100000, .tier = TIER_ACTIVE};
    make_time();
    int64_t batch_id = load_book(wabas);
    testbed_do(conn, "UPDATE wabamigrate.quota SET calls = 100, calls_at_first = 40"
                     " WHERE scope = 'waba'");
    return batch_id;
}

/* ---- the make-believe Graph ---- */

static unsigned hour(void)
{
    return (unsigned)((world.now_ms - START_MS) / HOUR_MS);
}

static struct quota_usage count_waba(struct waba *waba)
{
    struct quota_usage usage = quota_use(&waba->quota, world.now_ms + SKEW_MS, waba->limit);

    waba->used++;
    if (waba->others_percent == 0)
        world.used[hour()]++;
    return usage;
}

static struct quota_usage count_app(void)
{
    world.app_used[hour()]++;
    return quota_use(&world.app, world.now_ms + SKEW_MS, world.app_limit);
}

static void answer(struct worker *worker, struct task *task)
{
    struct waba *waba = &world.wabas[strtoul(task->facts.customer + 1, NULL, 10)];
    struct quota_usage of_waba = count_waba(waba), of_app = count_app();

    world.calls++;
    if (world.has_headers) {
        struct usage app = {.percent = of_app.percent};
        struct usage own = {.percent = of_waba.percent,
                            .regain_ms = (int64_t)of_waba.regain_minutes * MINUTE_MS};
        snprintf(own.object_id, sizeof own.object_id, "%s", task->facts.destination_waba_id);
        task_keep_usage(task, &app, &own, 1);
    }
    if (of_waba.is_refused || of_app.is_refused)
        world.refused++;
    worker_settle_next(worker, task, "read");
}

/* What another program does in the same time: a part of the quota, spread over the hour. */
static void others_call(void)
{
    double share = (double)TURN_MS / HOUR_MS;

    for (unsigned i = 0; i < world.count; i++) {
        struct waba *waba = &world.wabas[i];
        waba->others_due += share * waba->limit * waba->others_percent / 100;
        for (; waba->others_due >= 1; waba->others_due--)
            (void)count_waba(waba);
    }
    for (double due = share * world.app_limit * world.app_others_percent / 100; due >= 1; due--)
        (void)count_app();
}

static void grow(void)
{
    for (unsigned i = 0; i < world.count; i++) {
        struct waba *waba = &world.wabas[i];
        if (waba->tier == TIER_GROWS && waba->limit == FRESH && hour() >= 1 + i % 2)
            waba->limit = ACTIVE;
        waba->allowed += waba->limit * (double)TURN_MS / HOUR_MS;
        if (waba->others_percent == 0)
            world.allowed[hour()] += waba->limit * (double)TURN_MS / HOUR_MS;
    }
}

/* ---- the workers ---- */

static bool work(struct worker *workers, unsigned count)
{
    bool has_worked = false;

    for (unsigned w = 0; w < count; w++)
        worker_flush(&workers[w], BATCH);
    for (unsigned w = 0; w < count; w++) {
        while (workers[w].hand.count > 0) {
            answer(&workers[w], workers[w].hand.first);
            has_worked = true;
        }
    }
    return has_worked || store_run_claimed_all(workers[0].store) ||
           store_run_claimed_all(workers[count - 1].store);
}

static void live(int64_t batch_id, unsigned workers_count)
{
    struct worker workers[2];
    int64_t end_ms = START_MS + (int64_t)world.hours * HOUR_MS;

    for (unsigned w = 0; w < workers_count; w++)
        worker_open_with(&workers[w], batch_id, NULL, LEASE_MS);
    while (world.now_ms < end_ms) {
        grow();
        others_call();
        while (work(workers, workers_count))
            continue;
        set_time(world.now_ms + TURN_MS);
    }
    for (unsigned w = 0; w < workers_count; w++)
        worker_close(&workers[w]);
}

static double least_waba(bool with_others)
{
    double least = 1;

    for (unsigned i = 0; i < world.count; i++) {
        const struct waba *waba = &world.wabas[i];
        if ((waba->others_percent > 0) == with_others && waba->used / waba->allowed < least)
            least = waba->used / waba->allowed;
    }
    return least;
}

static double least_hour(void)
{
    double least = 1;

    for (unsigned h = 0; h < world.hours; h++) {
        if (world.used[h] / world.allowed[h] < least)
            least = world.used[h] / world.allowed[h];
    }
    return least;
}

static void mix_tiers(bool with_others)
{
    for (unsigned i = 0; i < world.count; i++) {
        struct waba *waba = &world.wabas[i];
        waba->tier = (enum tier)(i % 3);
        waba->limit = waba->tier == TIER_ACTIVE ? ACTIVE : FRESH;
        waba->others_percent = with_others && i % 5 == 4 ? 30 : 0;
    }
}

static void a_day_uses_its_quotas_and_nobody_is_told_off(void)
{
    int64_t batch_id = begin(wabas_asked, hours_asked);

    mix_tiers(true);
    live(batch_id, 2);
    printf("\n    %u WABAs, %u h, %u calls, %u refused; used of the quota: %.4f in the worst hour, "
           "%.4f by the worst WABA, %.4f by the worst shared one\n    ",
           world.count, world.hours, world.calls, world.refused, least_hour(), least_waba(false),
           least_waba(true));
    CU_ASSERT_EQUAL(world.refused, 0);
    CU_ASSERT(least_hour() >= 0.95);
    CU_ASSERT(least_waba(false) >= 0.95);
    /* What the other one leaves is known by its answers only, when there are any. */
    CU_ASSERT(least_waba(true) >= 0.65);
}

/* ---- what it would be without ---- */

/* Another program has used half of every quota before we come. */
static unsigned refused_with(const char *instead)
{
    numbers_a_waba = 60;
    int64_t batch_id = begin(12, 1);

    numbers_a_waba = 3;
    for (unsigned i = 0; i < world.count; i++)
        world.wabas[i] = (struct waba){.limit = FRESH};
    if (instead)
        testbed_do(conn, instead);
    for (unsigned i = 0; i < world.count; i++) {
        for (unsigned n = 0; n < world.wabas[i].limit / 2; n++)
            (void)count_waba(&world.wabas[i]);
    }
    live(batch_id, 2);
    return world.refused;
}

static void half_of_a_quota_is_used_where_the_other_half_is(void)
{
    CU_ASSERT_EQUAL(refused_with(NULL), 0);
    CU_ASSERT(least_waba(false) >= 0.95);
}

static void without_the_reservation_we_were_told_off(void)
{
    CU_ASSERT(
        refused_with("CREATE OR REPLACE FUNCTION wabamigrate.budget_take(an_app text,"
                     " scopes text[], subjects text[], costs integer[]) RETURNS boolean[]"
                     " LANGUAGE sql AS 'SELECT array_fill(true, ARRAY[cardinality(costs)])'") > 0);
}

/* What is left may go at once, whoever else may have used it. */
static void without_the_pacing_we_were_told_off(void)
{
    CU_ASSERT(refused_with(
                  "CREATE OR REPLACE FUNCTION wabamigrate.budget_room(g wabamigrate.budget,"
                  " q wabamigrate.quota, at timestamptz, OUT room integer, OUT kept_by text)"
                  " LANGUAGE sql AS 'SELECT greatest(0, g.calls - g.used), ''window''::text'") > 0);
}

static void the_app_s_limit_is_found_and_used(void)
{
    int64_t batch_id = begin(30, 3);

    world.app_limit = 2000;
    for (unsigned i = 0; i < world.count; i++)
        world.wabas[i].limit = 0;
    testbed_do(conn, "UPDATE wabamigrate.quota SET calls = 100000, calls_at_first = 100000"
                     " WHERE scope = 'waba'");
    live(batch_id, 2);
    printf("\n    ");
    for (unsigned h = 0; h < world.hours; h++) {
        printf("%.4f ", world.app_used[h] / world.app_limit);
        CU_ASSERT(world.app_used[h] >= 0.95 * world.app_limit);
    }
    CU_ASSERT_EQUAL(world.refused, 0);
}

int main(int argc, char **argv)
{
    static CU_TestInfo tests[] = {
        {"a day uses its quotas, and nobody is told off",
         a_day_uses_its_quotas_and_nobody_is_told_off},
        {"half of a quota is used where the other half is",
         half_of_a_quota_is_used_where_the_other_half_is},
        {"without the reservation we were told off", without_the_reservation_we_were_told_off},
        {"without the pacing we were told off", without_the_pacing_we_were_told_off},
        {"the app's limit is found, and used", the_app_s_limit_is_found_and_used},
        CU_TEST_INFO_NULL,
    };

    if (argc == 3) {
        hours_asked = (unsigned)strtoul(argv[1], NULL, 10);
        wabas_asked = (unsigned)strtoul(argv[2], NULL, 10);
    }
    if (hours_asked == 0 || hours_asked > HOURS_MAX || wabas_asked == 0 || wabas_asked > WABAS_MAX)
        return 2;
    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("quota", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
