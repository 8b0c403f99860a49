/* SPDX-License-Identifier: PostgreSQL */
/* Verification codes: which are taken, which are refused and why, whom they wake, and where they
 * go. */
#include <json-c/json.h>
#include <stdlib.h>
#include <unistd.h>

#include "orchestrator/code.h"
#include "orchestrator/pg.h"
#include "sql/statements.h"
#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

static PGconn *conn;
static struct vault *vault;

/* ---- helpers ---- */

/* Feeds the text; what was said on standard error comes back in `said`. */
static struct code_counts feed(const char *text, char *said, size_t said_bytes)
{
    struct code_counts counts = {0};
    struct fault fault = FAULT_NONE;
    FILE *lines = tmpfile(), *errors = tmpfile();

    CU_ASSERT_FATAL(lines != NULL && errors != NULL);
    CU_ASSERT_FATAL(fputs(text, lines) >= 0);
    rewind(lines);
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    dup2(fileno(errors), STDERR_FILENO);
    enum status status = code_stream(conn, vault, lines, "lines", &counts, &fault);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    CU_ASSERT_EQUAL(status, STATUS_OK);
    rewind(errors);
    said[fread(said, 1, said_bytes - 1, errors)] = '\0';
    fclose(lines);
    fclose(errors);
    return counts;
}

static void feed_one(const char *line, const char *wanted)
{
    char said[1024];
    struct code_counts counts = feed(line, said, sizeof said);
    const char *name = counts.taken     ? "taken"
                       : counts.known   ? "known"
                       : counts.refused ? "refused"
                                        : "nothing";

    if (strcmp(name, wanted) != 0)
        fprintf(stderr, "\n    %s: %s\n", line, said);
    CU_ASSERT_STRING_EQUAL(name, wanted);
    CU_ASSERT_EQUAL(counts.taken + counts.known + counts.refused, strcmp(wanted, "nothing") != 0);
}

static void expect_step(const char *kind, const char *number, const char *what, const char *wanted)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "SELECT %s FROM wabamigrate.step s JOIN wabamigrate.number n USING (number_id)"
             " WHERE s.kind = '%s' AND n.number = '%s'",
             what, kind, number);
    testbed_expect(conn, sql, wanted);
}

static void settle_all(struct worker *worker, const char *kind, enum outcome outcome)
{
    for (struct task *task; (task = worker_find(worker, kind, NULL));)
        worker_settle(worker, task, outcome);
}

/* The programmatic book, up to where its numbers wait for their codes. */
static void begin(struct worker *worker)
{
    testbed_clear(conn);
    int64_t batch_id = worker_load(conn, WORKER_PROGRAMMATIC);
    CU_ASSERT_FATAL(batch_id > 0);
    worker_open(worker, batch_id);
    do {
        settle_all(worker, "await_code", OUTCOME_WAIT_PERSON);
        while (worker->hand.count > 0)
            worker_settle(worker, worker->hand.first, OUTCOME_DONE);
    } while (worker_flush(worker, 64) > 0);
    expect_step("await_code", BAKERY_1, "s.state || '/' || s.waiting_for", "waiting/code");
    worker_expect_prerequisites(conn);
}

static void retry(const struct worker *worker, const char *selection)
{
    char batch[24];
    const char *values[] = {batch, selection};

    snprintf(batch, sizeof batch, "%lld", (long long)worker->batch.batch_id);
    CU_ASSERT_EQUAL(pg_query(conn, SQL_CONTROL_RETRY, 2, values, NULL, NULL), STATUS_OK);
}

/* ---- cases ---- */

static void two_paths_of_one_customer_both_come_to_their_end(void)
{
    struct worker worker;

    begin(&worker);
    /* A number of the other path waits for nobody; its WABA's steps are those of the signup. */
    expect_step("confirm_number", FLORIST_2, "s.state", "done");
    expect_step("await_code", FLORIST_1, "s.state", "waiting");
    testbed_expect(conn,
                   "SELECT DISTINCT s.path FROM wabamigrate.step s"
                   "  JOIN wabamigrate.customer c USING (customer_id)"
                   " WHERE c.key = 'florist-lune' AND s.number_id IS NULL",
                   "embedded_signup");
    feed_one(FLORIST_1 " 123456", "taken");
    worker_work_until(&worker, NULL);
    expect_step("confirm_number", FLORIST_1, "s.state", "done");
    worker_close(&worker);
}

