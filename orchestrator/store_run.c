/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_run.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "orchestrator/claim_marks.h"
#include "orchestrator/field_refusals.h"
#include "orchestrator/pg.h"
#include "orchestrator/pg_dial.h"
#include "orchestrator/registration_terms.h"
#include "orchestrator/run_start.h"
#include "orchestrator/silence.h"
#include "orchestrator/store_budget.h"
#include "orchestrator/store_claim.h"
#include "orchestrator/store_settle.h"
#include "orchestrator/trips.h"
#include "sql/statements.h"

#define RECONNECT_FIRST_MS 250
#define RECONNECT_MAX_MS 2000
/* A failover takes seconds, a restart a minute or two; longer than this a person is needed. */
#define LOST_MAX_MS (10 * 60 * 1000)
#define CLOSE_MAX_MS 10000

const char *const STORE_STATES[8] = {"pending", "blocked", "waiting", "ready",
                                     "running", "done",    "failed",  "cancelled"};

enum link_state {
    LINK_BROKEN,     /* waiting to try again */
    LINK_CONNECTING, /* PQconnectPoll */
    LINK_IDLE,
    LINK_BUSY /* a pipeline is under way */
};

/* run_hold.sql: this run has been ended by another. */
#define SQLSTATE_BURIED "WM001"

struct store_run {
    struct store_run_settings settings;
    struct registration_terms registrations;
    PGconn *conn;
    struct pg_dial dial; /* makes it again */
    enum link_state link;
    struct database_outage outage;
    int64_t retry_at_ms, retry_wait_ms;
    bool has_tried_late; /* the attempt under way, or the last one, began after LOST_MAX_MS */
    struct silence silence;
    bool has_hung; /* what was lost last was lost to silence */
    struct started_run run;

    /* Connections and flushes are numbered (run_turn.sql): a flush whose answer was lost has been
     * committed when the database has its number. */
    int link_number;
    int64_t flush_sent, flush_known, flush_found;
    const char *commit; /* what became of the commit under way when the connection broke */

    struct trips trips;
    bool must_recover; /* until what was under way when the connection broke is known to be
                          committed */
    bool has_lost_commits;
    bool claimed_all;
    unsigned local_room;
    int64_t calls;

    int64_t renewed_at_ms; /* when the renewal under way, or the last one, was sent */
    int64_t lease_until_ms;
    int64_t served_since_ms; /* since when this database has answered without a gap */
    struct claim_marks marks, local_marks;
    bool is_buried;
    struct store_outlook outlook, asked;
    bool has_failed;
    struct fault fault;

    store_visit_all *visit_all;
    void *visit_self;
};

/* ---- beginning and end ---- */

enum status store_run_open(PGconn *conn, const struct store_run_settings *settings,
                           struct store_run **out, struct fault *fault)
{
    struct store_run *store = memory_take(sizeof *store);

    memset(store, 0, sizeof *store);
    store->settings = *settings;
    registration_terms_init(&store->registrations, settings->spends_last_registrations);
    store->conn = conn;
    store->link = LINK_IDLE;
    store->link_number = 1; /* the column's default */
    store->outlook.due_ms = -1;
    store->served_since_ms = INT64_MIN / 2; /* from before we came */
    pg_dial_init(&store->dial, settings->conninfo, conn);
    trips_init(&store->trips, conn);
    claim_marks_init(&store->marks);
    claim_marks_init(&store->local_marks);
    enum status status =
        run_start(conn, &store->settings, store->registrations.allowance, &store->run, fault);
    if (status != STATUS_OK) {
        store_run_destroy(store);
        return status;
    }
    store->renewed_at_ms = store->run.started_at_ms;
    store->lease_until_ms = store->run.started_at_ms + settings->terms->lease_ms;
    *out = store;
    return STATUS_OK;
}

void store_run_destroy(struct store_run *store)
{
    if (!store)
        return;
    trips_finish(&store->trips);
    registration_terms_finish(&store->registrations);
    claim_marks_finish(&store->marks);
    claim_marks_finish(&store->local_marks);
    pg_dial_finish(&store->dial);
    PQfinish(store->conn);
    free(store);
}

/* ---- the connection breaks and is made again ---- */

/* The server is there and has only asked to come again: nobody's lease ran out for want of it. */
static bool is_waiting_over(const char *sqlstate)
{
    return sqlstate && (strncmp(sqlstate, "40", 2) == 0 || strcmp(sqlstate, "55P03") == 0);
}

