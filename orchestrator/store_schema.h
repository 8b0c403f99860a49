/* SPDX-License-Identifier: PostgreSQL */
/*
 * store_schema -- the numbered migrations of sql/schema/, applied once each, in order.
 *
 * All of it in one transaction under an advisory lock, so that two programs at once, or one killed
 * half-way, leave either the old schema or the new one. A migration is recorded with the checksum
 * of its text; one whose text has changed since is an error, not a repair.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_SCHEMA_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_SCHEMA_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fault.h"

enum schema_state { SCHEMA_ABSENT, SCHEMA_OLD, SCHEMA_CURRENT, SCHEMA_NEWER };

/* May block. STATUS_DATABASE on a checksum that differs, too. */
MUST_CHECK enum status store_schema_state(PGconn *conn, enum schema_state *state, int *version,
                                          struct fault *fault);
/* Brings the schema to this program's version, and writes the program's tables of paths and phases;
 * *applied counts the migrations. May block. */
MUST_CHECK enum status store_schema_upgrade(PGconn *conn, int *applied, struct fault *fault);
/* The words of the program's tables of paths and phases become rows, so that the statements need
 * not name a step. Part of every upgrade, and of every load: a new release may have other tables
 * under the same schema. Writes only where they differ. A load calls it before it locks
 * steps. May block. */
MUST_CHECK enum status store_schema_put_catalog(PGconn *conn, struct fault *fault);
/* Of those rows: another one where a program has other tables. */
uint64_t store_schema_catalog_hash(void);
/* Refuses a schema that is not this program's, saying which command mends it. */
MUST_CHECK enum status store_schema_require(PGconn *conn, struct fault *fault);
/* The migrations, a line each, for `db status`. */
MUST_CHECK enum status store_schema_print(PGconn *conn, FILE *out, struct fault *fault);
int store_schema_version(void);

#endif
