/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/pg.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "orchestrator/conninfo.h"
#include "orchestrator/lease.h"
#include "sql/statements.h"

/* A group of a thousand settled steps with their answers stays far below this; PostgreSQL itself
 * ends at 1 GB. */
#define ARRAY_BYTES_MAX (256u * 1024 * 1024)
/* Some flushes of hundreds of steps. */
#define SEND_ROOM_BYTES (4 * 1024 * 1024)

unsigned pg_connection_parameters(const char *conninfo, const char *keywords[PG_KEYWORDS_MAX],
                                  const char *values[PG_KEYWORDS_MAX])
{
    /* Later keywords win, and dbname is expanded in place: what the user's URL says overrides the
     * defaults before it. The last group is what we insist on. */
    static const char *const ours[][2] = {
        {"connect_timeout", "10"},
        {"keepalives_idle", "30"},
        {"keepalives_interval", "10"},
        {"keepalives_count", "3"},
        {"tcp_user_timeout", "30000"},
        {"fallback_application_name", "wabamigrate"},
        /* A standby cannot remember anything; with several hosts this finds the primary. */
        {"target_session_attrs", "read-write"},
    };
    unsigned count = 0;

    for (; count < sizeof ours / sizeof ours[0]; count++) {
        keywords[count] = ours[count][0];
        values[count] = ours[count][1];
    }
    keywords[count] = "dbname";
    values[count++] = conninfo;
    keywords[count] = "client_encoding";
    values[count++] = "UTF8";
    keywords[count] = NULL;
    values[count] = NULL;
    return count;
}

enum status pg_fault(PGconn *conn, const PGresult *result, struct fault *fault)
{
    const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *hint = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_HINT) : NULL;
    const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

    if (!primary)
        primary = conn ? PQerrorMessage(conn) : "no answer";
    int length = (int)strcspn(primary, "\n");
    fault_set(fault, STATUS_DATABASE, "database: %.*s%s%s", length, primary, hint ? "; " : "",
              hint ? hint : "");
    if (fault && sqlstate)
        snprintf(fault->sqlstate, sizeof fault->sqlstate, "%s", sqlstate);
    return STATUS_DATABASE;
}

/* Warnings of the server are for the log, which shows no control characters, and not for a
 * terminal. */
static void take_notice(void *self, const PGresult *notice)
{
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *text = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);

    (void)self;
    log_event(severity && strcmp(severity, "WARNING") == 0 ? LOG_WARN : LOG_DEBUG,
              "database.notice", LOG_TEXT("text", text));
}

void pg_log_notices(PGconn *conn)
{
    PQsetNoticeReceiver(conn, take_notice, NULL);
}

/* What libpq takes for the value of an option may be part of a password: it says which option is
 * wrong without the value. */
static int shown_length(const char *text)
{
    size_t line = strcspn(text, "\n");
    const char *invalid = strstr(text, "invalid ");

    if (!invalid || invalid > text + line)
        return (int)line;
    size_t value = (size_t)(invalid - text) + strcspn(invalid, ":\"");
    return (int)(value < line ? value : line);
}

static enum status connection_fault(PGconn *conn, struct fault *fault)
{
    const char *text = conn ? PQerrorMessage(conn) : "out of memory";

    return fault_set(fault, STATUS_DATABASE,
                     "the database cannot be reached: %.*s; check --database, or run `wabamigrate "
                     "doctor`",
                     shown_length(text), text);
}

enum status pg_connect(const char *conninfo, const struct clock *clock, PGconn **conn,
                       struct fault *fault)
{
    const char *keywords[PG_KEYWORDS_MAX], *values[PG_KEYWORDS_MAX];

    *conn = NULL;
    if (conninfo_check(conninfo, fault) != STATUS_OK)
        return STATUS_DATABASE;
    pg_connection_parameters(conninfo, keywords, values);
    PGconn *made = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(made) != CONNECTION_OK) {
        enum status status = connection_fault(made, fault);
        PQfinish(made);
        return status;
    }
    pg_log_notices(made);
    if (pg_query(made, SQL_SESSION_GUARD, 0, NULL, NULL, fault) != STATUS_OK) {
        PQfinish(made);
        return STATUS_DATABASE;
    }
    if (clock->offset_ms != 0) {
        char seconds[32];
        const char *parameters[] = {seconds};
        snprintf(seconds, sizeof seconds, "%" PRId64, clock->offset_ms / 1000);
        if (pg_query(made, SQL_CLOCK_OFFSET, 1, parameters, NULL, fault) != STATUS_OK) {
            PQfinish(made);
            return STATUS_DATABASE;
        }
    }
    *conn = made;
    return STATUS_OK;
}

