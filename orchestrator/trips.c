/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/trips.h"

#include <string.h>

void trips_init(struct trips *trips, PGconn *conn)
{
    memset(trips, 0, sizeof *trips);
    trips->conn = conn;
    for (unsigned i = 0; i < TRIPS_MAX; i++) {
        task_queue_init(&trips->ring[i].group);
        task_queue_init(&trips->ring[i].fresh);
        task_queue_init(&trips->unsure[i].group);
    }
}

void trips_finish(struct trips *trips)
{
    for (unsigned i = 0; i < TRIPS_MAX; i++) {
        task_queue_destroy_all(&trips->ring[i].group);
        task_queue_destroy_all(&trips->ring[i].fresh);
        task_queue_destroy_all(&trips->unsure[i].group);
    }
}

void trips_go_over(struct trips *trips, PGconn *conn)
{
    trips->conn = conn;
    pg_prepared_reset(&trips->prepared);
}

/* The oldest that is under way is 0. */
static struct trip *trip_at(struct trips *trips, unsigned at)
{
    return &trips->ring[(trips->first + at) % TRIPS_MAX];
}

void trips_abandon(struct trips *trips)
{
    for (unsigned i = 0; i < trips->count; i++) {
        struct trip *trip = trip_at(trips, i);
        task_queue_destroy_all(&trip->fresh);
        if (trip->group.count == 0)
            continue;
        struct unsure_flush *unsure = &trips->unsure[i];
        BUG_UNLESS(unsure->group.count == 0);
        unsure->flush = trip->flush;
        task_queue_move(&trip->group, &unsure->group);
    }
    trips->count = 0;
    trips->conn = NULL;
}

void trips_visit_unsure(const struct trips *trips, void (*visit)(void *, const struct task *),
                        void *visitor)
{
    for (unsigned i = 0; i < TRIPS_MAX; i++) {
        for (const struct task *task = trips->unsure[i].group.first; task; task = task->next)
            visit(visitor, task);
    }
}

void trips_settle_unsure(struct trips *trips, int64_t flush, struct task_queue *again)
{
    for (unsigned i = 0; i < TRIPS_MAX; i++) {
        if (trips->unsure[i].flush <= flush)
            task_queue_destroy_all(&trips->unsure[i].group);
        else
            task_queue_move(&trips->unsure[i].group, again);
    }
}

void trips_begin(struct trips *trips, enum trip_purpose purpose)
{
    BUG_UNLESS(trips->count < TRIPS_MAX);
    if (trips->count == 0)
        pg_prepared_begin(&trips->prepared);
    trips->count++;
    struct trip *trip = trips_latest(trips);
    BUG_UNLESS(trip->group.count == 0 && trip->fresh.count == 0);
    memset(trip, 0, sizeof *trip);
    task_queue_init(&trip->group);
    task_queue_init(&trip->fresh);
    trip->purpose = purpose;
}

void trips_take_back(struct trips *trips)
{
    BUG_UNLESS(trips_latest(trips)->use_count == 0);
    trips->count--;
}

struct trip *trips_latest(struct trips *trips)
{
    BUG_UNLESS(trips->count > 0);
    return trip_at(trips, trips->count - 1);
}

const struct trip *trips_oldest(const struct trips *trips)
{
    return &trips->ring[trips->first];
}

struct trip *trips_answering(struct trips *trips)
{
    return trip_at(trips, 0);
}

void trips_end_oldest(struct trips *trips)
{
    BUG_UNLESS(trips->count > 0);
    trips->first = (trips->first + 1) % TRIPS_MAX;
    trips->count--;
}

bool trips_is_owed_an_answer(const struct trips *trips)
{
    const struct trip *oldest = trips_oldest(trips);

    return trips->count > 1 ||
           (trips->count == 1 && (!oldest->is_open || oldest->use_next < oldest->use_count));
}

/* ---- statements ---- */

void trips_queue(struct trips *trips, const char *sql, int count, const char *const *values,
                 enum answer_use use)
{
    struct trip *trip = trips_latest(trips);

    BUG_UNLESS(trip->use_count < TRIP_STATEMENTS_MAX);
    (void)!PQsendQueryParams(trips->conn, sql, count, NULL, values, NULL, NULL, 0);
    trip->uses[trip->use_count++] = use;
}

void trips_queue_often(struct trips *trips, const char *sql, int count, const char *const *values,
                       enum answer_use use)
{
    struct pg_params params;

    pg_params_init(&params, count, values);
    trips_queue_params(trips, sql, &params, use);
}

void trips_queue_params(struct trips *trips, const char *sql, const struct pg_params *params,
                        enum answer_use use)
{
    struct trip *trip = trips_latest(trips);

    BUG_UNLESS(trip->use_count + 1 < TRIP_STATEMENTS_MAX);
    if (pg_prepared_send(&trips->prepared, trips->conn, sql, params))
        trip->uses[trip->use_count++] = USE_PREPARED;
    trip->uses[trip->use_count++] = use;
}

void trips_commit(struct trips *trips)
{
    (void)!PQpipelineSync(trips->conn);
    trips_latest(trips)->syncs++;
}

/* ---- what is not known to be recorded ---- */

unsigned trips_tasks(const struct trips *trips)
{
    unsigned tasks = 0;

    for (unsigned i = 0; i < TRIPS_MAX; i++)
        tasks += trips->ring[i].group.count + trips->unsure[i].group.count;
    return tasks;
}

size_t trips_bytes(const struct trips *trips)
{
    size_t bytes = 0;

    for (unsigned i = 0; i < TRIPS_MAX; i++)
        bytes += trips->ring[i].group.bytes + trips->unsure[i].group.bytes;
    return bytes;
}
