/* SPDX-License-Identifier: PostgreSQL */
/*
 * store_load -- a manifest becomes a batch: COPY into a staging table, merged in one transaction.
 *
 * Either the whole book is loaded or nothing is. The same name again updates what has not begun and
 * says what it cannot change. The same bytes again, with nothing to say, are not loaded
 * again (orchestrator/store_loaded.h).
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_LOAD_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_LOAD_H

#include <libpq-fe.h>
#include <stdint.h>

#include "base/fault.h"

struct store_load_result {
    int64_t batch_id;
    char batch[256];
    unsigned problems; /* lines written to standard error */
};

/* Reads the manifest and loads it. Problems of the manifest are printed to standard error, one a
 * line, and make it STATUS_INVALID. May block. */
MUST_CHECK enum status store_load(PGconn *conn, const char *manifest,
                                  struct store_load_result *result, struct fault *fault);

#endif