bool pg_has_option(PGconn *conn, const char *keyword, const char *value)
{
    PQconninfoOption *all = PQconninfo(conn);
    bool has_it = false;

    for (const PQconninfoOption *option = all; option && option->keyword; option++)
        has_it |=
            strcmp(option->keyword, keyword) == 0 && option->val && strcmp(option->val, value) == 0;
    PQconninfoFree(all);
    return has_it;
}

static bool has_several_hosts(const char *conninfo)
{
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    const char *host = getenv("PGHOST");
    bool is_list = host && strchr(host, ',');

    for (const PQconninfoOption *option = options; option && option->keyword; option++) {
        if (option->val && strncmp(option->keyword, "host", 4) == 0) /* hostaddr too */
            is_list = strchr(option->val, ',') || (is_list && strcmp(option->keyword, "host") != 0);
    }
    PQconninfoFree(options);
    return is_list;
}

/* A server that would have us, were it not a standby. */
static bool is_standby_there(const char *const *keywords, const char *const *values)
{
    PGconn *conn = PQconnectdbParams(keywords, values, 1);
    bool is_there = PQstatus(conn) == CONNECTION_OK;

    PQfinish(conn);
    return is_there;
}

bool pg_may_come(const char *conninfo)
{
    const char *keywords[PG_KEYWORDS_MAX], *values[PG_KEYWORDS_MAX];
    unsigned count = pg_connection_parameters(conninfo, keywords, values);

    keywords[count] = "target_session_attrs"; /* over what the URL says */
    values[count++] = "any";
    keywords[count] = NULL;
    values[count] = NULL;
    switch (PQpingParams(keywords, values, 1)) {
    case PQPING_REJECT:
        return true;
    case PQPING_NO_RESPONSE:
        return has_several_hosts(conninfo);
    case PQPING_OK: /* up; also where it refuses the password */
        return is_standby_there(keywords, values);
    case PQPING_NO_ATTEMPT:
        break;
    }
    return false;
}

enum status pg_take(PGconn *conn, PGresult *got, PGresult **result, struct fault *fault)
{
    ExecStatusType type = PQresultStatus(got);

    if (type != PGRES_TUPLES_OK && type != PGRES_COMMAND_OK) {
        enum status status = pg_fault(conn, got, fault);
        PQclear(got);
        return status;
    }
    if (result)
        *result = got;
    else
        PQclear(got);
    return STATUS_OK;
}

enum status pg_query(PGconn *conn, const char *sql, int count, const char *const *values,
                     PGresult **result, struct fault *fault)
{
    return pg_take(conn, PQexecParams(conn, sql, count, NULL, values, NULL, NULL, 0), result,
                   fault);
}

enum status pg_query_params(PGconn *conn, const char *sql, const struct pg_params *params,
                            PGresult **result, struct fault *fault)
{
    return pg_take(conn,
                   PQexecParams(conn, sql, params->count, NULL, params->values, params->lengths,
                                params->formats, 0),
                   result, fault);
}

enum status pg_script(PGconn *conn, const char *sql, struct fault *fault)
{
    PG_AUTO_CLEAR PGresult *got = PQexec(conn, sql);
    ExecStatusType type = PQresultStatus(got);

    if (type != PGRES_TUPLES_OK && type != PGRES_COMMAND_OK && type != PGRES_COPY_IN)
        return pg_fault(conn, got, fault);
    return STATUS_OK;
}

enum status pg_begin(PGconn *conn, struct fault *fault)
{
    struct lease_terms terms;
    char patience_ms[24];
    const char *values[] = {patience_ms};

    if (lease_terms_read(&terms, fault) != STATUS_OK)
        return STATUS_INVALID;
    snprintf(patience_ms, sizeof patience_ms, "%" PRId64, terms.lease_ms);
    if (pg_script(conn, "BEGIN", fault) != STATUS_OK)
        return STATUS_DATABASE;
    return pg_query(conn, SQL_TRANSACTION_PATIENCE, 1, values, NULL, fault);
}

const char *pg_cell(const PGresult *result, int row, const char *column)
{
    int at = PQfnumber(result, column);

    BUG_UNLESS(at >= 0);
    return PQgetisnull(result, row, at) ? NULL : PQgetvalue(result, row, at);
}

int64_t pg_cell_i64(const PGresult *result, int row, const char *column)
{
    const char *text = pg_cell(result, row, column);

    return text ? strtoll(text, NULL, 10) : 0;
}

bool pg_cell_bool(const PGresult *result, int row, const char *column)
{
    const char *text = pg_cell(result, row, column);

    return text && text[0] == 't';
}