static void every_line_is_taken_or_refused_for_its_own_reason(void)
{
    /* clang-format off */
    static const struct { const char *line, *wanted, *said; } cases[] = {
        {"", "nothing", ""},
        {"   \t\n", "nothing", ""},
        {BAKERY_1 " 123456", "taken", ""},
        {BAKERY_1 " 123456\r\n", "known", ""},
        {BAKERY_1 " 123-456", "known", ""},
        {BAKERY_1 " 123457", "taken", ""}, /* the one that came last */
        {"  +33 1 23 45 67 02\t654-321  ", "taken", ""},
        {BAKERY_3, "refused", "a number and its code"},
        {BAKERY_3 " 98765", "refused", "six digits"},
        {BAKERY_3 " 9876543", "refused", "six digits"},
        {BAKERY_3 " 98765a", "refused", "six digits"},
        {BAKERY_3 " 98-7654", "refused", "six digits"},
        {BAKERY_3 " 987--654", "refused", "six digits"},
        {BAKERY_3 " -987654", "refused", "six digits"},
        {BAKERY_3 " 987654-", "refused", "six digits"},
        {"0123456703 123456", "refused", "does not begin with +"},
        {"+33123456709 123456", "refused", "in no batch"},
        {FLORIST_2 " 123456", "refused", "Embedded Signup"},
        {BAKERY_3 " \xef\xbc\x99" "87654", "refused", "six digits"}, /* a full-width one */
    };
    /* clang-format on */
    struct worker worker;

    begin(&worker);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char said[1024];
        feed_one(cases[i].line, cases[i].wanted);
        if (strcmp(cases[i].wanted, "refused") != 0)
            continue;
        (void)feed(cases[i].line, said, sizeof said);
        if (!strstr(said, cases[i].said))
            fprintf(stderr, "\n    %s: %s\n", cases[i].line, said);
        CU_ASSERT_PTR_NOT_NULL(strstr(said, cases[i].said));
        CU_ASSERT_EQUAL(strncmp(said, "lines:1: ", 9), 0);
        CU_ASSERT_PTR_NULL(strstr(said, "987")); /* a slip of a code is still almost the code */
    }
    expect_step("await_code", BAKERY_1, "s.state", "ready");
    expect_step("await_code", BAKERY_2, "s.state", "ready");
    expect_step("await_code", BAKERY_3, "s.state", "waiting");
    worker_close(&worker);
}

