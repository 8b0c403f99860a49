/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/database.h"

#include <stdlib.h>
#include <string.h>

#include "orchestrator/cluster.h"
#include "orchestrator/pg.h"
#include "orchestrator/state_dir.h"
#include "orchestrator/store_schema.h"

enum status database_find(const struct options *options, const struct clock *clock,
                          struct database *database, struct fault *fault)
{
    memset(database, 0, sizeof *database);
    database->options = options;
    database->clock = clock;
    if (options->database) {
        database->conninfo = memory_copy_text(options->database);
        return STATUS_OK;
    }
    if (getenv("PGHOST") || getenv("PGSERVICE")) {
        database->conninfo = memory_copy_text("");
        return STATUS_OK;
    }
    database->is_embedded = true;
    enum status status = state_dir_find(&database->state_dir, fault);
    if (status == STATUS_OK)
        status = cluster_ensure(database->state_dir, &database->conninfo, fault);
    if (status != STATUS_OK)
        database_finish(database);
    return status;
}

void database_finish(struct database *database)
{
    free(database->state_dir);
    free(database->conninfo);
    memset(database, 0, sizeof *database);
}

enum status database_connect_bare(const struct database *database, PGconn **conn,
                                  struct fault *fault)
{
    return pg_connect(database->conninfo, database->clock, conn, fault);
}

enum status database_connect(const struct database *database, PGconn **conn, struct fault *fault)
{
    enum schema_state state;
    int version, applied;

    enum status status = database_connect_bare(database, conn, fault);
    if (status != STATUS_OK)
        return status;
    status = store_schema_state(*conn, &state, &version, fault);
    if (status == STATUS_OK && database->is_embedded && state <= SCHEMA_OLD)
        status = store_schema_upgrade(*conn, &applied, fault);
    if (status == STATUS_OK)
        status = store_schema_require(*conn, fault);
    if (status != STATUS_OK)
        pg_close(conn);
    return status;
}

enum status database_open_vault(const struct database *database, bool may_create,
                                struct vault **vault, struct fault *fault)
{
    char *dir = NULL, *path;

    if (database->options->key_file) {
        path = memory_copy_text(database->options->key_file);
    } else {
        enum status status = state_dir_find(&dir, fault);
        if (status != STATUS_OK)
            return status;
        path = state_dir_file(dir, "key");
        free(dir);
    }
    enum status status = may_create || database->is_embedded
                             ? vault_open_or_create(path, vault, fault)
                             : vault_open(path, vault, fault);
    free(path);
    return status;
}
