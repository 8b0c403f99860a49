/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/database.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"

#include "orchestrator/cluster.h"
#include "orchestrator/pg.h"
#include "orchestrator/state_dir.h"
#include "orchestrator/store_keyring.h"
#include "orchestrator/store_schema.h"

#define AWAIT_MS 60000
#define AWAIT_STEP_MS 500

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

void database_await(const struct database *database)
{
    int64_t until_ms = clock_monotonic_ms() + AWAIT_MS;
    struct fault fault = FAULT_NONE;
    bool is_told = false;

    for (;;) {
        PG_AUTO_CLOSE PGconn *conn = NULL;
        if (pg_connect(database->conninfo, database->clock, &conn, &fault) == STATUS_OK ||
            !pg_may_come(database->conninfo) || clock_monotonic_ms() > until_ms)
            return;
        if (!is_told)
            log_event(LOG_WARN, "database.awaited", LOG_TEXT("why", fault.message),
                      LOG_TEXT("next", "it may be starting, or failing over; the run waits for it "
                                       "for a minute"));
        is_told = true;
        nanosleep(&(struct timespec){.tv_nsec = AWAIT_STEP_MS * 1000000L}, NULL);
    }
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

static enum status key_file_of(const struct database *database, char **path, struct fault *fault)
{
    char *dir = NULL;

    if (database->options->key_file) {
        *path = memory_copy_text(database->options->key_file);
        return STATUS_OK;
    }
    enum status status = state_dir_find(&dir, fault);
    if (status == STATUS_OK)
        *path = state_dir_file(dir, "key");
    free(dir);
    return status;
}

/* A key is made for a database without secrets alone: for any other it would be the wrong one. */
enum status database_open_vault(const struct database *database, PGconn *conn, enum vault_use use,
                                struct vault **vault, struct fault *fault)
{
    bool may_create = database->is_embedded || use == VAULT_INIT, has_key = true;
    char *path = NULL;

    *vault = NULL;
    enum status status = key_file_of(database, &path, fault);
    if (status == STATUS_OK && may_create)
        status = store_keyring_has_key(conn, &has_key, fault);
    if (status == STATUS_OK)
        status = may_create && !has_key ? vault_open_or_create(path, vault, fault)
                                        : vault_open(path, vault, fault);
    if (status == STATUS_OK)
        status = store_keyring_attach(conn, *vault, use != VAULT_READ, fault);
    free(path);
    if (status != STATUS_OK) {
        vault_close(*vault);
        *vault = NULL;
    }
    return status;
}
