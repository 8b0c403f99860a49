/* SPDX-License-Identifier: PostgreSQL */
/*
 * store_reading -- what checks have read of WABAs, so that a reading that is fresh enough is not
 * made again.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_READING_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_READING_H

#include "orchestrator/dry_book.h"
#include "orchestrator/pg_columns.h"

struct store_readings {
    PGresult *fresh; /* NULL: none are reused */
    struct pg_columns columns;
};

/* `max_age_ms` 0: nothing is reused. Blocks. Finish with store_readings_finish() in either case. */
MUST_CHECK enum status store_readings_open(PGconn *conn, const char *batch, int64_t max_age_ms,
                                           struct store_readings *readings, struct fault *fault);
void store_readings_finish(struct store_readings *readings);

/* Gives the customer the sides that are fresh, nodes of its numbers included. */
void store_readings_reuse(const struct store_readings *readings, struct dry_book *book,
                          struct dry_customer *customer);

/* Takes what was read of the customer just now; nodes are copied as text. */
void store_readings_add(struct store_readings *readings, const struct dry_book *book,
                        const struct dry_customer *customer);
/* Sends what was added; more may be added after it. */
void store_readings_send(struct store_readings *readings, const char *batch, store_send *send,
                         void *self);

#endif
