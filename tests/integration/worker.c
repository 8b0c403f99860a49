/* SPDX-License-Identifier: PostgreSQL */
#include "tests/integration/worker.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "orchestrator/settle.h"
#include "orchestrator/store_load.h"
#include "tests/integration/testbed.h"

#define PATIENCE_MS 60000
#define LEASE_MS 600000
#define STEP_MS 1200000
#define NOW "2026-11-23T01:00:00Z"

/* clang-format off */
const char WORKER_BOOK[] =
    "version: 1\n"
    "batch: book\n"
    "partner: { business_id: '1020304050', app_id: '998877', credit_line_id: '5566778899',\n"
    "           system_user_id: '445566', system_token: { env: TESTBED_TOKEN } }\n"
    "defaults: { waba_currency: EUR, data_localization_region: DE, templates: leave }\n"
    "customers:\n"
    "  - id: bakery-lune\n"
    "    business_id: '700100'\n"
    "    source_waba_id: '800100'\n"
    "    destination_waba_id: '900100'\n"
    "    numbers:\n"
    "      - { number: '" BAKERY_1 "', phone_number_id: '610101' }\n"
    "      - { number: '" BAKERY_2 "', phone_number_id: '610102' }\n"
    "      - { number: '" BAKERY_3 "', phone_number_id: '610103' }\n"
    "  - id: florist-lune\n"
    "    business_id: '700200'\n"
    "    source_waba_id: '800200'\n"
    "    numbers:\n"
    "      - { number: '" FLORIST_1 "' }\n"
    "      - { number: '" FLORIST_2 "' }\n";

const char WORKER_PROGRAMMATIC[] =
    "version: 1\n"
    "batch: book\n"
    "partner: { business_id: '1020304050', app_id: '998877', credit_line_id: '5566778899',\n"
    "           system_user_id: '445566', system_token: { env: TESTBED_TOKEN } }\n"
    "defaults: { waba_currency: EUR, data_localization_region: DE, templates: leave, path: programmatic,\n"
    "            code_method: VOICE }\n"
    "customers:\n"
    "  - id: bakery-lune\n"
    "    business_id: '700100'\n"
    "    source_waba_id: '800100'\n"
    "    destination_waba_id: '900100'\n"
    "    numbers:\n"
    "      - { number: '" BAKERY_1 "', code_method: SMS, language: fr }\n"
    "      - { number: '" BAKERY_2 "' }\n"
    "      - { number: '" BAKERY_3 "' }\n"
    "  - id: florist-lune\n"
    "    business_id: '700200'\n"
    "    source_waba_id: '800200'\n"
    "    destination_waba_id: '900200'\n"
    "    path: embedded_signup\n"
    "    numbers:\n"
    "      - { number: '" FLORIST_1 "', path: programmatic }\n"
    "      - { number: '" FLORIST_2 "', phone_number_id: '610202' }\n";
/* clang-format on */

int64_t worker_load(PGconn *conn, const char *manifest)
{
    struct store_load_result result;
    struct fault fault = FAULT_NONE;

    setenv("TESTBED_TOKEN", "a-token-for-tests", 1);
    if (store_load(conn, testbed_write("book.yaml", manifest), &result, &fault) != STATUS_OK)
        return 0;
    return result.batch_id;
}

static void visit_hand(void *self, void (*visit)(void *, const struct task *), void *visitor)
{
    const struct worker *worker = self;
    const struct task *lists[] = {worker->hand.first, worker->settled.first};

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (const struct task *task = lists[i]; task; task = task->next)
            visit(visitor, task);
    }
}

static void describe_batch(struct worker *worker, int64_t batch_id)
{
    struct batch_facts *batch = &worker->batch;

    batch->arena = arena_create();
    batch->batch_id = batch_id;
    batch->name = "book";
    batch->path = "embedded_signup";
    batch->vault = worker->vault;
    batch->system_token = secret_create("a-token-for-tests");
    batch->facts = (struct facts){.graph_version = "v26.0",
                                  .partner_business_id = "1020304050",
                                  .app_id = "998877",
                                  .credit_line_id = "5566778899",
                                  .system_user_id = "445566",
                                  .system_token = batch->system_token};
}

