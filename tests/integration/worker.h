/* SPDX-License-Identifier: PostgreSQL */
/*
 * worker -- one store_run with a make-believe Graph: a test claims steps, says what came of each,
 * and looks at the database after every flush.
 */
#ifndef WABAMIGRATE_TESTS_INTEGRATION_WORKER_H
#define WABAMIGRATE_TESTS_INTEGRATION_WORKER_H

#include "orchestrator/batch_facts.h"
#include "orchestrator/store_run.h"

struct worker {
    struct store_run *store;
    struct batch_facts batch;
    struct vault *vault;
    struct clock clock;
    struct lease_terms terms;  /* a test may change them between two flushes */
    struct task_queue hand;    /* claimed, not settled yet */
    struct task_queue settled; /* what the next flush takes */
    const char *ineligible;    /* worker_work_until() blocks numbers that begin so; NULL: none */
};

/* Two customers: bakery-lune (WABA 800100 to 900100) with three numbers, and florist-lune (800200,
 * its destination not known) with two. */
extern const char WORKER_BOOK[];
/* The same customers, both destinations known, on the programmatic path; but for florist-lune's
 * WABA and its second number, which take the path of Embedded Signup. */
extern const char WORKER_PROGRAMMATIC[];
#define BAKERY_1 "+33123456701"
#define BAKERY_2 "+33123456702"
#define BAKERY_3 "+33123456703"
#define FLORIST_1 "+442079460001"
#define FLORIST_2 "+442079460002"

/* Loads a manifest's text; 0 when it is refused. */
int64_t worker_load(PGconn *conn, const char *manifest);

/* The schema with WORKER_BOOK in it and nothing else; its batch. */
int64_t worker_begin(PGconn *conn);
/* A manifest with one text in place of another; free it. */
char *worker_edited(const char *manifest, const char *from, const char *to);

/* Opens a run of the batch that testbed's cluster holds. */
void worker_open(struct worker *worker, int64_t batch_id);
/* The same for some numbers or customers only (a PostgreSQL array literal), or with another lease.
 */
void worker_open_with(struct worker *worker, int64_t batch_id, const char *only, int64_t lease_ms);
void worker_open_terms(struct worker *worker, int64_t batch_id, const char *only,
                       const struct lease_terms *terms);
/* The same so much later (on the virtual clock), and with --spend-last-registrations. */
void worker_open_later(struct worker *worker, int64_t batch_id, int64_t offset_ms,
                       bool spends_last_registrations);
/* Releases it in order: what is in hand stays running in the database. NULL store is fine. */
void worker_close(struct worker *worker);
/* As a crash would: the connection goes, nothing is said. */
void worker_drop(struct worker *worker);

/* Its connection is ended by the server, and gone when this returns. */
void worker_cut(PGconn *conn, const struct worker *worker);

/* Waits until the store is idle; false when that does not come. */
bool worker_wait(struct worker *worker);
/* Hands the settled tasks over, claims up to `want`, and waits; returns how many were claimed. */
unsigned worker_flush(struct worker *worker, unsigned want);

/* The task in hand of that kind and number (NULL: a step of a WABA, whose customer `who` is then),
 * or NULL. It stays in hand. */
struct task *worker_find(struct worker *worker, const char *kind, const char *who);
/* Takes the task out of hand and settles it, as the engine does. For an assessed task OUTCOME_DONE
 * says that the number may move, OUTCOME_WAIT_PERSON that it is blocked. */
void worker_settle(struct worker *worker, struct task *task, enum outcome outcome);
/* The same with the next phase of OUTCOME_NEXT. */
void worker_settle_next(struct worker *worker, struct task *task, const char *phase);

/* The same with an answer of Graph's, as its job kind reads it; `text` is what the history keeps.
 */
void worker_answer(struct worker *worker, struct task *task, const struct answer *answer,
                   const char *text);

/* Settles everything in hand as done (a check of an ineligible number as blocked), flushes and
 * claims again until nothing comes any more or a step of kind `until` (NULL: none) is in hand,
 * where it stays. */
void worker_work_until(struct worker *worker, const char *until);

/* Every step as `s`, with its customer `c` and its number `n`. */
#define WORKER_STEPS                                                           \
    " FROM wabamigrate.step s JOIN wabamigrate.customer c USING (customer_id)" \
    " LEFT JOIN wabamigrate.number n USING (number_id) "

/* Asserts an expression on one of them; `who` is its number, or its customer for a step of the
 * WABA. */
void worker_expect_step(PGconn *conn, const char *kind, const char *who, const char *what,
                        const char *wanted);
void worker_expect_state(PGconn *conn, const char *kind, const char *who, const char *wanted);
/* Every step is done, and none was sent twice. */
void worker_expect_done_once(PGconn *conn);

/* The two claims that hold at any moment: a step that waits for others counts exactly those that
 * are not done; a step that has started waits for none. */
void worker_expect_prerequisites(PGconn *conn);

#endif
