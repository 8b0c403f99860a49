/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/server.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "tests/simulator/control.h"
#include "tests/simulator/delay_heap.h"

#define BODY_BYTES_MAX ((size_t)1 << 20)
#define WITHHELD_MS 120000
#define WITHHELD_LOOK_MS 200

/* GnuTLS' own, and what is cheap first: its SHA-384 is a tenth of this program otherwise. */
static const char tls_priorities[] =
    "NORMAL:-CIPHER-ALL:+AES-128-GCM:+CHACHA20-POLY1305:+AES-256-GCM:%SERVER_PRECEDENCE";

struct server {
    struct simulator *simulator;
    struct MHD_Daemon *daemon;
    struct delay_heap delays;
    const char *origin;
    gnutls_datum_t ticket_key; /* empty without TLS */
    bool is_stopping;
};

/* One request on its way: from its first header to its last byte. */
struct request {
    struct server *server;
    struct MHD_Connection *connection;
    struct buffer body;
    bool is_too_long, is_decided;
    int64_t give_up_ms; /* of an answer that is withheld */
    struct exchange exchange;
};

/* ---- reading ---- */

static enum MHD_Result take_query(void *self, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    (void)kind;
    exchange_add_param(self, PARAM_IN_QUERY, name, value ? value : "");
    return MHD_YES;
}

static struct request *request_create(struct server *server, struct MHD_Connection *connection,
                                      const char *method, const char *url)
{
    struct request *request = memory_take(sizeof *request);
    *request = (struct request){.server = server, .connection = connection};
    struct exchange *exchange = &request->exchange;
    exchange->arena = arena_create();
    exchange->method = arena_copy_text(exchange->arena, method);
    exchange->path = arena_copy_text(exchange->arena, url);
    exchange->origin = server->origin;
    exchange->authorization = arena_copy_text(
        exchange->arena, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization"));
    exchange->content_type = arena_copy_text(
        exchange->arena, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type"));
    buffer_init(&request->body, BODY_BYTES_MAX);
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_query, exchange);
    return request;
}

static void request_done(void *self, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct request *request = *context;
    (void)self;
    (void)connection;
    (void)code;
    if (!request)
        return;
    buffer_finish(&request->body);
    exchange_finish(&request->exchange);
    free(request);
    *context = NULL;
}

/* ---- answering ---- */

static void add_date(const struct server *server, struct MHD_Response *response)
{
    const struct world *world = &server->simulator->world;
    char text[48];
    time_t seconds = (time_t)((world_now_ms(world) + world->date_skew_ms) / 1000);
    struct tm utc;
    if (world->date_absent)
        return;
    gmtime_r(&seconds, &utc);
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    MHD_add_response_header(response, MHD_HTTP_HEADER_DATE, text);
}

/* Half of the body, then nothing more: what was promised in Content-Length does not come. */
struct cut_body {
    size_t length;
    char bytes[];
};

static ssize_t read_cut_body(void *self, uint64_t at, char *to, size_t room)
{
    const struct cut_body *body = self;
    size_t left = at < body->length ? body->length - (size_t)at : 0;
    if (left == 0)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t count = left < room ? left : room;
    memcpy(to, body->bytes + at, count);
    return (ssize_t)count;
}

static struct MHD_Response *cut_response(const char *text, size_t length)
{
    struct cut_body *body = memory_take(sizeof *body + length);
    body->length = length / 2;
    memcpy(body->bytes, text, body->length);
    return MHD_create_response_from_callback(length, 4096, read_cut_body, body, free);
}

static enum MHD_Result send_answer(struct request *request)
{
    struct exchange *exchange = &request->exchange;
    const char *text = exchange->text;
    if (exchange->json)
        text = text ? text
                    : json_object_to_json_string_ext(
                          exchange->json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
    if (!text)
        text = "";
    struct MHD_Response *response =
        exchange->fault == FAULT_TRUNCATED_JSON
            ? cut_response(text, strlen(text))
            : MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);
    bool is_page = exchange->text && exchange->text[0] == '<';
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                            is_page ? "text/html; charset=utf-8"
                                    : "application/json; charset=UTF-8");
    add_date(request->server, response);
    if (exchange->version)
        MHD_add_response_header(response, "facebook-api-version", exchange->version);
    for (unsigned i = 0; i < exchange->header_count; i++)
        MHD_add_response_header(response, exchange->headers[i].name, exchange->headers[i].value);
    enum MHD_Result result =
        MHD_queue_response(request->connection, (unsigned)exchange->status, response);
    MHD_destroy_response(response);
    return result;
}

