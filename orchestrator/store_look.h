/* SPDX-License-Identifier: PostgreSQL */
/* store_look -- how a whole book stood: at every look, and against an earlier one. */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_LOOK_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_LOOK_H

#include "base/arena.h"
#include "base/clock.h"
#include "orchestrator/pg.h"
#include "planner/report.h"

/* Records how the report's numbers stand now. `is_whole`: not a selection. Blocks. */
MUST_CHECK enum status store_look_record(PGconn *conn, const struct report *report,
                                         const char *command, bool is_whole, struct fault *fault);

/* Fills report->looks, oldest first. */
MUST_CHECK enum status store_look_list(PGconn *conn, struct arena *arena, struct report *report,
                                       struct fault *fault);

/* What --since compares with. */
struct store_since {
    const char *at;    /* RFC 3339: when that look was, for people */
    PGresult *numbers; /* sql/assessment_at.sql, ordered by bytes of the number; PQclear() it */
};

/* `when` is "last", a date, a time (RFC 3339) or a duration before now; STATUS_INVALID when it is
 * none of these. Where nobody had looked until then, that is logged and `since` stays empty. */
MUST_CHECK enum status store_since_find(PGconn *conn, const char *batch, const char *when,
                                        const struct clock *clock, struct arena *arena,
                                        struct store_since *since, struct fault *fault);
/* Fills each number's change, report->since and report->gone. `may_be_less`: the report holds a
 * selection, so what it lacks is not gone. */
void store_since_apply(const struct store_since *since, struct report_number *numbers, size_t count,
                       bool may_be_less, struct report *report);

#endif
