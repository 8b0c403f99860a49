/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "orchestrator/credentials.h"
#include "orchestrator/lines.h"
#include "orchestrator/pg.h"
#include "orchestrator/say.h"
#include "orchestrator/session_message.h"
#include "sql/statements.h"

static enum status find_customer(PGconn *conn, const struct session_message *line, PGresult **found,
                                 struct fault *fault)
{
    const char *values[] = {line->batch, line->customer, line->waba_id,
                            line->phone_number_id ? line->phone_number_id : "",
                            line->business_id ? line->business_id : ""};

    if (pg_query(conn, SQL_CAPTURE_FIND, 5, values, found, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (PQntuples(*found) == 1)
        return STATUS_OK;
    if (PQntuples(*found) == 0)
        return line->customer
                   ? fault_set(
                         fault, STATUS_INVALID,
                         "no batch has a customer %s; load its manifest with `wabamigrate run` "
                         "first, or correct \"customer\"",
                         line->customer)
                   : fault_set(fault, STATUS_INVALID,
                               "WABA %s belongs to no customer that is known; add \"customer\"",
                               line->waba_id);
    return fault_set(fault, STATUS_INVALID, "more than one customer fits; add \"%s\"",
                     line->customer ? "batch" : "customer");
}

static enum status refuse_foreign(PGconn *conn, const struct session_message *line,
                                  const PGresult *found, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *foreign = NULL;
    const char *customer = pg_cell(found, 0, "key");
    const char *known = pg_cell(found, 0, "destination_waba_id");
    const char *values[] = {pg_cell(found, 0, "customer_id"), line->waba_id,
                            line->phone_number_id ? line->phone_number_id : ""};

    if (known && strcmp(known, line->waba_id) != 0)
        return fault_set(
            fault, STATUS_INVALID,
            "customer %s has been captured with WABA %s already, and this line says %s; "
            "if the customer signed up twice, keep the first and remove the second in "
            "WhatsApp Manager",
            customer, known, line->waba_id);
    if (line->business_id && strcmp(line->business_id, pg_cell(found, 0, "business_id")) != 0)
        return fault_set(
            fault, STATUS_INVALID,
            "WABA %s belongs to business %s, but customer %s is business %s; Meta moves "
            "numbers only within one business portfolio",
            line->waba_id, line->business_id, customer, pg_cell(found, 0, "business_id"));
    if (pg_query(conn, SQL_CAPTURE_FOREIGN, 3, values, &foreign, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (PQntuples(foreign) > 0)
        return fault_set(fault, STATUS_INVALID,
                         "this %s belongs to customer %s already; it is not taken for customer %s",
                         pg_cell(foreign, 0, "field"), pg_cell(foreign, 0, "key"), customer);
    return STATUS_OK;
}

static enum status record(PGconn *conn, const struct vault *vault,
                          const struct session_message *line, const PGresult *found,
                          struct capture_counts *counts, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *fresh = NULL;
    const char *context = credentials_context(line->arena, "signup_code",
                                              pg_cell(found, 0, "batch"), pg_cell(found, 0, "key"));
    char *digest = pg_bytea(line->code ? vault_digest(vault, line->code) : NULL);
    char *sealed = pg_bytea(line->code ? vault_seal(vault, context, line->code) : NULL);
    const char *customer_id = pg_cell(found, 0, "customer_id");
    const char *kept[] = {customer_id,
                          line->event,
                          line->waba_id,
                          line->phone_number_id ? line->phone_number_id : "",
                          line->business_id ? line->business_id : "",
                          digest};
    const char *applied[] = {customer_id, line->waba_id, sealed};
    const char *locked[] = {arena_printf(line->arena, "{%s}", customer_id)};

    /* A step that comes to wait just now must be seen to wait: whoever settles it holds this lock.
     */
    enum status status = pg_query(conn, SQL_CUSTOMER_LOCK, 1, locked, NULL, fault);
    if (status == STATUS_OK)
        status = pg_query(conn, SQL_CAPTURE_RECORD, 6, kept, &fresh, fault);
    if (status == STATUS_OK && PQntuples(fresh) == 0)
        counts->known++;
    else if (status == STATUS_OK)
        status = pg_query(conn, SQL_CAPTURE_APPLY, 3, applied, NULL, fault);
    if (status == STATUS_OK && PQntuples(fresh) > 0)
        counts->taken++;
    free(digest);
    free(sealed);
    return status;
}

static enum status take(PGconn *conn, const struct vault *vault, const struct session_message *line,
                        struct capture_counts *counts, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *found = NULL;

    if (pg_begin(conn, fault) != STATUS_OK)
        return STATUS_DATABASE;
    enum status status = find_customer(conn, line, &found, fault);
    if (status == STATUS_OK)
        status = refuse_foreign(conn, line, found, fault);
    if (status == STATUS_OK)
        status = record(conn, vault, line, found, counts, fault);
    if (status == STATUS_OK)
        return pg_script(conn, "COMMIT", fault);
    (void)!pg_script(conn, "ROLLBACK", NULL);
    return status;
}

static enum status take_text(PGconn *conn, const struct vault *vault, const char *text,
                             struct capture_counts *counts, struct fault *fault)
{
    struct session_message line;
    enum status status = session_message_read(text, &line, fault);

    if (status == STATUS_OK && line.is_taken) {
        status = take(conn, vault, &line, counts, fault);
    } else if (status == STATUS_OK) {
        counts->passed++;
        fault_set(fault, STATUS_OK, "%s: %s", line.event, line.why_passed);
    }
    session_message_finish(&line);
    return status;
}

enum status capture_stream(PGconn *conn, const struct vault *vault, FILE *stream, const char *name,
                           struct capture_counts *counts, struct fault *fault)
{
    enum status status = STATUS_OK;
    struct lines lines;

    memset(counts, 0, sizeof *counts);
    lines_init(&lines, stream, SESSION_MESSAGE_BYTES_MAX);
    while (status == STATUS_OK && lines_next(&lines)) {
        struct fault local = FAULT_NONE;
        if (*lines.text == '\0' && !lines.wrong)
            continue;
        enum status taken = lines.wrong ? fault_set(&local, STATUS_INVALID, "%s", lines.wrong)
                                        : take_text(conn, vault, lines.text, counts, &local);
        if (taken == STATUS_INVALID)
            counts->refused++;
        else if (taken != STATUS_OK)
            status = fault_set(fault, taken, "%s", local.message);
        if (local.message[0] && status == STATUS_OK)
            say_as(taken == STATUS_OK ? LOG_INFO : LOG_ERROR,
                   taken == STATUS_OK ? "capture.passed" : "capture.refused", "%s:%u: %s", name,
                   lines.at, local.message);
    }
    if (status == STATUS_OK && ferror(stream))
        status = fault_set(fault, STATUS_INVALID, "%s cannot be read on after line %u: %s", name,
                           lines.at, strerror(errno));
    lines_finish(&lines);
    return status;
}
