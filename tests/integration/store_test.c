/* SPDX-License-Identifier: PostgreSQL */
/* The store of a running program, driven by hand: who gets which step, when, and what of it stays.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jobs/path.h"
#include "orchestrator/capture.h"
#include "orchestrator/pg.h"
#include "orchestrator/registration_terms.h"
#include "orchestrator/store_load.h"
#include "orchestrator/store_schema.h"
#include "sql/statements.h"
#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"
#include "tests/unit/base/suite.h"

static PGconn *conn;

/* ---- helpers ---- */

static const char *text_of(int64_t number, char text[24])
{
    snprintf(text, 24, "%lld", (long long)number);
    return text;
}

/* As another program would that finds this worker's run dead. */
static void bury(const struct worker *worker)
{
    char run[32], batch[24], id[24];
    const char *values[] = {run, "0", text_of(worker->batch.batch_id, batch), NULL};

    snprintf(run, sizeof run, "{%s}", text_of(store_run_id(worker->store), id));
    testbed_run(conn, SQL_RUN_BURY, 4, values);
}

static bool is_in_hand(const struct worker *worker, int64_t step_id)
{
    for (const struct task *task = worker->hand.first; task; task = task->next) {
        if (task->step_id == step_id)
            return true;
    }
    return false;
}

/* The statement of a worker's claim, within whatever transaction `conn` is in. */
static void claim_by_hand(const struct worker *worker, const char *want)
{
    struct registration_terms terms;
    char run[24], batch[24];

    registration_terms_init(&terms, false);
    const char *values[] = {text_of(store_run_id(worker->store), run),
                            text_of(worker->batch.batch_id, batch),
                            want,
                            NULL,
                            NULL,
                            "60000",
                            terms.allowance,
                            terms.memory_ms,
                            terms.notes,
                            NULL,
                            NULL,
                            NULL};
    testbed_run(conn, SQL_STEP_CLAIM, sizeof values / sizeof values[0], values);
    registration_terms_finish(&terms);
}

static void settle_all(struct worker *worker, const char *kind, enum outcome outcome)
{
    for (struct task *task; (task = worker_find(worker, kind, NULL));)
        worker_settle(worker, task, outcome);
}

/* ---- claiming ---- */

static void two_workers_never_hold_the_same_step(void)
{
    struct worker left, right;
    int64_t batch_id = worker_begin(conn);
    unsigned rounds = 0, both = 0;

    worker_open(&left, batch_id);
    worker_open(&right, batch_id);
    for (bool is_over = false; !is_over; rounds++) {
        store_run_flush(left.store, &left.settled, 2, 0, clock_monotonic_ms());
        store_run_flush(right.store, &right.settled, 2, 0, clock_monotonic_ms());
        CU_ASSERT_TRUE_FATAL(worker_wait(&left));
        CU_ASSERT_TRUE_FATAL(worker_wait(&right));
        for (const struct task *task = left.hand.first; task; task = task->next)
            CU_ASSERT_FALSE(is_in_hand(&right, task->step_id));
        both += left.hand.count > 0 && right.hand.count > 0;
        worker_expect_prerequisites(conn);
        is_over = left.hand.count == 0 && right.hand.count == 0;
        while (left.hand.count > 0)
            worker_settle(&left, left.hand.first, OUTCOME_DONE);
        while (right.hand.count > 0)
            worker_settle(&right, right.hand.first, OUTCOME_DONE);
    }
    worker_close(&left);
    worker_close(&right);
    CU_ASSERT(both > 0);
    testbed_expect(conn, "SELECT string_agg(DISTINCT state, ',') FROM wabamigrate.step", "done");
    testbed_expect(conn, "SELECT max(epoch) FROM wabamigrate.step", "1");
}

static void a_claim_goes_around_what_another_has_not_committed_yet(void)
{
    struct worker worker, other;
    char claimed[TESTBED_TEXT_BYTES];
    int64_t batch_id = worker_begin(conn);

    worker_open(&other, batch_id);
    worker_open(&worker, batch_id);
    testbed_do(conn, "BEGIN");
    claim_by_hand(&other, "2");
    snprintf(claimed, sizeof claimed, "%s",
             testbed_ask(conn, "SELECT step_id FROM wabamigrate.step WHERE state = 'running'"));
    CU_ASSERT(strchr(claimed, ' ') != NULL); /* two */

    /* At the start four steps may be claimed; it neither waits for the two nor takes them. */
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 2);
    testbed_do(conn, "COMMIT");
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 0);
    testbed_expect(conn,
                   "SELECT count(DISTINCT run_id) FROM wabamigrate.step"
                   " WHERE state = 'running'",
                   "2");
    worker_close(&worker);
    worker_close(&other);
}

static void urgent_steps_are_claimed_first(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 4);
    worker_settle(&worker, worker_find(&worker, "await_signup", "bakery-lune"), OUTCOME_DONE);
    worker_settle(&worker, worker_find(&worker, "read_source", "bakery-lune"), OUTCOME_DONE);
    CU_ASSERT_EQUAL(worker_flush(&worker, 1), 1);
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "exchange_code", "bakery-lune"));
    worker_close(&worker);
}

