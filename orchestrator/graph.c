/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/graph.h"

#include <dlfcn.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "jobs/body.h"
#include "orchestrator/watch.h"

#define CONNECT_TIMEOUT_MS 10000L
/* Meta names no Retry-After at all, so a long one is a mistake of something in between. */
#define RETRY_AFTER_MAX_SECONDS (24 * 60 * 60)
#define DATE_SECONDS_MAX INT64_C(4102444800) /* 2100 */
#define TARGET_BYTES_MAX (64u * 1024)
/* An answer's buffer larger than this is not kept for another answer. */
#define ANSWER_KEPT_BYTES (256u * 1024)
/* Requests that wait for a new connection at a time, unless none gets one any more: then others are
 * not to wait for them. */
#define UNREADY_MAX 32
#define UNREADY_PATIENCE_MS 250
/* libcurl's buffers of each transfer; 16 and 64 KiB are its defaults, 1 and 16 its least. */
#define DOWNLOAD_BYTES 4096L
/* Over HTTP/2 libcurl 7.88 wrote past a buffer of 4 KiB (AddressSanitizer, below
 * nghttp2_session_mem_recv) once answers were larger than that. It hands nghttp2 32 KiB at a time:
 * what holds as much is never filled in the middle of one. */
#define SHARED_DOWNLOAD_BYTES 32768L
#define UPLOAD_BYTES 16384L
/* OpenSSL's, whose numbers are part of its interface. */
#define TLS_CONTROL_MODE 33
#define TLS_MODE_RELEASE_BUFFERS 0x10L

struct transfer {
    struct graph *graph;
    CURL *easy;
    void *context;
    struct buffer body; /* what is sent */
    size_t body_read;
    bool was_rewound;
    bool is_effect;
    int64_t not_after_ms;
    bool is_unready;
    bool has_left; /* the connection was ready, and libcurl was let write the request */
    bool is_withheld;
    struct buffer answer; /* what comes back */
    size_t header_bytes;  /* of all that came back: those of interim answers and trailers too */
    bool is_too_large;
    char error[CURL_ERROR_SIZE]; /* libcurl's own words */
    int64_t started_ms;
    struct transfer *next_free;
    struct transfer *next; /* every transfer there is */
};

/* SSL_CTX_ctrl() */
typedef long tls_control(void *context, int what, long value, void *more);

struct graph {
    struct graph_settings settings;
    graph_done *done;
    void *self;
    CURLM *multi;
    struct watch *watch; /* NULL: a client that reads only */
    CURLSH *share;
    struct curl_slist *post_headers;
    struct transfer *transfers;
    tls_control *tls_control; /* NULL: not OpenSSL */
    struct buffer spare;      /* for the next answer that begins: few arrive at the same time */
    struct transfer *free_transfers; /* their easy handles keep no connection; the multi does */
    unsigned unready;                /* sent, and not yet on a connection that is ready */
    int64_t ready_at_ms;             /* when one of them was, or the first of them was sent */
    int64_t calls;
    int64_t not_after_ms; /* for all of them */
    const char *ca_file;
    bool is_shared; /* connections, over HTTP/2 */
};

static size_t on_body(char *bytes, size_t size, size_t count, void *self)
{
    struct transfer *transfer = self;

    if (!transfer->answer.data) {
        transfer->answer = transfer->graph->spare;
        buffer_init(&transfer->graph->spare, GRAPH_BODY_BYTES_MAX);
    }
    /* A short count ends the transfer with CURLE_WRITE_ERROR: too large is as good as lost. */
    transfer->is_too_large = buffer_append(&transfer->answer, bytes, size * count) != STATUS_OK;
    return transfer->is_too_large ? 0 : size * count;
}

/* libcurl keeps every header, with a ceiling of its own only from 8.4 on and where 7.88 is patched,
 * as Debian's is. */
static size_t on_header(char *bytes, size_t size, size_t count, void *self)
{
    struct transfer *transfer = self;

    (void)bytes;
    transfer->header_bytes += size * count;
    transfer->is_too_large = transfer->header_bytes > GRAPH_HEADER_BYTES_MAX;
    return transfer->is_too_large ? 0 : size * count;
}

static bool is_too_late(const struct transfer *transfer)
{
    int64_t now_ms = clock_monotonic_ms();

    return now_ms >= transfer->not_after_ms || now_ms >= transfer->graph->not_after_ms;
}

static void note_ready(struct transfer *transfer)
{
    if (!transfer->is_unready)
        return;
    transfer->is_unready = false;
    transfer->graph->unready--;
    transfer->graph->ready_at_ms = clock_monotonic_ms();
}

