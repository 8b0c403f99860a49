/* SPDX-License-Identifier: PostgreSQL */
/* The manifest loaded again, changed or not, while its batch is under way: what it changes, what it
 * leaves, and what it refuses. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "orchestrator/pg.h"
#include "orchestrator/store_load.h"
#include "orchestrator/store_schema.h"
#include "sql/statements.h"
#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

static PGconn *conn;

/* ---- helpers ---- */

/* Whether a child has ended, or somebody waits for a lock. */
static bool is_over_or_waits(void *self)
{
    return testbed_is_over(*(pid_t *)self) || testbed_somebody_waits(conn);
}

static void finish(struct worker *worker)
{
    worker_work_until(worker, NULL);
    worker_close(worker);
    worker_expect_done_once(conn);
}

/* WORKER_BOOK with one text in place of another. */
static void load_edited(const char *from, const char *to, int64_t wanted)
{
    char *text = worker_edited(WORKER_BOOK, from, to);

    CU_ASSERT_EQUAL(worker_load(conn, text), wanted);
    free(text);
}

/* What the database itself would see to, were it not too slow for a million numbers. */
static void expect_nothing_stands_alone(void)
{
    testbed_expect(conn,
                   "SELECT count(*) FROM wabamigrate.number n"
                   "  LEFT JOIN wabamigrate.customer c USING (customer_id)"
                   " WHERE c.batch_id IS DISTINCT FROM n.batch_id",
                   "0");
    testbed_expect(
        conn,
        "SELECT count(*) FROM wabamigrate.step s"
        "  LEFT JOIN wabamigrate.customer c USING (customer_id)"
        "  LEFT JOIN wabamigrate.number n USING (number_id)"
        " WHERE c.batch_id IS DISTINCT FROM s.batch_id"
        "    OR s.number_id IS NOT NULL AND n.customer_id IS DISTINCT FROM s.customer_id",
        "0");
}

static void a_changed_manifest_changes_what_has_not_begun_and_keeps_what_has(void)
{
    struct worker worker;
    int64_t batch_id = worker_begin(conn);
    static const char customer[] = "SELECT concat_ws('/', business_id, destination_waba_id)"
                                   "  FROM wabamigrate.customer WHERE key = 'bakery-lune'";

    load_edited("'700100'", "'700111'", batch_id);
    testbed_expect(conn, customer, "700111/900100");
    worker_open(&worker, batch_id);
    worker_work_until(&worker,
                      "assign_system_user"); /* the webhooks are subscribed: it has begun */
    load_edited("'900100'", "'900111'", batch_id);
    testbed_expect(conn, customer, "700111/900100");
    load_edited("waba_currency: EUR", "waba_currency: USD", batch_id);
    testbed_expect(conn, "SELECT waba_currency FROM wabamigrate.batch", "USD");
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.step", "34");
    worker_close(&worker);
}

/* The steps of an older program's batch stand where its path had them. */
static void steps_stand_where_the_program_s_path_has_them(void)
{
    int64_t batch_id = worker_begin(conn);

    testbed_do(conn, "UPDATE wabamigrate.path_step SET ordinal = ordinal + 3;"
                     "UPDATE wabamigrate.step SET ordinal = ordinal + 3");
    load_edited("waba_currency: EUR", "waba_currency: USD", batch_id);
    testbed_expect(conn,
                   "SELECT count(*) FROM wabamigrate.step s JOIN wabamigrate.path_step p"
                   " USING (path, kind) WHERE s.ordinal <> p.ordinal",
                   "0");
    testbed_expect(conn, "SELECT min(ordinal) FROM wabamigrate.step", "0");
    worker_expect_prerequisites(conn);
}

#define REGION ", data_localization_region: DE"

