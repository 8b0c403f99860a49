/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define EVENTS_AT_ONCE 32
#define OTHERS_MAX 4

/* What is known of a descriptor. */
struct socket {
    unsigned char wanted;     /* by libcurl: EPOLLIN, EPOLLOUT */
    unsigned char registered; /* with the epoll */
    bool is_told;             /* of its end we are told, so it may stay registered */
};

struct watch {
    CURLM *multi;
    int epoll;
    struct socket *sockets; /* by descriptor */
    size_t room;
    int64_t due_ms; /* libcurl's next timer; -1: none */
    bool is_ready;  /* the last sleep was ended by a socket, perhaps */
};

static struct socket *socket_at(struct watch *watch, curl_socket_t fd)
{
    size_t at = (size_t)fd;

    if (at >= watch->room) {
        size_t room = watch->room ? watch->room : 64;
        while (room <= at)
            room *= 2;
        watch->sockets = memory_resize(watch->sockets, room * sizeof *watch->sockets);
        memset(watch->sockets + watch->room, 0, (room - watch->room) * sizeof *watch->sockets);
        watch->room = room;
    }
    return &watch->sockets[at];
}

/* Brings what is registered in line with what is wanted. */
static void update(struct watch *watch, curl_socket_t fd, struct socket *socket)
{
    struct epoll_event event = {.events = socket->wanted, .data.fd = fd};
    int operation = socket->wanted == 0       ? EPOLL_CTL_DEL
                    : socket->registered != 0 ? EPOLL_CTL_MOD
                                              : EPOLL_CTL_ADD;

    if (socket->wanted == socket->registered)
        return;
    int outcome = epoll_ctl(watch->epoll, operation, fd, &event);
    /* Closed and made again unseen by us: a resolver's own, perhaps. */
    if (outcome != 0 && operation == EPOLL_CTL_MOD && errno == ENOENT)
        outcome = epoll_ctl(watch->epoll, EPOLL_CTL_ADD, fd, &event);
    else if (outcome != 0 && operation == EPOLL_CTL_ADD && errno == EEXIST)
        outcome = epoll_ctl(watch->epoll, EPOLL_CTL_MOD, fd, &event);
    BUG_UNLESS(outcome == 0 || operation == EPOLL_CTL_DEL);
    socket->registered = socket->wanted;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *self, void *unused)
{
    struct watch *watch = self;
    struct socket *socket = socket_at(watch, fd);

    (void)easy, (void)unused;
    socket->wanted =
        (unsigned char)((what & CURL_POLL_IN && what != CURL_POLL_REMOVE ? EPOLLIN : 0) |
                        (what & CURL_POLL_OUT && what != CURL_POLL_REMOVE ? EPOLLOUT : 0));
    if (socket->wanted != 0 || !socket->is_told)
        update(watch, fd, socket);
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *self)
{
    struct watch *watch = self;

    (void)multi;
    watch->due_ms = timeout_ms < 0 ? -1 : clock_monotonic_ms() + timeout_ms;
    return 0;
}

static curl_socket_t on_open(void *self, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct watch *watch = self;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);

    (void)purpose;
    if (fd < 0)
        return CURL_SOCKET_BAD;
    *socket_at(watch, fd) = (struct socket){.is_told = true};
    return fd;
}

/* Closing a descriptor takes it out of the epoll. */
static int on_close(void *self, curl_socket_t fd)
{
    struct watch *watch = self;

    *socket_at(watch, fd) = (struct socket){.wanted = 0};
    return close(fd);
}

enum status watch_create(CURLM *multi, struct watch **out, struct fault *fault)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    *out = NULL;
    if (epoll < 0)
        return fault_set(fault, STATUS_INTERNAL, "the system gives no epoll: %s", strerror(errno));
    struct watch *watch = memory_take(sizeof *watch);
    *watch = (struct watch){.multi = multi, .epoll = epoll, .due_ms = -1};
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, watch);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, watch);
    *out = watch;
    return STATUS_OK;
}

void watch_destroy(struct watch *watch)
{
    if (!watch)
        return;
    close(watch->epoll);
    free(watch->sockets);
    free(watch);
}

void watch_attach(struct watch *watch, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, watch);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, watch);
}

/* The epoll is itself something to wait for, so the others need not be registered: libpq changes
 * its sockets while it connects. */
void watch_wait(struct watch *watch, const struct curl_waitfd *others, unsigned other_count,
                int timeout_ms)
{
    struct pollfd fds[OTHERS_MAX + 1] = {{.fd = watch->epoll, .events = POLLIN}};

    BUG_UNLESS(other_count <= OTHERS_MAX);
    for (unsigned i = 0; i < other_count; i++)
        fds[i + 1] = (struct pollfd){
            .fd = others[i].fd,
            .events = (short)((others[i].events & CURL_WAIT_POLLIN ? POLLIN : 0) |
                              (others[i].events & CURL_WAIT_POLLOUT ? POLLOUT : 0))};
    if (watch->due_ms >= 0) {
        int64_t left_ms = watch->due_ms - clock_monotonic_ms();
        timeout_ms = left_ms <= 0 ? 0 : left_ms < timeout_ms ? (int)left_ms : timeout_ms;
    }
    int count = poll(fds, other_count + 1, timeout_ms);
    watch->is_ready = count > 0 && fds[0].revents != 0;
}

void watch_act_on_time(struct watch *watch)
{
    int running;

    if (watch->due_ms < 0 || clock_monotonic_ms() < watch->due_ms)
        return;
    watch->due_ms = -1; /* set again by what follows */
    CURLMcode code = curl_multi_socket_action(watch->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    BUG_UNLESS(code == CURLM_OK);
}

static void act_on(struct watch *watch, const struct epoll_event *event)
{
    curl_socket_t fd = event->data.fd;
    struct socket *socket = socket_at(watch, fd);
    int running;

    /* Nobody's: its peer has closed it. libcurl sees that when it looks for a connection to use. */
    if (socket->wanted == 0) {
        update(watch, fd, socket);
        return;
    }
    int what = (event->events & EPOLLIN ? CURL_CSELECT_IN : 0) |
               (event->events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
               (event->events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    CURLMcode code = curl_multi_socket_action(watch->multi, fd, what, &running);
    BUG_UNLESS(code == CURLM_OK);
}

void watch_act(struct watch *watch)
{
    struct epoll_event events[EVENTS_AT_ONCE];

    if (watch->is_ready) {
        int count = epoll_wait(watch->epoll, events, EVENTS_AT_ONCE, 0);
        for (int i = 0; i < count; i++)
            act_on(watch, &events[i]);
        watch->is_ready = false;
    }
    watch_act_on_time(watch);
}