/* The connection is there, be it a new or a reused one, and the request is about to be written to
 * it. libcurl comes here again when it wants to send it a second time. */
static int on_ready(void *self, char *peer, char *local, int peer_port, int local_port)
{
    struct transfer *transfer = self;

    (void)peer, (void)local, (void)peer_port, (void)local_port;
    note_ready(transfer);
    if (transfer->has_left && transfer->is_effect) {
        transfer->was_rewound = true;
        return CURL_PREREQFUNC_ABORT;
    }
    if (is_too_late(transfer)) {
        transfer->is_withheld = !transfer->has_left;
        return CURL_PREREQFUNC_ABORT;
    }
    transfer->has_left = true;
    return CURL_PREREQFUNC_OK;
}

static size_t on_read(char *bytes, size_t size, size_t count, void *self)
{
    struct transfer *transfer = self;
    size_t left = transfer->body.length - transfer->body_read;
    size_t take = size * count < left ? size * count : left;

    if (transfer->was_rewound || is_too_late(transfer))
        return CURL_READFUNC_ABORT;
    memcpy(bytes, buffer_text(&transfer->body) + transfer->body_read, take);
    transfer->body_read += take;
    return take;
}

/* libcurl rewinds only to send again; an effect is sent once, its head included. */
static int on_seek(void *self, curl_off_t offset, int origin)
{
    struct transfer *transfer = self;
    long request_bytes = 0;

    curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    if (offset == 0 && origin == SEEK_SET && transfer->body_read == 0 && request_bytes == 0)
        return CURL_SEEKFUNC_OK;
    transfer->was_rewound = true;
    return CURL_SEEKFUNC_FAIL;
}

static struct transfer *transfer_take(struct graph *graph)
{
    struct transfer *transfer = graph->free_transfers;

    if (transfer) {
        graph->free_transfers = transfer->next_free;
        curl_easy_reset(transfer->easy);
        buffer_clear(&transfer->body);
        buffer_clear(&transfer->answer);
    } else {
        transfer = memory_take(sizeof *transfer);
        memset(transfer, 0, sizeof *transfer);
        transfer->graph = graph;
        transfer->easy = curl_easy_init();
        BUG_UNLESS(transfer->easy);
        buffer_init(&transfer->body, TARGET_BYTES_MAX);
        buffer_init(&transfer->answer, GRAPH_BODY_BYTES_MAX);
        transfer->next = graph->transfers;
        graph->transfers = transfer;
    }
    transfer->body_read = 0;
    transfer->was_rewound = false;
    transfer->has_left = false;
    transfer->is_withheld = false;
    transfer->header_bytes = 0;
    transfer->is_too_large = false;
    transfer->error[0] = '\0';
    return transfer;
}

static void transfer_give_back(struct transfer *transfer)
{
    struct graph *graph = transfer->graph;

    /* The body may hold a PIN or a code, the answer and the handle a token. */
    if (transfer->body.data)
        explicit_bzero(transfer->body.data, transfer->body.length);
    if (transfer->answer.data)
        explicit_bzero(transfer->answer.data, transfer->answer.length);
    curl_easy_setopt(transfer->easy, CURLOPT_XOAUTH2_BEARER, NULL);
    if (!graph->spare.data && transfer->answer.capacity <= ANSWER_KEPT_BYTES) {
        buffer_clear(&transfer->answer);
        graph->spare = transfer->answer;
    } else {
        buffer_finish(&transfer->answer);
    }
    buffer_init(&transfer->answer, GRAPH_BODY_BYTES_MAX);
    transfer->next_free = graph->free_transfers;
    graph->free_transfers = transfer;
}

static void transfer_destroy(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    buffer_finish(&transfer->body);
    buffer_finish(&transfer->answer);
    free(transfer);
}

/* Half of what a connection takes are OpenSSL's buffers, 35 KiB, which it can do without between
 * two records. libcurl may have been built with another library, so it is looked for where libcurl
 * has loaded it. */
static tls_control *find_tls_control(void)
{
    const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;
    tls_control *control = NULL;

    if (library && strncmp(library, "OpenSSL/", strlen("OpenSSL/")) == 0)
        *(void **)&control = dlsym(RTLD_DEFAULT, "SSL_CTX_ctrl");
    return control;
}