bool pg_enter_pipeline(PGconn *conn)
{
    struct sockaddr_storage name = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof name;
    int room = SEND_ROOM_BYTES; /* the system takes less where it allows less */

    if (getsockname(PQsocket(conn), (struct sockaddr *)&name, &length) == 0 &&
        name.ss_family == AF_UNIX)
        (void)setsockopt(PQsocket(conn), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    return PQsetnonblocking(conn, 1) == 0 && PQenterPipelineMode(conn) == 1;
}

void pg_close(PGconn **conn)
{
    PQfinish(*conn);
    *conn = NULL;
}

void pg_clear(PGresult **result)
{
    PQclear(*result);
    *result = NULL;
}

char *pg_bytea(char *hex)
{
    if (!hex)
        return NULL;
    size_t bytes = strlen(hex) + sizeof "\\x";
    char *text = memory_take(bytes);
    snprintf(text, bytes, "\\x%s", hex);
    free(hex);
    return text;
}

/* What we send is bounded by the answers' ceiling times the group's size, far below the array's. */
static void add(struct pg_array *array, const char *bytes, size_t count)
{
    enum status status = buffer_append(&array->text, bytes, count);

    BUG_UNLESS(status == STATUS_OK);
}

void pg_array_init(struct pg_array *array)
{
    *array = (struct pg_array){.count = 0};
    buffer_init(&array->text, ARRAY_BYTES_MAX);
}

/* array_recv() of PostgreSQL's array type: dimensions, whether there are NULLs, the elements' type;
 * of each dimension its size and lower bound; of each element its length and bytes. Everything is a
 * big-endian int32. */
struct array_header {
    uint32_t dimensions, has_null, type, size, lower_bound;
};
#define TYPE_TEXT 25 /* pg_type */

void pg_array_init_binary(struct pg_array *array)
{
    static const struct array_header header;

    pg_array_init(array);
    array->is_binary = true;
    add(array, (const char *)&header, sizeof header);
}

static void add_binary(struct pg_array *array, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    uint32_t sent = htonl(text ? (uint32_t)length : UINT32_MAX);

    array->count++;
    array->has_null |= text == NULL;
    add(array, (const char *)&sent, sizeof sent);
    add(array, text ? text : "", length);
}

static void close_binary(struct pg_array *array)
{
    struct array_header header = {.dimensions = htonl(1),
                                  .has_null = htonl(array->has_null),
                                  .type = htonl(TYPE_TEXT),
                                  .size = htonl(array->count),
                                  .lower_bound = htonl(1)};

    memcpy(array->text.data, &header, sizeof header);
}

void pg_array_finish(struct pg_array *array)
{
    buffer_finish(&array->text);
}

static void separate(struct pg_array *array)
{
    add(array, array->count++ ? "," : "{", 1);
}

void pg_array_add_text(struct pg_array *array, const char *text)
{
    if (array->is_binary) {
        add_binary(array, text);
        return;
    }
    if (!text) {
        separate(array);
        add(array, "NULL", 4);
        return;
    }
    /* Answers are full of quotation marks: byte by byte, into room for the worst case. */
    char *start = buffer_reserve(&array->text, 2 * strlen(text) + 3), *at = start;
    BUG_UNLESS(start);
    *at++ = array->count++ ? ',' : '{';
    *at++ = '"';
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            *at++ = '\\';
        *at++ = *text;
    }
    *at++ = '"';
    buffer_commit(&array->text, (size_t)(at - start));
}

void pg_array_add_i64(struct pg_array *array, int64_t value)
{
    char text[24], *at = text + sizeof text;
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;

    BUG_UNLESS(!array->is_binary);
    do
        *--at = (char)('0' + left % 10);
    while (left /= 10);
    if (value < 0)
        *--at = '-';
    separate(array);
    add(array, at, (size_t)(text + sizeof text - at));
}

void pg_array_add_bool(struct pg_array *array, bool value)
{
    BUG_UNLESS(!array->is_binary);
    separate(array);
    add(array, value ? "t" : "f", 1);
}

const char *pg_array_literal(struct pg_array *array)
{
    BUG_UNLESS(!array->is_binary);
    if (array->count == 0)
        add(array, "{", 1);
    add(array, "}", 1);
    return buffer_text(&array->text);
}

void pg_params_init(struct pg_params *params, int count, const char *const *values)
{
    params->count = 0;
    for (int i = 0; i < count; i++)
        pg_params_add_text(params, values[i]);
}

static void add_param(struct pg_params *params, const char *value, size_t length, int format)
{
    BUG_UNLESS(params->count < PG_PARAMS_MAX && length <= INT_MAX);
    params->values[params->count] = value;
    params->lengths[params->count] = (int)length;
    params->formats[params->count++] = format;
}

void pg_params_add_text(struct pg_params *params, const char *value)
{
    add_param(params, value, 0, 0);
}

void pg_params_add_array(struct pg_params *params, struct pg_array *array)
{
    if (!array->is_binary) {
        pg_params_add_text(params, pg_array_literal(array));
        return;
    }
    close_binary(array);
    add_param(params, array->text.data, array->text.length, 1);
}
