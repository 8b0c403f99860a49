/* SPDX-License-Identifier: PostgreSQL */
/*
 * loop_shape -- curl_multi_poll() against epoll with curl_multi_socket_action(), all else the same.
 *
 *   loop_shape URL CA_FILE poll|epoll http1|http2 CONCURRENCY CALLS
 *
 * Fetches URL CALLS times with CONCURRENCY in flight. Prints one line: failed, calls a second, CPU
 * µs a call (user and system), both from the first answer of a warm-up of CONCURRENCY calls on. The
 * epoll is the program's own (orchestrator/watch.h). docs/loop.md has its figures.
 */
#include <curl/curl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "orchestrator/watch.h"

#define POLL_MS 1000
#define TIMEOUT_MS 30000L

struct shape {
    CURLM *multi;
    CURLSH *share;
    struct watch *watch; /* NULL: curl_multi_poll() */
    const char *url, *ca_file;
    bool is_http2;
    long in_flight, left, failed;
};

static size_t drop(char *bytes, size_t size, size_t count, void *self)
{
    (void)bytes, (void)self;
    return size * count;
}

static void start(struct shape *shape, CURL *easy)
{
    if (shape->left == 0)
        return;
    shape->left--;
    shape->in_flight++;
    curl_easy_reset(easy);
    if (shape->watch)
        watch_attach(shape->watch, easy);
    curl_easy_setopt(easy, CURLOPT_SHARE, shape->share);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CAINFO, shape->ca_file);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     (long)(shape->is_http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, shape->is_http2 ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_URL, shape->url);
    BUG_UNLESS(curl_multi_add_handle(shape->multi, easy) == CURLM_OK);
}

static void turn(struct shape *shape)
{
    CURLMsg *message;
    int unused;

    if (shape->watch) {
        watch_wait(shape->watch, NULL, 0, POLL_MS);
        watch_act(shape->watch);
    } else {
        curl_multi_poll(shape->multi, NULL, 0, POLL_MS, NULL);
        curl_multi_perform(shape->multi, &unused);
    }
    while ((message = curl_multi_info_read(shape->multi, &unused))) {
        CURL *easy = message->easy_handle;
        shape->failed += message->data.result != CURLE_OK;
        curl_multi_remove_handle(shape->multi, easy);
        shape->in_flight--;
        start(shape, easy);
    }
    if (shape->watch)
        watch_act_on_time(shape->watch);
    else
        curl_multi_perform(shape->multi, &unused);
}

static void fetch(struct shape *shape, CURL **easies, long concurrency, long calls)
{
    shape->left = calls;
    for (long i = 0; i < concurrency; i++)
        start(shape, easies[i]);
    while (shape->in_flight > 0)
        turn(shape);
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
    struct shape shape = {.multi = curl_multi_init(), .share = curl_share_init()};

    if (argc != 7) {
        fprintf(stderr, "usage: loop_shape URL CA_FILE poll|epoll http1|http2 CONCURRENCY CALLS\n");
        return EXIT_FAILURE;
    }
    long concurrency = strtol(argv[5], NULL, 10), calls = strtol(argv[6], NULL, 10);
    shape.url = argv[1];
    shape.ca_file = argv[2];
    shape.is_http2 = strcmp(argv[4], "http2") == 0;
    curl_share_setopt(shape.share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    curl_multi_setopt(shape.multi, CURLMOPT_MAX_HOST_CONNECTIONS, concurrency);
    curl_multi_setopt(shape.multi, CURLMOPT_MAXCONNECTS, concurrency);
    if (strcmp(argv[3], "epoll") == 0)
        BUG_UNLESS(watch_create(shape.multi, &shape.watch, NULL) == STATUS_OK);
    CURL **easies = memory_take((size_t)concurrency * sizeof(CURL *));
    for (long i = 0; i < concurrency; i++)
        easies[i] = curl_easy_init();
    fetch(&shape, easies, concurrency, concurrency);
    int64_t wall = clock_monotonic_ms(), cpu = cpu_us();
    fetch(&shape, easies, concurrency, calls);
    wall = clock_monotonic_ms() - wall;
    cpu = cpu_us() - cpu;
    printf("%ld %.0f %.1f\n", shape.failed, (double)calls * 1000 / (double)wall,
           (double)cpu / (double)calls);
    for (long i = 0; i < concurrency; i++)
        curl_easy_cleanup(easies[i]);
    free(easies);
    curl_multi_cleanup(shape.multi);
    curl_share_cleanup(shape.share);
    watch_destroy(shape.watch);
    return EXIT_SUCCESS;
}