static int socket_of(const struct request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

/* Closing with a linger of nothing sends a reset instead of an orderly end. */
static enum MHD_Result reset(struct request *request)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(socket_of(request), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    return MHD_NO;
}

static bool is_timeout(const struct request *request)
{
    return request->exchange.fault == FAULT_TIMEOUT_BEFORE ||
           request->exchange.fault == FAULT_TIMEOUT_AFTER;
}

static enum MHD_Result finish_request(struct request *request)
{
    enum fault_kind fault = request->exchange.fault;
    if (fault == FAULT_RESET_BEFORE || fault == FAULT_RESET_AFTER || is_timeout(request))
        return reset(request);
    return send_answer(request);
}

static void decide(struct request *request)
{
    struct exchange *exchange = &request->exchange;
    exchange->bytes = buffer_text(&request->body);
    exchange->byte_count = request->body.length;
    request->is_decided = true;
    if (request->is_too_long) {
        exchange_refuse(exchange, 1, 0, "(#1) Please reduce the amount of data you are sending");
        exchange->status = 413;
    } else if (strncmp(exchange->path, CONTROL_PREFIX, strlen(CONTROL_PREFIX)) == 0) {
        control_handle(request->server->simulator, exchange);
    } else {
        router_handle(request->server->simulator, exchange);
    }
}

/* libmicrohttpd calls this for the headers, for each piece of body, at the end of it, and once more
 * after a suspended connection was resumed. */
static enum MHD_Result take_request(void *self, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *upload,
                                    size_t *upload_bytes, void **context)
{
    struct server *server = self;
    struct request *request = *context;
    (void)version;
    if (!request) {
        *context = request_create(server, connection, method, url);
        return MHD_YES;
    }
    if (*upload_bytes) {
        if (buffer_append(&request->body, upload, *upload_bytes) != STATUS_OK)
            request->is_too_long = true;
        *upload_bytes = 0;
        return MHD_YES;
    }
    if (request->is_decided)
        return finish_request(request);
    decide(request);
    int64_t now_ms = clock_monotonic_ms(), delay_ms = request->exchange.delay_ms;
    if (is_timeout(request)) {
        request->give_up_ms = now_ms + WITHHELD_MS;
        delay_ms = WITHHELD_LOOK_MS;
    }
    if (delay_ms == 0 || server->is_stopping)
        return finish_request(request);
    MHD_suspend_connection(connection);
    delay_heap_push(&server->delays, now_ms + delay_ms, request);
    return MHD_YES;
}

/* ---- the loop ---- */

/* As Graph does, so that a client's second connection costs it no certificate: libmicrohttpd itself
 * gives out no tickets. The handshake has not begun yet. */
static void offer_ticket(void *self, struct MHD_Connection *connection, void **context,
                         enum MHD_ConnectionNotificationCode code)
{
    struct server *server = self;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

    (void)context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED && info && info->tls_session)
        gnutls_session_ticket_enable_server(info->tls_session, &server->ticket_key);
}

/* A suspended connection is not watched by libmicrohttpd: look ourselves whether its client left.
 */
static bool client_has_left(const struct request *request)
{
    struct pollfd peer = {.fd = socket_of(request), .events = POLLRDHUP};
    return poll(&peer, 1, 0) > 0 && (peer.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

static void resume_due(struct server *server)
{
    int64_t now_ms = clock_monotonic_ms();
    int64_t horizon_ms = server->is_stopping ? INT64_MAX : now_ms;
    struct request *request;
    while ((request = delay_heap_pop(&server->delays, horizon_ms)) != NULL) {
        bool waits = is_timeout(request) && !server->is_stopping && now_ms < request->give_up_ms &&
                     !client_has_left(request);
        if (waits)
            delay_heap_push(&server->delays, now_ms + WITHHELD_LOOK_MS, request);
        else
            MHD_resume_connection(request->connection);
    }
}

static int poll_timeout_ms(const struct server *server)
{
    MHD_UNSIGNED_LONG_LONG daemon_ms;
    int64_t wait_ms = delay_heap_wait_ms(&server->delays, clock_monotonic_ms());
    if (MHD_get_timeout(server->daemon, &daemon_ms) == MHD_YES &&
        (wait_ms < 0 || (int64_t)daemon_ms < wait_ms))
        wait_ms = (int64_t)daemon_ms;
    return wait_ms > 60000 ? 60000 : (int)wait_ms;
}

static void serve(struct server *server, int epoll_file, int signal_file)
{
    struct pollfd files[2] = {{.fd = epoll_file, .events = POLLIN},
                              {.fd = signal_file, .events = POLLIN}};
    while (!server->is_stopping) {
        if (poll(files, 2, poll_timeout_ms(server)) < 0 && errno != EINTR)
            break;
        server->is_stopping = (files[1].revents & POLLIN) != 0;
        resume_due(server);
        MHD_run(server->daemon);
    }
    resume_due(server);
    MHD_run(server->daemon);
}

/* ---- starting ---- */

static enum status read_file(const char *path, struct buffer *buffer, struct fault *fault)
{
    char bytes[4096];
    FILE *file = fopen(path, "re");
    if (!file)
        return fault_set(fault, STATUS_CREDENTIAL, "cannot open %s: %s", path, strerror(errno));
    buffer_init(buffer, (size_t)1 << 20);
    enum status status = STATUS_OK;
    for (size_t count; status == STATUS_OK && (count = fread(bytes, 1, sizeof bytes, file)) > 0;)
        status = buffer_append(buffer, bytes, count);
    fclose(file);
    return status == STATUS_OK ? status : fault_set(fault, status, "%s is too long", path);
}

static enum status open_socket(const struct options *options, int *file, struct fault *fault)
{
    socklen_t bytes = options->listen.any.sa_family == AF_INET6 ? sizeof options->listen.v6
                                                                : sizeof options->listen.v4;
    int one = 1;
    *file = socket(options->listen.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*file < 0)
        return fault_set(fault, STATUS_IO, "cannot make a socket: %s", strerror(errno));
    setsockopt(*file, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(*file, &options->listen.any, bytes) == 0 && listen(*file, 1024) == 0)
        return STATUS_OK;
    enum status status = fault_set(fault, STATUS_IO, "cannot listen: %s", strerror(errno));
    close(*file);
    return status;
}

static enum status start_daemon(struct server *server, const struct options *options, int file,
                                struct fault *fault)
{
    struct buffer cert = {0}, key = {0};
    enum status status = STATUS_OK;
    unsigned flags =
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_USE_TURBO;
    if (options->tls_cert) {
        flags |= MHD_USE_TLS;
        if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
            status = fault_set(fault, STATUS_INVALID, "this libmicrohttpd has no TLS");
        if (status == STATUS_OK && gnutls_session_ticket_key_generate(&server->ticket_key) < 0)
            status = fault_set(fault, STATUS_INTERNAL, "GnuTLS makes no key for its tickets");
        if (status == STATUS_OK)
            status = read_file(options->tls_cert, &cert, fault);
        if (status == STATUS_OK)
            status = read_file(options->tls_key, &key, fault);
    }
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, cert.data},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, key.data},
                                   {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)tls_priorities},
                                   {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)offer_ticket, server},
                                   {MHD_OPTION_END, 0, NULL}};
    if (status == STATUS_OK) {
        server->daemon = MHD_start_daemon(
            flags, 0, NULL, NULL, take_request, server, MHD_OPTION_LISTEN_SOCKET, file,
            MHD_OPTION_NOTIFY_COMPLETED, request_done, NULL, MHD_OPTION_CONNECTION_LIMIT, 16384U,
            MHD_OPTION_ARRAY, options->tls_cert ? tls : &tls[4], MHD_OPTION_END);
        if (!server->daemon)
            status = fault_set(fault, STATUS_IO, "the server does not start%s",
                               options->tls_cert ? "; are certificate and key a PEM pair?" : "");
    }
    buffer_finish(&cert);
    buffer_finish(&key);
    return status;
}