/* Where the manifest names no region there is nothing to set, and nothing is waited for. */
static void a_step_is_made_only_for_those_who_have_its_setting(void)
{
    struct worker worker;
    static const char steps[] =
        "SELECT concat_ws('/', count(*) FILTER (WHERE kind = 'set_storage'),"
        "       string_agg(DISTINCT prereqs_left::text, ',')"
        "           FILTER (WHERE kind = 'register_number'))"
        "  FROM wabamigrate.step";

    testbed_clear(conn);
    char *without = worker_edited(WORKER_BOOK, REGION, "");
    int64_t batch_id = worker_load(conn, without);
    testbed_expect(conn, steps, "0/2");
    worker_expect_prerequisites(conn);
    CU_ASSERT_EQUAL(worker_load(conn, WORKER_BOOK), batch_id); /* a later manifest names one */
    testbed_expect(conn, steps, "5/3");
    worker_expect_prerequisites(conn);
    CU_ASSERT_EQUAL(worker_load(conn, without), batch_id); /* what is there stays */
    testbed_expect(conn, steps, "5/3");
    worker_open(&worker, batch_id);
    finish(&worker);
    testbed_clear(conn);
    batch_id = worker_load(conn, without);
    worker_open(&worker, batch_id);
    worker_work_until(&worker, "register_number");
    worker_flush(&worker, 64);
    testbed_expect(conn,
                   "SELECT count(*) > 0 FROM wabamigrate.step"
                   " WHERE kind = 'register_number' AND state = 'running'",
                   "t");
    CU_ASSERT_EQUAL(worker_load(conn, WORKER_BOOK), batch_id); /* too late for these */
    testbed_expect(
        conn,
        "SELECT count(*) FROM wabamigrate.step s JOIN wabamigrate.step r USING (number_id)"
        " WHERE s.kind = 'set_storage' AND r.kind = 'register_number' AND r.epoch > 0",
        "0");
    worker_expect_prerequisites(conn);
    finish(&worker);
    free(without);
}

/* Templates are the WABA's: it does what it or one of its numbers asks for, and all its numbers
 * wait for what is copied before. */
static void templates_are_copied_for_a_waba_where_one_of_its_numbers_asks_for_it(void)
{
    struct worker worker;
    static const char steps[] = "SELECT string_agg(c.key || ' ' || s.kind, ', ' ORDER BY 1)"
                                "  FROM wabamigrate.step s JOIN wabamigrate.customer c USING"
                                " (customer_id) WHERE s.kind LIKE '%\\_templates'";
    static const char of_bakery[] =
        "bakery-lune list_templates, bakery-lune migrate_templates, bakery-lune settle_templates";

    testbed_clear(conn);
    char *one = worker_edited(WORKER_BOOK, "      - { number: '" BAKERY_2 "'",
                              "      - { templates: before_register, number: '" BAKERY_2 "'");
    char *after = worker_edited(WORKER_BOOK, "templates: leave", "templates: after_register");
    char *all = worker_edited(WORKER_BOOK, "templates: leave", "templates: before_register");
    int64_t batch_id = worker_load(conn, one);
    testbed_expect(conn, steps, of_bakery);
    worker_expect_prerequisites(conn);
    CU_ASSERT_EQUAL(worker_load(conn, WORKER_BOOK), batch_id); /* what is there stays */
    testbed_expect(conn, steps, of_bakery);
    worker_expect_prerequisites(conn);
    worker_open(&worker, batch_id);
    worker_work_until(&worker, "migrate_templates");
    testbed_expect(
        conn,
        "SELECT DISTINCT s.state FROM wabamigrate.step s JOIN wabamigrate.customer c"
        " USING (customer_id) WHERE s.kind = 'register_number' AND c.key = 'bakery-lune'",
        "pending");
    worker_expect_prerequisites(conn);
    finish(&worker);

    batch_id = worker_begin(conn);
    testbed_expect(conn, steps, "-");
    CU_ASSERT_EQUAL(worker_load(conn, after), batch_id); /* a later manifest asks for it */
    testbed_expect(conn, steps,
                   "bakery-lune list_templates, bakery-lune settle_templates, florist-lune "
                   "list_templates, florist-lune settle_templates");
    worker_expect_prerequisites(conn);
    worker_open(&worker, batch_id);
    worker_work_until(&worker, "share_credit_line");
    CU_ASSERT_EQUAL(worker_load(conn, all), batch_id); /* and another one for more */
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.step WHERE kind = 'migrate_templates'",
                   "2");
    worker_expect_prerequisites(conn);
    finish(&worker);

    batch_id = worker_begin(conn);
    worker_open(&worker, batch_id);
    worker_work_until(&worker, NULL);
    CU_ASSERT_EQUAL(worker_load(conn, all), batch_id); /* too late to copy before */
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.step WHERE kind = 'migrate_templates'",
                   "0");
    worker_expect_prerequisites(conn);
    finish(&worker);
    free(one);
    free(after);
    free(all);
}

