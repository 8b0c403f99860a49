/* SPDX-License-Identifier: PostgreSQL */
/*
 * durability -- whether the database keeps what it has acknowledged, through a power cut and a
 * failover.
 *
 * Nothing is sent twice because an intent is committed before its request leaves. Where a commit
 * can be lost after that, no program can keep the promise: so it is said, by doctor and at the
 * start of every run. (A run raises synchronous_commit for its own commits, run_turn.sql, and
 * notices lost ones; what is below that is the database's.)
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_DURABILITY_H
#define WABAMIGRATE_ORCHESTRATOR_DURABILITY_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

struct durability {
    bool has_fsync, has_full_page_writes;
    bool is_synchronous; /* standbys are named that must confirm a commit */
    char synchronous_commit[16];
    int64_t standbys; /* connected now */
};

MUST_CHECK enum status durability_read(PGconn *conn, struct durability *durability,
                                       struct fault *fault);

#define DURABILITY_TEXT_BYTES 768
/* Whether all is well; `text` says how it is, or what to mend. */
bool durability_describe(const struct durability *durability, char text[DURABILITY_TEXT_BYTES]);

/* One warning (database.durability) where something is to be mended. */
void durability_warn(PGconn *conn);

#endif
