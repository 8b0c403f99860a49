/* SPDX-License-Identifier: PostgreSQL */
/*
 * bare_loop -- what the program is held against: the same calls, nothing kept.
 *
 *   bare_loop URL CA_FILE CONCURRENCY <REQUESTS
 *
 * Sends every call of a simulator's request log (JSON lines) once more, in the log's order,
 * CONCURRENCY in flight, over one curl multi handle with the program's own options. It parses no
 * answer, knows no order between calls, and writes nothing down. Tokens come from META_SYSTEM_TOKEN
 * and OLD_PARTNER_TOKEN, since the log names them only; the answer to a call that cannot be
 * repeated is a refusal, which is counted. Prints one line: calls, refused, failed, wall ms, CPU µs
 * (user and system) from the first call to the last answer; reading the log is not in it.
 */
#include <curl/curl.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define POLL_MS 1000
#define TIMEOUT_MS 30000L

struct call {
    enum { GET, POST, DELETE } method;
    char *url, *body; /* body: NULL unless POST */
    const char *token;
};

struct calls {
    struct call *all;
    size_t count, room;
};

struct transfer {
    CURL *easy;
    char *bytes;
    size_t length, room;
};

struct loop {
    const char *ca_file;
    CURLM *multi;
    CURLSH *share;
    struct curl_slist *headers;
    struct transfer *transfers;
    size_t concurrency, in_flight, next;
    long refused, failed;
};

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "bare_loop: %s\n", what);
    exit(EXIT_FAILURE);
}

/* ---- the calls ---- */

static const char *member(json_object *json, const char *name)
{
    json_object *value;

    return json_object_object_get_ex(json, name, &value) ? json_object_get_string(value) : "";
}

static const char *token_of(json_object *line)
{
    const char *name = member(line, "token");
    const char *token = strcmp(name, "none") == 0     ? NULL
                        : strcmp(name, "source") == 0 ? getenv("OLD_PARTNER_TOKEN")
                                                      : getenv("META_SYSTEM_TOKEN");

    must(token || strcmp(name, "none") == 0, "META_SYSTEM_TOKEN or OLD_PARTNER_TOKEN is not set");
    return token;
}

static void write_query(FILE *url, json_object *query)
{
    char separator = '?';

    json_object_object_foreach(query, name, value)
    {
        char *escaped = curl_easy_escape(NULL, json_object_get_string(value), 0);
        fprintf(url, "%c%s=%s", separator, name, escaped);
        curl_free(escaped);
        separator = '&';
    }
}

static struct call read_call(const char *base, json_object *line)
{
    struct call call = {.token = token_of(line)};
    const char *method = member(line, "method");
    json_object *query = NULL, *body = NULL;
    size_t bytes;
    FILE *url = open_memstream(&call.url, &bytes);

    must(url && json_object_object_get_ex(line, "query", &query) &&
             json_object_object_get_ex(line, "body", &body),
         "a line is not one of the simulator's log");
    fprintf(url, "%s%s", base, member(line, "path"));
    write_query(url, query);
    fclose(url);
    call.method = strcmp(method, "GET") == 0 ? GET : strcmp(method, "POST") == 0 ? POST : DELETE;
    if (call.method == POST)
        call.body = strdup(json_object_to_json_string_ext(body, JSON_C_TO_STRING_PLAIN));
    return call;
}

static void read_calls(const char *base, struct calls *calls)
{
    char *text = NULL;
    size_t room = 0;

    while (getline(&text, &room, stdin) > 0) {
        json_object *line = json_tokener_parse(text);
        must(line, "standard input is not the simulator's log");
        if (calls->count == calls->room) {
            calls->room = calls->room ? calls->room * 2 : 1024;
            calls->all = realloc(calls->all, calls->room * sizeof *calls->all);
            must(calls->all, "out of memory");
        }
        calls->all[calls->count++] = read_call(base, line);
        json_object_put(line);
    }
    free(text);
}

static void forget_calls(struct calls *calls)
{
    for (size_t i = 0; i < calls->count; i++) {
        free(calls->all[i].url);
        free(calls->all[i].body);
    }
    free(calls->all);
}

/* ---- the loop ---- */

