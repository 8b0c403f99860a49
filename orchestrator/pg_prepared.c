/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/pg_prepared.h"

#include <stdio.h>
#include <string.h>

#include "orchestrator/pg.h"

#define NAME_BYTES 32

void pg_prepared_reset(struct pg_prepared *prepared)
{
    prepared->sent = prepared->confirmed = 0;
}

void pg_prepared_begin(struct pg_prepared *prepared)
{
    prepared->sent = prepared->confirmed;
}

static unsigned find(const struct pg_prepared *prepared, const char *sql)
{
    unsigned i = 0;

    while (i < prepared->sent && prepared->sql[i] != sql)
        i++;
    return i;
}

bool pg_prepared_send(struct pg_prepared *prepared, PGconn *conn, const char *sql,
                      const struct pg_params *params)
{
    unsigned index = find(prepared, sql);
    bool is_new = index == prepared->sent;
    char name[NAME_BYTES];

    if (prepared->is_forgone) {
        (void)!PQsendQueryParams(conn, sql, params->count, NULL, params->values, params->lengths,
                                 params->formats, 0);
        return false;
    }
    snprintf(name, sizeof name, "wabamigrate_%u", index);
    if (is_new) {
        BUG_UNLESS(index < PG_PREPARED_MAX);
        (void)!PQsendPrepare(conn, name, sql, params->count, NULL);
        prepared->sql[prepared->sent++] = sql;
    }
    (void)!PQsendQueryPrepared(conn, name, params->count, params->values, params->lengths,
                               params->formats, 0);
    return is_new;
}

void pg_prepared_confirm(struct pg_prepared *prepared)
{
    BUG_UNLESS(prepared->confirmed < prepared->sent);
    prepared->confirmed++;
}

static enum status prepare(struct pg_prepared *prepared, PGconn *conn, const char *name,
                           const char *sql, int count, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *got = PQprepare(conn, name, sql, count, NULL);

    BUG_UNLESS(prepared->sent < PG_PREPARED_MAX);
    if (PQresultStatus(got) != PGRES_COMMAND_OK)
        return pg_fault(conn, got, fault);
    prepared->sql[prepared->sent++] = sql;
    prepared->confirmed = prepared->sent;
    return STATUS_OK;
}

enum status pg_prepared_query(struct pg_prepared *prepared, PGconn *conn, const char *sql,
                              int count, const char *const *values, PGresult **result,
                              struct fault *fault)
{
    unsigned index = find(prepared, sql);
    char name[NAME_BYTES];

    if (prepared->is_forgone)
        return pg_query(conn, sql, count, values, result, fault);
    snprintf(name, sizeof name, "wabamigrate_%u", index);
    if (index == prepared->sent && prepare(prepared, conn, name, sql, count, fault) != STATUS_OK)
        return STATUS_DATABASE;
    return pg_take(conn, PQexecPrepared(conn, name, count, values, NULL, NULL, 0), result, fault);
}

bool pg_prepared_is_lost(const char *sqlstate)
{
    return sqlstate && (strcmp(sqlstate, "26000") == 0 || strcmp(sqlstate, "42P05") == 0);
}

void pg_prepared_forgo(struct pg_prepared *prepared)
{
    prepared->is_forgone = true;
}
