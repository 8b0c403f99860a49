/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/durability.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "orchestrator/pg.h"
#include "sql/statements.h"

enum status durability_read(PGconn *conn, struct durability *durability, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;

    memset(durability, 0, sizeof *durability);
    if (pg_query(conn, SQL_SERVER_DURABILITY, 0, NULL, &row, fault) != STATUS_OK)
        return STATUS_DATABASE;
    durability->has_fsync = pg_cell_bool(row, 0, "has_fsync");
    durability->has_full_page_writes = pg_cell_bool(row, 0, "has_full_page_writes");
    durability->is_synchronous = pg_cell_bool(row, 0, "is_synchronous");
    durability->standbys = pg_cell_i64(row, 0, "standbys");
    snprintf(durability->synchronous_commit, sizeof durability->synchronous_commit, "%s",
             pg_cell(row, 0, "synchronous_commit"));
    return STATUS_OK;
}

static void add_words(char text[DURABILITY_TEXT_BYTES], const char *words)
{
    size_t used = strlen(text);

    snprintf(text + used, DURABILITY_TEXT_BYTES - used, "%s%s", used ? "; " : "", words);
}

static bool has_loose_commits(const struct durability *durability)
{
    return strcmp(durability->synchronous_commit, "off") == 0 ||
           strcmp(durability->synchronous_commit, "local") == 0;
}

bool durability_describe(const struct durability *durability, char text[DURABILITY_TEXT_BYTES])
{
    text[0] = '\0';
    if (!durability->has_fsync)
        add_words(text, "fsync is off: after a power cut the database may be lost; set fsync = on");
    if (!durability->has_full_page_writes)
        add_words(text,
                  "full_page_writes is off: after a power cut the database may be broken; set "
                  "full_page_writes = on");
    if (has_loose_commits(durability))
        add_words(text,
                  "synchronous_commit is off or local: captures may be lost in a crash (a run "
                  "raises it for itself); set synchronous_commit = on");
    if (durability->standbys > 0 && !durability->is_synchronous)
        add_words(text,
                  "standbys replicate asynchronously: a failover may lose intents whose requests "
                  "were sent, and an effect could happen twice; set synchronous_standby_names");
    if (text[0])
        return false;
    snprintf(text, DURABILITY_TEXT_BYTES, "commits outlive a power cut%s",
             durability->is_synchronous ? ", and a failover: a standby confirms them" : "");
    return true;
}

void durability_warn(PGconn *conn)
{
    struct durability durability;
    char text[DURABILITY_TEXT_BYTES];

    if (durability_read(conn, &durability, NULL) == STATUS_OK &&
        !durability_describe(&durability, text))
        log_event(LOG_WARN, "database.durability", LOG_TEXT("why", text));
}