static void a_number_added_to_the_manifest_joins_where_its_customer_stands(void)
{
    struct worker worker;
    int64_t batch_id = worker_begin(conn);

    worker_open(&worker, batch_id);
    worker_work_until(&worker, NULL);
    load_edited("      - { number: '" BAKERY_1 "'",
                "      - { number: '+33123456709', phone_number_id: '610109' }\n"
                "      - { number: '" BAKERY_1 "'",
                batch_id);
    worker_expect_prerequisites(conn);
    expect_nothing_stands_alone();
    worker_expect_state(conn, "check", "+33123456709", "ready");
    worker_expect_step(conn, "set_storage", "+33123456709",
                       "concat_ws('/', s.state, s.prereqs_left)", "pending/1");
    worker_work_until(&worker, NULL);
    worker_close(&worker);
    worker_expect_state(conn, "confirm_number", "+33123456709", "done");
    worker_expect_done_once(conn);
}

/* The outcome is recorded, and not yet committed, while the manifest is loaded: the new number's
 * steps must not count as open what the other transaction has just done. */
static void a_number_loaded_while_an_outcome_is_being_recorded_is_not_forgotten(void)
{
    struct worker worker;
    int64_t batch_id = worker_begin(conn);
    int how = 1;

    worker_open(&worker, batch_id);
    worker_work_until(&worker, "share_credit_line");
    char *text = worker_edited(WORKER_BOOK, "      - { number: '" BAKERY_1 "'",
                               "      - { number: '+33123456709', phone_number_id: '610109' }\n"
                               "      - { number: '" BAKERY_1 "'");
    testbed_do(conn, "BEGIN;"
                     "UPDATE wabamigrate.step SET state = 'done', run_id = NULL"
                     " WHERE kind = 'share_credit_line';"
                     "UPDATE wabamigrate.step t SET prereqs_left = prereqs_left - 1"
                     " WHERE kind = 'set_storage' AND state = 'pending'");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        static const struct clock clock;
        PGconn *own = NULL;
        struct fault fault = FAULT_NONE;
        bool is_loaded = pg_connect(testbed_conninfo(), &clock, &own, &fault) == STATUS_OK &&
                         worker_load(own, text) == batch_id;
        pg_close(&own);
        _exit(is_loaded ? 0 : 1);
    }
    CU_ASSERT_TRUE(testbed_wait(is_over_or_waits, &child));
    testbed_do(conn, "COMMIT");
    CU_ASSERT_EQUAL(waitpid(child, &how, 0), child);
    CU_ASSERT_EQUAL(how, 0);
    free(text);
    worker_expect_step(conn, "set_storage", "+33123456709", "s.prereqs_left",
                       "1"); /* its own check */
    worker_close(&worker);
}

/* Of two that load, the one that has written the program's own tables goes on to the steps, while
 * the other is about to write them. */