static CURLcode on_tls(CURL *easy, void *context, void *self)
{
    const struct graph *graph = self;

    (void)easy;
    graph->tls_control(context, TLS_CONTROL_MODE, TLS_MODE_RELEASE_BUFFERS, NULL);
    return CURLE_OK;
}

/* Debian's libcurl has a CA path beside the CA file, and a CA path switches libcurl's cache of
 * parsed certificates off: 43 ms of CPU for each new connection instead of 2. The file alone is the
 * same set. */
static const char *default_ca_file(void)
{
    return curl_version_info(CURLVERSION_NOW)->cainfo;
}

enum status graph_create(const struct graph_settings *settings, graph_done *done, void *self,
                         struct graph **out, struct fault *fault)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return fault_set(fault, STATUS_INTERNAL, "libcurl cannot be initialised");
    struct graph *graph = memory_take(sizeof *graph);
    memset(graph, 0, sizeof *graph);
    graph->settings = *settings;
    graph->done = done;
    graph->self = self;
    graph->not_after_ms = GRAPH_ANY_TIME;
    graph->is_shared = settings->is_read_only;
    graph->ca_file = settings->ca_file ? settings->ca_file : default_ca_file();
    graph->tls_control = find_tls_control();
    graph->multi = curl_multi_init();
    graph->share = curl_share_init();
    BUG_UNLESS(graph->multi && graph->share);
    buffer_init(&graph->spare, GRAPH_BODY_BYTES_MAX);
    curl_share_setopt(graph->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    /* Room for those that carry one request only: else each would first close another that is kept,
     * whose next request would need a handshake too: 1.2 ms of CPU, one call in twenty. */
    long connections = settings->is_read_only ? settings->concurrency : 2L * settings->concurrency;
    curl_multi_setopt(graph->multi, CURLMOPT_MAX_HOST_CONNECTIONS, connections);
    curl_multi_setopt(graph->multi, CURLMOPT_MAXCONNECTS, connections);
    graph->post_headers = curl_slist_append(NULL, "Content-Type: application/json");
    /* Without this libcurl asks for "100 Continue" and waits a second for peers that do not say it.
     */
    graph->post_headers = curl_slist_append(graph->post_headers, "Expect:");
    enum status status =
        settings->is_read_only ? STATUS_OK : watch_create(graph->multi, &graph->watch, fault);
    if (status != STATUS_OK) {
        graph_destroy(graph);
        return status;
    }
    *out = graph;
    return STATUS_OK;
}

void graph_destroy(struct graph *graph)
{
    if (!graph)
        return;
    while (graph->transfers) {
        struct transfer *transfer = graph->transfers;
        graph->transfers = transfer->next;
        curl_multi_remove_handle(graph->multi,
                                 transfer->easy); /* harmless when it is not in there */
        transfer_destroy(transfer);
    }
    curl_multi_cleanup(graph->multi);
    watch_destroy(graph->watch);
    curl_share_cleanup(graph->share);
    buffer_finish(&graph->spare);
    curl_slist_free_all(graph->post_headers);
    free(graph);
    curl_global_cleanup();
}

void graph_set_not_after(struct graph *graph, int64_t not_after_ms)
{
    graph->not_after_ms = not_after_ms;
}

int64_t graph_calls(const struct graph *graph)
{
    return graph->calls;
}

/* What libcurl would do and is not asked to here: decode what we never said we accept, keep
 * cookies, read ~/.netrc, take HTTP/0.9, follow Alt-Svc. tests/integration/peer.sh has a peer try
 * each. */
static void set_common_options(const struct graph *graph, struct transfer *transfer)
{
    CURL *easy = transfer->easy;

    if (graph->watch)
        watch_attach(graph->watch, easy);
    if (graph->tls_control) {
        curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
        curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, graph);
    }
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(easy, CURLOPT_SHARE, graph->share);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_ready);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE,
                     graph->settings.is_read_only ? SHARED_DOWNLOAD_BYTES : DOWNLOAD_BYTES);
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)GRAPH_BODY_BYTES_MAX);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "wabamigrate/" WABAMIGRATE_VERSION);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_CAINFO, graph->ca_file);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    /* A proxy of the environment (https_proxy, no_proxy) only ever sees a tunnel. Without TLS,
     * which is for a simulator on loopback, it would see tokens. */
    if (strncasecmp(graph->settings.url, "https://", strlen("https://")) != 0)
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)graph->settings.timeout_ms);
}

