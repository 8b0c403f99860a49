/* SPDX-License-Identifier: PostgreSQL */
/*
 * store_run -- the running program's memory: one non-blocking connection, one flush after another.
 *
 * A flush is one transaction in libpq's pipeline mode: outcomes of a group of settled steps, the
 * release of their successors, and the claim of the next steps with the intents of their effects.
 * The next flush leaves when the last has come back, so groups grow by themselves when the database
 * is slow. Its outcomes may leave before that, while the last one claims and commits; its own claim
 * is made when what that one has claimed is known.
 *
 * Several runs of a batch work on one database. Each transaction of a run begins by holding the
 * run's own row, so that it is ended by another (run_bury.sql) before it or after it, never in
 * between. Once it has been ended, nothing is claimed any more, and of what a group has to tell
 * only the attempts are kept, and what an effect left behind on Graph. The customers of a group are
 * locked next, in order, so that two groups wait for each other in line. The lease is renewed by a
 * transaction of its own, which waits for nobody. A worker that is frozen in the middle of a
 * transaction keeps its locks: who waits for them longer than lease_terms.lock_ms gives up and
 * comes again, and once that worker's lease has run out, its connection is cut.
 *
 * A broken connection is an event, not an end: it is made again with a backoff, and so is one on
 * which the server is silent for too long. Whether the commit under way had happened is looked up,
 * not assumed: each flush leaves its number in the run's row. One that had not happened is sent
 * again; what a lost claim took is put back, since it was never sent; and whatever the server still
 * gets from the old connection is refused by the database (run_turn.sql).
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_RUN_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_RUN_H

#include <curl/curl.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "orchestrator/batch_facts.h"
#include "orchestrator/database_outage.h"
#include "orchestrator/lease.h"
#include "orchestrator/task.h"

struct store_run;

struct store_run_settings {
    const char *conninfo;
    const struct clock *clock;
    const struct batch_facts *batch;
    const char *worker;
    const char *only;          /* PostgreSQL array literal of customers and numbers; NULL: all */
    int64_t highest_number_id; /* 0: all */
    bool spends_last_registrations; /* a person said so */
    int64_t grace_ms;
    const struct lease_terms *terms;
};

/* How the batch stands, as last asked. */
struct store_outlook {
    bool is_known;
    int64_t asked_at_ms; /* which question this answers: one may be lost with its connection */
    int64_t by_state[8]; /* in the order of STORE_STATES */
    int64_t due_ms;      /* until something may be claimed: 0 now, -1 not without a person */
    int64_t held_elsewhere, parked, ready;
};
extern const char *const STORE_STATES[8];
enum store_state {
    STATE_PENDING,
    STATE_BLOCKED,
    STATE_WAITING,
    STATE_READY,
    STATE_RUNNING,
    STATE_DONE,
    STATE_FAILED,
    STATE_CANCELLED
};

/* Registers the run, takes over what dead runs held, and looks again at what was blocked. Takes the
 * connection over. Blocks until then; nothing after it does. */
MUST_CHECK enum status store_run_open(PGconn *conn, const struct store_run_settings *settings,
                                      struct store_run **store, struct fault *fault);
/* NULL is fine. */
void store_run_destroy(struct store_run *store);

/* For the loop: what to wait for, and how long at most (-1: no limit). */
struct curl_waitfd store_run_interest(const struct store_run *store);
int64_t store_run_patience_ms(const struct store_run *store, int64_t now_ms);
/* Reads and writes what is possible. Claimed tasks are added to `claimed`. */
void store_run_advance(struct store_run *store, int64_t now_ms, struct task_queue *claimed);

bool store_run_is_idle(const struct store_run *store); /* connected, nothing under way */
/* NULL while there is none. */
const struct database_outage *store_run_outage(const struct store_run *store);
/* Whether everything handed over has been committed. */
bool store_run_is_flushed(const struct store_run *store);
/* What was handed over and may not have been committed yet, in bytes of memory. */
size_t store_run_unrecorded_bytes(const struct store_run *store);
/* What a flush carries at most: it is in memory three times, as tasks, as statements, and in libpq.
 */
#define STORE_FLUSH_BYTES (4u << 20)
/* Takes settled tasks over, as many as a flush carries (STORE_FLUSH_BYTES) and at least one of
 * those there are, and asks for up to `want` new ones. Only when idle. */
void store_run_flush(struct store_run *store, struct task_queue *settled, unsigned want,
                     int64_t calls, int64_t now_ms);
/* How many steps that send nothing each claim may take beside what it is asked for, until told
 * otherwise. */
void store_run_set_local_room(struct store_run *store, unsigned room);
/* While a flush is under way, once what it records is recorded and it claims and commits: the next
 * one's outcomes may leave already, so that the database goes from one to the other. */
bool store_run_may_record_ahead(const struct store_run *store);
/* Takes settled tasks over as store_run_flush() does; there is one at least. */
void store_run_record_ahead(struct store_run *store, struct task_queue *settled, int64_t calls,
                            int64_t now_ms);
/* The flush before it has come back; what has left ahead is to be followed at once by its claim, of
 * up to `want`, and its commit. */
bool store_run_awaits_claim(const struct store_run *store);
void store_run_claim(struct store_run *store, unsigned want, int64_t now_ms);
/* Asks how the batch stands. Only when idle. */
void store_run_ask(struct store_run *store, int64_t now_ms);
/* Keeps the lease where that is due and nothing else is to be sent, which would keep it too. Only
 * when idle. */
void store_run_renew(struct store_run *store, int64_t now_ms);
const struct store_outlook *store_run_outlook(const struct store_run *store);
/* Whether the last claim found as many as it wanted (then there may be more). */
bool store_run_claimed_all(const struct store_run *store);

/* The lease holds until then on the monotonic clock, counted from before it was asked for. */
int64_t store_run_lease_until_ms(const struct store_run *store);
/* Another run has declared this one dead. */
bool store_run_is_buried(const struct store_run *store);
/* A statement failed for a reason that trying again does not mend; `fault` is filled. */
bool store_run_has_failed(const struct store_run *store, struct fault *fault);
/* After a connection was made again: which steps are in hand, to tell them from those of a lost
 * claim. */
typedef void store_visit_all(void *self, void (*visit)(void *visitor, const struct task *task),
                             void *visitor);
void store_run_set_inventory(struct store_run *store, store_visit_all *visit_all, void *self);

/* Ends the run: releases its lease and records its exit code. Waits for at most ten seconds; best
 * effort. */
void store_run_close(struct store_run *store, int exit_code, int64_t calls);
int64_t store_run_id(const struct store_run *store);

#endif
