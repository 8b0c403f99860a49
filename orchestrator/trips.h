/* SPDX-License-Identifier: PostgreSQL */
/*
 * trips -- what is under way to the database over the one connection of a run.
 *
 * A trip is a flush, a question or a renewal, from its first statement to the end of its last
 * transaction. Two may be under way: a flush, and the outcomes of the next one, which are recorded
 * while the first one claims and commits. Statements are added to the one that was begun last, and
 * answers come to the oldest. What a flush meant to record when the connection broke is kept until
 * it is known whether it was committed.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_TRIPS_H
#define WABAMIGRATE_ORCHESTRATOR_TRIPS_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "orchestrator/pg.h"
#include "orchestrator/pg_prepared.h"
#include "orchestrator/task.h"

#define TRIPS_MAX 2
#define TRIP_STATEMENTS_MAX 64

/* What a queued statement's rows are for. */
enum answer_use {
    USE_NOTHING,
    USE_PREPARED,
    USE_TURN,
    USE_FLUSHED,
    USE_SETTLED,
    USE_CLAIM,
    USE_CLAIM_BESIDE,
    USE_RENEW,
    USE_STATES,
    USE_DUE
};

enum trip_purpose {
    PURPOSE_FLUSH,
    PURPOSE_ASK,
    PURPOSE_RENEW,
    PURPOSE_RECOVER,  /* the first one on a new connection */
    PURPOSE_DISTRUST, /* the last one: the database has lost commits */
    PURPOSE_CLOSE
};

struct trip {
    enum trip_purpose purpose;
    enum answer_use uses[TRIP_STATEMENTS_MAX];
    unsigned use_count, use_next;
    unsigned syncs; /* transactions that have not come back */
    /* a flush */
    int64_t flush;           /* its number */
    struct task_queue group; /* sent, not yet known to be committed */
    struct task_queue fresh; /* what it has claimed, given out once it is committed */
    unsigned recorded;       /* uses of what it records; its claim comes behind them */
    bool is_open;            /* its claim, and the commit, have not been sent */
    unsigned wanted;
    int64_t begun_at_ms; /* before its transaction began, and with it the deadlines of its claim */
    bool is_refused;     /* what it meant to record was rolled back */
    bool is_late;        /* it is sent as that of a buried run */
};

/* Of a connection that broke: a flush that may be committed, or not. */
struct unsure_flush {
    int64_t flush;
    struct task_queue group;
};

struct trips {
    PGconn *conn; /* borrowed; NULL where it broke */
    struct pg_prepared prepared;
    struct trip ring[TRIPS_MAX];
    unsigned first, count;
    struct unsure_flush unsure[TRIPS_MAX]; /* the oldest first */
};

void trips_init(struct trips *trips, PGconn *conn);
void trips_finish(struct trips *trips);

/* Over another connection from here on, which has prepared nothing. */
void trips_go_over(struct trips *trips, PGconn *conn);
/* Nothing more comes of what is under way: its groups may be committed or not, and what it claimed
 * was never given out. */
void trips_abandon(struct trips *trips);
/* What was abandoned and may not be recorded yet. */
void trips_visit_unsure(const struct trips *trips, void (*visit)(void *, const struct task *),
                        void *visitor);
/* Of what was abandoned, all up to the flush of that number is committed; the rest comes to
 * `again`. */
void trips_settle_unsure(struct trips *trips, int64_t flush, struct task_queue *again);

/* One more trip. Fewer than TRIPS_MAX must be under way. */
void trips_begin(struct trips *trips, enum trip_purpose purpose);
/* Takes back what was begun last, of which nothing has been queued. */
void trips_take_back(struct trips *trips);
struct trip *trips_latest(struct trips *trips); /* one must be under way */
/* Whose answers come next, where any is under way; the second to take one. */
const struct trip *trips_oldest(const struct trips *trips);
struct trip *trips_answering(struct trips *trips);
/* The oldest is over. Its place stays as it is until the trip after the next one. */
void trips_end_oldest(struct trips *trips);
/* Not where all that is under way is one open trip that has been answered as far as it goes: that
 * waits for us. */
bool trips_is_owed_an_answer(const struct trips *trips);

/* A statement more for the latest trip; the values are copied. That it could not be queued shows as
 * a broken connection when the pipeline is flushed. */
void trips_queue(struct trips *trips, const char *sql, int count, const char *const *values,
                 enum answer_use use);
/* One that leaves again and again, and is prepared. */
void trips_queue_often(struct trips *trips, const char *sql, int count, const char *const *values,
                       enum answer_use use);
void trips_queue_params(struct trips *trips, const char *sql, const struct pg_params *params,
                        enum answer_use use);
/* Everything queued since the last one is one implicit transaction, committed by this. */
void trips_commit(struct trips *trips);

/* Of what is not known to be recorded, that of a broken connection included. */
unsigned trips_tasks(const struct trips *trips);
size_t trips_bytes(const struct trips *trips);

#endif
