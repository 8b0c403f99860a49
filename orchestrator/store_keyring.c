/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_keyring.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "orchestrator/pg.h"
#include "sql/statements.h"

#define DIGEST_KEY_CONTEXT "digest_key:keyring"
/* Values sealed anew in one transaction: rows that others wait for meanwhile. */
#define BLOCK 500

/* ---- the right key ---- */

enum status store_keyring_has_key(PGconn *conn, bool *has_key, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;

    if (pg_query(conn, SQL_KEYRING_FIND, 0, NULL, &row, fault) != STATUS_OK)
        return STATUS_DATABASE;
    *has_key = pg_cell(row, 0, "key_id") || pg_cell_bool(row, 0, "has_secrets");
    return STATUS_OK;
}

static enum status make_row(PGconn *conn, const struct vault *vault, struct fault *fault)
{
    struct secret *digest_key = vault_make_digest_key();
    char *sealed = pg_bytea(vault_seal(vault, DIGEST_KEY_CONTEXT, digest_key));
    const char *values[] = {vault_key_id(vault, 0), sealed};

    enum status status = pg_query(conn, SQL_KEYRING_MAKE, 2, values, NULL, fault);
    free(sealed);
    secret_destroy(digest_key);
    return status;
}

/* "1a2b…, 3c4d…" */
static void list_keys(const struct vault *vault, char *text, size_t bytes)
{
    int used = 0;

    text[0] = '\0';
    for (unsigned i = 0; vault_key_id(vault, i) && used >= 0 && (size_t)used < bytes; i++)
        used += snprintf(text + used, bytes - (size_t)used, "%s%s", i ? ", " : "",
                         vault_key_id(vault, i));
}

static enum status wrong_key(const struct vault *vault, const char *key_id, struct fault *fault)
{
    char held[160];

    list_keys(vault, held, sizeof held);
    return fault_set(
        fault, STATUS_CREDENTIAL,
        "this database's secrets are sealed with the key %s, and the key file %s holds "
        "%s; put the right file back from your backup, copy it from the machine where "
        "the key was rotated, or name it with --key-file",
        key_id, vault_key_file(vault), held);
}

enum status store_keyring_attach(PGconn *conn, struct vault *vault, bool may_write,
                                 struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;
    struct secret *digest_key = NULL;

    enum status status = pg_query(conn, SQL_KEYRING_FIND, 0, NULL, &row, fault);
    if (status == STATUS_OK && !pg_cell(row, 0, "key_id") && may_write) {
        pg_clear(&row);
        status = make_row(conn, vault, fault);
        if (status == STATUS_OK)
            status = pg_query(conn, SQL_KEYRING_FIND, 0, NULL, &row, fault);
    }
    if (status != STATUS_OK)
        return status;
    const char *key_id = pg_cell(row, 0, "key_id");
    if (!key_id)
        return STATUS_OK;
    if (!vault_holds_key(vault, key_id))
        return wrong_key(vault, key_id, fault);
    status = vault_unseal(vault, DIGEST_KEY_CONTEXT, pg_cell(row, 0, "digest_key_sealed"),
                          &digest_key, fault);
    if (status == STATUS_OK)
        vault_adopt_digest_key(vault, digest_key);
    return status;
}

/* ---- who is at work ---- */

