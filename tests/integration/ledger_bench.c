/* SPDX-License-Identifier: PostgreSQL */
#include "tests/integration/ledger_bench.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "orchestrator/pg.h"

PGconn *conn;

int64_t ledger_load(const char *manifest)
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

int64_t ledger_begin(void)
{
    testbed_clear(conn);
    return ledger_load(LEDGER_BOOK("book", "900100"));
}

void ledger_run_sql(const char *sql, int count, const char *const *values)
{
    struct fault fault = FAULT_NONE;

    if (pg_query(conn, sql, count, values, NULL, &fault) != STATUS_OK)
        fprintf(stderr, "\n    %s\n", fault.message);
    CU_ASSERT_EQUAL_FATAL(fault.status, STATUS_OK);
}

int ledger_count(const char *sql)
{
    return atoi(testbed_ask(conn, sql));
}

#define SPENT                                                                 \
    "SELECT a.step_id, a.epoch, n.number, a.intended_at"                      \
    "  FROM wabamigrate.attempt a JOIN wabamigrate.step s USING (step_id)"    \
    "  JOIN wabamigrate.number n USING (number_id)"                           \
    "  JOIN wabamigrate.job_phase p ON p.kind = s.kind AND p.phase = a.phase" \
    " WHERE p.is_registration AND a.outcome IS DISTINCT FROM 'not_sent'"

int ledger_spent(void)
{
    return ledger_count("SELECT count(*) FROM (" SPENT ") i WHERE number = '" LEDGER_NUMBER "'");
}

void ledger_expect_agreement(void)
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

struct task *ledger_in_hand(struct worker *worker)
{
    return worker_find(worker, "register_number", LEDGER_NUMBER);
}

bool ledger_claims(struct worker *worker)
{
    worker_flush(worker, 8);
    return ledger_in_hand(worker) != NULL;
}

void ledger_put_aside_the_other(void)
{
    testbed_do(conn, "UPDATE wabamigrate.step s SET state = 'done' FROM wabamigrate.number n"
                     " WHERE n.number_id = s.number_id AND n.number = '" LEDGER_OTHER "'");
}

void ledger_answer(struct worker *worker, struct task *task, int status, const char *body)
{
    struct json_object *json = json_tokener_parse(body);
    struct answer answered = {.transport = TRANSPORT_OK, .http_status = status, .body = json};

    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    worker_answer(worker, task, &answered, body);
    json_object_put(json);
}

void ledger_refuse(struct worker *worker, struct task *task, int code)
{
    char body[128];

    snprintf(body, sizeof body, "{\"error\":{\"message\":\"refused\",\"code\": %d}}", code);
    ledger_answer(worker, task, 400, body);
}