static void two_that_load_do_not_wait_for_each_other_in_a_circle(void)
{
    for (int is_older = 0; is_older < 2; is_older++) {
        int how = 1;
        worker_begin(conn);
        char *renamed = worker_edited(WORKER_BOOK, "batch: book", "batch: other");
        char *text =
            worker_edited(renamed, strstr(renamed, "customers:"),
                          "customers:\n  - { id: chandler, business_id: '700300',"
                          " source_waba_id: '800300', numbers: [{ number: '+33123456709' }] }\n");
        if (is_older)
            testbed_do(conn, "UPDATE wabamigrate.path_step SET ordinal = ordinal + 3");
        testbed_do(conn, "BEGIN");
        CU_ASSERT_EQUAL(store_schema_put_catalog(conn, NULL), STATUS_OK);
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            conn = testbed_connect(NULL); /* its own */
            _exit(worker_load(conn, text) > 0 ? 0 : 1);
        }
        CU_ASSERT_TRUE(testbed_wait(is_over_or_waits, &child));
        testbed_run(conn, SQL_STEP_HOLD, 0, NULL);
        testbed_do(conn, "COMMIT");
        CU_ASSERT_EQUAL(waitpid(child, &how, 0), child);
        CU_ASSERT_EQUAL(how, 0);
        free(text);
        free(renamed);
    }
}

static void a_number_of_another_unfinished_batch_is_refused(void)
{
    char batch[24];
    int64_t batch_id = worker_begin(conn);

    load_edited("batch: book", "batch: other", 0);
    testbed_expect(conn, "SELECT string_agg(name, ',') FROM wabamigrate.batch", "book");
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.number", "5");
    const char *values[] = {batch, NULL};
    snprintf(batch, sizeof batch, "%lld", (long long)batch_id);
    testbed_run(conn, SQL_CONTROL_CANCEL, 2, values);
    char *text = worker_edited(WORKER_BOOK, "batch: book", "batch: other");
    CU_ASSERT(worker_load(conn, text) > 0);
    free(text);
    /* a cancelled batch does not come back under its name */
    CU_ASSERT_EQUAL(worker_load(conn, WORKER_BOOK), 0);
}

/* One customer's comes from its signup, the other's from the manifest. */
static void two_customers_never_share_a_destination(void)
{
    int64_t batch_id = worker_begin(conn);

    testbed_do(conn, "UPDATE wabamigrate.customer SET destination_waba_id = '900200'"
                     " WHERE key = 'florist-lune'");
    load_edited("900100", "900200", 0);
    testbed_expect(conn,
                   "SELECT string_agg(key || ' ' || destination_waba_id, ',' ORDER BY key)"
                   "  FROM wabamigrate.customer",
                   "bakery-lune 900100,florist-lune 900200");
    load_edited("900100", "900300", batch_id);
}

/* A row that says nothing new is not written again, and a new customer gets all of its steps. */
static void a_load_writes_what_is_new_only(void)
{
    int64_t batch_id = worker_begin(conn);
    static const char rows[] = "SELECT (SELECT string_agg(ctid::text, ' ' ORDER BY customer_id)"
                               "          FROM wabamigrate.customer WHERE key <> 'chandler')"
                               "    || (SELECT string_agg(ctid::text, ' ' ORDER BY number_id)"
                               "          FROM wabamigrate.number WHERE number <> '+33123456709')";
    char *before = memory_copy_text(testbed_ask(conn, rows));

    load_edited("customers:\n",
                "customers:\n  - { id: chandler, business_id: '700300', source_waba_id: '800300',"
                " numbers: [{ number: '+33123456709' }] }\n",
                batch_id);
    testbed_expect(conn, rows, before);
    testbed_expect(conn,
                   "SELECT count(*) FROM wabamigrate.step s JOIN wabamigrate.customer c"
                   " USING (customer_id) WHERE c.key = 'chandler'",
                   "11");
    worker_expect_prerequisites(conn);
    expect_nothing_stands_alone();
    free(before);
}

