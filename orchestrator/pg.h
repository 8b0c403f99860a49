/* SPDX-License-Identifier: PostgreSQL */
/*
 * pg -- the few libpq calls that every part of the store shares.
 *
 * The blocking ones serve commands and the start of a run; the event loop uses store_run. Messages
 * are PostgreSQL's primary message and hint; a connection string is never printed, because it may
 * hold a password.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_PG_H
#define WABAMIGRATE_ORCHESTRATOR_PG_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"

/* The keywords and values of a connection: application name, time-outs and keepalives of ours under
 * what `conninfo` says. For PQconnectdbParams and PQconnectStartParams, with expand_dbname. Returns
 * how many there are, the NULL at their end not counted. */
#define PG_KEYWORDS_MAX 16
unsigned pg_connection_parameters(const char *conninfo, const char *keywords[PG_KEYWORDS_MAX],
                                  const char *values[PG_KEYWORDS_MAX]);

/* What the server warns of goes to the log instead of standard error. */
void pg_log_notices(PGconn *conn);

/* Connects. May block (10 s a host). STATUS_DATABASE when the server cannot be reached or refuses.
 */
MUST_CHECK enum status pg_connect(const char *conninfo, const struct clock *clock, PGconn **conn,
                                  struct fault *fault);

/* Whether the connection was made with this option: URL, environment and service file together. */
bool pg_has_option(PGconn *conn, const char *keyword, const char *value);

/* After pg_connect() has failed: whether the database may well be there in a minute. It is starting
 * up, or only a standby answers, or, where several hosts are given (a failover is what they are
 * for), none does. Not so where it refuses us, or where the only host does not answer. May block.
 */
bool pg_may_come(const char *conninfo);

/* What a blocking call has brought, `got`: into *result, which is the caller's to clear (NULL: it
 * is cleared here). Clears it and fails with what the server said where it is an error. */
MUST_CHECK enum status pg_take(PGconn *conn, PGresult *got, PGresult **result, struct fault *fault);

/* Runs one statement with text parameters; *result is the caller's (PQclear) and may be NULL to
 * throw it away. May block. */
MUST_CHECK enum status pg_query(PGconn *conn, const char *sql, int count, const char *const *values,
                                PGresult **result, struct fault *fault);
/* Runs several statements without parameters, as they stand. */
MUST_CHECK enum status pg_script(PGconn *conn, const char *sql, struct fault *fault);
/* Begins a transaction that the server ends when it has not heard from us for as long as a lease
 * (lease.h): a program that is frozen in the middle of one must not keep its locks. */
MUST_CHECK enum status pg_begin(PGconn *conn, struct fault *fault);

/* Fills `fault` from a failed result or connection and returns its status: STATUS_DATABASE. */
enum status pg_fault(PGconn *conn, const PGresult *result, struct fault *fault);

/* A cell by its column's name: NULL where SQL has NULL. Asking for a column that is not there is a
 * bug. */
const char *pg_cell(const PGresult *result, int row, const char *column);
int64_t pg_cell_i64(const PGresult *result, int row, const char *column); /* NULL: 0 */
bool pg_cell_bool(const PGresult *result, int row, const char *column);

/* Makes it non-blocking and a pipeline, with room for what is sent at once: over a socket of this
 * machine as much as the system allows, or the server would wait in the middle of a group for who
 * is at something else. Over the network the system sees to that. */
MUST_CHECK bool pg_enter_pipeline(PGconn *conn);

void pg_close(PGconn **conn); /* for __attribute__((cleanup)) */
void pg_clear(PGresult **result);
#define PG_AUTO_CLOSE __attribute__((cleanup(pg_close)))
#define PG_AUTO_CLEAR __attribute__((cleanup(pg_clear)))

/* "\x…": a bytea parameter from hexadecimal text, which is freed; NULL stays NULL. Free with
 * free(). */
char *pg_bytea(char *hex);

/* A PostgreSQL array, built element by element: a literal, {"a","b\"c",NULL,12}. Or, for long
 * texts, in which each quotation mark would be written and read twice, binary: then only texts may
 * be added, and the statement has to name the parameter text[]. */
struct pg_array {
    struct buffer text;
    unsigned count;
    bool is_binary, has_null;
};
void pg_array_init(struct pg_array *array);
void pg_array_init_binary(struct pg_array *array);
void pg_array_finish(struct pg_array *array);
void pg_array_add_text(struct pg_array *array, const char *text); /* NULL: SQL NULL */
void pg_array_add_i64(struct pg_array *array, int64_t value);
void pg_array_add_bool(struct pg_array *array, bool value);
/* Borrowed; closes the literal, so nothing may be added after it. Not of a binary one. */
const char *pg_array_literal(struct pg_array *array);

#define PG_PARAMS_MAX 26

/* A statement's parameters as libpq takes them. The values are borrowed. */
struct pg_params {
    int count;
    const char *values[PG_PARAMS_MAX];
    int lengths[PG_PARAMS_MAX], formats[PG_PARAMS_MAX];
};
void pg_params_init(struct pg_params *params, int count, const char *const *values); /* texts */
void pg_params_add_text(struct pg_params *params, const char *value);
/* Closes the array. */
void pg_params_add_array(struct pg_params *params, struct pg_array *array);
MUST_CHECK enum status pg_query_params(PGconn *conn, const char *sql,
                                       const struct pg_params *params, PGresult **result,
                                       struct fault *fault);

#endif
