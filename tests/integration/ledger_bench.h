/* SPDX-License-Identifier: PostgreSQL */
/*
 * ledger_bench -- what the tests of the registration ledger share: a batch whose two numbers are
 * about to be registered, and short ways to spend, answer and count.
 */
#ifndef WABAMIGRATE_TESTS_INTEGRATION_LEDGER_BENCH_H
#define WABAMIGRATE_TESTS_INTEGRATION_LEDGER_BENCH_H

#include "tests/integration/testbed.h"
#include "tests/integration/worker.h"

#define LEDGER_NUMBER "+33123456701"
#define LEDGER_OTHER "+33123456702"
#define LEDGER_MINUTE_MS (INT64_C(60) * 1000)
#define LEDGER_HOUR_MS (60 * LEDGER_MINUTE_MS)

/* clang-format off */
#define LEDGER_BOOK(batch, waba)                                                                         \
    "version: 1\n"                                                                                \
    "batch: " batch "\n"                                                                          \
    "partner: { business_id: '1020304050', app_id: '998877', credit_line_id: '5566778899',\n"     \
    "           system_user_id: '445566', system_token: { env: TESTBED_TOKEN } }\n"               \
    "defaults: { waba_currency: EUR, templates: leave }\n"                                                          \
    "customers:\n"                                                                                \
    "  - id: bakery-lune\n"                                                                       \
    "    business_id: '700100'\n"                                                                 \
    "    source_waba_id: '800100'\n"                                                              \
    "    destination_waba_id: '" waba "'\n"                                                       \
    "    numbers:\n"                                                                              \
    "      - { number: '" LEDGER_NUMBER "', phone_number_id: '610101' }\n"                               \
    "      - { number: '" LEDGER_OTHER "', phone_number_id: '610102' }\n"
/* clang-format on */

/* The connection that asks and tells; a test may set another for a while. */
extern PGconn *conn;

/* Loads a manifest. Everything before the registrations is done, and those are due. Two batches may
 * hold the number now, as where one is done and its number moves on. */
int64_t ledger_load(const char *manifest);
/* The same for the first batch of an empty database. */
int64_t ledger_begin(void);
/* Takes the other number out of the way. */
void ledger_put_aside_the_other(void);

void ledger_run_sql(const char *sql, int count, const char *const *values);
int ledger_count(const char *sql);
/* By the history: how many of LEDGER_NUMBER's registrations may have arrived at Meta, ever. */
int ledger_spent(void);
/* The ledger holds every one of these, until another took its place after 72 hours; and nothing
 * else. No 72 hours have more than ten. */
void ledger_expect_agreement(void);

/* LEDGER_NUMBER's registration, or NULL. */
struct task *ledger_in_hand(struct worker *worker);
/* Claims, and says whether that is among it. */
bool ledger_claims(struct worker *worker);

/* Settles the task as Graph's answer has it. */
void ledger_answer(struct worker *worker, struct task *task, int status, const char *body);
void ledger_refuse(struct worker *worker, struct task *task, int code);

#endif