/* What a load would put back is left as it is: the load was spared. */
static void a_manifest_that_has_not_changed_is_not_merged_again(void)
{
    static const char name[] = "SELECT name FROM wabamigrate.customer WHERE key = 'bakery-lune'";
    static const char spoil[] =
        "UPDATE wabamigrate.customer SET name = 'left alone' WHERE key = 'bakery-lune'";
    int64_t batch_id = worker_begin(conn);

    testbed_do(conn, spoil);
    CU_ASSERT_EQUAL(worker_load(conn, WORKER_BOOK), batch_id);
    testbed_expect(conn, name, "left alone");
    load_edited("waba_currency: EUR", "waba_currency: USD", batch_id);
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.customer WHERE name = 'left alone'",
                   "0");
    testbed_do(conn, spoil);
    CU_ASSERT_EQUAL(worker_load(conn, WORKER_BOOK), batch_id); /* it was loaded, but not last */
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.customer WHERE name = 'left alone'",
                   "0");
}

static void a_credential_that_has_gone_is_missed_in_a_manifest_that_has_not_changed(void)
{
    struct store_load_result result;
    struct fault fault = FAULT_NONE;

    worker_begin(conn);
    const char *manifest = testbed_write("book.yaml", WORKER_BOOK);
    CU_ASSERT_EQUAL(store_load(conn, manifest, &result, &fault), STATUS_OK);
    unsetenv("TESTBED_TOKEN");
    CU_ASSERT_EQUAL(store_load(conn, manifest, &result, &fault), STATUS_INVALID);
    CU_ASSERT(result.problems > 0);
}

/* Whoever was loaded later may be in conflict with what is unchanged. */
static void a_conflict_is_found_in_a_manifest_that_has_not_changed(void)
{
    char batch[24];
    int64_t batch_id = worker_begin(conn);
    const char *values[] = {batch, "{bakery-lune,florist-lune}"};

    snprintf(batch, sizeof batch, "%lld", (long long)batch_id);
    testbed_run(conn, SQL_CONTROL_CANCEL, 2, values);
    CU_ASSERT_EQUAL(worker_load(conn, WORKER_BOOK), batch_id);
    char *text = worker_edited(WORKER_BOOK, "batch: book", "batch: other");
    CU_ASSERT(worker_load(conn, text) > 0);
    CU_ASSERT_EQUAL(worker_load(conn, WORKER_BOOK), 0);
    free(text);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"a changed manifest changes what has not begun, and keeps what has",
         a_changed_manifest_changes_what_has_not_begun_and_keeps_what_has},
        {"a number added to the manifest joins where its customer stands",
         a_number_added_to_the_manifest_joins_where_its_customer_stands},
        {"steps stand where the program's path has them",
         steps_stand_where_the_program_s_path_has_them},
        {"a step is made only for those who have its setting",
         a_step_is_made_only_for_those_who_have_its_setting},
        {"templates are copied for a WABA where one of its numbers asks for it",
         templates_are_copied_for_a_waba_where_one_of_its_numbers_asks_for_it},
        {"a number loaded while an outcome is being recorded is not forgotten",
         a_number_loaded_while_an_outcome_is_being_recorded_is_not_forgotten},
        {"a load writes what is new only", a_load_writes_what_is_new_only},
        {"a manifest that has not changed is not merged again",
         a_manifest_that_has_not_changed_is_not_merged_again},
        {"a credential that has gone is missed in a manifest that has not changed",
         a_credential_that_has_gone_is_missed_in_a_manifest_that_has_not_changed},
        {"a conflict is found in a manifest that has not changed",
         a_conflict_is_found_in_a_manifest_that_has_not_changed},
        {"two that load do not wait for each other in a circle",
         two_that_load_do_not_wait_for_each_other_in_a_circle},
        {"a number of another unfinished batch is refused",
         a_number_of_another_unfinished_batch_is_refused},
        {"two customers never share a destination", two_customers_never_share_a_destination},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("reload", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
