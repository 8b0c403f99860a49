/* SPDX-License-Identifier: PostgreSQL */
/*
 * points -- preloaded into the program (LD_PRELOAD), it numbers the places where the program sends
 * a request, receives an answer or commits, and lets something happen at one of them.
 *
 * The program under test is the one that is shipped: nothing in it knows of this. The places are
 * calls of libcurl and libpq:
 *
 *   send       a request is about to be handed to libcurl
 *   out        its bytes have left, its answer has not come
 *   answer     its answer has come, the program has not heard it
 *   commit     a pipeline's sync, and with it the commit, is about to be sent
 *   committing it has been sent
 *   committed  PostgreSQL has said that it is committed, the program has not heard it
 *   write      a statement that commits by itself (or COMMIT) is about to be sent
 *   written    it has been carried out, the program has not heard it
 *
 * WABAMIGRATE_POINTS=FILE    each point is appended to FILE as "NUMBER NAME". The numbering goes on
 *                            from what FILE holds, so that it runs through several programs.
 * WABAMIGRATE_POINT=N:FAULT,... what happens at point N:
 *   kill      SIGKILL
 *   stop      SIGSTOP, until somebody sends SIGCONT
 *   cut       the connection to PostgreSQL is shut down
 *   withhold  the answer never comes: at `answer` and `written`, and at `committing` where the
 *             server has carried it out; elsewhere nothing happens
 *   full      WABAMIGRATE_POINT_FLAG is made as a file: a trigger refuses every write with SQLSTATE
 *             53100 while it is there. After the first refusal it goes.
 */
#include <curl/curl.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUIET_MS 20         /* nothing more of an answer has come for so long: that was all of it */
#define ANSWER_MAX_MS 20000 /* nothing takes so long that works */
#define REQUESTS_MAX 2048
#define WANTED_MAX 8

enum fault_name { FAULT_NOTHING, FAULT_KILL, FAULT_STOP, FAULT_CUT, FAULT_WITHHOLD, FAULT_FULL };
static const char *const names[] = {"nothing", "kill", "stop", "cut", "withhold", "full"};

static struct {
    int file; /* of the points met; -1: none */
    long met;
    struct {
        long at;
        enum fault_name fault;
    } wanted[WANTED_MAX];
    unsigned wanted_count;
    const char *flag;
    PGconn *conn;                /* the one used last */
    CURL *waiting[REQUESTS_MAX]; /* handed over, not out yet */
    unsigned waiting_count;
} points = {.file = -1};

/* The function that this library stands before. */
#define REAL(function) \
    __typeof__(&function) real = (__typeof__(&function))dlsym(RTLD_NEXT, #function)

static long count_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    long lines = 0;

    for (int byte; file && (byte = getc(file)) != EOF;)
        lines += byte == '\n';
    if (file)
        fclose(file);
    return lines;
}

static enum fault_name find_fault(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return (enum fault_name)i;
    }
    fprintf(stderr, "points: WABAMIGRATE_POINT: no such fault\n");
    abort();
}

static void read_wanted(const char *text)
{
    for (char *rest; text && *text && points.wanted_count < WANTED_MAX; text = rest) {
        points.wanted[points.wanted_count].at = strtol(text, &rest, 10);
        rest += *rest == ':';
        size_t length = strcspn(rest, ",");
        points.wanted[points.wanted_count++].fault = find_fault(rest, length);
        rest += length + (rest[length] == ',');
    }
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("WABAMIGRATE_POINTS");

    unsetenv("LD_PRELOAD"); /* whatever this program starts is none of our business */
    if (!path)
        return;
    points.met = count_lines(path);
    points.file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    points.flag = getenv("WABAMIGRATE_POINT_FLAG");
    read_wanted(getenv("WABAMIGRATE_POINT"));
}

static void shut(PGconn *conn)
{
    if (conn && PQsocket(conn) >= 0)
        shutdown(PQsocket(conn), SHUT_RDWR);
}

