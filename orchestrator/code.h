/* SPDX-License-Identifier: PostgreSQL */
/*
 * code -- verification codes of the programmatic path into the batch: what WhatsApp sent to a
 * number by SMS or voice, and its owner passed on.
 *
 * A code is six digits, a hyphen between them or not (123-456). It is kept sealed until Meta has
 * taken or refused it, and is in no message. A line that is refused costs no other line; repeating
 * a line changes nothing.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_CODE_H
#define WABAMIGRATE_ORCHESTRATOR_CODE_H

#include <libpq-fe.h>
#include <stdio.h>

#include "base/vault.h"

struct code_counts {
    unsigned taken, known, refused;
};

/* One code. STATUS_INVALID where it is not taken: the fault says why. May block. */
MUST_CHECK enum status code_take(PGconn *conn, const struct vault *vault, const char *number,
                                 const char *code, struct code_counts *counts, struct fault *fault);

/* "NUMBER CODE" a line until the end of the stream; the number may be written with spaces. Says on
 * standard error what is wrong with a line, by its number. May block. STATUS_DATABASE when the
 * database fails. */
MUST_CHECK enum status code_stream(PGconn *conn, const struct vault *vault, FILE *stream,
                                   const char *name, struct code_counts *counts,
                                   struct fault *fault);

#endif
