/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/capture.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "jobs/body.h"
#include "orchestrator/credentials.h"
#include "orchestrator/pg.h"
#include "sql/statements.h"

#define LINE_BYTES_MAX (64 * 1024)

/* How a signup may end (Meta, Embedded Signup implementation, v4) and what that is to a migration.
 */
struct event_rule {
    const char *name;
    enum { EVENT_TAKEN, EVENT_PASSED, EVENT_REFUSED } use;
    const char *why;
};

/* clang-format off */
static const struct event_rule event_rules[] = {
    {"FINISH", EVENT_TAKEN, NULL},
    /* The WABA is there; its numbers are found by listing it, or the customer signs up again. */
    {"FINISH_ONLY_WABA", EVENT_TAKEN, NULL},
    {"CANCEL", EVENT_PASSED, "the customer left the signup before its end; send the link again"},
    {"ERROR", EVENT_PASSED, "the signup ended in an error; send the link again"},
    {"FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING", EVENT_REFUSED,
     "this signup shares a number with the WhatsApp Business app, which is no move between WABAs; the "
     "customer must choose the number that is to move"},
    {"FINISH_OBO_MIGRATION", EVENT_REFUSED,
     "Meta does not document what this event leaves behind; look at the WABA in WhatsApp Manager"},
    {"FINISH_GRANT_ONLY_API_ACCESS", EVENT_REFUSED,
     "this signup granted access only and made no WABA; the customer must repeat it with the number"},
};
/* clang-format on */

struct line {
    struct arena *arena;
    const char *event, *waba_id, *phone_number_id, *business_id;
    const char *customer, *batch; /* or NULL */
    struct secret *code;          /* or NULL */
};

static const char *member(struct arena *arena, struct json_object *object, const char *name)
{
    struct json_object *value;

    if (!json_object_is_type(object, json_type_object) ||
        !json_object_object_get_ex(object, name, &value) || !value)
        return NULL;
    const char *text = json_object_get_string(value);
    return *text ? arena_copy_text(arena, text) : NULL;
}

static bool is_id(const char *text)
{
    return text && *text && strspn(text, "0123456789") == strlen(text);
}

static enum status read_ids(struct line *line, struct json_object *data, struct fault *fault)
{
    line->waba_id = member(line->arena, data, "waba_id");
    line->phone_number_id = member(line->arena, data, "phone_number_id");
    line->business_id = member(line->arena, data, "business_id");
    if (!is_id(line->waba_id))
        return fault_set(fault, STATUS_INVALID,
                         "data.waba_id is missing or not an id; pass the session message on as the "
                         "browser got it");
    if (strcmp(line->event, "FINISH") == 0 && line->phone_number_id &&
        !is_id(line->phone_number_id))
        return fault_set(fault, STATUS_INVALID, "data.phone_number_id is not an id");
    return STATUS_OK;
}

static const struct event_rule *find_rule(const char *event)
{
    for (size_t i = 0; event && i < sizeof event_rules / sizeof event_rules[0]; i++) {
        if (strcmp(event_rules[i].name, event) == 0)
            return &event_rules[i];
    }
    return NULL;
}

/* Fills `line`; *rule says what its event is good for. */
static enum status read_line(struct line *line, struct json_object *object,
                             const struct event_rule **rule, struct fault *fault)
{
    struct json_object *data = NULL;
    const char *type = member(line->arena, object, "type");
    const char *code = member(line->arena, object, "code");

    *rule = NULL;
    if (!type || strcmp(type, "WA_EMBEDDED_SIGNUP") != 0)
        return fault_set(fault, STATUS_INVALID,
                         "this is not an Embedded Signup session message: \"type\" must be "
                         "\"WA_EMBEDDED_SIGNUP\"");
    line->event = member(line->arena, object, "event");
    *rule = find_rule(line->event);
    if (!*rule)
        return fault_set(fault, STATUS_INVALID,
                         "\"event\" is %s, which is not one that Meta documents; nothing is taken "
                         "from it",
                         line->event ? line->event : "missing");
    if ((*rule)->use != EVENT_TAKEN)
        return STATUS_OK;
    line->customer = member(line->arena, object, "customer");
    line->batch = member(line->arena, object, "batch");
    line->code = code ? secret_create(code) : NULL;
    json_object_object_get_ex(object, "data", &data);
    return read_ids(line, data, fault);
}

static enum status find_customer(PGconn *conn, const struct line *line, PGresult **found,
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

static enum status refuse_foreign(PGconn *conn, const struct line *line, const PGresult *found,
                                  struct fault *fault)
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

static enum status record(PGconn *conn, const struct vault *vault, const struct line *line,
                          const PGresult *found, struct capture_counts *counts, struct fault *fault)
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

    enum status status = pg_query(conn, SQL_CAPTURE_RECORD, 6, kept, &fresh, fault);
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

static enum status take(PGconn *conn, const struct vault *vault, const struct line *line,
                        struct capture_counts *counts, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *found = NULL;

    if (pg_script(conn, "BEGIN", fault) != STATUS_OK)
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
    const struct event_rule *rule = NULL;
    struct line line = {.arena = arena_create()};
    struct json_object *object = body_parse(text, strlen(text));
    enum status status;

    if (!object)
        status = fault_set(fault, STATUS_INVALID, "not a JSON object on one line");
    else
        status = read_line(&line, object, &rule, fault);
    BUG_UNLESS(status != STATUS_OK || rule);
    if (status == STATUS_OK && rule->use == EVENT_TAKEN) {
        status = take(conn, vault, &line, counts, fault);
    } else if (status == STATUS_OK && rule->use == EVENT_REFUSED) {
        status = fault_set(fault, STATUS_INVALID, "%s: %s", rule->name, rule->why);
    } else if (status == STATUS_OK) {
        counts->passed++;
        fault_set(fault, STATUS_OK, "%s: %s", rule->name, rule->why);
    }
    json_object_put(object);
    secret_destroy(line.code);
    arena_destroy(line.arena);
    return status;
}

enum status capture_stream(PGconn *conn, const struct vault *vault, FILE *stream, const char *name,
                           struct capture_counts *counts, struct fault *fault)
{
    char *text = NULL;
    size_t room = 0;
    unsigned at = 0;
    enum status status = STATUS_OK;

    memset(counts, 0, sizeof *counts);
    for (ssize_t length; status == STATUS_OK && (length = getline(&text, &room, stream)) >= 0;) {
        struct fault local = FAULT_NONE;
        at++;
        text[strcspn(text, "\r\n")] = '\0';
        if (*text == '\0')
            continue;
        enum status taken = length > LINE_BYTES_MAX ? fault_set(&local, STATUS_INVALID,
                                                                "the line is longer than 64 KiB")
                                                    : take_text(conn, vault, text, counts, &local);
        if (taken == STATUS_INVALID)
            counts->refused++;
        else if (taken != STATUS_OK)
            status = fault_set(fault, taken, "%s", local.message);
        if (local.message[0] && status == STATUS_OK)
            fprintf(stderr, "%s:%u: %s\n", name, at, local.message);
    }
    if (text)
        explicit_bzero(text, room); /* the last line's code */
    free(text);
    return status;
}