static void a_bad_line_costs_no_other_line(void)
{
    char said[2048], text[1200];
    struct worker worker;

    begin(&worker);
    memset(text, 'x', 600);
    strcpy(text + 600, "\n" BAKERY_1 " 12\n\n" BAKERY_2 " 123456\n" BAKERY_3 " 123456");
    struct code_counts counts = feed(text, said, sizeof said);
    CU_ASSERT_EQUAL(counts.refused, 2);
    CU_ASSERT_EQUAL(counts.taken, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "lines:1: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "lines:2: "));
    worker_close(&worker);
}

static void who_takes_no_code_says_why(void)
{
    struct worker worker;
    char line[64];

    testbed_clear(conn);
    worker_open(&worker, worker_load(conn, WORKER_PROGRAMMATIC));
    feed_one(BAKERY_1 " 123456", "refused"); /* nothing has been asked for */
    worker_work_until(&worker, "request_code");
    snprintf(line, sizeof line, "%s 123456",
             worker_find(&worker, "request_code", NULL)->facts.number);
    feed_one(line, "taken"); /* faster than the answer to the request */
    worker_close(&worker);

    begin(&worker);
    testbed_do(conn,
               "UPDATE wabamigrate.number SET cancelled_at = now() WHERE number = '" BAKERY_1 "'");
    feed_one(BAKERY_1 " 123456", "refused");
    feed_one(BAKERY_2 " 123456", "taken");
    worker_work_until(&worker, "verify_code");
    struct task *task = worker_find(&worker, "verify_code", BAKERY_2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    reply_learn(&task->reply, LEARNED_VERIFIED, false, NULL, NULL, NULL, NULL);
    worker_settle(&worker, task, OUTCOME_DONE);
    worker_flush(&worker, 0);
    feed_one(BAKERY_2 " 123456", "refused");
    testbed_expect(conn,
                   "SELECT verification_code_sealed IS NULL AND verified_at IS NOT NULL"
                   "  FROM wabamigrate.number WHERE number = '" BAKERY_2 "'",
                   "t");
    worker_close(&worker);
}

static void a_code_is_kept_sealed_and_nowhere_else(void)
{
    static const char *const tables[] = {"number", "step", "attempt", "customer"};
    char sql[256];
    struct worker worker;

    begin(&worker);
    feed_one(BAKERY_1 " 908-172", "taken");
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM wabamigrate.%s t WHERE t::text LIKE '%%908172%%'"
                 "    OR t::text LIKE '%%' || encode('908172', 'hex') || '%%'",
                 tables[i]);
        testbed_expect(conn, sql, "0");
    }
    worker_work_until(&worker, "verify_code");
    struct task *task = worker_find(&worker, "verify_code", BAKERY_1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    CU_ASSERT_STRING_EQUAL(secret_reveal(task->facts.verification_code), "908172");
    CU_ASSERT_STRING_EQUAL(task->facts.code_method, "SMS");
    CU_ASSERT_STRING_EQUAL(task->facts.language, "fr");
    CU_ASSERT_STRING_EQUAL(task->facts.country_code, "33");
    CU_ASSERT_STRING_EQUAL(task->facts.national, "123456701");
    worker_close(&worker);
}

/* The task in hand has read the number before the code came. */
static void a_code_that_comes_while_the_wait_is_looked_at_is_not_lost(void)
{
    struct worker worker;
    char number[16], line[64];

    testbed_clear(conn);
    worker_open(&worker, worker_load(conn, WORKER_PROGRAMMATIC));
    worker_work_until(&worker, "await_code");
    snprintf(number, sizeof number, "%s", worker_find(&worker, "await_code", NULL)->facts.number);
    snprintf(line, sizeof line, "%s 123456", number);
    feed_one(line, "taken");
    expect_step("await_code", number, "s.state || '/' || s.is_nudged", "running/true");
    settle_all(&worker, "await_code", OUTCOME_WAIT_PERSON);
    worker_flush(&worker, 0);
    expect_step("await_code", number, "s.state || '/' || s.is_nudged", "ready/false");
    worker_close(&worker);
}

static void settle_refused(struct worker *worker, const char *number)
{
    struct task *task = worker_find(worker, "verify_code", number);

    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    reply_learn(&task->reply, LEARNED_CODE_REFUSED, false, NULL, NULL, NULL, NULL);
    worker_settle(worker, task, OUTCOME_WAIT_PERSON);
    worker_flush(worker, 0);
}

static void a_refused_code_is_forgotten_and_a_newer_one_is_not(void)
{
    struct worker worker;

    begin(&worker);
    feed_one(BAKERY_1 " 111111", "taken");
    feed_one(BAKERY_2 " 111111", "taken");
    worker_work_until(&worker, "verify_code");
    feed_one(BAKERY_2 " 222222", "taken"); /* while the first is with Meta */
    settle_refused(&worker, BAKERY_1);
    settle_refused(&worker, BAKERY_2);
    testbed_expect(conn,
                   "SELECT verification_code_sealed IS NULL FROM wabamigrate.number"
                   " WHERE number IN ('" BAKERY_1 "', '" BAKERY_2 "') ORDER BY number",
                   "t f");
    expect_step("verify_code", BAKERY_1, "s.state", "waiting");
    expect_step("verify_code", BAKERY_2, "s.state || '/' || s.phase", "ready/verify");
    feed_one(BAKERY_1 " 111111", "refused");
    feed_one(BAKERY_1 " 333333", "taken");
    expect_step("verify_code", BAKERY_1, "s.state", "ready");
    worker_expect_prerequisites(conn);
    worker_close(&worker);
}

static void a_retry_by_name_has_a_new_code_sent_and_no_other_does(void)
{
    struct worker worker;

    begin(&worker);
    feed_one(BAKERY_1 " 111111", "taken");
    worker_work_until(&worker, "verify_code");
    settle_refused(&worker, BAKERY_1);
    retry(&worker, NULL);
    expect_step("request_code", BAKERY_1, "s.state", "done");
    retry(&worker, "{" BAKERY_1 "}");
    expect_step("request_code", BAKERY_1, "s.state || '/' || s.phase", "ready/request");
    expect_step("await_code", BAKERY_1, "s.state || '/' || s.prereqs_left", "pending/1");
    expect_step("verify_code", BAKERY_1, "s.state || '/' || s.prereqs_left", "pending/1");
    expect_step("request_code", BAKERY_2, "s.state", "done");
    worker_expect_prerequisites(conn);
    feed_one(BAKERY_1 " 111111", "refused"); /* before it has been asked for */
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 1);
    settle_all(&worker, "request_code", OUTCOME_DONE);
    worker_flush(&worker, 64);
    settle_all(&worker, "await_code", OUTCOME_WAIT_PERSON);
    worker_flush(&worker, 0);
    worker_expect_prerequisites(conn);
    feed_one(BAKERY_1 " 111111", "taken"); /* forgotten with the request it belonged to */
    worker_work_until(&worker, NULL);
    expect_step("confirm_number", BAKERY_1, "s.state", "done");
    worker_expect_prerequisites(conn);
    worker_close(&worker);
}