static void open_store(struct worker *worker, int64_t batch_id, struct store_run_settings settings)
{
    struct fault fault = FAULT_NONE;
    char key_file[256];

    task_queue_init(&worker->hand);
    task_queue_init(&worker->settled);
    snprintf(key_file, sizeof key_file, "%s/key", testbed_directory());
    CU_ASSERT_EQUAL_FATAL(vault_open_or_create(key_file, &worker->vault, &fault), STATUS_OK);
    vault_adopt_digest_key(worker->vault, vault_make_digest_key());
    describe_batch(worker, batch_id);
    settings.terms = &worker->terms;
    settings.conninfo = testbed_conninfo();
    settings.clock = &worker->clock;
    settings.batch = &worker->batch;
    settings.worker = "tester";
    CU_ASSERT_EQUAL_FATAL(
        store_run_open(testbed_connect(&worker->clock), &settings, &worker->store, &fault),
        STATUS_OK);
    store_run_set_inventory(worker->store, visit_hand, worker);
}

void worker_open_terms(struct worker *worker, int64_t batch_id, const char *only,
                       const struct lease_terms *terms)
{
    memset(worker, 0, sizeof *worker);
    worker->terms = *terms;
    open_store(worker, batch_id, (struct store_run_settings){.only = only});
}

static struct lease_terms usual_terms(int64_t lease_ms)
{
    return (struct lease_terms){.lease_ms = lease_ms,
                                .renewal_ms = lease_ms / 4,
                                .step_ms = STEP_MS,
                                .lock_ms = PATIENCE_MS,
                                .silence_ms = PATIENCE_MS};
}

void worker_open_with(struct worker *worker, int64_t batch_id, const char *only, int64_t lease_ms)
{
    const struct lease_terms terms = usual_terms(lease_ms);

    worker_open_terms(worker, batch_id, only, &terms);
}

void worker_open_later(struct worker *worker, int64_t batch_id, int64_t offset_ms,
                       bool spends_last_registrations)
{
    memset(worker, 0, sizeof *worker);
    worker->clock.offset_ms = offset_ms;
    worker->terms = usual_terms(LEASE_MS);
    open_store(worker, batch_id,
               (struct store_run_settings){.spends_last_registrations = spends_last_registrations});
}

void worker_open(struct worker *worker, int64_t batch_id)
{
    worker_open_with(worker, batch_id, NULL, LEASE_MS);
}

void worker_drop(struct worker *worker)
{
    store_run_destroy(worker->store);
    task_queue_destroy_all(&worker->hand);
    task_queue_destroy_all(&worker->settled);
    secret_destroy(worker->batch.system_token);
    arena_destroy(worker->batch.arena);
    vault_close(worker->vault);
    memset(worker, 0, sizeof *worker);
}

void worker_close(struct worker *worker)
{
    if (worker->store)
        store_run_close(worker->store, 0, 0);
    worker_drop(worker);
}

bool worker_wait(struct worker *worker)
{
    int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;

    for (int64_t now_ms; (now_ms = clock_monotonic_ms()) < until_ms;) {
        struct fault fault;
        if (store_run_has_failed(worker->store, &fault)) {
            fprintf(stderr, "\n    the store has failed: %s\n", fault.message);
            return false;
        }
        store_run_advance(worker->store, now_ms, &worker->hand);
        if (store_run_is_idle(worker->store) && store_run_is_flushed(worker->store))
            return true;
        struct curl_waitfd wanted = store_run_interest(worker->store);
        struct pollfd fd = {.fd = wanted.fd,
                            .events = (short)((wanted.events & CURL_WAIT_POLLIN ? POLLIN : 0) |
                                              (wanted.events & CURL_WAIT_POLLOUT ? POLLOUT : 0))};
        (void)!poll(&fd, wanted.fd != CURL_SOCKET_BAD, 10);
    }
    return false;
}

unsigned worker_flush(struct worker *worker, unsigned want)
{
    unsigned before = worker->hand.count;

    store_run_flush(worker->store, &worker->settled, want, 0, clock_monotonic_ms());
    CU_ASSERT_TRUE_FATAL(worker_wait(worker));
    return worker->hand.count - before;
}

