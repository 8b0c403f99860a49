/* SPDX-License-Identifier: PostgreSQL */
/*
 * run_start -- what a run does in the database before its loop begins. Blocks, as nothing does
 * after it.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_RUN_START_H
#define WABAMIGRATE_ORCHESTRATOR_RUN_START_H

#include <libpq-fe.h>
#include <stdint.h>

#include "orchestrator/store_run.h"

struct started_run {
    int64_t run_id;
    char process[512];     /* process_identity() */
    int64_t started_at_ms; /* monotonic, before it was registered: its lease counts from here */
};

/* Takes over what dead runs held, looks again at what was blocked, registers the run, and makes the
 * connection a pipeline. `allowance` as registration_terms.h has it. */
MUST_CHECK enum status run_start(PGconn *conn, const struct store_run_settings *settings,
                                 const char *allowance, struct started_run *run,
                                 struct fault *fault);

/* $1 and $2 of run_session.sql, which every connection of a run begins with. */
struct run_session {
    char run_id[24], lock_ms[24];
    const char *values[2];
};
void run_session_describe(struct run_session *session, int64_t run_id,
                          const struct lease_terms *terms);

#endif
