/* SPDX-License-Identifier: PostgreSQL */
/*
 * pg_prepared -- which statements one connection has prepared.
 *
 * A statement that leaves often is parsed and planned once a connection and not once a flush. What
 * the server prepares stays prepared when the transaction around it is rolled back, but a pipeline
 * that was aborted before has not prepared what came after: only what the server has confirmed
 * counts.
 *
 * A pooler between us and the server may hand the next transaction to a server that has not
 * prepared it (SQLSTATE 26000), or to one that another client of ours has prepared it on (42P05):
 * pg_prepared_is_lost() tells. Then pg_prepared_forgo() has everything sent unprepared from then
 * on.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_PG_PREPARED_H
#define WABAMIGRATE_ORCHESTRATOR_PG_PREPARED_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/fault.h"
#include "orchestrator/pg.h"

#define PG_PREPARED_MAX 32

struct pg_prepared {
    const char *sql[PG_PREPARED_MAX]; /* by address: the statements of sql/ are constants */
    unsigned sent, confirmed;         /* the first so many of them */
    bool is_forgone;
};

/* A new connection, which has prepared nothing. */
void pg_prepared_reset(struct pg_prepared *prepared);
/* A new pipeline: what the last one did not get round to is not prepared. */
void pg_prepared_begin(struct pg_prepared *prepared);
/* Sends the statement by its name, and its text before that where the connection does not know it
 * yet: true then, and one more answer comes, before the statement's own, which
 * pg_prepared_confirm() is to be called for. A failure to send shows when the pipeline is flushed.
 */
bool pg_prepared_send(struct pg_prepared *prepared, PGconn *conn, const char *sql,
                      const struct pg_params *params);
void pg_prepared_confirm(struct pg_prepared *prepared);

/* The same without a pipeline: waits for the answer, as pg_query() does. */
MUST_CHECK enum status pg_prepared_query(struct pg_prepared *prepared, PGconn *conn,
                                         const char *sql, int count, const char *const *values,
                                         PGresult **result, struct fault *fault);

bool pg_prepared_is_lost(const char *sqlstate); /* NULL is fine */
void pg_prepared_forgo(struct pg_prepared *prepared);

#endif