/* Drops the connection; it is made again after a while. */
static void break_link(struct store_run *store, const char *why, int64_t now_ms)
{
    database_outage_note(&store->outage, why, now_ms);
    PQfinish(store->conn);
    store->conn = NULL;
    store->link = LINK_BROKEN;
    store->must_recover = true;
    store->served_since_ms = INT64_MAX;
    trips_abandon(&store->trips);
    claim_marks_forget(&store->marks);
    claim_marks_forget(&store->local_marks);
    store->retry_wait_ms =
        store->retry_wait_ms == 0 ? RECONNECT_FIRST_MS : store->retry_wait_ms * 2;
    if (store->retry_wait_ms > RECONNECT_MAX_MS)
        store->retry_wait_ms = RECONNECT_MAX_MS;
    store->retry_at_ms = now_ms + store->retry_wait_ms;
}

static void break_off(struct store_run *store, int64_t now_ms)
{
    char why[DATABASE_OUTAGE_WHY_BYTES];

    snprintf(why, sizeof why, "%s", PQerrorMessage(store->conn));
    break_link(store, why, now_ms);
}

static void heed_silence(struct store_run *store, int64_t now_ms)
{
    char why[DATABASE_OUTAGE_WHY_BYTES];
    int64_t patience_ms = store->settings.terms->silence_ms;
    int64_t max_ms = silence_max_ms(&store->silence, patience_ms);

    if (!silence_is_too_long(&store->silence, patience_ms, now_ms))
        return;
    snprintf(why, sizeof why, "the server has not answered for %" PRId64 " s", max_ms / 1000);
    store->has_hung = true;
    break_link(store, why, now_ms);
}

/* ---- what is sent ---- */

static void queue_settle(void *self, const char *sql, const struct pg_params *params)
{
    trips_queue_params(self, sql, params, sql == SQL_STEP_SETTLE ? USE_SETTLED : USE_NOTHING);
}

/* Up to `want` steps; `is_beside`: of those that send nothing, behind a claim of any. */
static void queue_claim(struct store_run *store, unsigned want, bool is_beside)
{
    const struct registration_terms *terms = &store->registrations;
    struct trip *trip = trips_latest(&store->trips);
    char run_id[24], batch_id[24], count[24], highest[24], deadline[24];
    const char *values[] = {run_id,
                            batch_id,
                            count,
                            store->settings.only,
                            store->settings.highest_number_id ? highest : NULL,
                            deadline,
                            terms->allowance,
                            terms->memory_ms,
                            terms->notes,
                            NULL,
                            NULL,
                            is_beside ? "t" : "f"};

    snprintf(run_id, sizeof run_id, "%" PRId64, store->run.run_id);
    snprintf(batch_id, sizeof batch_id, "%" PRId64, store->settings.batch->batch_id);
    snprintf(count, sizeof count, "%u", want);
    snprintf(highest, sizeof highest, "%" PRId64, store->settings.highest_number_id);
    snprintf(deadline, sizeof deadline, "%" PRId64, store->settings.terms->step_ms);
    if (!is_beside)
        trip->wanted = want;
    claim_marks_begin(is_beside ? &store->local_marks : &store->marks, clock_monotonic_ms(),
                      values + 9);
    trips_queue_often(&store->trips, SQL_STEP_CLAIM, 10 + CLAIM_MARKS_VALUES, values,
                      is_beside ? USE_CLAIM_BESIDE : USE_CLAIM);
}

static void queue_renewal(struct store_run *store, int64_t now_ms)
{
    char run_id[24], lease[24], calls[24];
    const char *values[] = {run_id, lease, calls};

    snprintf(run_id, sizeof run_id, "%" PRId64, store->run.run_id);
    snprintf(lease, sizeof lease, "%" PRId64, store->settings.terms->lease_ms);
    snprintf(calls, sizeof calls, "%" PRId64, store->calls);
    store->renewed_at_ms = now_ms;
    trips_queue_often(&store->trips, SQL_RUN_RENEW, 3, values, USE_RENEW);
}

static bool is_renewal_due(const struct store_run *store, int64_t now_ms)
{
    return now_ms - store->renewed_at_ms > store->settings.terms->renewal_ms;
}

static void renew_if_due(struct store_run *store, int64_t now_ms)
{
    if (!is_renewal_due(store, now_ms))
        return;
    queue_renewal(store, now_ms);
    trips_commit(&store->trips);
}

/* First in every transaction that records or claims. */
static void queue_turn(struct store_run *store, int64_t flush)
{
    char run_id[24], link[16], number[24];
    const char *values[] = {run_id, link, number};

    snprintf(run_id, sizeof run_id, "%" PRId64, store->run.run_id);
    snprintf(link, sizeof link, "%d", store->link_number);
    snprintf(number, sizeof number, "%" PRId64, flush);
    trips_queue_often(&store->trips, SQL_RUN_TURN, 3, values, USE_TURN);
}

