/* SPDX-License-Identifier: PostgreSQL */
/*
 * pg_columns -- many rows as one statement's parameters: an array a column, for unnest().
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_PG_COLUMNS_H
#define WABAMIGRATE_ORCHESTRATOR_PG_COLUMNS_H

#include "orchestrator/pg.h"

#define PG_COLUMNS_MAX 24

/* How a statement leaves: now, or queued into a pipeline. The values are valid during the call
 * only.
 */
typedef void store_send(void *self, const char *sql, const struct pg_params *params);

struct pg_columns {
    struct pg_array arrays[PG_COLUMNS_MAX];
    unsigned count;
};

void pg_columns_init(struct pg_columns *columns, unsigned count);
/* That column is sent binary (pg.h): of long texts. Before anything is added. */
void pg_columns_set_binary(struct pg_columns *columns, unsigned column);
unsigned pg_columns_rows(const struct pg_columns *columns);
/* Sends `sql` with `first` and `last` (each may be NULL) around the arrays, if there is any row,
 * and releases the arrays. */
void pg_columns_send(struct pg_columns *columns, const char *sql, const char *first,
                     const char *last, store_send *send, void *self);

/* Releases the arrays, unsent. */
void pg_columns_finish(struct pg_columns *columns);

/* For store_send: sends at once and waits; the first failure is kept, and nothing is sent after it.
 */
struct pg_sender {
    PGconn *conn;
    enum status status;
    struct fault *fault;
};
void pg_send_now(void *sender, const char *sql, const struct pg_params *params);

#endif