/* A client that reads only shares a few connections over HTTP/2. One that sends effects speaks
 * HTTP/1.1, where a connection carries one request at a time: over HTTP/2 one reset or GOAWAY loses
 * the answers to all effects in flight at once; libcurl 7.88 sends a request whose stream was
 * refused again by itself, up to five times, on the peer's word that it was not processed; and it
 * was seen to stall and to end with error 92 against peers that answer before they have read the
 * body. HTTP/2 saves no CPU here. Not both in one client: libcurl keeps one mind about a host, and
 * a connection of the one kind stops it from sharing those of the other. */
static void set_protocol(const struct graph *graph, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     (long)(graph->is_shared ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, graph->is_shared ? 1L : 0L);
}

static void set_body(const struct graph *graph, struct transfer *transfer)
{
    CURL *easy = transfer->easy;

    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, UPLOAD_BYTES);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, graph->post_headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->body.length);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, transfer);
}

static enum status prepare(struct graph *graph, struct transfer *transfer,
                           const struct request *request, bool is_effect, struct fault *fault)
{
    struct buffer url;
    CURL *easy = transfer->easy;

    buffer_init(&url, TARGET_BYTES_MAX);
    enum status status = buffer_append_text(&url, graph->settings.url);
    if (status == STATUS_OK)
        status = request_render_target(request, REQUEST_FOR_WIRE, &url);
    if (status == STATUS_OK && request->method != REQUEST_GET)
        status = request_render_body(request, REQUEST_FOR_WIRE, &transfer->body);
    if (status != STATUS_OK) {
        buffer_finish(&url);
        return fault_set(fault, STATUS_LIMIT, "a request is larger than 64 KiB");
    }
    set_common_options(graph, transfer);
    set_protocol(graph, easy);
    curl_easy_setopt(easy, CURLOPT_URL, buffer_text(&url));
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); /* the history tells what is sent */
    if (url.data)
        explicit_bzero(url.data, url.length); /* the code exchange carries its secrets here */
    buffer_finish(&url);
    if (request->method == REQUEST_POST)
        set_body(graph, transfer);
    else if (request->method == REQUEST_DELETE)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "DELETE");
    /* A code that was exchanged and got no answer, or another's, may cost its customer a second
     * signup: that is worth a handshake. */
    if (request->is_on_new_connection || (is_effect && request->method != REQUEST_POST)) {
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    }
    if (request->token) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, secret_reveal(request->token));
    }
    return STATUS_OK;
}

enum status graph_send(struct graph *graph, const struct request *request, bool is_effect,
                       int64_t not_after_ms, void *context, struct fault *fault)
{
    if (graph->settings.is_read_only && (is_effect || request->method != REQUEST_GET))
        return fault_set(fault, STATUS_INTERNAL, "a dry run was asked to send %s %s",
                         request_method_name(request->method), request->path);
    struct transfer *transfer = transfer_take(graph);
    enum status status = prepare(graph, transfer, request, is_effect, fault);
    if (status != STATUS_OK) {
        transfer_give_back(transfer);
        return status;
    }
    transfer->context = context;
    transfer->is_effect = is_effect;
    transfer->not_after_ms = not_after_ms;
    transfer->started_ms = clock_monotonic_ms();
    CURLMcode code = curl_multi_add_handle(graph->multi, transfer->easy);
    if (code != CURLM_OK) {
        transfer_give_back(transfer);
        return fault_set(fault, STATUS_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
    }
    graph->calls++;
    if (graph->unready++ == 0)
        graph->ready_at_ms = transfer->started_ms;
    transfer->is_unready = true;
    return STATUS_OK;
}

bool graph_has_room(const struct graph *graph)
{
    return graph->unready < UNREADY_MAX ||
           clock_monotonic_ms() - graph->ready_at_ms > UNREADY_PATIENCE_MS;
}

static const char *header(CURL *easy, const char *name)
{
    struct curl_header *found;

    return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK ? found->value
                                                                                  : NULL;
}

/* Whether anything of the request can have reached the peer. No error code tells: a handshake that
 * fails may be that of a second connection, after the first had taken the request. */
static enum transport transport_of(const struct transfer *transfer, CURLcode code)
{
    if (code == CURLE_OK)
        return TRANSPORT_OK;
    return transfer->has_left ? TRANSPORT_LOST : TRANSPORT_UNSENT;
}

static int64_t retry_after_ms(CURL *easy)
{
    curl_off_t seconds = 0;

    if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK || seconds < 0)
        return 0; /* a date that has passed */
    return (seconds < RETRY_AFTER_MAX_SECONDS ? seconds : RETRY_AFTER_MAX_SECONDS) * 1000;
}