static void queue_hold(struct store_run *store)
{
    char run_id[24];
    const char *values[] = {run_id};

    snprintf(run_id, sizeof run_id, "%" PRId64, store->run.run_id);
    trips_queue_often(&store->trips, SQL_RUN_HOLD, 1, values, USE_NOTHING);
}

/* What the group has come to. Of a buried run only the history is taken. The server is asked for
 * the answers so far: they tell that it has come to what follows. */
static void queue_group(struct store_run *store)
{
    struct trip *trip = trips_latest(&store->trips);
    const struct store_settle_facts facts = {store->settings.batch, store->run.run_id,
                                             store->settings.grace_ms, store->is_buried};

    trip->is_late = store->is_buried;
    trip->is_open = true;
    trip->begun_at_ms = clock_monotonic_ms();
    trip->flush = ++store->flush_sent;
    queue_turn(store, trip->flush);
    if (!store->is_buried)
        queue_hold(store);
    store_settle_group(&trip->group, &facts, queue_settle, &store->trips);
    (void)!PQsendFlushRequest(store->conn);
    trip->recorded = trip->use_count;
}

static void push(struct store_run *store, int64_t now_ms)
{
    store->link = LINK_BUSY;
    silence_begin(&store->silence, clock_monotonic_ms()); /* now_ms may be from before a sleep */
    if (PQflush(store->conn) < 0)
        break_off(store, now_ms);
}

static void end(struct store_run *store, int64_t now_ms)
{
    trips_latest(&store->trips)->is_open = false;
    trips_commit(&store->trips);
    push(store, now_ms);
}

/* The rest of a flush: what was called, last of what is recorded, since every worker's claim waits
 * for whoever holds the app's budget; and the claim. */
static void queue_rest(struct store_run *store, unsigned want)
{
    store_budget_note(&trips_latest(&store->trips)->group, queue_settle, &store->trips);
    store->claimed_all = false;
    if (want > 0)
        queue_claim(store, want, false);
    if (store->local_room > 0)
        queue_claim(store, store->local_room, true);
}

static void take_group(struct store_run *store, struct task_queue *settled)
{
    struct task_queue *group = &trips_latest(&store->trips)->group;

    while (settled->first &&
           (group->count == 0 || group->bytes + settled->first->bytes <= STORE_FLUSH_BYTES))
        task_queue_add(group, task_queue_take(settled));
    for (const struct task *task = group->first; task; task = task->next) {
        if (store->settings.batch->refusals)
            field_refusals_learn(store->settings.batch->refusals, task);
    }
}

void store_run_flush(struct store_run *store, struct task_queue *settled, unsigned want,
                     int64_t calls, int64_t now_ms)
{
    BUG_UNLESS(store->link == LINK_IDLE);
    store->calls = calls;
    trips_begin(&store->trips, PURPOSE_FLUSH);
    take_group(store, settled);
    renew_if_due(store, now_ms);
    if (trips_latest(&store->trips)->group.count > 0 || want > 0) {
        queue_group(store);
        queue_rest(store, want);
        end(store, now_ms);
    } else if (trips_latest(&store->trips)->use_count > 0) {
        push(store, now_ms);
    } else {
        trips_take_back(&store->trips);
    }
}

size_t store_run_unrecorded_bytes(const struct store_run *store)
{
    return trips_bytes(&store->trips);
}

void store_run_set_local_room(struct store_run *store, unsigned room)
{
    store->local_room = room;
}

bool store_run_may_record_ahead(const struct store_run *store)
{
    const struct trip *trip = trips_oldest(&store->trips);

    return store->link == LINK_BUSY && store->trips.count == 1 && !store->must_recover &&
           !store->has_failed && !store->is_buried && !store->has_lost_commits &&
           trip->purpose == PURPOSE_FLUSH && trip->flush > 0 && !trip->is_open &&
           trip->use_next >= trip->recorded;
}

void store_run_record_ahead(struct store_run *store, struct task_queue *settled, int64_t calls,
                            int64_t now_ms)
{
    BUG_UNLESS(store_run_may_record_ahead(store));
    store->calls = calls;
    trips_begin(&store->trips, PURPOSE_FLUSH);
    take_group(store, settled);
    renew_if_due(store, now_ms);
    queue_group(store);
    push(store, now_ms);
}

bool store_run_awaits_claim(const struct store_run *store)
{
    return store->link == LINK_BUSY && !store->has_failed && store->trips.count == 1 &&
           trips_oldest(&store->trips)->is_open;
}

