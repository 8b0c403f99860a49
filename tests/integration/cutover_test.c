/* SPDX-License-Identifier: PostgreSQL */
/* Between what a registration took place, whatever became of its answers; and what is frozen before
 * and after. */
#include <stdio.h>
#include <string.h>

#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

static PGconn *conn;

/* Attempts of one step, in seconds after a full minute: (epoch, phase is the effect, sent, heard or
 * NULL, HTTP status, outcome). */
/* clang-format off */
static const struct {
    const char *sentence, *attempts, *wanted; /* sent heard date lost */
} cases[] = {
    {"answered at once", "(1,true,10,12,200,'done')", "10 12 12 f"},
    {"not yet", "(1,true,10,NULL,NULL,NULL)", ""},
    {"refused first", "(1,true,10,12,400,'failed'),(2,true,20,22,200,'done')", "20 22 22 f"},
    {"throttled first", "(1,true,10,12,400,'wait_time'),(2,true,20,22,200,'done')", "20 22 22 f"},
    {"lost, and found", "(1,true,10,15,0,'unsure'),(2,false,20,22,200,'done')", "10 22 22 t"},
    {"lost with its worker, and found", "(1,true,10,NULL,NULL,'lost'),(3,false,20,22,200,'done')", "10 22 22 t"},
    {"lost, looked for, not there, and sent again", "(1,true,10,15,0,'unsure'),(2,false,20,22,200,'next'),(3,true,30,32,200,'done')", "30 32 32 f"},
    {"lost, looked for in vain twice, and found", "(1,true,10,15,0,'unsure'),(2,false,20,22,500,'retry'),(3,false,30,32,200,'done')", "10 32 32 t"},
    {"an answer that says nothing", "(1,true,10,15,500,'unsure'),(2,false,20,22,200,'done')", "10 22 22 t"},
    {"never sent first", "(1,true,5,NULL,NULL,'not_sent'),(2,true,10,12,200,'done')", "10 12 12 f"},
    {"it had been registered before", "(1,true,10,12,400,'next'),(2,false,20,22,200,'done')", ""},
    {"by our own, which nobody had found", "(1,true,10,15,0,'unsure'),(2,false,20,22,200,'next'),(3,true,30,32,400,'next'),(4,false,40,42,200,'done')", "10 42 42 t"},
    {"nothing to do", "(1,false,20,22,200,'done')", ""},
};
/* clang-format on */

static void it_took_place_between_its_sending_and_what_shows_it(void)
{
    char sql[2048];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        testbed_do(conn, "DELETE FROM wabamigrate.attempt");
        snprintf(sql, sizeof sql,
                 "INSERT INTO wabamigrate.attempt (step_id, epoch, run_id, phase, is_effect,"
                 " intended_at, ms, http_status, outcome, heard_at, graph_date)"
                 "SELECT 7, a.epoch, 1, 'p', a.is_effect, to_timestamp(a.sent),"
                 " (a.heard - a.sent) * 1000, a.status, a.outcome, to_timestamp(a.heard),"
                 " CASE WHEN a.status > 0 THEN to_timestamp(a.heard) END"
                 " FROM (VALUES (0, true, 0, 0, 0, ''), %s)"
                 " AS a (epoch, is_effect, sent, heard, status, outcome) WHERE a.epoch > 0",
                 cases[i].attempts);
        testbed_do(conn, sql);
        const char *found = testbed_ask(
            conn, "SELECT concat_ws(' ', extract(epoch FROM sent_at)::int,"
                  " extract(epoch FROM heard_at)::int, extract(epoch FROM graph_date)::int,"
                  " was_lost::text::char(1)) FROM wabamigrate.took_place(7)");
        if (strcmp(found, cases[i].wanted) != 0)
            fprintf(stderr, "\n  %s: wanted %s, got %s\n", cases[i].sentence, cases[i].wanted,
                    found);
        CU_ASSERT_STRING_EQUAL(found, cases[i].wanted);
    }
}

#define BEFORE "SELECT before FROM wabamigrate.number WHERE number = '" BAKERY_1 "'"

static void what_the_source_showed_is_frozen_with_the_first_verdict(void)
{
    struct worker worker;

    testbed_clear(conn);
    int64_t batch_id = worker_load(conn, WORKER_BOOK);
    CU_ASSERT_FATAL(batch_id > 0);
    testbed_expect(conn, BEFORE, "-");
    worker_open(&worker, batch_id);
    worker_work_until(&worker, "register_number");
    testbed_expect(
        conn, "SELECT before ? '_read_at' FROM wabamigrate.number WHERE number = '" BAKERY_1 "'",
        "t");
    char kept[TESTBED_TEXT_BYTES];
    snprintf(kept, sizeof kept, "%s", testbed_ask(conn, BEFORE));
    testbed_do(conn, "UPDATE wabamigrate.number SET source_node = '{\"id\":\"changed\"}'");
    worker_work_until(&worker, NULL);
    testbed_expect(conn, BEFORE, kept);
    worker_close(&worker);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"it took place between its sending and what shows it",
         it_took_place_between_its_sending_and_what_shows_it},
        {"what the source showed is frozen with the first verdict",
         what_the_source_showed_is_frozen_with_the_first_verdict},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("cutover", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
