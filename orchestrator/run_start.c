/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/run_start.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "orchestrator/pg.h"
#include "orchestrator/process_identity.h"
#include "orchestrator/store_lock.h"
#include "sql/statements.h"

/* Takes over what runs held whose lease has run out, or whose process is dead on this host. Whose
 * lease has run out holds no locks any more, whatever transaction it was frozen in. */
static enum status bury_dead_runs(PGconn *conn, const struct store_run_settings *settings,
                                  struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *open = NULL, *buried = NULL;
    char batch_id[24], grace[24];
    const char *which[] = {batch_id};
    struct pg_array dead;

    snprintf(batch_id, sizeof batch_id, "%" PRId64, settings->batch->batch_id);
    snprintf(grace, sizeof grace, "%" PRId64, settings->grace_ms);
    if (pg_query(conn, SQL_RUN_CUT, 0, NULL, NULL, fault) != STATUS_OK ||
        pg_query(conn, SQL_RUN_OPEN, 1, which, &open, fault) != STATUS_OK)
        return STATUS_DATABASE;
    pg_array_init(&dead);
    for (int i = 0; i < PQntuples(open); i++) {
        if (pg_cell_bool(open, i, "is_expired") || process_is_dead(pg_cell(open, i, "process")))
            pg_array_add_i64(&dead, pg_cell_i64(open, i, "run_id"));
    }
    const char *values[] = {pg_array_literal(&dead), grace, batch_id, NULL};
    enum status status = pg_query(conn, SQL_RUN_BURY, 4, values, &buried, fault);
    if (status == STATUS_OK && strcmp(PQcmdTuples(buried), "0") != 0)
        log_event(LOG_WARN, "run.resumed", LOG_TEXT("steps", PQcmdTuples(buried)),
                  LOG_TEXT("why",
                           "an earlier run ended while it held them; what may have been sent "
                           "is looked up first"));
    pg_array_finish(&dead);
    return status;
}

static enum status register_run(PGconn *conn, const struct store_run_settings *settings,
                                struct started_run *run, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;
    char batch_id[24], lease[24];
    const char *values[] = {batch_id, settings->worker, run->process, lease};

    snprintf(batch_id, sizeof batch_id, "%" PRId64, settings->batch->batch_id);
    snprintf(lease, sizeof lease, "%" PRId64, settings->terms->lease_ms);
    process_identity(run->process, sizeof run->process);
    run->started_at_ms = clock_monotonic_ms();
    if (pg_query(conn, SQL_RUN_START, 4, values, &row, fault) != STATUS_OK)
        return STATUS_DATABASE;
    run->run_id = pg_cell_i64(row, 0, "run_id");
    return STATUS_OK;
}

static enum status look_again(PGconn *conn, const struct store_run_settings *settings,
                              const char *allowance, struct fault *fault)
{
    char batch_id[24], highest[24];
    const char *values[] = {batch_id, settings->only, settings->highest_number_id ? highest : NULL,
                            allowance};

    snprintf(batch_id, sizeof batch_id, "%" PRId64, settings->batch->batch_id);
    snprintf(highest, sizeof highest, "%" PRId64, settings->highest_number_id);
    if (pg_query(conn, SQL_STEP_LOOK_AGAIN, 1, values, NULL, fault) != STATUS_OK)
        return STATUS_DATABASE;
    return pg_query(conn, SQL_REGISTRATION_RELEASE, 4, values, NULL, fault);
}

enum status run_start(PGconn *conn, const struct store_run_settings *settings,
                      const char *allowance, struct started_run *run, struct fault *fault)
{
    struct run_session session;

    /* Registered last: while the batch is waited for, which may take long, nobody would renew. */
    if (bury_dead_runs(conn, settings, fault) != STATUS_OK || pg_begin(conn, fault) != STATUS_OK ||
        store_lock_batch(conn, settings->batch->batch_id, NULL, fault) != STATUS_OK ||
        look_again(conn, settings, allowance, fault) != STATUS_OK ||
        pg_script(conn, "COMMIT", fault) != STATUS_OK ||
        register_run(conn, settings, run, fault) != STATUS_OK)
        return STATUS_DATABASE;
    run_session_describe(&session, run->run_id, settings->terms);
    if (pg_query(conn, SQL_RUN_SESSION, 2, session.values, NULL, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (!pg_enter_pipeline(conn))
        return pg_fault(conn, NULL, fault);
    return STATUS_OK;
}

void run_session_describe(struct run_session *session, int64_t run_id,
                          const struct lease_terms *terms)
{
    snprintf(session->run_id, sizeof session->run_id, "%" PRId64, run_id);
    snprintf(session->lock_ms, sizeof session->lock_ms, "%" PRId64, terms->lock_ms);
    session->values[0] = session->run_id;
    session->values[1] = session->lock_ms;
}