void store_run_claim(struct store_run *store, unsigned want, int64_t now_ms)
{
    BUG_UNLESS(store_run_awaits_claim(store));
    queue_rest(store, want);
    end(store, now_ms);
}

/* What could not be recorded the first time. */
static void flush_again(struct store_run *store, struct task_queue *group, int64_t now_ms)
{
    trips_begin(&store->trips, PURPOSE_FLUSH);
    task_queue_move(group, &trips_latest(&store->trips)->group);
    queue_group(store);
    queue_rest(store, 0);
    end(store, now_ms);
}

struct hand {
    struct pg_array step_ids, epochs;
};

static void add_to_hand(void *self, const struct task *task)
{
    struct hand *hand = self;

    pg_array_add_i64(&hand->step_ids, task->step_id);
    pg_array_add_i64(&hand->epochs, task->epoch);
}

/* Whatever this run holds in the database but not in its hands is put back. */
static void queue_forget(struct store_run *store)
{
    struct hand hand;
    char run_id[24];

    pg_array_init(&hand.step_ids);
    pg_array_init(&hand.epochs);
    if (store->visit_all)
        store->visit_all(store->visit_self, add_to_hand, &hand);
    trips_visit_unsure(&store->trips, add_to_hand, &hand);
    snprintf(run_id, sizeof run_id, "%" PRId64, store->run.run_id);
    const char *values[] = {run_id, pg_array_literal(&hand.step_ids),
                            pg_array_literal(&hand.epochs)};
    trips_queue(&store->trips, SQL_RUN_FORGET, 3, values, USE_NOTHING);
    pg_array_finish(&hand.step_ids);
    pg_array_finish(&hand.epochs);
}

/* While the database was away nobody could renew a lease: whoever is back first leaves the others
 * the time to come back too. */
static bool may_bury(const struct store_run *store, int64_t now_ms)
{
    return now_ms - store->served_since_ms >= store->settings.terms->lease_ms;
}

/* The session of a new connection, and the lease, before anything that might have to wait. */
static void queue_session(struct store_run *store, int64_t now_ms)
{
    struct run_session session;
    char seconds[32];
    const char *offset[] = {seconds};

    trips_queue(&store->trips, SQL_SESSION_GUARD, 0, NULL, USE_NOTHING);
    run_session_describe(&session, store->run.run_id, store->settings.terms);
    trips_queue(&store->trips, SQL_RUN_SESSION, 2, session.values, USE_NOTHING);
    if (store->settings.clock->offset_ms != 0) {
        snprintf(seconds, sizeof seconds, "%" PRId64, store->settings.clock->offset_ms / 1000);
        trips_queue(&store->trips, SQL_CLOCK_OFFSET, 1, offset, USE_NOTHING);
    }
    trips_queue(&store->trips, SQL_RUN_REPLACE, 1, session.values, USE_NOTHING);
    queue_renewal(store, now_ms);
    if (may_bury(store, now_ms))
        trips_queue(&store->trips, SQL_RUN_CUT, 0, NULL, USE_NOTHING);
    trips_commit(&store->trips);
}

/* The first pipeline on a new connection. Nothing that comes from an earlier one counts from here
 * on, and what the last flush has come to is looked up. That writes too, so its own commit vouches
 * for what it has read: where a standby must confirm commits, it has confirmed those before it. */
static void recover(struct store_run *store, int64_t now_ms)
{
    char run_id[24], link[16];
    const char *values[] = {run_id, link, store->run.process};

    trips_begin(&store->trips, PURPOSE_RECOVER);
    queue_session(store, now_ms);
    store->link_number++;
    snprintf(run_id, sizeof run_id, "%" PRId64, store->run.run_id);
    snprintf(link, sizeof link, "%d", store->link_number);
    trips_queue(&store->trips, SQL_RUN_RECOVER, 3, values, USE_FLUSHED);
    queue_forget(store);
    end(store, now_ms);
}

static void distrust(struct store_run *store, int64_t now_ms)
{
    char batch_id[24], grace[24];
    const char *values[] = {batch_id, grace};

    snprintf(batch_id, sizeof batch_id, "%" PRId64, store->settings.batch->batch_id);
    snprintf(grace, sizeof grace, "%" PRId64, store->settings.grace_ms);
    trips_begin(&store->trips, PURPOSE_DISTRUST);
    trips_queue(&store->trips, SQL_RUN_DISTRUST, 2, values, USE_NOTHING);
    end(store, now_ms);
}

