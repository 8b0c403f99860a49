/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/code.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "orchestrator/code_line.h"
#include "orchestrator/credentials.h"
#include "orchestrator/lines.h"
#include "orchestrator/pg.h"
#include "orchestrator/say.h"
#include "sql/statements.h"

/* Why a number takes no code now, and what would help. */
static enum status refuse(const PGresult *found, const char *number, struct fault *fault)
{
    const char *batch = pg_cell(found, 0, "batch");

    if (pg_cell_bool(found, 0, "is_cancelled"))
        return fault_set(fault, STATUS_INVALID,
                         "%s has been cancelled in batch %s and needs no code", number, batch);
    if (!pg_cell_bool(found, 0, "is_on_path"))
        return fault_set(fault, STATUS_INVALID,
                         "%s goes through Embedded Signup in batch %s, which asks for the code "
                         "itself; only path: programmatic takes codes here",
                         number, batch);
    if (pg_cell_bool(found, 0, "is_verified"))
        return fault_set(fault, STATUS_INVALID, "%s is verified already and needs no code", number);
    return fault_set(
        fault, STATUS_INVALID,
        "%s does not wait for a code; `wabamigrate status %s` says where it stands: run "
        "the batch where none has been asked for yet, or have another one sent with "
        "`wabamigrate retry --number %s`",
        number, batch, number);
}

static enum status keep(PGconn *conn, const struct vault *vault, const PGresult *found,
                        const char *number, const struct secret *code, struct code_counts *counts,
                        struct fault *fault)
{
    struct arena *arena = arena_create();
    const char *known = pg_cell(found, 0, "verification_code_digest");
    char *digest = pg_bytea(vault_digest(vault, code));
    char *sealed = pg_bytea(vault_seal(
        vault, credentials_context(arena, "verification_code", pg_cell(found, 0, "batch"), number),
        code));
    const char *values[] = {pg_cell(found, 0, "number_id"), sealed, digest};
    bool is_same = known && strcmp(known, digest) == 0;
    enum status status = STATUS_OK;

    if (is_same && pg_cell_bool(found, 0, "has_code")) {
        counts->known++;
    } else if (is_same) {
        status =
            fault_set(fault, STATUS_INVALID,
                      "Meta has refused this code of %s already; give the one it sent last, or "
                      "have a new one sent with `wabamigrate retry --number %s`",
                      number, number);
    } else {
        status = pg_query(conn, SQL_CODE_APPLY, 3, values, NULL, fault);
        counts->taken += status == STATUS_OK;
    }
    free(digest);
    free(sealed);
    arena_destroy(arena);
    return status;
}

static enum status find_and_keep(PGconn *conn, const struct vault *vault, const char *number,
                                 const struct secret *code, struct code_counts *counts,
                                 struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *found = NULL;
    const char *values[] = {number};

    if (pg_query(conn, SQL_CODE_FIND, 1, values, &found, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (PQntuples(found) == 0)
        return fault_set(fault, STATUS_INVALID,
                         "%s is in no batch; load its manifest with `wabamigrate run` first, or "
                         "correct the number",
                         number);
    if (!pg_cell_bool(found, 0, "is_waiting") || pg_cell_bool(found, 0, "is_cancelled"))
        return refuse(found, number, fault);
    return keep(conn, vault, found, number, code, counts, fault);
}

static enum status take(PGconn *conn, const struct vault *vault, const char *number,
                        const struct secret *code, struct code_counts *counts, struct fault *fault)
{
    if (pg_begin(conn, fault) != STATUS_OK)
        return STATUS_DATABASE;
    enum status status = find_and_keep(conn, vault, number, code, counts, fault);
    if (status == STATUS_OK)
        return pg_script(conn, "COMMIT", fault);
    (void)!pg_script(conn, "ROLLBACK", NULL);
    return status;
}

enum status code_take(PGconn *conn, const struct vault *vault, const char *number, const char *code,
                      struct code_counts *counts, struct fault *fault)
{
    struct e164 e164;
    struct secret *secret = NULL;

    enum status status = code_line_read_words(number, code, &e164, &secret, fault);
    if (status == STATUS_OK)
        status = take(conn, vault, e164.text, secret, counts, fault);
    secret_destroy(secret);
    return status;
}

static enum status take_line(PGconn *conn, const struct vault *vault, char *text,
                             struct code_counts *counts, struct fault *fault)
{
    struct e164 e164;
    struct secret *secret = NULL;

    enum status status = code_line_read(text, &e164, &secret, fault);
    if (status == STATUS_OK)
        status = take(conn, vault, e164.text, secret, counts, fault);
    secret_destroy(secret);
    return status;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r")] == '\0';
}

enum status code_stream(PGconn *conn, const struct vault *vault, FILE *stream, const char *name,
                        struct code_counts *counts, struct fault *fault)
{
    enum status status = STATUS_OK;
    struct lines lines;

    lines_init(&lines, stream, CODE_LINE_BYTES_MAX);
    while (status == STATUS_OK && lines_next(&lines)) {
        struct fault local = FAULT_NONE;
        if (is_blank(lines.text) && !lines.wrong)
            continue;
        enum status taken = lines.wrong ? fault_set(&local, STATUS_INVALID, "%s", lines.wrong)
                                        : take_line(conn, vault, lines.text, counts, &local);
        if (taken == STATUS_INVALID) {
            counts->refused++;
            say_as(LOG_ERROR, "code.refused", "%s:%u: %s", name, lines.at, local.message);
        } else if (taken != STATUS_OK) {
            status = fault_set(fault, taken, "%s", local.message);
        }
    }
    if (status == STATUS_OK && ferror(stream))
        status = fault_set(fault, STATUS_INVALID, "%s cannot be read on after line %u: %s", name,
                           lines.at, strerror(errno));
    lines_finish(&lines);
    return status;
}
