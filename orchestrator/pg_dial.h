/* SPDX-License-Identifier: PostgreSQL */
/*
 * pg_dial -- makes a connection again without blocking, host by host.
 *
 * libpq leaves the time-out to whoever connects without blocking: a host that accepts and never
 * speaks would be waited for for ever, and the next one of the URL never asked. So each host is
 * dialled on its own, for connect_timeout. What still blocks is the resolving of a name (libpq
 * calls getaddrinfo); addresses, or `hostaddr` in the URL, avoid that.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_PG_DIAL_H
#define WABAMIGRATE_ORCHESTRATOR_PG_DIAL_H

#include <curl/curl.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#define PG_DIAL_WHY_BYTES 400

struct pg_dial_host {
    char *host, *hostaddr, *port; /* NULL: as the URL says */
};

struct pg_dial {
    char *conninfo;
    struct pg_dial_host *hosts;
    unsigned count;
    unsigned next, tried; /* the host to dial next; how many this round has tried */
    int64_t timeout_ms, deadline_ms;
    PGconn *conn; /* NULL between attempts */
    PostgresPollingStatusType poll;
    char why[PG_DIAL_WHY_BYTES]; /* what this round's hosts have said */
};

enum pg_dial_result { PG_DIAL_WAITING, PG_DIAL_CONNECTED, PG_DIAL_FAILED };

/* `sample` is a connection made of the same URL: it tells the hosts, also where they come from the
 * environment or a service file. */
void pg_dial_init(struct pg_dial *dial, const char *conninfo, PGconn *sample);
void pg_dial_finish(struct pg_dial *dial);

/* Begins a round over all hosts, with the one that answered last, or behind it where it has hung.
 */
void pg_dial_start(struct pg_dial *dial, bool has_hung, int64_t now_ms);
/* PG_DIAL_FAILED: no host is left; `why` says what they said. */
enum pg_dial_result pg_dial_advance(struct pg_dial *dial, int64_t now_ms);
/* After PG_DIAL_CONNECTED: the connection is the caller's. */
PGconn *pg_dial_take(struct pg_dial *dial);

struct curl_waitfd pg_dial_interest(const struct pg_dial *dial);
int64_t pg_dial_patience_ms(const struct pg_dial *dial, int64_t now_ms);

#endif
