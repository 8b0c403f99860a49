/* SPDX-License-Identifier: PostgreSQL */
/*
 * graph -- the Graph API client: the only place that speaks HTTP.
 *
 * Transfers run on one curl multi handle, over few, reused connections; the caller's loop drives
 * it: graph_wait(), then graph_collect(). Certificates are verified, redirects are not followed (a
 * token must never travel to another host), and every transfer has a deadline.
 *
 * An effect is sent at most once. libcurl resends a request by itself when a reused connection dies
 * before the first byte of the answer, although the request may have arrived; so an effect's body
 * is given through a reader that cannot be rewound (the second try fails instead), and an effect
 * without a body (the code exchange) gets a connection of its own. A client that may send effects
 * speaks HTTP/1.1; one that reads only HTTP/2 where the peer does, until a time-out.
 *
 * A proxy named by the environment is used for https alone, as a tunnel: no token is seen by it.
 *
 * A request has a time after which it must not leave: the worker's lease or the step's deadline is
 * near (lease.h). It is asked when the connection is ready and the request would be written, and
 * once more before the body is, because a frozen program goes on in the middle of a handshake. What
 * is stopped by the first question has certainly not been sent, and says so; what is stopped by the
 * second has lost its body, and counts as sent and lost.
 *
 * A read-only client refuses effects: that is how a dry run sends GETs and nothing else.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_GRAPH_H
#define WABAMIGRATE_ORCHESTRATOR_GRAPH_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "jobs/job.h"
#include "jobs/usage_header.h"

struct graph;

struct graph_settings {
    const char *url;     /* "https://graph.facebook.com": scheme, host, port */
    const char *ca_file; /* NULL: the system's */
    unsigned concurrency;
    int64_t timeout_ms; /* of one transfer, everything included */
    bool is_read_only;
};

/* What came back for one request. Borrowed by the callback for the call. */
struct graph_answer {
    struct answer answer;
    const char *raw; /* the body as it came, at most GRAPH_BODY_BYTES_MAX; never NULL */
    size_t raw_bytes;
    int64_t ms;             /* from start to the last byte */
    const char *fbtrace_id; /* from the header, or NULL */
    bool is_withheld;       /* it was too late to send it; the transport is TRANSPORT_UNSENT */
    struct usage app_usage; /* percent 0 when the header was absent */
    struct usage business_usage[USAGE_OBJECTS_MAX];
    size_t business_usage_count;
};

#define GRAPH_BODY_BYTES_MAX (8u * 1024 * 1024)
#define GRAPH_HEADER_BYTES_MAX (128u * 1024) /* all headers of one answer; Meta's are a few KiB */

/* Called once for each request sent, from graph_collect(). */
typedef void graph_done(void *self, void *context, const struct graph_answer *answer);

/* `settings`' texts are borrowed for the client's life. STATUS_INTERNAL when libcurl cannot start.
 */
MUST_CHECK enum status graph_create(const struct graph_settings *settings, graph_done *done,
                                    void *self, struct graph **graph, struct fault *fault);
/* Cuts what is in flight without a word to the callback. NULL is fine. */
void graph_destroy(struct graph *graph);

/* False while so many requests wait for a new connection that more of them would only cost memory:
 * a handshake takes more than its connection does afterwards. */
bool graph_has_room(const struct graph *graph);

#define GRAPH_ANY_TIME INT64_MAX

/* Starts a request; `context` comes back with the answer. It does not leave at or after
 * `not_after_ms` (monotonic; GRAPH_ANY_TIME: no such time). STATUS_INTERNAL when an effect is asked
 * of a read-only client, or libcurl refuses. */
MUST_CHECK enum status graph_send(struct graph *graph, const struct request *request,
                                  bool is_effect, int64_t not_after_ms, void *context,
                                  struct fault *fault);
/* The same for every request, those under way included; GRAPH_ANY_TIME at the start. It moves ahead
 * with every renewal of a lease. */
void graph_set_not_after(struct graph *graph, int64_t not_after_ms);
/* Sleeps until a transfer can go on, one of `others` has something, or `timeout_ms` has passed. */
void graph_wait(struct graph *graph, struct curl_waitfd *others, unsigned count, int timeout_ms);
/* Lets transfers go on and hands over what has finished. Never waits. */
void graph_collect(struct graph *graph);
/* Lets what was just sent leave, ahead of the next graph_collect(). True when something has
 * finished by that, and was handed over. Never waits. */
bool graph_launch(struct graph *graph);
int64_t graph_calls(const struct graph *graph); /* requests sent so far */

#endif
