/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/pg_dial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "orchestrator/pg.h"

#define TIMEOUT_DEFAULT_MS 10000
#define TIMEOUT_LEAST_MS                                                     \
    2000 /* as in libpq: less than two seconds is no time-out, but a mistake \
          */

/* ---- the hosts of a URL ---- */

static unsigned count_items(const char *list)
{
    unsigned count = 1;

    if (!list || !*list)
        return 0;
    for (; *list; list++)
        count += *list == ',';
    return count;
}

/* The item at `index` of "a,b,c", or of a list of one; NULL where it is empty. */
static char *copy_item(const char *list, unsigned index)
{
    if (count_items(list) == 0)
        return NULL;
    if (count_items(list) == 1)
        index = 0;
    for (; index > 0; index--)
        list = strchr(list, ',') + 1;
    size_t length = strcspn(list, ",");
    if (length == 0)
        return NULL;
    char *item = memory_take(length + 1);
    memcpy(item, list, length);
    item[length] = '\0';
    return item;
}

static const char *option(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword; options++) {
        if (strcmp(options->keyword, keyword) == 0)
            return options->val;
    }
    return NULL;
}

/* Whether every host can be named on its own. An empty place in a list means libpq's default, which
 * no value says: such a URL is dialled whole. */
static bool is_complete(const struct pg_dial *dial)
{
    for (unsigned i = 0; i < dial->count; i++) {
        if (!dial->hosts[i].host && !dial->hosts[i].hostaddr)
            return false;
    }
    return true;
}

static void forget_hosts(struct pg_dial *dial)
{
    for (unsigned i = 0; i < dial->count; i++) {
        free(dial->hosts[i].host);
        free(dial->hosts[i].hostaddr);
        free(dial->hosts[i].port);
    }
    free(dial->hosts);
    dial->hosts = NULL;
    dial->count = 0;
}

static void read_hosts(struct pg_dial *dial, const PQconninfoOption *options)
{
    const char *host = option(options, "host"), *hostaddr = option(options, "hostaddr");
    const char *port = option(options, "port");
    unsigned count = count_items(hostaddr) ? count_items(hostaddr) : count_items(host);

    dial->count = count ? count : 1;
    dial->hosts = memory_take(dial->count * sizeof *dial->hosts);
    for (unsigned i = 0; i < dial->count; i++)
        dial->hosts[i] =
            (struct pg_dial_host){copy_item(host, i), copy_item(hostaddr, i), copy_item(port, i)};
    if (is_complete(dial))
        return;
    dial->timeout_ms *= dial->count;
    forget_hosts(dial);
    dial->count = 1;
    dial->hosts = memory_take(sizeof *dial->hosts);
    memset(dial->hosts, 0, sizeof *dial->hosts);
}

static int64_t read_timeout(const PQconninfoOption *options)
{
    const char *text = option(options, "connect_timeout");
    int64_t timeout_ms = text ? strtoll(text, NULL, 10) * 1000 : 0;

    if (timeout_ms <= 0)
        return TIMEOUT_DEFAULT_MS;
    return timeout_ms > TIMEOUT_LEAST_MS ? timeout_ms : TIMEOUT_LEAST_MS;
}

/* Which host the sample is connected to. */
static unsigned find_host(const struct pg_dial *dial, const PGconn *conn)
{
    const char *host = PQhost(conn), *port = PQport(conn);

    for (unsigned i = 0; i < dial->count; i++) {
        const struct pg_dial_host *known = &dial->hosts[i];
        const char *name = known->host ? known->host : known->hostaddr;
        if (name && host && strcmp(name, host) == 0 &&
            (!known->port || (port && strcmp(known->port, port) == 0)))
            return i;
    }
    return 0;
}

void pg_dial_init(struct pg_dial *dial, const char *conninfo, PGconn *sample)
{
    PQconninfoOption *options = PQconninfo(sample);

    memset(dial, 0, sizeof *dial);
    BUG_UNLESS(options);
    dial->conninfo = memory_copy_text(conninfo);
    dial->timeout_ms = read_timeout(options);
    read_hosts(dial, options);
    dial->next = find_host(dial, sample);
    PQconninfoFree(options);
}