static void a_selection_limits_what_is_claimed(void)
{
    static const struct {
        const char *only;
        unsigned wabas, numbers;
    } cases[] = {
        {"{florist-lune}", 2, 2},
        {"{\"" BAKERY_2 "\"}", 2, 1},
        {"{\"" BAKERY_2 "\",florist-lune}", 4, 3},
        {"{nobody}", 0, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct worker worker;
        worker_open_with(&worker, worker_begin(conn), cases[i].only, 600000);
        CU_ASSERT_EQUAL(worker_flush(&worker, 64), cases[i].wabas);
        settle_all(&worker, "read_source", OUTCOME_DONE);
        CU_ASSERT_EQUAL(worker_flush(&worker, 64), cases[i].numbers);
        worker_close(&worker);
    }
}

/* ---- intents, epochs and fences ---- */

static void an_effect_s_intent_is_committed_with_its_claim(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_work_until(&worker, "register_number");
    struct task *task = worker_find(&worker, "register_number", NULL);
    worker_expect_step(
        conn, "register_number", task->facts.number,
        "(SELECT concat_ws('/', a.phase, a.is_effect, coalesce(a.outcome, 'intended'))"
        " FROM wabamigrate.attempt a WHERE (a.step_id, a.epoch) = (s.step_id, s.epoch))",
        "register/t/intended");
    char number[32];
    snprintf(number, sizeof number, "%s", task->facts.number);
    worker_settle(&worker, task, OUTCOME_DONE);
    worker_flush(&worker, 0);
    worker_expect_step(conn, "register_number", number,
                       "(SELECT string_agg(a.outcome, ',')"
                       " FROM wabamigrate.attempt a WHERE a.step_id = s.step_id)",
                       "done");
    worker_close(&worker);
}

static void an_outcome_of_a_buried_run_is_refused_and_its_attempt_kept(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_work_until(&worker, "subscribe_webhooks");
    worker_flush(&worker, 64);
    struct task *effect = worker_find(&worker, "subscribe_webhooks", "bakery-lune");
    CU_ASSERT_PTR_NOT_NULL_FATAL(effect);
    bury(&worker);
    worker_expect_step(conn, "subscribe_webhooks", "bakery-lune",
                       "concat_ws('/', s.state, s.phase, s.is_in_doubt, s.run_id IS NULL)",
                       "ready/lookup/t/t");
    worker_expect_step(conn, "subscribe_webhooks", "bakery-lune",
                       "(SELECT string_agg(a.outcome, ',')"
                       " FROM wabamigrate.attempt a WHERE a.step_id = s.step_id)",
                       "lost");

    /* The answer comes after all: the history has it, the step stays in doubt. */
    worker_settle(&worker, effect, OUTCOME_DONE);
    worker_flush(&worker, 0);
    worker_expect_step(conn, "subscribe_webhooks", "bakery-lune",
                       "concat_ws('/', s.state, s.phase)", "ready/lookup");
    worker_expect_step(
        conn, "subscribe_webhooks", "bakery-lune",
        "(SELECT string_agg(a.outcome || '/' || a.http_status || '/' || a.phase, ',')"
        " FROM wabamigrate.attempt a WHERE a.step_id = s.step_id)",
        "done/200/subscribe");
    worker_expect_state(conn, "assign_system_user", "bakery-lune", "pending");
    worker_expect_prerequisites(conn);
    worker_close(&worker);
}

static void a_read_of_a_buried_run_is_kept_as_the_read_it_was(void)
{
    struct worker worker, next;
    int64_t batch_id = worker_begin(conn);

    worker_open(&worker, batch_id);
    worker_work_until(&worker, "assign_system_user");
    worker_settle_next(&worker, worker_find(&worker, "assign_system_user", "bakery-lune"),
                       "lookup");
    worker_flush(&worker, 64);
    struct task *late = worker_find(&worker, "assign_system_user", "bakery-lune");
    CU_ASSERT_PTR_NOT_NULL_FATAL(late);
    CU_ASSERT_EQUAL_FATAL(late->phase->type, PHASE_READ);
    const char *read_phase = late->phase->name;
    bury(&worker);

    /* Another run reads too, and has gone on to the effect when the late answer comes. */
    worker_open(&next, batch_id);
    worker_work_until(&next, "assign_system_user");
    struct task *task = worker_find(&next, "assign_system_user", "bakery-lune");
    const char *effect = NULL;
    for (size_t i = 0; i < task->kind->phase_count; i++) {
        if (task->kind->phases[i].type == PHASE_EFFECT)
            effect = task->kind->phases[i].name;
    }
    worker_settle_next(&next, task, effect);
    worker_flush(&next, 0);
    worker_settle(&worker, late, OUTCOME_DONE);
    worker_flush(&worker, 0);
    worker_expect_step(conn, "assign_system_user", "bakery-lune",
                       "concat_ws('/', s.state, s.phase = 'assign')", "ready/t");
    char wanted[128];
    snprintf(wanted, sizeof wanted, "assign/t %s/f %s/f", read_phase, read_phase);
    worker_expect_step(
        conn, "assign_system_user", "bakery-lune",
        "(SELECT string_agg(a.phase || '/' || left(a.is_effect::text, 1), ' ' ORDER BY a.epoch)"
        " FROM wabamigrate.attempt a WHERE a.step_id = s.step_id)",
        wanted);
    worker_close(&worker);
    worker_close(&next);
}

static void an_outcome_under_an_old_epoch_is_refused(void)
{
    struct worker worker;
    char run[24];

    worker_open(&worker, worker_begin(conn));
    worker_flush(&worker, 64);
    struct task *old = worker_find(&worker, "read_source", "bakery-lune");
    const char *values[] = {text_of(store_run_id(worker.store), run), "{}", "{}"};
    testbed_run(conn, SQL_RUN_FORGET, 3, values);
    worker_expect_state(conn, "read_source", "bakery-lune", "ready");
    worker_settle(&worker, old, OUTCOME_FAILED);
    worker_flush(&worker,
                 64); /* the same statement group claims the step anew, after the refusal */
    worker_expect_state(conn, "read_source", "bakery-lune", "running");

    /* Now an old answer comes while the step is running under a newer epoch of the same run. */
    struct task *held = worker_find(&worker, "read_source", "bakery-lune");
    CU_ASSERT_PTR_NOT_NULL_FATAL(held);
    held->epoch--;
    worker_settle(&worker, held, OUTCOME_DONE);
    worker_flush(&worker, 0);
    worker_expect_state(conn, "read_source", "bakery-lune", "running");
    worker_expect_state(conn, "check", BAKERY_1, "pending");
    worker_close(&worker);
}

static void a_run_whose_lease_has_run_out_is_taken_over_and_told_so(void)
{
    struct worker worker, next;
    int64_t batch_id = worker_begin(conn);

    worker_open_with(&worker, batch_id, NULL, 0);
    worker_flush(&worker, 64);
    worker_expect_state(conn, "read_source", "bakery-lune", "running");
    worker_open(&next, batch_id);
    worker_expect_step(conn, "read_source", "bakery-lune", "concat_ws('/', s.state, s.epoch)",
                       "ready/2");
    CU_ASSERT_FALSE(store_run_is_buried(next.store));
    worker_flush(&worker, 64); /* tries to claim */
    CU_ASSERT_TRUE(store_run_is_buried(worker.store));
    worker_close(&worker);
    worker_close(&next);
}

static void a_program_killed_on_this_host_is_taken_over_at_once(void)
{
    struct worker next;
    int64_t batch_id = worker_begin(conn);

    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct worker worker;
        worker_open(&worker, batch_id);
        worker_work_until(&worker, "register_number");
        _exit(worker_find(&worker, "register_number", NULL) ? 0 : 1);
    }
    int how = 1;
    CU_ASSERT_EQUAL_FATAL(waitpid(child, &how, 0), child);
    CU_ASSERT_EQUAL_FATAL(how, 0);
    testbed_expect(conn, "SELECT count(*) > 0 FROM wabamigrate.step WHERE state = 'running'", "t");
    worker_open(&next, batch_id);
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.step WHERE state = 'running'", "0");
    /* Whatever may have been sent is looked up first. */
    testbed_expect(conn,
                   "SELECT DISTINCT concat_ws('/', s.state, s.phase, s.is_in_doubt)"
                   "  FROM wabamigrate.step s JOIN wabamigrate.attempt a USING (step_id)"
                   " WHERE s.kind = 'register_number' AND a.outcome = 'lost'",
                   "ready/lookup/t");
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.attempt WHERE outcome IS NULL", "0");
    worker_work_until(&next, NULL);
    testbed_expect(conn, "SELECT string_agg(DISTINCT state, ',') FROM wabamigrate.step", "done");
    worker_close(&next);
}

/* ---- steps and their successors ---- */

static void successors_are_released_by_the_transaction_that_records_the_outcome(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_flush(&worker, 64);
    worker_expect_state(conn, "check", BAKERY_1, "pending");
    worker_settle(&worker, worker_find(&worker, "read_source", "bakery-lune"), OUTCOME_DONE);
    worker_flush(&worker, 0);
    testbed_expect(conn,
                   "SELECT DISTINCT s.state" WORKER_STEPS
                   "WHERE s.kind = 'check' AND c.key = 'bakery-lune'",
                   "ready");
    testbed_expect(conn,
                   "SELECT count(DISTINCT s.xmin::text) || ' of ' || count(*)" WORKER_STEPS
                   "WHERE s.kind IN ('check', 'read_source') AND c.key = 'bakery-lune'",
                   "1 of 4");
    worker_expect_state(conn, "check", FLORIST_1, "pending"); /* not another customer's */
    worker_close(&worker);
}