/* True when the caller's answer is to be withheld. */
static bool happen(enum fault_name fault)
{
    switch (fault) {
    case FAULT_NOTHING:
        break;
    case FAULT_KILL:
        kill(getpid(), SIGKILL);
        break;
    case FAULT_STOP:
        raise(SIGSTOP);
        break;
    case FAULT_CUT:
        shut(points.conn);
        break;
    case FAULT_FULL:
        if (points.flag)
            close(open(points.flag, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
        break;
    case FAULT_WITHHOLD:
        return true;
    }
    return false;
}

static bool point(const char *name)
{
    char line[64];

    if (points.file < 0)
        return false;
    int length = snprintf(line, sizeof line, "%ld %s\n", ++points.met, name);
    if (write(points.file, line, (size_t)length) != length)
        abort();
    for (unsigned i = 0; i < points.wanted_count; i++) {
        if (points.met == points.wanted[i].at)
            return happen(points.wanted[i].fault);
    }
    return false;
}

static void make_room(const PGresult *result)
{
    const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

    if (points.flag && sqlstate && strcmp(sqlstate, "53100") == 0)
        unlink(points.flag);
}

/* ---- Graph ---- */

CURLMcode curl_multi_add_handle(CURLM *multi, CURL *easy)
{
    REAL(curl_multi_add_handle);

    point("send");
    if (points.file >= 0 && points.waiting_count < REQUESTS_MAX)
        points.waiting[points.waiting_count++] = easy;
    return real(multi, easy);
}

CURLMcode curl_multi_remove_handle(CURLM *multi, CURL *easy)
{
    REAL(curl_multi_remove_handle);

    for (unsigned i = 0; i < points.waiting_count; i++) {
        if (points.waiting[i] == easy)
            points.waiting[i] = points.waiting[--points.waiting_count];
    }
    return real(multi, easy);
}

/* The whole of it: what has a body is not carried out without it. */
static bool is_out(CURL *easy)
{
    curl_off_t body_bytes = 0;
    long head_bytes = 0;
    char *method = NULL;

    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &head_bytes);
    curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &body_bytes);
    curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_METHOD, &method);
    return head_bytes > 0 && (body_bytes > 0 || !method || strcmp(method, "POST") != 0);
}

CURLMcode curl_multi_perform(CURLM *multi, int *running)
{
    REAL(curl_multi_perform);
    CURLMcode code = real(multi, running);

    for (unsigned i = 0; i < points.waiting_count;) {
        if (!is_out(points.waiting[i])) {
            i++;
            continue;
        }
        points.waiting[i] = points.waiting[--points.waiting_count];
        point("out");
    }
    return code;
}

CURLMsg *curl_multi_info_read(CURLM *multi, int *left)
{
    REAL(curl_multi_info_read);
    CURLMsg *message = real(multi, left);

    if (message && message->data.result == CURLE_OK && point("answer"))
        message->data.result = CURLE_RECV_ERROR;
    return message;
}

/* ---- PostgreSQL ---- */

/* The server has carried out what it was sent and says so, and nobody hears it. */
static void lose_answer(PGconn *conn)
{
    struct pollfd socket = {.fd = PQsocket(conn), .events = POLLIN};
    int patience_ms = ANSWER_MAX_MS;
    char heard[65536];

    while (poll(&socket, 1, patience_ms) > 0 &&
           recv(socket.fd, heard, sizeof heard, MSG_DONTWAIT) > 0)
        patience_ms = QUIET_MS;
    shut(conn);
}

int PQpipelineSync(PGconn *conn)
{
    REAL(PQpipelineSync);

    points.conn = conn;
    point("commit");
    int is_sent = real(conn);
    if (point("committing"))
        lose_answer(conn);
    return is_sent;
}

PGresult *PQgetResult(PGconn *conn)
{
    REAL(PQgetResult);
    PGresult *result = real(conn);

    points.conn = conn;
    make_room(result);
    if (result && PQresultStatus(result) == PGRES_PIPELINE_SYNC)
        point("committed");
    return result;
}

/* Whether a statement commits something when it has been carried out. */
static bool commits(PGconn *conn, const char *sql)
{
    static const char *const not [] = {"SELECT", "SHOW", "SET", "BEGIN", "ROLLBACK", "COPY"};

    for (sql += strspn(sql, " \n"); strncmp(sql, "--", 2) == 0; sql += strspn(sql, " \n"))
        sql += strcspn(sql, "\n");
    if (strncasecmp(sql, "COMMIT", 6) == 0)
        return true;
    for (size_t i = 0; i < sizeof not / sizeof not [0]; i++) {
        if (strncasecmp(sql, not [i], strlen(not [i])) == 0)
            return false;
    }
    return PQtransactionStatus(conn) == PQTRANS_IDLE;
}

static PGresult *written(PGconn *conn, PGresult *result)
{
    make_room(result);
    if (!point("written"))
        return result;
    PQclear(result);
    shut(conn);
    return PQmakeEmptyPGresult(conn, PGRES_FATAL_ERROR);
}

PGresult *PQexec(PGconn *conn, const char *sql)
{
    REAL(PQexec);

    points.conn = conn;
    if (!commits(conn, sql))
        return real(conn, sql);
    point("write");
    return written(conn, real(conn, sql));
}

PGresult *PQexecParams(PGconn *conn, const char *sql, int count, const Oid *types,
                       const char *const *values, const int *lengths, const int *formats,
                       int result_format)
{
    REAL(PQexecParams);

    points.conn = conn;
    if (!commits(conn, sql))
        return real(conn, sql, count, types, values, lengths, formats, result_format);
    point("write");
    return written(conn, real(conn, sql, count, types, values, lengths, formats, result_format));
}

void PQfinish(PGconn *conn)
{
    REAL(PQfinish);

    if (points.conn == conn)
        points.conn = NULL;
    real(conn);
}