/* Whole seconds; 0 for none, or for what is no time of this world. */
static int64_t date_ms(const char *text)
{
    time_t seconds = text ? curl_getdate(text, NULL) : -1;

    return seconds > 0 && seconds < DATE_SECONDS_MAX ? (int64_t)seconds * 1000 : 0;
}

/* libcurl's own words say which host, and what is wrong with its certificate: what a name in the
 * certificate says is the peer's, so nothing but printable ASCII is taken over. */
static const char *own_words(struct transfer *transfer, CURLcode code)
{
    if (transfer->error[0] == '\0')
        return curl_easy_strerror(code);
    for (char *c = transfer->error; *c != '\0'; c++) {
        if (*c < 0x20 || *c > 0x7e)
            *c = '?';
    }
    return transfer->error;
}

/* For people. A second sending is one that we refuse: the peer closed a reused connection before it
 * answered, and libcurl wanted to send the request again. */
static const char *transport_text(struct transfer *transfer, CURLcode code)
{
    if (transfer->is_withheld)
        return "not sent: this worker's time to send it in had passed";
    if (transfer->was_rewound)
        return "the connection was closed before an answer; it is not sent again blindly";
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return "cut short: this worker's time to send it in had passed";
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY)
        return "the answer is not HTTP as this program speaks it";
    /* libcurl runs out of memory for a header line of more than 100 KB, and for nothing else. */
    if (transfer->is_too_large || code == CURLE_FILESIZE_EXCEEDED || code == CURLE_OUT_OF_MEMORY)
        return "the answer is too large: more than 8 MiB, or more than 128 KiB of headers";
    return transfer->has_left ? curl_easy_strerror(code) : own_words(transfer, code);
}

static void deliver(struct graph *graph, struct transfer *transfer, CURLcode code)
{
    CURL *easy = transfer->easy;
    struct graph_answer answer = {.answer.transport = transport_of(transfer, code),
                                  .is_withheld = transfer->is_withheld};
    long http_status = 0;

    if (code == CURLE_OK) {
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &http_status);
        answer.answer.body = body_parse(buffer_text(&transfer->answer), transfer->answer.length);
        answer.answer.retry_after_ms = retry_after_ms(easy);
        answer.answer.date_ms = date_ms(header(easy, "date"));
        answer.fbtrace_id = header(easy, "x-fb-trace-id");
        usage_read_app(header(easy, "x-app-usage"), &answer.app_usage);
        answer.business_usage_count =
            usage_read_business(header(easy, "x-business-use-case-usage"), answer.business_usage);
    } else {
        /* A shared connection that has gone silent is not closed by that, and would swallow every
         * further request; over HTTP/1.1 it is. */
        graph->is_shared = graph->is_shared && code != CURLE_OPERATION_TIMEDOUT;
        answer.answer.transport_error = transport_text(transfer, code);
    }
    answer.answer.http_status = (int)http_status;
    answer.raw = buffer_text(&transfer->answer);
    answer.raw_bytes = transfer->answer.length;
    answer.ms = clock_monotonic_ms() - transfer->started_ms;
    graph->calls -= transfer->is_withheld;
    graph->done(graph->self, transfer->context, &answer);
    json_object_put(answer.answer.body);
}

/* Whether there was anything. */
static bool deliver_finished(struct graph *graph)
{
    bool is_any = false;
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(graph->multi, &left))) {
        struct transfer *transfer;
        CURLcode result = message->data.result; /* the message dies with the removal */
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        note_ready(transfer);
        deliver(graph, transfer, result);
        curl_multi_remove_handle(graph->multi, transfer->easy);
        transfer_give_back(transfer);
        is_any = true;
    }
    return is_any;
}

/* Over HTTP/2 libcurl 7.88 was seen to stall with curl_multi_socket_action() (docs/loop.md). */
void graph_wait(struct graph *graph, struct curl_waitfd *others, unsigned count, int timeout_ms)
{
    if (graph->watch)
        watch_wait(graph->watch, others, count, timeout_ms);
    else
        curl_multi_poll(graph->multi, others, count, timeout_ms, NULL);
}

void graph_collect(struct graph *graph)
{
    int running;

    if (graph->watch)
        watch_act(graph->watch);
    else
        BUG_UNLESS(curl_multi_perform(graph->multi, &running) == CURLM_OK);
    deliver_finished(graph);
}

bool graph_launch(struct graph *graph)
{
    if (!graph->watch)
        return false;
    watch_act_on_time(graph->watch);
    return deliver_finished(graph);
}
