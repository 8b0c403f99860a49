/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_loaded.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/secret.h"
#include "orchestrator/pg.h"
#include "orchestrator/store_schema.h"
#include "planner/credential_ref.h"
#include "sql/statements.h"

/* What a load depends on beside the bytes. Relative credential files are beside the manifest, so
 * the working folder counts too. */
static const char *loaded_by(struct arena *arena, const char *manifest)
{
    const char *slash = strrchr(manifest, '/');
    char *here = get_current_dir_name();
    const char *text = arena_printf(
        arena, "%s %016" PRIx64 " %s %.*s", WABAMIGRATE_VERSION, store_schema_catalog_hash(),
        here && *manifest != '/' ? here : "", slash ? (int)(slash - manifest) : 0, manifest);

    free(here);
    return text;
}

static bool is_same_file(const char *manifest, const PGresult *row, struct arena *arena)
{
    const char *name = pg_cell(row, 0, "numbers_file");
    char digest[DIGEST_TEXT_BYTES];

    return !name || (digest_file(manifest_beside(arena, manifest, name), digest) &&
                     strcmp(digest, pg_cell(row, 0, "numbers_file_digest")) == 0);
}

/* A credential that is missing is told by a load, at its line. */
static enum status find_credentials(PGconn *conn, const char *batch_id, bool *are_there,
                                    struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *rows = NULL;

    *are_there = true;
    if (pg_query(conn, SQL_BATCH_REFERENCES, 1, &batch_id, &rows, fault) != STATUS_OK)
        return STATUS_DATABASE;
    for (int i = 0; i < PQntuples(rows) && *are_there; i++) {
        struct fault missing = FAULT_NONE;
        struct secret *secret = NULL;
        *are_there = credential_ref_resolve(PQgetvalue(rows, i, 0), &secret, &missing) == STATUS_OK;
        secret_destroy(secret);
    }
    return STATUS_OK;
}

static enum status find(PGconn *conn, const char *manifest, struct arena *arena,
                        struct store_load_result *result, bool *is_loaded, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *row = NULL;
    char digest[DIGEST_TEXT_BYTES];
    const char *values[] = {digest, loaded_by(arena, manifest)};

    if (!digest_file(manifest, digest))
        return STATUS_OK;
    if (pg_query(conn, SQL_BATCH_LOADED, 2, values, &row, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (PQntuples(row) != 1 || !is_same_file(manifest, row, arena))
        return STATUS_OK;
    if (find_credentials(conn, pg_cell(row, 0, "batch_id"), is_loaded, fault) != STATUS_OK)
        return STATUS_DATABASE;
    result->batch_id = pg_cell_i64(row, 0, "batch_id");
    snprintf(result->batch, sizeof result->batch, "%s", pg_cell(row, 0, "name"));
    return STATUS_OK;
}

enum status store_loaded_find(PGconn *conn, const char *manifest, struct store_load_result *result,
                              bool *is_loaded, struct fault *fault)
{
    struct arena *arena = arena_create();

    *is_loaded = false;
    enum status status = find(conn, manifest, arena, result, is_loaded, fault);
    arena_destroy(arena);
    return status;
}

enum status store_loaded_record(PGconn *conn, int64_t batch_id, const char *manifest,
                                const char *digest, const char *numbers_file,
                                const char *numbers_file_digest, struct fault *fault)
{
    struct arena *arena = arena_create();
    char id[24];
    const char *values[] = {id, digest, numbers_file, numbers_file_digest,
                            loaded_by(arena, manifest)};

    snprintf(id, sizeof id, "%" PRId64, batch_id);
    enum status status = pg_query(conn, SQL_BATCH_RECORD_LOAD, 5, values, NULL, fault);
    arena_destroy(arena);
    return status;
}
