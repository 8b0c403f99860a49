/* SPDX-License-Identifier: PostgreSQL */
/*
 * database -- which database a command works with, and a connection to it.
 *
 * --database, else libpq's own PGHOST or PGSERVICE, else the embedded cluster, which is made,
 * started and given its schema when first needed. A named database gets its schema from `db init`
 * alone.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_DATABASE_H
#define WABAMIGRATE_ORCHESTRATOR_DATABASE_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/vault.h"
#include "orchestrator/options.h"

struct database {
    const struct options *options;
    const struct clock *clock;
    char *state_dir; /* NULL unless embedded */
    char *conninfo;  /* never printed */
    bool is_embedded;
};

/* Finds the database; starts the embedded one. May block. */
MUST_CHECK enum status database_find(const struct options *options, const struct clock *clock,
                                     struct database *database, struct fault *fault);
void database_finish(struct database *database);

/* For a run, which starts at night and alone: where the database does not answer now but may well
 * do so soon (pg_may_come), it is waited for, for a minute at most, and that is said. Whatever
 * comes of it, connecting is what tells. May block. */
void database_await(const struct database *database);
/* Connects without asking for a schema. */
MUST_CHECK enum status database_connect_bare(const struct database *database, PGconn **conn,
                                             struct fault *fault);
/* Connects, and makes sure that the schema is this program's. */
MUST_CHECK enum status database_connect(const struct database *database, PGconn **conn,
                                        struct fault *fault);

enum vault_use {
    VAULT_READ,  /* nothing is written, not even which key seals a new database */
    VAULT_WRITE, /* something may be sealed */
    VAULT_INIT   /* `db init`: a key file may be made for a named database too */
};

/* Opens the key file: --key-file, else STATE_DIR/key, and makes sure that it is the one that
 * `conn`'s secrets are sealed with. For a database without secrets the embedded default makes it
 * when absent; for a named one `db init` does. The schema must be there. */
MUST_CHECK enum status database_open_vault(const struct database *database, PGconn *conn,
                                           enum vault_use use, struct vault **vault,
                                           struct fault *fault);

#endif