static void a_step_of_a_waba_is_done_once_for_all_its_numbers(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_work_until(&worker, NULL);
    worker_close(&worker);
    testbed_expect(conn, "SELECT string_agg(DISTINCT state, ',') FROM wabamigrate.step", "done");
    testbed_expect(conn,
                   "SELECT DISTINCT count(*) FROM wabamigrate.step WHERE number_id IS NULL"
                   " GROUP BY customer_id, kind",
                   "1");
    testbed_expect(conn, "SELECT max(epoch) FROM wabamigrate.step WHERE number_id IS NULL", "1");
    testbed_expect(conn, "SELECT DISTINCT state FROM wabamigrate.number_status", "done");
}

static void a_waba_s_step_waits_for_the_first_eligible_number_only(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_work_until(&worker, "check");
    worker_flush(&worker, 64);
    worker_expect_state(conn, "subscribe_webhooks", "bakery-lune", "pending");
    worker_settle(&worker, worker_find(&worker, "check", BAKERY_1), OUTCOME_WAIT_PERSON);
    worker_flush(&worker, 0);
    worker_expect_state(conn, "check", BAKERY_1, "blocked");
    worker_expect_state(conn, "subscribe_webhooks", "bakery-lune", "pending");
    worker_settle(&worker, worker_find(&worker, "check", BAKERY_2), OUTCOME_DONE);
    worker_flush(&worker, 0);
    worker_expect_state(conn, "subscribe_webhooks", "bakery-lune", "ready");
    worker_expect_state(conn, "check", BAKERY_3, "running");
    /* The second one that is eligible changes nothing for the WABA any more. */
    worker_settle(&worker, worker_find(&worker, "check", BAKERY_3), OUTCOME_DONE);
    worker_flush(&worker, 0);
    worker_expect_step(conn, "subscribe_webhooks", "bakery-lune",
                       "concat_ws('/', s.state, s.prereqs_left)", "ready/0");
    worker_expect_prerequisites(conn);
    worker.ineligible = BAKERY_1;
    worker_work_until(&worker, NULL);
    worker_expect_state(conn, "confirm_number", BAKERY_2, "done");
    worker_expect_state(conn, "confirm_number", BAKERY_3, "done");
    worker_expect_state(conn, "set_storage", BAKERY_1, "pending");
    worker_close(&worker);
}

static void nothing_is_done_for_a_customer_none_of_whose_numbers_is_eligible(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker.ineligible = "+33"; /* the bakery's */
    worker_work_until(&worker, NULL);
    testbed_expect(conn,
                   "SELECT s.kind || '=' || s.state" WORKER_STEPS
                   "WHERE c.key = 'bakery-lune' AND s.number_id IS NULL ORDER BY s.ordinal",
                   "read_source=done await_signup=done exchange_code=done read_destination=done"
                   " subscribe_webhooks=pending assign_system_user=pending"
                   " share_credit_line=pending");
    testbed_expect(conn, "SELECT DISTINCT state FROM wabamigrate.number_status ORDER BY state",
                   "blocked done");
    testbed_expect(conn,
                   "SELECT count(*) FROM wabamigrate.attempt a JOIN wabamigrate.step s"
                   " USING (step_id) JOIN wabamigrate.customer c USING (customer_id)"
                   " WHERE c.key = 'bakery-lune' AND a.is_effect AND s.kind <> 'exchange_code'",
                   "0");
    worker_expect_prerequisites(conn);
    worker_close(&worker);
}

static void what_was_blocked_is_looked_at_again_by_the_next_run(void)
{
    struct worker worker;
    int64_t batch_id = worker_begin(conn);

    worker_open(&worker, batch_id);
    worker_work_until(&worker, "check");
    worker_flush(&worker, 64);
    settle_all(&worker, "check", OUTCOME_WAIT_PERSON);
    worker_flush(&worker, 0);
    worker_close(&worker);
    testbed_do(conn, "UPDATE wabamigrate.step SET state = 'ready', run_id = NULL"
                     " WHERE state = 'running'");

    worker_open(&worker, batch_id);
    worker_expect_state(conn, "read_source", "bakery-lune", "ready");
    worker_expect_state(conn, "check", BAKERY_1, "blocked");
    worker_work_until(&worker, NULL);
    testbed_expect(conn, "SELECT DISTINCT state FROM wabamigrate.number_status", "done");
    worker_expect_prerequisites(conn);
    worker_close(&worker);
}

static void a_failed_step_holds_its_successors_and_retry_takes_it_up_again(void)
{
    struct worker worker;
    char batch[24];
    int64_t batch_id = worker_begin(conn);

    worker_open(&worker, batch_id);
    worker_work_until(&worker, "share_credit_line");
    worker_flush(&worker, 64);
    settle_all(&worker, "share_credit_line", OUTCOME_FAILED);
    worker_work_until(&worker, NULL);
    testbed_expect(conn, "SELECT DISTINCT state FROM wabamigrate.number_status", "failed");
    testbed_expect(conn,
                   "SELECT DISTINCT error ->> 'owner' FROM wabamigrate.step"
                   " WHERE kind = 'share_credit_line'",
                   "partner");
    const char *values[] = {text_of(batch_id, batch), NULL};
    testbed_run(conn, SQL_CONTROL_RETRY, 2, values);
    worker_work_until(&worker, NULL);
    testbed_expect(conn, "SELECT DISTINCT state FROM wabamigrate.number_status", "done");
    worker_close(&worker);
}

static bool is_on_path(const struct path *path, const char *kind)
{
    for (size_t i = 0; i < path->step_count; i++) {
        if (strcmp(path->steps[i].kind, kind) == 0)
            return true;
    }
    return false;
}

static void retry_every_phase(const struct path *path, int64_t batch_id)
{
    char batch[24], sql[256];
    const char *values[] = {text_of(batch_id, batch), NULL};

    for (size_t k = 0; k < JOB_KIND_COUNT; k++) {
        for (size_t i = 0; is_on_path(path, JOB_KINDS[k]->name) && i < JOB_KINDS[k]->phase_count;
             i++) {
            const char *kind = JOB_KINDS[k]->name, *phase = JOB_KINDS[k]->phases[i].name;
            snprintf(sql, sizeof sql,
                     "UPDATE wabamigrate.step SET state = 'failed', phase = '%s', memo = '{}'"
                     " WHERE kind = '%s'",
                     phase, kind);
            testbed_do(conn, sql);
            testbed_run(conn, SQL_CONTROL_RETRY, 2, values);
            snprintf(sql, sizeof sql,
                     "SELECT DISTINCT concat_ws('/', s.state, p.is_effect, s.memo IS NULL)"
                     "  FROM wabamigrate.step s JOIN wabamigrate.job_phase p USING (kind, phase)"
                     " WHERE s.kind = '%s'",
                     kind);
            testbed_expect(conn, sql, "ready/f/t");
        }
    }
}