static size_t on_body(char *bytes, size_t size, size_t count, void *self)
{
    struct transfer *transfer = self;
    size_t more = size * count;

    if (transfer->length + more > transfer->room) {
        transfer->room = (transfer->length + more) * 2;
        transfer->bytes = realloc(transfer->bytes, transfer->room);
        must(transfer->bytes, "out of memory");
    }
    memcpy(transfer->bytes + transfer->length, bytes, more);
    transfer->length += more;
    return more;
}

/* The options of orchestrator/graph.c, so that the two differ in what they do with the answers
 * only. */
static void start(struct loop *loop, struct transfer *transfer, const struct call *call)
{
    CURL *easy = transfer->easy;

    transfer->length = 0;
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_SHARE, loop->share);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "wabamigrate-bare-loop");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CAINFO, loop->ca_file);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_URL, call->url);
    if (call->method == POST) {
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, loop->headers);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body);
    } else if (call->method == DELETE) {
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "DELETE");
    }
    if (call->token) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, call->token);
    }
    must(curl_multi_add_handle(loop->multi, easy) == CURLM_OK, "libcurl refuses a transfer");
    loop->in_flight++;
}

static void collect(struct loop *loop, const struct calls *calls)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(loop->multi, &left))) {
        struct transfer *transfer;
        long status = 0;
        CURLcode result = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
        loop->failed += result != CURLE_OK;
        loop->refused += result == CURLE_OK && status >= 400;
        curl_multi_remove_handle(loop->multi, transfer->easy);
        loop->in_flight--;
        if (loop->next < calls->count)
            start(loop, transfer, &calls->all[loop->next++]);
    }
}

/* Not inlined: callgrind.sh counts from here on. */
__attribute__((noinline)) static void run(struct loop *loop, const struct calls *calls)
{
    int running;

    for (size_t i = 0; i < loop->concurrency && loop->next < calls->count; i++)
        start(loop, &loop->transfers[i], &calls->all[loop->next++]);
    while (loop->in_flight > 0) {
        must(curl_multi_perform(loop->multi, &running) == CURLM_OK, "curl_multi_perform");
        collect(loop, calls);
        curl_multi_poll(loop->multi, NULL, 0, POLL_MS, NULL);
    }
}

static void loop_init(struct loop *loop, const char *ca_file, size_t concurrency)
{
    *loop = (struct loop){.ca_file = ca_file, .concurrency = concurrency};
    curl_global_init(CURL_GLOBAL_DEFAULT);
    loop->multi = curl_multi_init();
    loop->share = curl_share_init();
    loop->headers = curl_slist_append(NULL, "Content-Type: application/json");
    loop->headers = curl_slist_append(loop->headers, "Expect:");
    loop->transfers = calloc(concurrency, sizeof *loop->transfers);
    must(loop->multi && loop->share && loop->headers && loop->transfers, "out of memory");
    curl_share_setopt(loop->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    curl_multi_setopt(loop->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)concurrency);
    curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, (long)concurrency);
    for (size_t i = 0; i < concurrency; i++) {
        loop->transfers[i].easy = curl_easy_init();
        must(loop->transfers[i].easy, "out of memory");
    }
}

static void loop_finish(struct loop *loop)
{
    for (size_t i = 0; i < loop->concurrency; i++) {
        curl_easy_cleanup(loop->transfers[i].easy);
        free(loop->transfers[i].bytes);
    }
    free(loop->transfers);
    curl_multi_cleanup(loop->multi);
    curl_share_cleanup(loop->share);
    curl_slist_free_all(loop->headers);
    curl_global_cleanup();
}

/* ---- the clocks ---- */

static int64_t wall_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static int64_t cpu_us(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * INT64_C(1000000) +
           used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

int main(int argc, char **argv)
{
    struct calls calls = {0};
    struct loop loop;
    long concurrency = argc == 4 ? strtol(argv[3], NULL, 10) : 0;

    must(concurrency > 0 && concurrency <= 1024, "usage: bare_loop URL CA_FILE 1-1024 <REQUESTS");
    read_calls(argv[1], &calls);
    loop_init(&loop, argv[2], (size_t)concurrency);
    int64_t wall = wall_us(), cpu = cpu_us();
    run(&loop, &calls);
    wall = wall_us() - wall;
    cpu = cpu_us() - cpu;
    printf("%zu %ld %ld %lld %lld\n", calls.count, loop.refused, loop.failed,
           (long long)(wall / 1000), (long long)cpu);
    loop_finish(&loop);
    forget_calls(&calls);
    return EXIT_SUCCESS;
}
