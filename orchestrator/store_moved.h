/* SPDX-License-Identifier: PostgreSQL */
/* store_moved -- reads what came along with each number, and when it moved, for `report`. */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_MOVED_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_MOVED_H

#include <libpq-fe.h>

#include "planner/report.h"

/* Fills the numbers of `report`, which store_report_read() has read; texts live in `arena`. May
 * block. */
MUST_CHECK enum status store_moved_report(PGconn *conn, int64_t batch_id, const char *number,
                                          struct arena *arena, struct report *report,
                                          struct fault *fault);

#endif