static void a_retried_step_begins_with_a_look_whatever_phase_it_failed_in(void)
{
    char *text = worker_edited(WORKER_BOOK, ", templates: leave", "");

    testbed_clear(conn);
    retry_every_phase(path_find("embedded_signup"), worker_load(conn, text));
    free(text);
    testbed_clear(conn);
    text = worker_edited(WORKER_PROGRAMMATIC, "templates: leave, ", "");
    retry_every_phase(path_find("programmatic"), worker_load(conn, text));
    free(text);
}

static void what_a_step_learned_is_there_for_the_next_one(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_work_until(&worker, "read_source");
    worker_flush(&worker, 64);
    struct task *read = worker_find(&worker, "read_source", "florist-lune");
    reply_learn(&read->reply, LEARNED_WABA, true, NULL, NULL, "{\"id\":\"800200\"}", NULL);
    reply_learn(&read->reply, LEARNED_WABA, false, NULL, NULL, "{\"id\":\"900200\"}", NULL);
    reply_learn(&read->reply, LEARNED_NUMBER, true, "600201", "442079460001",
                "{\"is_pin_enabled\":false}", NULL);
    reply_learn(&read->reply, LEARNED_NUMBER, false, "610201", "442079460001", "{}", NULL);
    reply_learn(&read->reply, LEARNED_BUSINESS_TOKEN, false, NULL, NULL, NULL,
                secret_create("a-business-token"));
    struct task *other = worker_find(&worker, "await_signup", "florist-lune");
    reply_learn(&other->reply, LEARNED_ALLOCATION, false, "12345", NULL, NULL, NULL);
    worker_settle(&worker, other, OUTCOME_DONE);
    /* More than a pipeline has room for: every WABA's step may find the same user. */
    for (int i = 0; i < 64; i++)
        reply_learn(&read->reply, LEARNED_SYSTEM_USER, false, "445566", NULL, NULL, NULL);
    worker_settle(&worker, read, OUTCOME_DONE);
    worker_flush(&worker, 64);

    struct task *check = worker_find(&worker, "check", FLORIST_1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(check);
    CU_ASSERT_PTR_NOT_NULL(check->eligibility.source_waba);
    CU_ASSERT_PTR_NOT_NULL(check->eligibility.destination_waba);
    CU_ASSERT_PTR_NOT_NULL(check->eligibility.source_number);
    CU_ASSERT_PTR_NOT_NULL(check->eligibility.destination_number);
    CU_ASSERT_STRING_EQUAL(check->facts.source_phone_number_id, "600201");
    CU_ASSERT_STRING_EQUAL(check->facts.phone_number_id, "610201");
    CU_ASSERT_STRING_EQUAL(check->facts.allocation_config_id, "12345");
    CU_ASSERT_STRING_EQUAL(secret_reveal(check->facts.business_token), "a-business-token");
    CU_ASSERT_PTR_NULL(worker_find(&worker, "check", FLORIST_2)->facts.phone_number_id);
    testbed_expect(conn, "SELECT system_user_id FROM wabamigrate.batch", "445566");
    worker_close(&worker);
}

static void a_pin_is_drawn_once_and_stays(void)
{
    struct worker worker;
    char batch[24], *sealed = NULL;
    int64_t batch_id = worker_begin(conn);
    const char *values[] = {text_of(batch_id, batch), NULL};

    worker_open(&worker, batch_id);
    worker_work_until(&worker, "register_number");
    struct task *task = worker_find(&worker, "register_number", NULL);
    CU_ASSERT_STRING_EQUAL(secret_reveal(task->facts.pin), "246810");
    sealed = memory_copy_text(testbed_ask(conn, "SELECT md5(string_agg(pin_sealed, ''::bytea"
                                                "  ORDER BY number_id)) FROM wabamigrate.number"));
    /* The checks once more, each with a PIN of its own. */
    testbed_do(conn, "UPDATE wabamigrate.step SET state = 'ready' WHERE kind = 'check'");
    worker_work_until(&worker, NULL);
    testbed_run(conn, SQL_CONTROL_RETRY, 2, values);
    testbed_expect(conn,
                   "SELECT md5(string_agg(pin_sealed, ''::bytea ORDER BY number_id))"
                   "  FROM wabamigrate.number",
                   sealed);
    testbed_expect(conn,
                   "SELECT count(*) FROM wabamigrate.number n"
                   " WHERE n::text LIKE '%246810%'",
                   "0");
    free(sealed);
    worker_close(&worker);
}

/* ---- nudges ---- */

static bool somebody_waits(void *self)
{
    struct worker *worker = self;

    store_run_advance(worker->store, clock_monotonic_ms(), &worker->hand);
    return testbed_somebody_waits(conn);
}

static void feed(const struct worker *worker, const char *line)
{
    struct capture_counts counts;
    struct fault fault = FAULT_NONE;
    char text[1024];

    snprintf(text, sizeof text, "%s", line);
    FILE *stream = fmemopen(text, strlen(text), "r");
    CU_ASSERT_EQUAL(capture_stream(conn, worker->vault, stream, "lines", &counts, &fault),
                    STATUS_OK);
    CU_ASSERT_EQUAL(counts.taken, 1);
    fclose(stream);
}

static const char florist_signs_up[] =
    "{\"type\":\"WA_EMBEDDED_SIGNUP\",\"event\":\"FINISH\",\"data\":{\"waba_id\":\"900200\","
    "\"phone_number_id\":\"610201\",\"business_id\":\"700200\"},\"code\":\"AQ-code\","
    "\"customer\":\"florist-lune\"}\n";

static void a_capture_wakes_what_waits_for_the_signup(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_flush(&worker, 64);
    worker_settle(&worker, worker_find(&worker, "await_signup", "florist-lune"),
                  OUTCOME_WAIT_PERSON);
    worker_flush(&worker, 0);
    worker_expect_step(conn, "await_signup", "florist-lune",
                       "concat_ws('/', s.state, s.waiting_for)", "waiting/signup");
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 0);
    feed(&worker, florist_signs_up);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 1);
    struct task *task = worker_find(&worker, "await_signup", "florist-lune");
    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    CU_ASSERT_STRING_EQUAL(task->facts.destination_waba_id, "900200");
    CU_ASSERT_STRING_EQUAL(secret_reveal(task->facts.signup_code), "AQ-code");
    worker_close(&worker);
}

static void a_capture_while_the_wait_is_being_looked_at_is_not_lost(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_flush(&worker, 64);
    struct task *stale = worker_find(&worker, "await_signup", "florist-lune");
    CU_ASSERT_PTR_NULL(stale->facts.destination_waba_id);
    feed(&worker, florist_signs_up);
    worker_settle(&worker, stale, OUTCOME_WAIT_PERSON); /* decided from what it knew */
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 1);
    struct task *task = worker_find(&worker, "await_signup", "florist-lune");
    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    CU_ASSERT_STRING_EQUAL(task->facts.destination_waba_id, "900200");
    worker_close(&worker);
}

/* Whether a child has ended, or somebody waits for a lock. */
static bool is_over_or_waits(void *self)
{
    return testbed_is_over(*(pid_t *)self) || testbed_somebody_waits(conn);
}