/* Written beside and renamed, so that nobody reads half of it. */
static enum status write_port_file(const char *path, unsigned port, struct fault *fault)
{
    char beside[4096];
    snprintf(beside, sizeof beside, "%s.new", path);
    FILE *file = fopen(beside, "we");
    if (!file)
        return fault_set(fault, STATUS_IO, "cannot write %s: %s", beside, strerror(errno));
    bool is_written = fprintf(file, "%u\n", port) > 0;
    is_written = fclose(file) == 0 && is_written;
    if (is_written && rename(beside, path) == 0)
        return STATUS_OK;
    return fault_set(fault, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
}

static enum status announce(struct server *server, const struct options *options, int file,
                            struct fault *fault)
{
    struct sockaddr_in6 address;
    socklen_t bytes = sizeof address;
    char host[INET6_ADDRSTRLEN + 2] = "[::1]";
    if (getsockname(file, (struct sockaddr *)&address, &bytes) != 0)
        return fault_set(fault, STATUS_IO, "getsockname: %s", strerror(errno));
    unsigned port = ntohs(address.sin6_port); /* at the same place in both families */
    if (address.sin6_family == AF_INET) {
        uint32_t v4 = ntohl(options->listen.v4.sin_addr.s_addr);
        snprintf(host, sizeof host, "%u.%u.%u.%u", v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255,
                 v4 & 255);
    }
    server->origin = arena_printf(server->simulator->world.arena, "http%s://%s:%u",
                                  options->tls_cert ? "s" : "", host, port);
    if (options->port_file) {
        enum status status = write_port_file(options->port_file, port, fault);
        if (status != STATUS_OK)
            return status;
    }
    printf("listening on %s\n", server->origin);
    fflush(stdout);
    return STATUS_OK;
}

static int open_signals(void)
{
    sigset_t signals;
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

enum status server_run(struct simulator *simulator, const struct options *options,
                       struct fault *fault)
{
    struct server server = {.simulator = simulator};
    int file = -1, signal_file = open_signals();
    enum status status = open_socket(options, &file, fault);
    if (status != STATUS_OK)
        return status;
    status = start_daemon(&server, options, file, fault);
    if (status != STATUS_OK) {
        close(file);
        return status;
    }
    status = announce(&server, options, file, fault);
    if (status == STATUS_OK) {
        const union MHD_DaemonInfo *info =
            MHD_get_daemon_info(server.daemon, MHD_DAEMON_INFO_EPOLL_FD);
        serve(&server, info->epoll_fd, signal_file);
    }
    MHD_stop_daemon(server.daemon); /* closes `file` too */
    gnutls_free(server.ticket_key.data);
    close(signal_file);
    delay_heap_finish(&server.delays);
    return status;
}