void store_run_ask(struct store_run *store, int64_t now_ms)
{
    char batch_id[24], highest[24], run_id[24], grace[24];
    const char *states[] = {batch_id};
    const char *bury[] = {"{}", grace, batch_id, run_id};
    const char *due[] = {batch_id, store->settings.only,
                         store->settings.highest_number_id ? highest : NULL, run_id};

    BUG_UNLESS(store->link == LINK_IDLE);
    snprintf(batch_id, sizeof batch_id, "%" PRId64, store->settings.batch->batch_id);
    snprintf(highest, sizeof highest, "%" PRId64, store->settings.highest_number_id);
    snprintf(run_id, sizeof run_id, "%" PRId64, store->run.run_id);
    snprintf(grace, sizeof grace, "%" PRId64, store->settings.grace_ms);
    trips_begin(&store->trips, PURPOSE_ASK);
    memset(&store->asked, 0, sizeof store->asked);
    store->asked.asked_at_ms = now_ms;
    renew_if_due(store, now_ms);
    if (may_bury(store, now_ms)) { /* other workers that have fallen silent, and lost steps */
        trips_queue_often(&store->trips, SQL_RUN_CUT, 0, NULL, USE_NOTHING);
        trips_queue_often(&store->trips, SQL_RUN_BURY, 4, bury, USE_NOTHING);
    }
    trips_queue_often(&store->trips, SQL_RUN_OUTLOOK, 1, states, USE_STATES);
    trips_queue_often(&store->trips, SQL_RUN_NEXT_DUE, 4, due, USE_DUE);
    end(store, now_ms);
}

void store_run_renew(struct store_run *store, int64_t now_ms)
{
    BUG_UNLESS(store->link == LINK_IDLE);
    if (store->is_buried || !is_renewal_due(store, now_ms))
        return;
    trips_begin(&store->trips, PURPOSE_RENEW);
    queue_renewal(store, now_ms);
    end(store, now_ms);
}

/* ---- answers ---- */

static void read_states(struct store_outlook *outlook, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        for (size_t s = 0; s < sizeof STORE_STATES / sizeof STORE_STATES[0]; s++) {
            if (strcmp(PQgetvalue(rows, i, 0), STORE_STATES[s]) == 0)
                outlook->by_state[s] = strtoll(PQgetvalue(rows, i, 1), NULL, 10);
        }
    }
}

static void read_due(struct store_outlook *outlook, const PGresult *row)
{
    outlook->due_ms = pg_cell(row, 0, "due_ms") ? pg_cell_i64(row, 0, "due_ms") : -1;
    outlook->held_elsewhere = pg_cell_i64(row, 0, "held_elsewhere");
    outlook->parked = pg_cell_i64(row, 0, "parked");
    outlook->ready = pg_cell_i64(row, 0, "ready");
    outlook->is_known = true;
}

static void set_terms(struct store_run *store, struct trip *trip)
{
    const struct lease_terms *terms = store->settings.terms;

    for (struct task *task = trip->fresh.first; task; task = task->next)
        task->not_after_ms = trip->begun_at_ms + terms->step_ms - terms->margin_ms;
}

static void read_claim_beside(struct store_run *store, struct trip *trip, const PGresult *rows)
{
    (void)store_claim_read(rows, store->settings.batch, &trip->fresh);
    /* Any is enough: few are no sign that there are others before the marks. */
    claim_marks_read(&store->local_marks, rows, PQntuples(rows) > 0, clock_monotonic_ms());
    set_terms(store, trip);
}

static void read_claim(struct store_run *store, struct trip *trip, const PGresult *rows)
{
    bool has_parked = store_claim_read(rows, store->settings.batch, &trip->fresh);
    bool is_enough = PQntuples(rows) >= (int)trip->wanted;
    store->claimed_all = is_enough || has_parked;
    claim_marks_read(&store->marks, rows, is_enough, clock_monotonic_ms());
    if (has_parked) /* what it left stands before the marks */
        claim_marks_forget(&store->marks);
    set_terms(store, trip);
}