/* The claim has read the customer and is not committed yet when the capture comes. */
static void a_capture_while_the_wait_is_being_claimed_is_not_lost(void)
{
    struct worker worker;
    int64_t batch_id = worker_begin(conn);
    int how = 1;

    worker_open(&worker, batch_id);
    testbed_do(conn, "BEGIN");
    claim_by_hand(&worker, "64");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        conn = testbed_connect(NULL); /* its own */
        feed(&worker, florist_signs_up);
        _exit(CU_get_number_of_failures() > 0);
    }
    CU_ASSERT_TRUE(testbed_wait(is_over_or_waits, &child));
    testbed_do(conn, "COMMIT");
    CU_ASSERT_EQUAL(waitpid(child, &how, 0), child);
    CU_ASSERT_EQUAL(how, 0);
    worker_expect_step(conn, "await_signup", "florist-lune",
                       "concat_ws('/', s.state, s.is_nudged, c.destination_waba_id)",
                       "running/t/900200");
    worker_close(&worker);
}

/* The outcome "wait for the signup" is written and not committed yet when the capture comes. */
static void a_capture_while_the_wait_is_being_settled_is_not_lost(void)
{
    struct worker worker;
    const int failures = (int)CU_get_number_of_failures();
    int how = 1;

    worker_open(&worker, worker_begin(conn));
    worker_flush(&worker, 64);
    CU_ASSERT_PTR_NOT_NULL_FATAL(worker_find(&worker, "await_signup", "florist-lune"));
    testbed_do(conn, "BEGIN");
    char all[512];
    const char *customers[] = {all};
    snprintf(all, sizeof all, "{%s}",
             testbed_ask(conn, "SELECT string_agg(customer_id::text, ',') FROM"
                               " wabamigrate.customer"));
    testbed_run(conn, SQL_CUSTOMER_LOCK, 1, customers);
    testbed_do(conn, "UPDATE wabamigrate.step SET state = 'waiting', waiting_for = 'signup',"
                     "  run_id = NULL WHERE kind = 'await_signup' AND state = 'running'");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        conn = testbed_connect(NULL); /* its own */
        feed(&worker, florist_signs_up);
        _exit((int)CU_get_number_of_failures() > failures);
    }
    CU_ASSERT_TRUE(testbed_wait(is_over_or_waits, &child));
    testbed_do(conn, "COMMIT");
    CU_ASSERT_EQUAL(waitpid(child, &how, 0), child);
    CU_ASSERT_EQUAL(how, 0);
    worker_expect_step(conn, "await_signup", "florist-lune",
                       "concat_ws('/', s.state, c.destination_waba_id)", "ready/900200");
    worker_close(&worker);
}

/* The exchange of the first code says that it is burnt; the second one has come meanwhile. */
static void a_code_captured_while_another_is_exchanged_is_not_forgotten(void)
{
    static const struct {
        int64_t tried_before_ms; /* the capture, how long after the exchange was begun */
        const char *code;
    } cases[] = {{60000, "AQ-code"}, {-60000, NULL}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct worker worker;
        worker_open(&worker, worker_begin(conn));
        feed(&worker, florist_signs_up);
        worker_flush(&worker, 64);
        settle_all(&worker, "await_signup", OUTCOME_DONE);
        worker_flush(&worker, 64);
        struct task *task = worker_find(&worker, "exchange_code", "florist-lune");
        CU_ASSERT_PTR_NOT_NULL_FATAL(task);
        task->facts.intended_at_ms -= cases[i].tried_before_ms;
        reply_learn(&task->reply, LEARNED_CODE_BURNT, false, NULL, NULL, NULL, NULL);
        worker_settle(&worker, task, OUTCOME_DONE);
        worker_flush(&worker, 64);
        task = worker_find(&worker, "read_destination", "florist-lune");
        CU_ASSERT_PTR_NOT_NULL_FATAL(task);
        CU_ASSERT_EQUAL_FATAL(task->facts.signup_code != NULL, cases[i].code != NULL);
        if (cases[i].code)
            CU_ASSERT_STRING_EQUAL(secret_reveal(task->facts.signup_code), cases[i].code);
        worker_close(&worker);
    }
}

/* Until the read of bakery-lune's destination is in hand. */
static void work_until_destination_is_read(struct worker *worker)
{
    while (!worker_find(worker, "read_destination", "bakery-lune")) {
        settle_all(worker, "await_signup", OUTCOME_DONE);
        settle_all(worker, "exchange_code", OUTCOME_DONE);
        CU_ASSERT_FATAL(worker_flush(worker, 64) > 0);
    }
}

static void news_of_a_waba_while_its_number_is_being_checked_are_not_lost(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_work_until(&worker, "check");
    worker_flush(&worker, 64);
    struct task *stale = worker_find(&worker, "check", BAKERY_1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stale);
    work_until_destination_is_read(&worker);
    worker_settle(&worker, worker_find(&worker, "read_destination", "bakery-lune"), OUTCOME_DONE);
    worker_flush(&worker, 0);
    worker_expect_step(conn, "check", BAKERY_1, "concat_ws('/', s.state, s.is_nudged)",
                       "running/t");
    worker_settle(&worker, stale, OUTCOME_WAIT_PERSON);
    worker_flush(&worker, 0);
    worker_expect_step(conn, "check", BAKERY_1, "concat_ws('/', s.state, s.is_nudged)", "ready/f");
    worker_close(&worker);
}

/* The claim has read the customer and is not committed yet when the news come: to them its steps
 * are ready still. */
static void news_of_a_waba_while_its_number_is_being_claimed_are_not_lost(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_flush(&worker, 64);
    work_until_destination_is_read(&worker);
    settle_all(&worker, "read_source", OUTCOME_DONE);
    worker_flush(&worker, 0);
    worker_expect_step(conn, "check", BAKERY_1, "concat_ws('/', s.state, s.is_nudged)", "ready/f");
    testbed_do(conn, "BEGIN");
    claim_by_hand(&worker, "64");
    worker_settle(&worker, worker_find(&worker, "read_destination", "bakery-lune"), OUTCOME_DONE);
    store_run_flush(worker.store, &worker.settled, 0, 0, clock_monotonic_ms());
    CU_ASSERT_TRUE(testbed_wait(somebody_waits, &worker));
    testbed_do(conn, "COMMIT");
    CU_ASSERT_FATAL(worker_wait(&worker));
    worker_expect_step(conn, "check", BAKERY_1, "concat_ws('/', s.state, s.is_nudged)",
                       "running/t");
    worker_close(&worker);
}

static void news_of_a_waba_in_the_same_group_as_the_check_are_not_lost(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_flush(&worker, 64);
    work_until_destination_is_read(&worker);
    settle_all(&worker, "read_source", OUTCOME_DONE);
    worker_flush(&worker, 64);
    worker_settle(&worker, worker_find(&worker, "check", BAKERY_1), OUTCOME_WAIT_PERSON);
    worker_settle(&worker, worker_find(&worker, "read_destination", "bakery-lune"), OUTCOME_DONE);
    worker_flush(&worker, 0);
    worker_expect_state(conn, "check", BAKERY_1, "ready");
    worker_close(&worker);
}

/* ---- budgets ---- */

