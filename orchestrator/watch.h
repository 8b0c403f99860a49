/* SPDX-License-Identifier: PostgreSQL */
/*
 * watch -- the sockets of one curl multi handle, watched by one epoll.
 *
 * For HTTP/1.1 alone, where each transfer has a socket. libcurl's own curl_multi_perform() goes
 * through every transfer in flight at every turn, with a poll() for each; here only those that have
 * something are touched, by curl_multi_socket_action() (docs/loop.md has both measured). A socket
 * stays registered from one transfer to the next, although libcurl takes it back in between: a
 * request would cost three system calls more. So every easy handle has to be told of the watch by
 * watch_attach(), which is how it learns that a socket is closed.
 *
 * Sleep first, then work: watch_wait(), then watch_act().
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_WATCH_H
#define WABAMIGRATE_ORCHESTRATOR_WATCH_H

#include <curl/curl.h>

#include "base/fault.h"

struct watch;

/* Takes over `multi`'s socket and timer callbacks. `multi` has to be cleaned up before the watch is
 * destroyed, since that closes sockets. STATUS_INTERNAL when the system gives no epoll. */
MUST_CHECK enum status watch_create(CURLM *multi, struct watch **watch, struct fault *fault);
/* NULL is fine. */
void watch_destroy(struct watch *watch);

/* After every curl_easy_reset(). */
void watch_attach(struct watch *watch, CURL *easy);

/* Sleeps until a socket or one of `others` (those alone; their revents are not set) has something,
 * a timer of libcurl's is due, or `timeout_ms` has passed. */
void watch_wait(struct watch *watch, const struct curl_waitfd *others, unsigned other_count,
                int timeout_ms);
/* Lets go on the transfers whose sockets have something, and those whose time has come: new ones
 * too. Never waits. */
void watch_act(struct watch *watch);
/* The same for those whose time has come alone: a transfer that was just added leaves at once. */
void watch_act_on_time(struct watch *watch);

#endif