static void use_rows(struct store_run *store, struct trip *trip, const PGresult *rows)
{
    BUG_UNLESS(trip->use_next < trip->use_count);
    switch (trip->uses[trip->use_next]) {
    case USE_NOTHING:
        break;
    case USE_PREPARED:
        pg_prepared_confirm(&store->trips.prepared);
        break;
    case USE_TURN:
        store->has_lost_commits = PQntuples(rows) == 0;
        break;
    case USE_FLUSHED:
        store->flush_found = PQntuples(rows) > 0 ? pg_cell_i64(rows, 0, "flushed") : -1;
        break;
    case USE_SETTLED:
        if (PQntuples(rows) < (int)trip->group.count)
            log_event(LOG_WARN, "step.fenced",
                      LOG_I64("steps", (int64_t)trip->group.count - PQntuples(rows)),
                      LOG_TEXT("why", "this worker had lost its lease; the database refused the "
                                      "outcome and will have it looked up"));
        break;
    case USE_CLAIM:
        read_claim(store, trip, rows);
        break;
    case USE_CLAIM_BESIDE:
        read_claim_beside(store, trip, rows);
        break;
    case USE_RENEW:
        if (PQntuples(rows) == 0)
            store->is_buried = true;
        else
            store->lease_until_ms = store->renewed_at_ms + store->settings.terms->lease_ms;
        break;
    case USE_STATES:
        read_states(&store->asked, rows);
        break;
    case USE_DUE:
        read_due(&store->asked, rows);
        store->outlook = store->asked;
        break;
    }
}

/* The server ends connections and transactions for reasons that pass: then the same group again on
 * a new connection is right. Anything else is a mistake that would come back for ever. */
static bool is_passing(const char *sqlstate)
{
    static const char *const classes[] = {"08", "40", "53", "55", "57", "58"};

    for (size_t i = 0; sqlstate && i < sizeof classes / sizeof classes[0]; i++) {
        if (strncmp(sqlstate, classes[i], 2) == 0)
            return true;
    }
    /* read-only: the server we reached has become a standby */
    return sqlstate && strcmp(sqlstate, "25006") == 0;
}

static void on_error(struct store_run *store, struct trip *trip, const PGresult *result,
                     int64_t now_ms)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    if (store->has_failed) /* what was sent ahead could not follow it (run_turn.sql) */
        return;
    if (sqlstate && strcmp(sqlstate, SQLSTATE_BURIED) == 0) {
        store->is_buried = true;
        trip->is_refused = true;
        return;
    }
    if (pg_prepared_is_lost(sqlstate))
        pg_prepared_forgo(&store->trips.prepared);
    if (!sqlstate || is_passing(sqlstate) || pg_prepared_is_lost(sqlstate)) {
        int64_t served_since_ms = store->served_since_ms;
        const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        break_link(store, primary ? primary : PQresultErrorMessage(result), now_ms);
        if (is_waiting_over(sqlstate))
            store->served_since_ms = served_since_ms;
        return;
    }
    pg_fault(store->conn, result, &store->fault);
    store->has_failed = true;
}

static void fail_for_lost_commits(struct store_run *store)
{
    store->has_failed = true;
    fault_set(
        &store->fault, STATUS_DATABASE,
        "the database has lost commits that it had acknowledged: a standby has taken over that "
        "did not have them, or an older state was restored. Replicate synchronously "
        "(`wabamigrate doctor`), then run again: whatever may have been sent is looked up "
        "first");
}

static void on_whole_again(struct store_run *store, int64_t now_ms)
{
    store->must_recover = false;
    store->retry_wait_ms = 0;
    database_outage_end(&store->outage, store->commit, now_ms);
}

/* The look-up on a new connection is committed. Fewer flushes than were known to be, or a run that
 * nobody knows: the database has lost commits it had acknowledged. */
static void on_recovered(struct store_run *store, int64_t now_ms)
{
    int64_t found = store->flush_found;
    struct task_queue again;

    if (found < store->flush_known || found > store->flush_sent) {
        distrust(store, now_ms);
        return;
    }
    store->has_hung = false;
    store->commit = store->flush_sent == store->flush_known ? "none was under way"
                    : found == store->flush_sent
                        ? "the last one had happened"
                        : "the last one had not happened, and was sent again";
    store->flush_known = store->flush_sent = found;
    task_queue_init(&again);
    trips_settle_unsure(&store->trips, found, &again);
    if (again.count > 0)
        flush_again(store, &again, now_ms);
    else
        on_whole_again(store, now_ms);
}

static void on_flushed(struct store_run *store, struct trip *trip, int64_t now_ms,
                       struct task_queue *claimed)
{
    if (trip->is_refused)
        store->flush_sent = store->flush_known;
    else if (trip->flush > 0) /* else a renewal only */
        store->flush_known = trip->flush;
    if (store->is_buried && !trip->is_late && trip->group.count > 0) {
        flush_again(store, &trip->group, now_ms);
        return;
    }
    task_queue_destroy_all(&trip->group);
    task_queue_move(&trip->fresh, claimed);
    on_whole_again(store, now_ms);
}