void pg_dial_finish(struct pg_dial *dial)
{
    PQfinish(dial->conn);
    forget_hosts(dial);
    free(dial->conninfo);
    memset(dial, 0, sizeof *dial);
}

/* ---- dialling ---- */

static void say_why(struct pg_dial *dial, const char *text)
{
    size_t used = strlen(dial->why);

    snprintf(dial->why + used, sizeof dial->why - used, "%s%.*s", used ? "; " : "",
             (int)strcspn(text, "\n"), text);
}

static void dial_next(struct pg_dial *dial, int64_t now_ms)
{
    const char *keywords[PG_KEYWORDS_MAX], *values[PG_KEYWORDS_MAX];
    const struct pg_dial_host *host = &dial->hosts[dial->next];
    unsigned count = pg_connection_parameters(dial->conninfo, keywords, values);

    /* Behind the URL, so they win over it; libpq passes over what is NULL. */
    const char *const own[][2] = {
        {"host", host->host}, {"hostaddr", host->hostaddr}, {"port", host->port}};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        keywords[count] = own[i][0];
        values[count++] = own[i][1];
    }
    BUG_UNLESS(count < PG_KEYWORDS_MAX);
    keywords[count] = NULL;
    values[count] = NULL;
    dial->conn = PQconnectStartParams(keywords, values, 1);
    if (dial->conn)
        pg_log_notices(dial->conn);
    dial->poll = PGRES_POLLING_WRITING;
    dial->deadline_ms = now_ms + dial->timeout_ms;
    dial->tried++;
}

void pg_dial_start(struct pg_dial *dial, bool has_hung, int64_t now_ms)
{
    BUG_UNLESS(!dial->conn);
    dial->why[0] = '\0';
    dial->tried = 0;
    if (has_hung)
        dial->next = (dial->next + 1) % dial->count;
    dial_next(dial, now_ms);
}

/* This host is given up; the next one, if the round has one left. */
static enum pg_dial_result give_up_host(struct pg_dial *dial, int64_t now_ms)
{
    PQfinish(dial->conn);
    dial->conn = NULL;
    dial->next = (dial->next + 1) % dial->count;
    if (dial->tried >= dial->count)
        return PG_DIAL_FAILED;
    dial_next(dial, now_ms);
    return PG_DIAL_WAITING;
}

static void say_silent(struct pg_dial *dial)
{
    const struct pg_dial_host *host = &dial->hosts[dial->next];
    char text[PG_DIAL_WHY_BYTES];

    snprintf(text, sizeof text, "%s%s%s does not answer for %lld s",
             host->host       ? host->host
             : host->hostaddr ? host->hostaddr
                              : "the server",
             host->port ? ", port " : "", host->port ? host->port : "",
             (long long)(dial->timeout_ms / 1000));
    say_why(dial, text);
}

enum pg_dial_result pg_dial_advance(struct pg_dial *dial, int64_t now_ms)
{
    if (!dial->conn || PQstatus(dial->conn) == CONNECTION_BAD)
        dial->poll = PGRES_POLLING_FAILED;
    else
        dial->poll = PQconnectPoll(dial->conn);
    if (dial->poll == PGRES_POLLING_OK)
        return PG_DIAL_CONNECTED;
    if (dial->poll == PGRES_POLLING_FAILED) {
        say_why(dial, dial->conn ? PQerrorMessage(dial->conn) : "out of memory");
        return give_up_host(dial, now_ms);
    }
    if (now_ms < dial->deadline_ms)
        return PG_DIAL_WAITING;
    say_silent(dial);
    return give_up_host(dial, now_ms);
}

PGconn *pg_dial_take(struct pg_dial *dial)
{
    PGconn *conn = dial->conn;

    dial->conn = NULL;
    return conn;
}

struct curl_waitfd pg_dial_interest(const struct pg_dial *dial)
{
    struct curl_waitfd wanted = {.fd = dial->conn ? PQsocket(dial->conn) : CURL_SOCKET_BAD,
                                 .events = CURL_WAIT_POLLIN};

    if (dial->poll == PGRES_POLLING_WRITING)
        wanted.events = CURL_WAIT_POLLOUT;
    return wanted;
}

int64_t pg_dial_patience_ms(const struct pg_dial *dial, int64_t now_ms)
{
    return dial->deadline_ms > now_ms ? dial->deadline_ms - now_ms : 0;
}