static void throttle(struct worker *worker, struct task *task, enum error_scope scope)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    task->reply.is_throttled = true;
    task->reply.park_scope = scope;
    task->reply.wait_ms = 3600 * 1000;
    worker_settle(worker, task, OUTCOME_WAIT_TIME);
}

static void a_parked_waba_holds_its_own_steps_only(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_work_until(&worker, "read_destination");
    throttle(&worker, worker_find(&worker, "read_destination", "bakery-lune"), ERROR_SCOPE_WABA);
    settle_all(&worker, "check", OUTCOME_DONE);
    worker_flush(&worker, 0);
    testbed_expect(conn,
                   "SELECT concat_ws('/', scope, subject, parked_for, parked_until > now())"
                   "  FROM wabamigrate.budget WHERE parked_until IS NOT NULL",
                   "waba/900100/graph/t");
    /* The source's budget is another one; of the destination nothing is asked. */
    testbed_do(conn, "UPDATE wabamigrate.step SET state = 'ready', not_before = now()"
                     " WHERE kind IN ('read_source', 'read_destination', 'register_number')"
                     "   AND state IN ('done', 'ready', 'pending')");
    while (worker.hand.count > 0)
        worker_settle(&worker, worker.hand.first, OUTCOME_DONE);
    worker_flush(&worker, 64);
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "read_source", "bakery-lune"));
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "register_number", BAKERY_1));
    CU_ASSERT_PTR_NULL(worker_find(&worker, "read_destination", "bakery-lune"));
    worker_expect_step(conn, "read_destination", "bakery-lune", "concat_ws('/', s.state, s.tries)",
                       "ready/0");
    testbed_do(conn, "UPDATE wabamigrate.budget SET parked_until = now()");
    worker_flush(&worker, 64);
    CU_ASSERT_PTR_NOT_NULL(worker_find(&worker, "read_destination", "bakery-lune"));
    worker_close(&worker);
}

static void a_parked_app_holds_everything_and_is_only_ever_parked_longer(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_flush(&worker, 1);
    throttle(&worker, worker.hand.first, ERROR_SCOPE_APP);
    worker_flush(&worker, 0);
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 0);
    store_run_ask(worker.store, clock_monotonic_ms());
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    const struct store_outlook *outlook = store_run_outlook(worker.store);
    CU_ASSERT_TRUE(outlook->is_known);
    CU_ASSERT_EQUAL(outlook->parked, 4);
    CU_ASSERT_EQUAL(outlook->ready, 4);
    CU_ASSERT(outlook->due_ms > 0);
    CU_ASSERT_EQUAL(outlook->by_state[STATE_PENDING] + outlook->by_state[STATE_WAITING], 5);

    const char *sooner[] = {"{app}", "{998877}", "{0}", "{0}", "{100}", "{1}", "{f}", "{NULL}"};
    testbed_run(conn, SQL_BUDGET_NOTE, 8, sooner);
    const char *unparked[] = {"{app}", "{998877}", "{0}", "{0}", "{60}", "{0}", "{f}", "{NULL}"};
    testbed_run(conn, SQL_BUDGET_NOTE, 8, unparked);
    testbed_expect(conn,
                   "SELECT concat_ws('/', percent, parked_until > now() + interval '50 min')"
                   "  FROM wabamigrate.budget",
                   "60/t");
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 0);

    /* Another app's is none of this batch's business. */
    testbed_do(conn, "UPDATE wabamigrate.budget SET subject = '112233'");
    store_run_ask(worker.store, clock_monotonic_ms());
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    CU_ASSERT_EQUAL(outlook->parked, 0);
    CU_ASSERT(worker_flush(&worker, 64) > 0);
    worker_close(&worker);
}

/* ---- a broken connection ---- */

/* Of the only other client of this database. */
static int64_t backend_of(void)
{
    return strtoll(testbed_ask(conn, "SELECT pid FROM pg_stat_activity"
                                     " WHERE datname = current_database()"
                                     "   AND backend_type = 'client backend'"
                                     "   AND pid <> pg_backend_pid()"),
                   NULL, 10);
}

/* The backend is gone before the caller goes on: a minute is patience, not a measure. */
static void terminate(int64_t backend)
{
    char sql[128];

    snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%lld, 60000)", (long long)backend);
    testbed_expect(conn, sql, "t");
}

static bool has_noticed(void *self)
{
    struct worker *worker = self;

    store_run_advance(worker->store, clock_monotonic_ms(), &worker->hand);
    return store_run_outage(worker->store) != NULL;
}

static void a_connection_cut_before_the_commit_loses_nothing(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_work_until(&worker, "share_credit_line");
    worker_flush(&worker, 64);
    while (worker.hand.count > 0)
        worker_settle(&worker, worker.hand.first, OUTCOME_DONE);
    int64_t backend = backend_of();
    testbed_do(conn, "BEGIN; SELECT 1 FROM wabamigrate.step"
                     " WHERE kind = 'share_credit_line' FOR UPDATE");
    store_run_flush(worker.store, &worker.settled, 64, 0, clock_monotonic_ms());
    CU_ASSERT_TRUE_FATAL(testbed_wait(somebody_waits, &worker));
    terminate(backend);
    testbed_do(conn, "COMMIT");
    CU_ASSERT_FALSE(store_run_is_flushed(worker.store));
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    CU_ASSERT(backend_of() != backend);
    CU_ASSERT_EQUAL(worker.hand.count, 0); /* the lost claim gave nothing */
    testbed_expect(conn,
                   "SELECT DISTINCT state FROM wabamigrate.step"
                   " WHERE kind = 'share_credit_line'",
                   "done");
    worker_expect_prerequisites(conn);
    worker_work_until(&worker, NULL);
    worker_close(&worker);
    worker_expect_done_once(conn);
}

/* The answers of a flush that did commit are thrown away before libpq sees them. */
static bool throw_away_until_committed(void *self)
{
    const struct worker *worker = self;
    char bytes[4096];

    while (recv(store_run_interest(worker->store).fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        continue;
    return strcmp(testbed_ask(conn, "SELECT count(*) > 0 FROM wabamigrate.step"
                                    " WHERE kind = 'register_number' AND state = 'running'"),
                  "t") == 0;
}

static void an_answer_lost_after_the_commit_repeats_nothing(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_work_until(&worker, "set_storage");
    worker_flush(&worker, 64);
    settle_all(&worker, "set_storage", OUTCOME_DONE);
    store_run_flush(worker.store, &worker.settled, 64, 0, clock_monotonic_ms());
    CU_ASSERT_TRUE_FATAL(testbed_wait(throw_away_until_committed, &worker));
    terminate(backend_of());
    (void)throw_away_until_committed(&worker);
    CU_ASSERT_EQUAL(shutdown(store_run_interest(worker.store).fd, SHUT_RDWR), 0);
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));

    /* What the lost claim took goes back: it was never sent, and the history says so. */
    CU_ASSERT_PTR_NULL(worker_find(&worker, "register_number", NULL));
    testbed_expect(conn,
                   "SELECT DISTINCT state FROM wabamigrate.step"
                   " WHERE kind = 'register_number' AND state <> 'pending'",
                   "ready");
    testbed_expect(conn,
                   "SELECT DISTINCT a.outcome FROM wabamigrate.attempt a"
                   "  JOIN wabamigrate.step s USING (step_id) WHERE s.kind = 'register_number'",
                   "not_sent");
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.step WHERE is_in_doubt", "0");
    worker_expect_prerequisites(conn);
    worker_work_until(&worker, NULL);
    worker_close(&worker);
    worker_expect_done_once(conn);
}

