/* SPDX-License-Identifier: PostgreSQL */
/*
 * run -- works through a batch until nothing more can be done now, the window ends, or it is
 * stopped.
 *
 * One thread, one loop: curl's sockets, libpq's socket and the signal pipe in one poll. Each turn
 * settles what has come back, claims what is due, and sends what is committed.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_RUN_H
#define WABAMIGRATE_ORCHESTRATOR_RUN_H

#include <libpq-fe.h>

#include "base/clock.h"
#include "orchestrator/batch_facts.h"
#include "orchestrator/options.h"
#include "orchestrator/store_run.h"

struct run_settings {
    const struct options *options;
    const struct clock *clock;
    const struct batch_facts *batch;
    const char *conninfo;
    int64_t highest_number_id; /* --limit; 0: all */
};

struct run_result {
    int exit_code;        /* the contract's */
    int64_t newly_failed; /* numbers that failed in this run */
    bool
        is_finished; /* it ended because there was nothing more to do, not because it was stopped */
};

/* Takes `conn` over. *fault says why where the exit code is 1, 2 or 7. */
struct run_result run_batch(PGconn *conn, const struct run_settings *settings, struct fault *fault);

#endif