static enum status refuse_runs(PGconn *conn, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;

    if (pg_query(conn, SQL_KEYRING_RUNS, 0, NULL, &row, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (pg_cell_i64(row, 0, "runs") == 0)
        return STATUS_OK;
    return fault_set(fault, STATUS_CONFLICT,
                     "%s run%s at work (%s); nothing has been changed: do this when no run is",
                     pg_cell(row, 0, "runs"), pg_cell_i64(row, 0, "runs") == 1 ? " is" : "s are",
                     pg_cell(row, 0, "worker"));
}

static enum status census(PGconn *conn, const struct vault *vault, PGresult **rows,
                          struct fault *fault)
{
    struct pg_array held;

    pg_array_init(&held);
    for (unsigned i = 0; vault_key_id(vault, i); i++)
        pg_array_add_text(&held, vault_key_id(vault, i));
    const char *values[] = {pg_array_literal(&held)};
    enum status status = pg_query(conn, SQL_KEYRING_CENSUS, 1, values, rows, fault);
    pg_array_finish(&held);
    return status;
}

/* ---- rotating ---- */

struct block {
    const char *place;
    char key_id[2 * 8 + 1];
    int64_t last_id; /* everything of the place up to here has been looked at */
    struct store_keyring_rotation *done;
};

/* Seals each row of `rows` anew; those that do not open are told and left. */
static enum status reseal_rows(PGconn *conn, const struct vault *vault, struct block *block,
                               const PGresult *rows, struct fault *fault)
{
    struct pg_array ids, was, now;
    PG_AUTO_CLEAR PGresult *result = NULL;

    pg_array_init(&ids);
    pg_array_init(&was);
    pg_array_init(&now);
    for (int i = 0; i < PQntuples(rows); i++) {
        struct fault local = FAULT_NONE;
        char *fresh = NULL;
        block->last_id = pg_cell_i64(rows, i, "id");
        if (vault_reseal(vault, pg_cell(rows, i, "context"), pg_cell(rows, i, "sealed"), &fresh,
                         &local) != STATUS_OK) {
            log_event(LOG_ERROR, "key.unreadable", LOG_TEXT("place", block->place),
                      LOG_TEXT("why", local.message));
            block->done->unreadable++;
            continue;
        }
        char *sealed = pg_bytea(fresh);
        pg_array_add_i64(&ids, block->last_id);
        pg_array_add_text(&was, pg_cell(rows, i, "sealed"));
        pg_array_add_text(&now, sealed);
        free(sealed);
    }
    const char *values[] = {block->place, pg_array_literal(&ids), pg_array_literal(&was),
                            pg_array_literal(&now)};
    enum status status = pg_query(conn, SQL_KEYRING_SEAL, 4, values, &result, fault);
    if (status == STATUS_OK)
        block->done->resealed += pg_cell_i64(result, 0, "resealed");
    pg_array_finish(&ids);
    pg_array_finish(&was);
    pg_array_finish(&now);
    return status;
}

static enum status reseal_place(PGconn *conn, const struct vault *vault, struct block *block,
                                struct fault *fault)
{
    char last_id[24], limit[24];
    const char *values[] = {block->place, block->key_id, last_id, limit};

    snprintf(limit, sizeof limit, "%d", BLOCK);
    for (;;) {
        PG_AUTO_CLEAR PGresult *rows = NULL;
        snprintf(last_id, sizeof last_id, "%" PRId64, block->last_id);
        enum status status = pg_query(conn, SQL_KEYRING_FIND_OLD, 4, values, &rows, fault);
        if (status != STATUS_OK || PQntuples(rows) == 0)
            return status;
        status = reseal_rows(conn, vault, block, rows, fault);
        if (status != STATUS_OK)
            return status;
    }
}

static enum status reseal_everything(PGconn *conn, const struct vault *vault,
                                     struct store_keyring_rotation *done, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *places = NULL;
    struct block block = {.done = done};

    enum status status = census(conn, vault, &places, fault);
    snprintf(block.key_id, sizeof block.key_id, "%s", vault_key_id(vault, 0));
    for (int i = 0; status == STATUS_OK && i < PQntuples(places); i++) {
        const char *place = pg_cell(places, i, "place");
        if (block.place && strcmp(block.place, place) == 0)
            continue; /* the next key's line */
        block.place = place;
        block.last_id = 0;
        status = reseal_place(conn, vault, &block, fault);
    }
    return status;
}

/* A key on top that this database has not been told of is a rotation that died before it could, the
 * rotation of another database with the same key file, or a database put back from a backup. */
static bool is_rotating(const PGresult *row, const struct vault *vault)
{
    const char *key_id = pg_cell(row, 0, "key_id");

    return pg_cell_bool(row, 0, "is_rotating") ||
           (key_id && strcmp(key_id, vault_key_id(vault, 0)) != 0);
}

static enum status tell_key(PGconn *conn, const struct vault *vault, const char *sql,
                            struct fault *fault)
{
    const char *values[] = {vault_key_id(vault, 0)};

    return pg_query(conn, sql, 1, values, NULL, fault);
}

enum status store_keyring_rotate(PGconn *conn, struct vault *vault,
                                 struct store_keyring_rotation *done, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;

    *done = (struct store_keyring_rotation){0};
    enum status status = refuse_runs(conn, fault);
    if (status == STATUS_OK)
        status = pg_query(conn, SQL_KEYRING_FIND, 0, NULL, &row, fault);
    if (status != STATUS_OK)
        return status;
    done->is_resumed = is_rotating(row, vault);
    if (!done->is_resumed)
        status = vault_add_key(vault, fault);
    if (status == STATUS_OK)
        status = tell_key(conn, vault, SQL_KEYRING_TURN, fault);
    if (status == STATUS_OK)
        status = reseal_everything(conn, vault, done, fault);
    return status == STATUS_OK ? tell_key(conn, vault, SQL_KEYRING_TURNED, fault) : status;
}

/* ---- retiring ---- */

static enum status refuse_uses(PGconn *conn, const struct vault *vault, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;

    if (census(conn, vault, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    for (int i = 0; i < PQntuples(rows); i++) {
        const char *key_id = pg_cell(rows, i, "key_id");
        if (key_id && strcmp(key_id, vault_key_id(vault, 0)) == 0)
            continue;
        return fault_set(fault, STATUS_CONFLICT,
                         "%s values of %s are sealed with %s; nothing has been changed: run "
                         "`wabamigrate key rotate` first",
                         pg_cell(rows, i, "secrets"), pg_cell(rows, i, "place"),
                         key_id ? key_id : "a key that is not in the key file");
    }
    return STATUS_OK;
}

static enum status refuse_haste(PGconn *conn, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;

    if (pg_query(conn, SQL_KEYRING_FIND, 0, NULL, &row, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (!pg_cell_bool(row, 0, "is_fresh"))
        return STATUS_OK;
    return fault_set(
        fault, STATUS_CONFLICT,
        "the key has been rotated less than a minute ago, and a command that was begun "
        "before may still write with the old one; nothing has been changed: wait a "
        "minute");
}

enum status store_keyring_retire(PGconn *conn, struct vault *vault, unsigned *count,
                                 struct fault *fault)
{
    for (*count = 0; vault_key_id(vault, *count + 1);)
        ++*count;
    if (*count == 0)
        return STATUS_OK;
    enum status status = refuse_runs(conn, fault);
    if (status == STATUS_OK)
        status = refuse_haste(conn, fault);
    if (status == STATUS_OK)
        status = refuse_uses(conn, vault, fault);
    return status == STATUS_OK ? vault_retire_keys(vault, fault) : status;
}

/* ---- telling ---- */

/* How many values `key_id` (NULL: a key that is not in the file) has sealed. */
static int64_t count_secrets(const PGresult *rows, const char *key_id)
{
    int64_t count = 0;

    for (int i = 0; i < PQntuples(rows); i++) {
        const char *found = pg_cell(rows, i, "key_id");
        if (key_id ? found && strcmp(found, key_id) == 0 : !found)
            count += pg_cell_i64(rows, i, "secrets");
    }
    return count;
}

enum status store_keyring_print(PGconn *conn, const struct vault *vault, FILE *out,
                                bool *is_unfinished, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;
    PG_AUTO_CLEAR PGresult *rows = NULL;

    enum status status = pg_query(conn, SQL_KEYRING_FIND, 0, NULL, &row, fault);
    if (status == STATUS_OK)
        status = census(conn, vault, &rows, fault);
    if (status != STATUS_OK)
        return status;
    *is_unfinished = is_rotating(row, vault);
    for (unsigned i = 0; vault_key_id(vault, i); i++) {
        const char *id = vault_key_id(vault, i);
        fprintf(out, "%s  %-14s  %" PRId64 "\n", id, i == 0 ? "seals" : "opens",
                count_secrets(rows, id));
    }
    int64_t foreign = count_secrets(rows, NULL);
    if (foreign > 0)
        fprintf(out, "%-16s  %-14s  %" PRId64 "\n", "-", "not in the file", foreign);
    return STATUS_OK;
}
