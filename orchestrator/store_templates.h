/* SPDX-License-Identifier: PostgreSQL */
/* store_templates -- what the database knows of a batch's templates, for `status`, `report` and
 * `templates`. */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_TEMPLATES_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_TEMPLATES_H

#include <libpq-fe.h>

#include "base/arena.h"
#include "planner/report.h"

/* Every template by name and language, with `number` those of its customer alone. In `arena`. May
 * block. */
MUST_CHECK enum status store_templates_read(PGconn *conn, int64_t batch_id, const char *number,
                                            struct arena *arena,
                                            struct template_customer **customers,
                                            size_t *customer_count, struct fault *fault);

/* Adds to a report that holds its numbers already: how the templates stand (`with_rows`: each of
 * them too), and for how long each number was without them. May block. */
MUST_CHECK enum status store_templates_report(PGconn *conn, int64_t batch_id, const char *number,
                                              bool with_rows, int64_t now_ms, struct arena *arena,
                                              struct report *report, struct fault *fault);

#endif