/* A registration that finds the verification lapsed goes the same way back, over the step between.
 */
static void a_registration_goes_back_to_a_new_code(void)
{
    struct worker worker;

    begin(&worker);
    feed_one(BAKERY_1 " 111111", "taken");
    worker_work_until(&worker, "register_number");
    struct task *task = worker_find(&worker, "register_number", BAKERY_1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    CU_ASSERT(task->facts.can_verify);
    reply_learn(&task->reply, LEARNED_UNVERIFIED, false, NULL, NULL, NULL, NULL);
    worker_settle(&worker, task, OUTCOME_WAIT_PERSON);
    worker_flush(&worker, 0);
    testbed_do(conn,
               "UPDATE wabamigrate.step SET waiting_for = 'code' WHERE kind = 'register_number'"
               "   AND state = 'waiting'");
    feed_one(BAKERY_1 " 222222", "refused"); /* nobody has asked for it */
    retry(&worker, "{bakery-lune}");
    testbed_expect(
        conn,
        "SELECT s.state FROM wabamigrate.step s JOIN wabamigrate.number n USING (number_id)"
        " WHERE n.number = '" BAKERY_1 "' ORDER BY s.ordinal",
        "done done ready pending pending pending pending pending");
    worker_expect_prerequisites(conn);
    worker_work_until(&worker, NULL);
    expect_step("confirm_number", BAKERY_1, "s.state", "done");
    worker_close(&worker);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"two paths of one customer both come to their end",
         two_paths_of_one_customer_both_come_to_their_end},
        {"every line is taken or refused for its own reason",
         every_line_is_taken_or_refused_for_its_own_reason},
        {"a bad line costs no other line", a_bad_line_costs_no_other_line},
        {"who takes no code says why", who_takes_no_code_says_why},
        {"a code is kept sealed and nowhere else", a_code_is_kept_sealed_and_nowhere_else},
        {"a code that comes while the wait is looked at is not lost",
         a_code_that_comes_while_the_wait_is_looked_at_is_not_lost},
        {"a refused code is forgotten, and a newer one is not",
         a_refused_code_is_forgotten_and_a_newer_one_is_not},
        {"a retry by name has a new code sent, and no other does",
         a_retry_by_name_has_a_new_code_sent_and_no_other_does},
        {"a registration goes back to a new code", a_registration_goes_back_to_a_new_code},
        CU_TEST_INFO_NULL,
    };
    char key_file[256];
    int status = 1;

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    snprintf(key_file, sizeof key_file, "%s/key", testbed_directory());
    if (vault_open_or_create(key_file, &vault, NULL) == STATUS_OK) {
        vault_adopt_digest_key(vault, vault_make_digest_key());
        status = run_suite("code", tests);
    }
    vault_close(vault);
    PQfinish(conn);
    testbed_stop();
    return status;
}