static void what_is_in_hand_stays_in_hand_over_a_broken_connection(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 4);
    terminate(backend_of());
    CU_ASSERT_TRUE_FATAL(testbed_wait(has_noticed, &worker));
    CU_ASSERT_FALSE(store_run_is_idle(worker.store));
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    testbed_expect(conn, "SELECT count(*) FROM wabamigrate.step WHERE state = 'running'", "4");
    worker_work_until(&worker, NULL);
    worker_close(&worker);
    worker_expect_done_once(conn);
}

/* ---- pause and cancel ---- */

static void what_is_paused_is_not_claimed_until_it_is_resumed(void)
{
    static const struct {
        const char *what; /* NULL: the batch */
        unsigned claimed; /* of 3 checks of the bakery and 2 of the florist */
    } cases[] = {{NULL, 0}, {"{bakery-lune}", 2}, {"{\"" BAKERY_2 "\"}", 4}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct worker worker;
        char batch[24];
        int64_t batch_id = worker_begin(conn);
        const char *pause[] = {text_of(batch_id, batch), cases[i].what, "t"};
        const char *resume[] = {batch, cases[i].what, "f"};

        worker_open(&worker, batch_id);
        worker_flush(&worker, 64);
        settle_all(&worker, "read_source", OUTCOME_DONE);
        worker_flush(&worker, 0);
        testbed_run(conn, SQL_CONTROL_PAUSE, 3, pause);
        CU_ASSERT_EQUAL(worker_flush(&worker, 64), cases[i].claimed);
        testbed_run(conn, SQL_CONTROL_PAUSE, 3, resume);
        CU_ASSERT_EQUAL(worker_flush(&worker, 64), 5 - cases[i].claimed);
        worker_close(&worker);
    }
}

static void what_is_cancelled_is_not_claimed(void)
{
    static const struct {
        const char *what;
        unsigned claimed;
    } cases[] = {{NULL, 0}, {"{bakery-lune}", 2}, {"{\"" BAKERY_2 "\"}", 4}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct worker worker;
        char batch[24];
        int64_t batch_id = worker_begin(conn);
        const char *cancel[] = {text_of(batch_id, batch), cases[i].what};

        worker_open(&worker, batch_id);
        worker_flush(&worker, 64);
        settle_all(&worker, "read_source", OUTCOME_DONE);
        settle_all(&worker, "await_signup", OUTCOME_RETRY);
        worker_flush(&worker, 0);
        testbed_run(conn, SQL_CONTROL_CANCEL, 2, cancel);
        CU_ASSERT_EQUAL(worker_flush(&worker, 64) -
                            (worker_find(&worker, "await_signup", "bakery-lune") != NULL) -
                            (worker_find(&worker, "await_signup", "florist-lune") != NULL),
                        cases[i].claimed);
        worker_close(&worker);
    }
}

