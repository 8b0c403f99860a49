/* SPDX-License-Identifier: PostgreSQL */
/* Hosts that refuse, and hosts that accept and never speak: each has its turn, none is waited for
 * for ever. (Connecting for good is in integration.link.) */
#include "orchestrator/pg_dial.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/unit/base/suite.h"

#define TIMEOUT_MS 100

/* A port of 127.0.0.1 that nobody listens at, or where nobody ever answers. *fd keeps it. */
static int take_port(bool is_listening, int *fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_FATAL(*fd >= 0);
    CU_ASSERT_EQUAL_FATAL(bind(*fd, (struct sockaddr *)&address, sizeof address), 0);
    if (is_listening)
        CU_ASSERT_EQUAL_FATAL(listen(*fd, 8), 0);
    CU_ASSERT_EQUAL_FATAL(getsockname(*fd, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

/* The hosts as libpq understands them; nothing is connected. */
static void init(struct pg_dial *dial, const char *conninfo)
{
    const char *keywords[] = {"dbname", NULL}, *values[] = {conninfo, NULL};
    PGconn *sample = PQconnectStartParams(keywords, values, 1);

    pg_dial_init(dial, conninfo, sample);
    PQfinish(sample);
}

static enum pg_dial_result wait_for(struct pg_dial *dial)
{
    int64_t until_ms = clock_monotonic_ms() + 60000;
    enum pg_dial_result result = PG_DIAL_WAITING;

    while (result == PG_DIAL_WAITING && clock_monotonic_ms() < until_ms) {
        struct curl_waitfd wanted = pg_dial_interest(dial);
        struct pollfd fd = {.fd = wanted.fd,
                            .events = wanted.events & CURL_WAIT_POLLOUT ? POLLOUT : POLLIN};
        (void)!poll(&fd, 1, (int)pg_dial_patience_ms(dial, clock_monotonic_ms()));
        result = pg_dial_advance(dial, clock_monotonic_ms());
    }
    return result;
}

static void the_hosts_of_a_url_are_told_apart(void)
{
    /* clang-format off */
    static const struct {
        const char *conninfo, *hosts; /* host/hostaddr/port of each; - is libpq's own */
        int64_t timeout_ms;
    } cases[] = {
        {"postgresql://a:1/x",                           "a/-/1",             10000},
        {"postgresql://a:1,b:2,c:3/x",                   "a/-/1 b/-/2 c/-/3", 10000},
        {"postgresql://a,b/x?port=7",                    "a/-/7 b/-/7",       10000},
        {"host=a,b port=1,2 connect_timeout=3",          "a/-/1 b/-/2",       3000},
        {"host=a,b hostaddr=127.0.0.1,127.0.0.2 port=1", "a/127.0.0.1/1 b/127.0.0.2/1", 10000},
        {"hostaddr=127.0.0.1,127.0.0.2 port=1,2",        "-/127.0.0.1/1 -/127.0.0.2/2", 10000},
        {"host=/tmp port=1 connect_timeout=1",           "/tmp/-/1",          2000},
        {"host=/tmp port=1 connect_timeout=0",           "/tmp/-/1",          10000},
        {"host=a,,c port=1 connect_timeout=4",           "-/-/-",             12000},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pg_dial dial;
        char text[256] = "";
        init(&dial, cases[i].conninfo);
        for (unsigned h = 0; h < dial.count; h++) {
            const struct pg_dial_host *host = &dial.hosts[h];
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s/%s/%s", h ? " " : "",
                     host->host ? host->host : "-", host->hostaddr ? host->hostaddr : "-",
                     host->port ? host->port : "-");
        }
        check_text(text, cases[i].hosts);
        CU_ASSERT_EQUAL(dial.timeout_ms, cases[i].timeout_ms);
        pg_dial_finish(&dial);
    }
}

static void a_host_that_never_speaks_is_given_up_for_the_next(void)
{
    int silent_fd, closed_fd;
    int silent = take_port(true, &silent_fd), closed = take_port(false, &closed_fd);
    struct pg_dial dial;
    char conninfo[160], wanted[64];

    snprintf(conninfo, sizeof conninfo, "host=127.0.0.1,127.0.0.1 port=%d,%d user=u dbname=d",
             silent, closed);
    init(&dial, conninfo);
    dial.timeout_ms = TIMEOUT_MS;
    pg_dial_start(&dial, false, clock_monotonic_ms());
    CU_ASSERT_EQUAL(wait_for(&dial), PG_DIAL_FAILED);
    snprintf(wanted, sizeof wanted, "127.0.0.1, port %d does not answer", silent);
    CU_ASSERT_PTR_NOT_NULL(strstr(dial.why, wanted));
    snprintf(wanted, sizeof wanted, "port %d failed: Connection refused", closed);
    CU_ASSERT_PTR_NOT_NULL(strstr(dial.why, wanted));
    CU_ASSERT_PTR_NULL(dial.conn);
    pg_dial_finish(&dial);
    close(silent_fd);
    close(closed_fd);
}

static void a_round_begins_with_the_last_host_unless_that_one_hung(void)
{
    int fds[2], ports[2];
    struct pg_dial dial;
    char conninfo[160], first[32];

    for (int i = 0; i < 2; i++)
        ports[i] = take_port(false, &fds[i]);
    snprintf(conninfo, sizeof conninfo, "host=127.0.0.1,127.0.0.1 port=%d,%d user=u dbname=d",
             ports[0], ports[1]);
    init(&dial, conninfo);
    for (int hung = 0; hung < 2; hung++) {
        dial.next = 0;
        pg_dial_start(&dial, hung, clock_monotonic_ms());
        CU_ASSERT_EQUAL(wait_for(&dial), PG_DIAL_FAILED);
        snprintf(first, sizeof first, "port %d failed", ports[hung]);
        const char *at = strstr(dial.why, first);
        CU_ASSERT_PTR_NOT_NULL(at);
        CU_ASSERT(at && strchr(dial.why, ';') > at);
    }
    pg_dial_finish(&dial);
    close(fds[0]);
    close(fds[1]);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"the hosts of a URL are told apart", the_hosts_of_a_url_are_told_apart},
        {"a host that never speaks is given up for the next",
         a_host_that_never_speaks_is_given_up_for_the_next},
        {"a round begins with the last host, unless that one hung",
         a_round_begins_with_the_last_host_unless_that_one_hung},
        CU_TEST_INFO_NULL,
    };

    return run_suite("pg_dial", tests);
}