static void on_over(struct store_run *store, struct trip *trip, int64_t now_ms,
                    struct task_queue *claimed)
{
    if (store->served_since_ms == INT64_MAX)
        store->served_since_ms = now_ms;
    if (store->has_failed || store->has_lost_commits) {
        task_queue_destroy_all(&trip->group);
        task_queue_destroy_all(&trip->fresh);
    }
    if (store->has_failed)
        return;
    if (store->has_lost_commits && trip->purpose != PURPOSE_DISTRUST) {
        distrust(store, now_ms);
        return;
    }
    switch (trip->purpose) {
    case PURPOSE_RECOVER:
        on_recovered(store, now_ms);
        break;
    case PURPOSE_DISTRUST:
        fail_for_lost_commits(store);
        break;
    case PURPOSE_FLUSH:
        on_flushed(store, trip, now_ms, claimed);
        break;
    case PURPOSE_ASK:
    case PURPOSE_RENEW:
    case PURPOSE_CLOSE:
        break;
    }
}

static void on_sync(struct store_run *store, struct trip *trip, int64_t now_ms,
                    struct task_queue *claimed)
{
    if (--trip->syncs > 0 || trip->is_open)
        return;
    trips_end_oldest(&store->trips);
    if (store->trips.count == 0)
        store->link = LINK_IDLE;
    on_over(store, trip, now_ms, claimed);
}

/* Reads results until libpq has no more without waiting. A NULL ends one statement's results. */
static void read_results(struct store_run *store, int64_t now_ms, struct task_queue *claimed)
{
    while (store->link == LINK_BUSY && trips_is_owed_an_answer(&store->trips) &&
           !PQisBusy(store->conn)) {
        PG_AUTO_CLEAR PGresult *result = PQgetResult(store->conn);
        struct trip *trip = trips_answering(&store->trips);
        silence_hear(&store->silence, store->settings.terms->silence_ms, now_ms);
        switch (result ? PQresultStatus(result) : PGRES_EMPTY_QUERY) {
        case PGRES_EMPTY_QUERY: /* no result: the end of one statement's */
            break;
        case PGRES_TUPLES_OK:
        case PGRES_COMMAND_OK:
            use_rows(store, trip, result);
            trip->use_next++;
            break;
        case PGRES_PIPELINE_SYNC:
            on_sync(store, trip, now_ms, claimed);
            break;
        case PGRES_PIPELINE_ABORTED:
            trip->use_next++;
            break;
        default:
            trip->use_next++;
            on_error(store, trip, result, now_ms);
        }
    }
}

static void advance_connecting(struct store_run *store, int64_t now_ms)
{
    switch (pg_dial_advance(&store->dial, now_ms)) {
    case PG_DIAL_WAITING:
        return;
    case PG_DIAL_FAILED:
        break_link(store, store->dial.why, now_ms);
        return;
    case PG_DIAL_CONNECTED:
        break;
    }
    store->conn = pg_dial_take(&store->dial);
    trips_go_over(&store->trips, store->conn);
    if (!pg_enter_pipeline(store->conn)) {
        break_off(store, now_ms);
        return;
    }
    store->link = LINK_IDLE;
    recover(store, now_ms);
}

static void connect_again(struct store_run *store, int64_t now_ms)
{
    store->link = LINK_CONNECTING;
    store->has_tried_late = database_outage_ms(&store->outage, now_ms) > LOST_MAX_MS;
    pg_dial_start(&store->dial, store->has_hung, now_ms);
}

static void give_up(struct store_run *store)
{
    store->has_failed = true;
    fault_set(
        &store->fault, STATUS_DATABASE,
        "the database has been gone for ten minutes; mend it, then run again: what was sent and "
        "not recorded is looked up first");
}

static void advance_standing(struct store_run *store, int64_t now_ms, struct task_queue *claimed)
{
    silence_come_by(&store->silence, now_ms);
    if (PQflush(store->conn) < 0 || PQconsumeInput(store->conn) != 1) {
        break_off(store, now_ms);
        return;
    }
    read_results(store, now_ms, claimed);
    if (store->link == LINK_BUSY && trips_is_owed_an_answer(&store->trips))
        heed_silence(store, now_ms);
}

void store_run_advance(struct store_run *store, int64_t now_ms, struct task_queue *claimed)
{
    if (store->has_failed)
        return;
    database_outage_remind(&store->outage, LOST_MAX_MS, now_ms);
    switch (store->link) {
    case LINK_BROKEN:
        /* Who wakes up after a night has not tried yet. */
        if (store->has_tried_late && database_outage_ms(&store->outage, now_ms) > LOST_MAX_MS)
            give_up(store);
        else if (now_ms >= store->retry_at_ms)
            connect_again(store, now_ms);
        break;
    case LINK_CONNECTING:
        advance_connecting(store, now_ms);
        break;
    case LINK_IDLE:
    case LINK_BUSY:
        advance_standing(store, now_ms, claimed);
        break;
    }
}

