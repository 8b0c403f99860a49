/* SPDX-License-Identifier: PostgreSQL */
/*
 * run -- works through a batch until nothing more can be done now, the window ends, or it is stopped.
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

/* Takes `conn` over. Returns the contract's exit code; *fault says why where it is 1 or 7. */
int run_batch(PGconn *conn, const struct run_settings *settings, struct fault *fault);

#endif
