/* SPDX-License-Identifier: PostgreSQL */
/*
 * store_lock -- who changes what a running program works on waits for it, in the same order as all
 * others: the batch, then its customers by their number, then whatever is theirs.
 *
 * A worker at work holds a customer for moments, a load for as long as it takes. A frozen one would
 * hold it for ever: while we wait, the connections of those whose lease has run out are cut.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_LOCK_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_LOCK_H

#include <libpq-fe.h>
#include <stdint.h>

#include "base/fault.h"

/* In a transaction (pg_begin). `selection` as of selection_read(); NULL: all customers. May block.
 */
MUST_CHECK enum status store_lock_batch(PGconn *conn, int64_t batch_id, const char *selection,
                                        struct fault *fault);
/* The same for who holds the batch already. */
MUST_CHECK enum status store_lock_customers(PGconn *conn, int64_t batch_id, const char *selection,
                                            struct fault *fault);

#endif
