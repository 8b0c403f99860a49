/* SPDX-License-Identifier: PostgreSQL */
/*
 * capture -- Embedded Signup results into the batch: Meta's session message with the exchange code
 * and the customer's key beside it, one JSON object a line.
 *
 * A line that is refused costs no other line; repeating a line changes nothing.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_CAPTURE_H
#define WABAMIGRATE_ORCHESTRATOR_CAPTURE_H

#include <libpq-fe.h>
#include <stdio.h>

#include "base/vault.h"

struct capture_counts {
    unsigned taken, known, refused,
        passed; /* passed: a signup that was abandoned; nothing to take */
};

/* Reads lines until the end of the stream; says on standard error what is wrong with a line. May
 * block. STATUS_DATABASE when the database fails, STATUS_INVALID when the stream does. */
MUST_CHECK enum status capture_stream(PGconn *conn, const struct vault *vault, FILE *stream,
                                      const char *name, struct capture_counts *counts,
                                      struct fault *fault);

#endif