struct curl_waitfd store_run_interest(const struct store_run *store)
{
    struct curl_waitfd wanted = {.fd = store->conn ? PQsocket(store->conn) : CURL_SOCKET_BAD,
                                 .events = CURL_WAIT_POLLIN};

    if (store->link == LINK_CONNECTING)
        return pg_dial_interest(&store->dial);
    if (store->link == LINK_BUSY && PQflush(store->conn) == 1)
        wanted.events |= CURL_WAIT_POLLOUT;
    return wanted;
}

int64_t store_run_patience_ms(const struct store_run *store, int64_t now_ms)
{
    int64_t until_ms = now_ms;

    switch (store->link) {
    case LINK_IDLE:
        return -1;
    case LINK_CONNECTING:
        return pg_dial_patience_ms(&store->dial, now_ms);
    case LINK_BROKEN:
        until_ms = store->retry_at_ms;
        break;
    case LINK_BUSY:
        if (!trips_is_owed_an_answer(&store->trips))
            return -1;
        if (!PQisBusy(store->conn)) /* it came in while we were sending */
            return 0;
        until_ms = store->silence.since_ms +
                   silence_max_ms(&store->silence, store->settings.terms->silence_ms);
        break;
    }
    return until_ms > now_ms ? until_ms - now_ms : 0;
}

bool store_run_is_idle(const struct store_run *store)
{
    return store->link == LINK_IDLE && !store->must_recover && !store->has_failed;
}

const struct database_outage *store_run_outage(const struct store_run *store)
{
    return store->outage.is_on ? &store->outage : NULL;
}

bool store_run_is_flushed(const struct store_run *store)
{
    return trips_tasks(&store->trips) == 0;
}

const struct store_outlook *store_run_outlook(const struct store_run *store)
{
    return &store->outlook;
}

bool store_run_claimed_all(const struct store_run *store)
{
    return store->claimed_all;
}

int64_t store_run_lease_until_ms(const struct store_run *store)
{
    return store->lease_until_ms;
}

bool store_run_is_buried(const struct store_run *store)
{
    return store->is_buried;
}

bool store_run_has_failed(const struct store_run *store, struct fault *fault)
{
    if (store->has_failed)
        *fault = store->fault;
    return store->has_failed;
}

void store_run_set_inventory(struct store_run *store, store_visit_all *visit_all, void *self)
{
    store->visit_all = visit_all;
    store->visit_self = self;
}

int64_t store_run_id(const struct store_run *store)
{
    return store->run.run_id;
}

static void drain(struct store_run *store, int64_t until_ms)
{
    int64_t now_ms = clock_monotonic_ms();
    struct task_queue none;

    task_queue_init(&none);
    while (store->link == LINK_BUSY && now_ms < until_ms) {
        struct curl_waitfd wanted = store_run_interest(store);
        struct pollfd fd = {
            .fd = wanted.fd,
            .events = (short)(POLLIN | (wanted.events & CURL_WAIT_POLLOUT ? POLLOUT : 0))};
        (void)!poll(&fd, 1, (int)(until_ms - now_ms));
        now_ms = clock_monotonic_ms();
        advance_standing(store, now_ms, &none);
    }
}

void store_run_close(struct store_run *store, int exit_code, int64_t calls)
{
    char run_id[24], code[16], made[24];
    const char *values[] = {run_id, code, made};
    int64_t now_ms = clock_monotonic_ms(), until_ms = now_ms + CLOSE_MAX_MS;

    /* Behind what has failed for good something may have been sent ahead. */
    if (store->has_failed && store->link == LINK_BUSY) {
        if (trips_latest(&store->trips)->is_open)
            end(store, now_ms);
        drain(store, until_ms);
    }
    if (store->link != LINK_IDLE)
        return; /* the lease runs out by itself */
    snprintf(run_id, sizeof run_id, "%" PRId64, store->run.run_id);
    snprintf(code, sizeof code, "%d", exit_code);
    snprintf(made, sizeof made, "%" PRId64, calls);
    trips_begin(&store->trips, PURPOSE_CLOSE);
    queue_turn(store, store->flush_known);
    trips_queue(&store->trips, SQL_RUN_END, 3, values, USE_NOTHING);
    trips_queue(&store->trips, SQL_LOOK_OF_RUN, 1, values, USE_NOTHING);
    end(store, now_ms);
    drain(store, until_ms);
}
