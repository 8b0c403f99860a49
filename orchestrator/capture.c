/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "orchestrator/credentials.h"
#include "orchestrator/lines.h"
#include "orchestrator/pg.h"
#include "orchestrator/pg_prepared.h"
#include "orchestrator/say.h"
#include "orchestrator/session_message.h"
#include "sql/statements.h"

struct session {
    PGconn *conn;
    const struct vault *vault;
    struct pg_prepared prepared; /* planning took longer than all the rest */
    bool may_flush_late;         /* the lines are there again after a crash */
    struct capture_counts *counts;
};

static enum status find_customer(struct session *session, const struct session_message *line,
                                 PGresult **found, struct fault *fault)
{
    const char *values[] = {line->batch, line->customer, line->waba_id,
                            line->phone_number_id ? line->phone_number_id : "",
                            line->business_id ? line->business_id : ""};

    if (pg_prepared_query(&session->prepared, session->conn, SQL_CAPTURE_FIND, 5, values, found,
                          fault) != STATUS_OK)
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

static enum status refuse_foreign(struct session *session, const struct session_message *line,
                                  const PGresult *found, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *foreign = NULL;
    const char *customer = pg_cell(found, 0, "key");
    const char *values[] = {pg_cell(found, 0, "customer_id"), line->waba_id,
                            line->phone_number_id ? line->phone_number_id : ""};

    if (line->business_id && strcmp(line->business_id, pg_cell(found, 0, "business_id")) != 0)
        return fault_set(
            fault, STATUS_INVALID,
            "WABA %s belongs to business %s, but customer %s is business %s; Meta moves "
            "numbers only within one business portfolio",
            line->waba_id, line->business_id, customer, pg_cell(found, 0, "business_id"));
    if (pg_prepared_query(&session->prepared, session->conn, SQL_CAPTURE_FOREIGN, 3, values,
                          &foreign, fault) != STATUS_OK)
        return STATUS_DATABASE;
    if (PQntuples(foreign) == 0)
        return STATUS_OK;
    const char *field = pg_cell(foreign, 0, "field");
    if (strcmp(field, "destination") == 0)
        return fault_set(
            fault, STATUS_INVALID,
            "customer %s has WABA %s already, from an earlier signup or from the manifest, and "
            "this line says %s; if the customer signed up twice, keep the first and remove the "
            "second in WhatsApp Manager",
            customer, pg_cell(foreign, 0, "destination_waba_id"), line->waba_id);
    if (strcmp(field, "source") == 0)
        return fault_set(
            fault, STATUS_INVALID,
            "waba_id %s is the account that customer %s moves away from; send the link again, and "
            "have the customer make a new WhatsApp Business Account",
            line->waba_id, customer);
    return fault_set(fault, STATUS_INVALID,
                     "this %s belongs to customer %s already; it is not taken for customer %s",
                     field, pg_cell(foreign, 0, "key"), customer);
}

static enum status record(struct session *session, const struct session_message *line,
                          const PGresult *found, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *fresh = NULL;
    const struct vault *vault = session->vault;
    struct capture_counts *counts = session->counts;
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

    enum status status = pg_prepared_query(&session->prepared, session->conn, SQL_CAPTURE_RECORD, 6,
                                           kept, &fresh, fault);
    if (status == STATUS_OK && PQntuples(fresh) == 0)
        counts->known++;
    else if (status == STATUS_OK)
        status = pg_prepared_query(&session->prepared, session->conn, SQL_CAPTURE_APPLY, 3, applied,
                                   NULL, fault);
    if (status == STATUS_OK && PQntuples(fresh) > 0)
        counts->taken++;
    free(digest);
    free(sealed);
    return status;
}

/* Two captures of one customer go one after the other. And a step that comes to wait just now must
 * be seen to wait: whoever settles it holds this lock. */
static enum status lock_customer(struct session *session, const struct session_message *line,
                                 const PGresult *found, struct fault *fault)
{
    const char *values[] = {arena_printf(line->arena, "{%s}", pg_cell(found, 0, "customer_id"))};

    return pg_prepared_query(&session->prepared, session->conn, SQL_CUSTOMER_LOCK, 1, values, NULL,
                             fault);
}

static enum status begin(struct session *session, const struct session_message *line,
                         struct fault *fault)
{
    const char *values[] = {session->may_flush_late ? "t" : "f", line->waba_id};

    if (pg_begin(session->conn, fault) != STATUS_OK)
        return STATUS_DATABASE;
    return pg_prepared_query(&session->prepared, session->conn, SQL_CAPTURE_BEGIN, 2, values, NULL,
                             fault);
}

static enum status take_once(struct session *session, const struct session_message *line,
                             struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *found = NULL;

    enum status status = begin(session, line, fault);
    if (status == STATUS_OK)
        status = find_customer(session, line, &found, fault);
    if (status == STATUS_OK)
        status = lock_customer(session, line, found, fault);
    if (status == STATUS_OK)
        status = refuse_foreign(session, line, found, fault);
    if (status == STATUS_OK)
        status = record(session, line, found, fault);
    if (status == STATUS_OK)
        return pg_script(session->conn, "COMMIT", fault);
    (void)!pg_script(session->conn, "ROLLBACK", NULL);
    return status;
}

static enum status take(struct session *session, const struct session_message *line,
                        struct fault *fault)
{
    enum status status = take_once(session, line, fault);

    if (status != STATUS_DATABASE || session->prepared.is_forgone ||
        !pg_prepared_is_lost(fault->sqlstate))
        return status;
    pg_prepared_forgo(&session->prepared);
    *fault = (struct fault)FAULT_NONE;
    return take_once(session, line, fault);
}

static enum status take_text(struct session *session, const char *text, struct fault *fault)
{
    struct session_message line;
    enum status status = session_message_read(text, &line, fault);

    if (status == STATUS_OK && line.is_taken) {
        status = take(session, &line, fault);
    } else if (status == STATUS_OK) {
        session->counts->passed++;
        fault_set(fault, STATUS_OK, "%s: %s", line.event, line.why_passed);
    }
    session_message_finish(&line);
    return status;
}

/* A file is there again after a crash of the database, so its lines need not be waited for one by
 * one: what is committed is flushed once, at the end, before anything is said of it. Whatever
 * builds on a line meanwhile is committed after it, and the database keeps commits in their order.
 * What comes over a pipe may be gone. */
static bool is_file(FILE *stream)
{
    struct stat about;

    return fstat(fileno(stream), &about) == 0 && S_ISREG(about.st_mode);
}

static enum status read_lines(struct session *session, FILE *stream, const char *name,
                              struct fault *fault)
{
    enum status status = STATUS_OK;
    struct lines lines;

    lines_init(&lines, stream, SESSION_MESSAGE_BYTES_MAX);
    while (status == STATUS_OK && lines_next(&lines)) {
        struct fault local = FAULT_NONE;
        if (*lines.text == '\0' && !lines.wrong)
            continue;
        enum status taken = lines.wrong ? fault_set(&local, STATUS_INVALID, "%s", lines.wrong)
                                        : take_text(session, lines.text, &local);
        if (taken == STATUS_INVALID)
            session->counts->refused++;
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

enum status capture_stream(PGconn *conn, const struct vault *vault, FILE *stream, const char *name,
                           struct capture_counts *counts, struct fault *fault)
{
    struct session session = {
        .conn = conn, .vault = vault, .may_flush_late = is_file(stream), .counts = counts};

    memset(counts, 0, sizeof *counts);
    enum status status = read_lines(&session, stream, name, fault);
    /* After a failure nobody is told that anything was taken. */
    if (status == STATUS_OK && session.may_flush_late)
        status = pg_query(conn, SQL_CAPTURE_FLUSH, 0, NULL, NULL, fault);
    return status;
}