static bool is_wanted(const struct task *task, const char *kind, const char *who)
{
    const char *whose = task->facts.number ? task->facts.number : task->facts.customer;

    return strcmp(task->kind->name, kind) == 0 && (!who || strcmp(whose, who) == 0);
}

struct task *worker_find(struct worker *worker, const char *kind, const char *who)
{
    struct task *task = worker->hand.first;

    while (task && !is_wanted(task, kind, who))
        task = task->next;
    return task;
}

static void take(struct worker *worker, struct task *wanted)
{
    struct task_queue rest;

    task_queue_init(&rest);
    for (struct task *task; (task = task_queue_take(&worker->hand));) {
        if (task != wanted)
            task_queue_add(&rest, task);
    }
    task_queue_move(&rest, &worker->hand);
}

static void finish(struct worker *worker, struct task *task)
{
    task->was_sent = task->phase->type != PHASE_LOCAL;
    task->http_status = task->was_sent ? 200 : 0;
    task->request_text = task->was_sent ? "{\"method\":\"GET\",\"path\":\"/v26.0/x\"}" : NULL;
    task->answer_text = task->was_sent ? "{}" : NULL;
    settle_decide(task, 0, NOW);
    task_queue_add(&worker->settled, task);
}

static void assess(struct task *task, enum outcome outcome)
{
    task->is_eligible = outcome == OUTCOME_DONE;
    task->findings = arena_alloc(task->arena, sizeof task->findings[0]);
    task->findings[0] = (struct finding){.rule = "two_step_off",
                                         .verdict = task->is_eligible ? VERDICT_PASS : VERDICT_FAIL,
                                         .evidence = EVIDENCE_API,
                                         .field = "is_pin_enabled",
                                         .value = task->is_eligible ? "false" : "true",
                                         .is_blocking = !task->is_eligible};
    task->finding_count = 1;
    if (task->is_eligible && !task->facts.pin)
        task->new_pin = secret_create("246810");
    if (outcome == OUTCOME_WAIT_PERSON) {
        task->settlement.state = "blocked";
        task->reply.waiting_for = "two_step_off";
    }
}

void worker_settle(struct worker *worker, struct task *task, enum outcome outcome)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    take(worker, task);
    task->reply.outcome = outcome;
    if (task->kind->is_assessed)
        assess(task, outcome);
    else if (outcome == OUTCOME_WAIT_PERSON)
        task->reply.waiting_for = task->kind->takes_code ? "code" : "signup";
    else if (outcome == OUTCOME_FAILED)
        (void)reply_failed(&task->reply, "Refused", "partner", "Mend it, then retry.");
    finish(worker, task);
}

void worker_settle_next(struct worker *worker, struct task *task, const char *phase)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    take(worker, task);
    (void)reply_next(&task->reply, phase, NULL);
    finish(worker, task);
}

void worker_answer(struct worker *worker, struct task *task, const struct answer *answer,
                   const char *text)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    take(worker, task);
    job_answer(task->phase, &task->facts, answer, task->arena, &task->reply);
    finish(worker, task);
    task->http_status = answer->http_status;
    task->answer_text = arena_copy_text(task->arena, text);
}

static enum outcome usual_outcome(const struct worker *worker, const struct task *task)
{
    const char *prefix = worker->ineligible;
    bool is_blocked = prefix && task->kind->is_assessed &&
                      strncmp(task->facts.number, prefix, strlen(prefix)) == 0;

    return is_blocked ? OUTCOME_WAIT_PERSON : OUTCOME_DONE;
}

void worker_work_until(struct worker *worker, const char *until)
{
    do {
        while (worker->hand.count > 0 && !(until && worker_find(worker, until, NULL)))
            worker_settle(worker, worker->hand.first, usual_outcome(worker, worker->hand.first));
        if (until && worker_find(worker, until, NULL)) {
            worker_flush(worker, 0);
            return;
        }
    } while (worker_flush(worker, 64) > 0);
}