/* What is in flight lands and is recorded; nothing more is sent for the number. */
static void what_is_in_flight_when_its_number_is_cancelled_lands_and_ends(void)
{
    struct worker worker;
    char batch[24];
    int64_t batch_id = worker_begin(conn);

    worker_open(&worker, batch_id);
    worker_work_until(&worker, "register_number");
    worker_flush(&worker, 64);
    struct task *retried = worker_find(&worker, "register_number", BAKERY_1);
    struct task *lost = worker_find(&worker, "register_number", BAKERY_2);
    struct task *done = worker_find(&worker, "register_number", BAKERY_3);
    const char *cancel[] = {text_of(batch_id, batch), "{bakery-lune}"};
    testbed_run(conn, SQL_CONTROL_CANCEL, 2, cancel);
    worker_settle(&worker, retried, OUTCOME_RETRY);
    worker_settle(&worker, lost, OUTCOME_UNSURE);
    worker_settle(&worker, done, OUTCOME_DONE);
    worker_flush(&worker, 0);
    testbed_do(conn, "UPDATE wabamigrate.step SET not_before = now()");
    worker_expect_state(conn, "register_number", BAKERY_3, "done");
    worker_expect_state(conn, "confirm_number", BAKERY_3, "cancelled");

    /* Only the doubt is looked into. */
    worker_flush(&worker, 64);
    CU_ASSERT_PTR_NULL(worker_find(&worker, "register_number", BAKERY_1));
    struct task *lookup = worker_find(&worker, "register_number", BAKERY_2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(lookup);
    CU_ASSERT_EQUAL(lookup->phase->type, PHASE_READ);
    worker_settle_next(&worker, lookup, "register");
    worker_flush(&worker, 64);
    CU_ASSERT_PTR_NULL(worker_find(&worker, "register_number", BAKERY_2));
    store_run_ask(worker.store, clock_monotonic_ms());
    CU_ASSERT_TRUE(worker_wait(&worker));
    CU_ASSERT_EQUAL(store_run_outlook(worker.store)->ready, 0);
    testbed_expect(conn,
                   "SELECT DISTINCT state FROM wabamigrate.number_status"
                   " WHERE customer = 'bakery-lune'",
                   "cancelled");
    worker_close(&worker);
}

/* ---- secrets handed over ---- */

static void pins_are_exported_also_where_the_answer_was_lost(void)
{
    struct worker worker;
    char batch[24];
    int64_t batch_id = worker_begin(conn);

    worker_open(&worker, batch_id);
    worker_work_until(&worker, "register_number");
    worker_flush(&worker, 64);
    worker_settle(&worker, worker_find(&worker, "register_number", BAKERY_1), OUTCOME_UNSURE);
    struct task *sent = worker_find(&worker, "register_number", BAKERY_2);
    worker_settle(&worker, sent, OUTCOME_DONE);
    worker_flush(&worker, 0);
    testbed_do(conn, "UPDATE wabamigrate.step SET not_before = now()");
    worker_flush(&worker, 64);
    worker_settle(&worker, worker_find(&worker, "register_number", BAKERY_1), OUTCOME_DONE);
    worker_flush(&worker, 0);
    worker_expect_state(conn, "register_number", BAKERY_1, "done");
    const char *values[] = {text_of(batch_id, batch), NULL};
    PG_AUTO_CLEAR PGresult *rows = NULL;
    CU_ASSERT_EQUAL_FATAL(pg_query(conn, SQL_PINS_EXPORT, 2, values, &rows, NULL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(PQntuples(rows), 2); /* and not the third, which is not registered */
    CU_ASSERT_STRING_EQUAL(pg_cell(rows, 0, "number"), BAKERY_1);
    CU_ASSERT_STRING_EQUAL(pg_cell(rows, 1, "number"), BAKERY_2);
    worker_close(&worker);
}

/* ---- how much is done ---- */

static void a_number_is_done_when_its_last_step_is(void)
{
    struct worker worker;

    worker_open(&worker, worker_begin(conn));
    worker_work_until(&worker, "confirm_number");
    testbed_expect(conn, "SELECT bool_or(is_done) FROM wabamigrate.number", "f");
    worker_work_until(&worker, NULL);
    testbed_expect(conn,
                   "SELECT (SELECT bool_and(is_done) FROM wabamigrate.number) || ' of ' || numbers"
                   "  FROM wabamigrate.batch",
                   "true of 5");
    store_run_ask(worker.store, clock_monotonic_ms());
    CU_ASSERT_TRUE_FATAL(worker_wait(&worker));
    CU_ASSERT_EQUAL(store_run_outlook(worker.store)->by_state[STATE_DONE], 5);

    /* A step that is taken up again is one that is to be seen. */
    testbed_do(conn, "UPDATE wabamigrate.step SET state = 'ready'"
                     " WHERE kind = 'confirm_number' AND number_id = (SELECT number_id"
                     "  FROM wabamigrate.number WHERE number = '" BAKERY_1 "')");
    CU_ASSERT_EQUAL(worker_flush(&worker, 64), 1);
    testbed_expect(conn,
                   "SELECT string_agg(number || ' ' || state, ',') FROM wabamigrate.number_status"
                   " WHERE NOT is_done",
                   BAKERY_1 " running");
    worker_work_until(&worker, NULL);
    testbed_expect(conn, "SELECT bool_and(is_done) FROM wabamigrate.number", "t");
    worker_close(&worker);
}

/* ---- where a claim begins ---- */

struct wanted_step {
    struct worker *worker;
    int64_t step_id;
    unsigned times;
};

static bool is_claimed(void *self)
{
    const struct wanted_step *wanted = self;
    unsigned times = 0;

    worker_flush(wanted->worker, 64);
    for (const struct task *task = wanted->worker->hand.first; task; task = task->next)
        times += task->step_id == wanted->step_id;
    return times == wanted->times;
}

static void what_has_become_free_before_the_mark_is_claimed_too(void)
{
    struct worker worker;
    char sql[128];

    worker_open(&worker, worker_begin(conn));
    CU_ASSERT_EQUAL_FATAL(worker_flush(&worker, 1), 1);
    struct wanted_step first = {&worker, worker.hand.first->step_id, 2};
    snprintf(sql, sizeof sql,
             "UPDATE wabamigrate.step SET state = 'ready', run_id = NULL WHERE step_id = %lld",
             (long long)first.step_id);
    testbed_do(conn, sql);
    /* It is the first of the queue again, and not looked at while others can be had. */
    CU_ASSERT_EQUAL_FATAL(worker_flush(&worker, 1), 1);
    CU_ASSERT_NOT_EQUAL(worker.hand.first->next->step_id, first.step_id);
    CU_ASSERT_TRUE(testbed_wait(is_claimed, &first));
    worker_close(&worker);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"two workers never hold the same step", two_workers_never_hold_the_same_step},
        {"a claim goes around what another has not committed yet",
         a_claim_goes_around_what_another_has_not_committed_yet},
        {"urgent steps are claimed first", urgent_steps_are_claimed_first},
        {"a selection limits what is claimed", a_selection_limits_what_is_claimed},
        {"an effect's intent is committed with its claim",
         an_effect_s_intent_is_committed_with_its_claim},
        {"an outcome of a buried run is refused and its attempt kept",
         an_outcome_of_a_buried_run_is_refused_and_its_attempt_kept},
        {"a read of a buried run is kept as the read it was",
         a_read_of_a_buried_run_is_kept_as_the_read_it_was},
        {"an outcome under an old epoch is refused", an_outcome_under_an_old_epoch_is_refused},
        {"a run whose lease has run out is taken over and told so",
         a_run_whose_lease_has_run_out_is_taken_over_and_told_so},
        {"a program killed on this host is taken over at once",
         a_program_killed_on_this_host_is_taken_over_at_once},
        {"successors are released by the transaction that records the outcome",
         successors_are_released_by_the_transaction_that_records_the_outcome},
        {"a step of a WABA is done once for all its numbers",
         a_step_of_a_waba_is_done_once_for_all_its_numbers},
        {"a WABA's step waits for the first eligible number only",
         a_waba_s_step_waits_for_the_first_eligible_number_only},
        {"nothing is done for a customer none of whose numbers is eligible",
         nothing_is_done_for_a_customer_none_of_whose_numbers_is_eligible},
        {"what was blocked is looked at again by the next run",
         what_was_blocked_is_looked_at_again_by_the_next_run},
        {"a failed step holds its successors, and retry takes it up again",
         a_failed_step_holds_its_successors_and_retry_takes_it_up_again},
        {"a retried step begins with a look, whatever phase it failed in",
         a_retried_step_begins_with_a_look_whatever_phase_it_failed_in},
        {"what a step learned is there for the next one",
         what_a_step_learned_is_there_for_the_next_one},
        {"a pin is drawn once and stays", a_pin_is_drawn_once_and_stays},
        {"a capture wakes what waits for the signup", a_capture_wakes_what_waits_for_the_signup},
        {"a capture while the wait is being looked at is not lost",
         a_capture_while_the_wait_is_being_looked_at_is_not_lost},
        {"a capture while the wait is being claimed is not lost",
         a_capture_while_the_wait_is_being_claimed_is_not_lost},
        {"a capture while the wait is being settled is not lost",
         a_capture_while_the_wait_is_being_settled_is_not_lost},
        {"a code captured while another is exchanged is not forgotten",
         a_code_captured_while_another_is_exchanged_is_not_forgotten},
        {"news of a WABA while its number is being checked are not lost",
         news_of_a_waba_while_its_number_is_being_checked_are_not_lost},
        {"news of a WABA while its number is being claimed are not lost",
         news_of_a_waba_while_its_number_is_being_claimed_are_not_lost},
        {"news of a WABA in the same group as the check are not lost",
         news_of_a_waba_in_the_same_group_as_the_check_are_not_lost},
        {"a parked WABA holds its own steps only", a_parked_waba_holds_its_own_steps_only},
        {"a parked app holds everything that is its own, and is only ever parked longer",
         a_parked_app_holds_everything_and_is_only_ever_parked_longer},
        {"a connection cut before the commit loses nothing",
         a_connection_cut_before_the_commit_loses_nothing},
        {"an answer lost after the commit repeats nothing",
         an_answer_lost_after_the_commit_repeats_nothing},
        {"what is in hand stays in hand over a broken connection",
         what_is_in_hand_stays_in_hand_over_a_broken_connection},
        {"what is paused is not claimed until it is resumed",
         what_is_paused_is_not_claimed_until_it_is_resumed},
        {"what is cancelled is not claimed", what_is_cancelled_is_not_claimed},
        {"what is in flight when its number is cancelled lands and ends",
         what_is_in_flight_when_its_number_is_cancelled_lands_and_ends},
        {"pins are exported also where the answer was lost",
         pins_are_exported_also_where_the_answer_was_lost},
        {"a number is done when its last step is", a_number_is_done_when_its_last_step_is},
        {"what has become free before the mark is claimed too",
         what_has_become_free_before_the_mark_is_claimed_too},
        CU_TEST_INFO_NULL,
    };

    if (!testbed_start())
        return 1;
    conn = testbed_connect(NULL);
    testbed_reset(conn);
    int status = run_suite("store", tests);
    PQfinish(conn);
    testbed_stop();
    return status;
}
