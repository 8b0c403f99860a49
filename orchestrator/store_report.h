/* SPDX-License-Identifier: PostgreSQL */
/* store_report -- reads where every number of a batch stands, for `status` and `report`. */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_REPORT_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_REPORT_H

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/clock.h"
#include "planner/report.h"

/* Fills `report` for the batch; with `number`, that number alone with its findings' history and its
 * attempts. Everything lives in `arena`. STATUS_INVALID when the number is not in the batch. May
 * block. */
MUST_CHECK enum status store_report_read(PGconn *conn, int64_t batch_id, const char *batch,
                                         const char *number, const struct clock *clock,
                                         struct arena *arena, struct report *report,
                                         struct fault *fault);

/* A step's error as it is kept (JSON); NULL where there is none. */
const struct report_error *store_report_error(struct arena *arena, const char *json);

/* The batch of this name; without a name, the only one there is. STATUS_INVALID when there is none
 * of that name, or several and no name. */
MUST_CHECK enum status store_batch_find(PGconn *conn, const char *name, struct arena *arena,
                                        int64_t *batch_id, const char **found, struct fault *fault);

#endif