void worker_expect_prerequisites(PGconn *conn)
{
    /* What stands open is told twice (schema 020). */
    testbed_expect(
        conn,
        "SELECT coalesce(s.step_id, q.step_id)"
        "  FROM (SELECT * FROM wabamigrate.step"
        "         WHERE state IN ('ready', 'running', 'waiting', 'blocked')) s"
        "  FULL JOIN wabamigrate.open_step q ON q.step_id = s.step_id"
        " WHERE (s.batch_id, s.customer_id, s.number_id, s.run_id, s.not_before, s.urgency, s.turn,"
        "        s.ordinal, s.lane, s.is_in_doubt, s.state, s.waiting_for)"
        "       IS DISTINCT FROM"
        "       (q.batch_id, q.customer_id, q.number_id, q.run_id, q.not_before, q.urgency, q.turn,"
        "        q.ordinal, q.lane, q.is_in_doubt, q.state, q.waiting_for)",
        "");
    testbed_expect(
        conn,
        "SELECT s.kind || '/' || coalesce(n.number, c.key) || ': ' || s.state || ' with '"
        "       || s.prereqs_left || ' to wait for, ' || o.open || ' are open'"
        "  FROM wabamigrate.step s"
        "  JOIN wabamigrate.customer c USING (customer_id)"
        "  LEFT JOIN wabamigrate.number n USING (number_id),"
        " LATERAL (SELECT count(*) AS open FROM wabamigrate.path_need d"
        "           WHERE d.path = s.path AND d.kind = s.kind"
        "             AND (EXISTS (SELECT 1 FROM wabamigrate.path_step q"
        "                           WHERE q.path = d.path AND q.kind = d.needs"
        "                             AND q.only_with IS NULL)"
        "                  OR EXISTS (SELECT 1 FROM wabamigrate.step m"
        "                              WHERE m.kind = d.needs"
        "                                AND (m.number_id = s.number_id"
        "                                     OR m.number_id IS NULL"
        "                                        AND m.customer_id = s.customer_id)))"
        "             AND NOT EXISTS (SELECT 1 FROM wabamigrate.step t"
        "                              WHERE t.customer_id = s.customer_id AND t.kind = d.needs"
        "                                AND (t.number_id IS NULL OR s.number_id IS NULL"
        "                                     OR t.number_id = s.number_id)"
        "                                AND t.state = 'done')) o"
        " WHERE CASE s.state WHEN 'cancelled' THEN false"
        "                    WHEN 'pending' THEN s.prereqs_left <> o.open OR o.open = 0"
        "                    ELSE s.prereqs_left <> 0 END",
        "");
}

int64_t worker_begin(PGconn *conn)
{
    testbed_clear(conn);
    int64_t batch_id = worker_load(conn, WORKER_BOOK);
    CU_ASSERT_FATAL(batch_id > 0);
    return batch_id;
}

char *worker_edited(const char *manifest, const char *from, const char *to)
{
    const char *at = strstr(manifest, from);

    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    size_t bytes = strlen(manifest) + strlen(to) + 1;
    char *text = memory_take(bytes);
    snprintf(text, bytes, "%.*s%s%s", (int)(at - manifest), manifest, to, at + strlen(from));
    return text;
}

void worker_expect_step(PGconn *conn, const char *kind, const char *who, const char *what,
                        const char *wanted)
{
    char sql[2048];

    snprintf(sql, sizeof sql,
             "SELECT %s" WORKER_STEPS "WHERE s.kind = '%s' AND coalesce(n.number, c.key) = '%s'",
             what, kind, who);
    testbed_expect(conn, sql, wanted);
}

void worker_expect_state(PGconn *conn, const char *kind, const char *who, const char *wanted)
{
    worker_expect_step(conn, kind, who, "s.state", wanted);
}

void worker_expect_done_once(PGconn *conn)
{
    testbed_expect(conn, "SELECT string_agg(DISTINCT state, ',') FROM wabamigrate.step", "done");
    testbed_expect(conn,
                   "SELECT count(*) FROM (SELECT step_id FROM wabamigrate.attempt"
                   " WHERE coalesce(outcome, '') <> 'not_sent'"
                   " GROUP BY step_id HAVING count(*) > 1) twice",
                   "0");
}

void worker_cut(PGconn *conn, const struct worker *worker)
{
    char sql[160];

    snprintf(sql, sizeof sql,
             "SELECT bool_and(pg_terminate_backend(pid, 60000)) FROM pg_stat_activity"
             " WHERE application_name LIKE '%% run %lld'",
             (long long)store_run_id(worker->store));
    testbed_expect(conn, sql, "t");
}
