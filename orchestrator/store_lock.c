/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_lock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "orchestrator/lease.h"
#include "orchestrator/pg.h"
#include "sql/statements.h"

static enum status set_patience(PGconn *conn, int64_t patience_ms, struct fault *fault)
{
    char text[24];
    const char *values[] = {text};

    snprintf(text, sizeof text, "%" PRId64, patience_ms);
    return pg_query(conn, SQL_LOCK_PATIENCE, 1, values, NULL, fault);
}

/* STATUS_CONFLICT when somebody holds it for too long. */
static enum status try_lock(PGconn *conn, const char *sql, int count, const char *const *values,
                            struct fault *fault)
{
    struct fault local = FAULT_NONE;

    if (pg_script(conn, "SAVEPOINT lock", fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (pg_query(conn, sql, count, values, NULL, &local) == STATUS_OK)
        return pg_script(conn, "RELEASE lock", fault);
    if (strcmp(local.sqlstate, "55P03") != 0) {
        if (fault)
            *fault = local;
        return STATUS_DATABASE;
    }
    return pg_script(conn, "ROLLBACK TO lock", fault) == STATUS_OK ? STATUS_CONFLICT
                                                                   : STATUS_DATABASE;
}

static enum status lock_patiently(PGconn *conn, const char *sql, int count,
                                  const char *const *values, struct fault *fault)
{
    struct lease_terms terms;
    bool is_told = false;

    if (lease_terms_read(&terms, fault) != STATUS_OK ||
        set_patience(conn, terms.lock_ms, fault) != STATUS_OK)
        return STATUS_DATABASE;
    for (;;) {
        enum status status = try_lock(conn, sql, count, values, fault);
        if (status == STATUS_OK)
            return set_patience(conn, 0, fault);
        if (status != STATUS_CONFLICT || pg_query(conn, SQL_RUN_CUT, 0, NULL, NULL, fault))
            return STATUS_DATABASE;
        if (!is_told)
            log_event(LOG_INFO, "batch.busy",
                      LOG_TEXT("why", "another program is loading or changing this batch; it is "
                                      "waited for"));
        is_told = true;
    }
}

enum status store_lock_customers(PGconn *conn, int64_t batch_id, const char *selection,
                                 struct fault *fault)
{
    char id[24];
    const char *values[] = {id, selection};

    snprintf(id, sizeof id, "%" PRId64, batch_id);
    return lock_patiently(conn, SQL_BATCH_LOCK_CUSTOMERS, 2, values, fault);
}

enum status store_lock_batch(PGconn *conn, int64_t batch_id, const char *selection,
                             struct fault *fault)
{
    char id[24];
    const char *values[] = {id};

    snprintf(id, sizeof id, "%" PRId64, batch_id);
    if (lock_patiently(conn, SQL_BATCH_LOCK, 1, values, fault) != STATUS_OK)
        return STATUS_DATABASE;
    return store_lock_customers(conn, batch_id, selection, fault);
}
