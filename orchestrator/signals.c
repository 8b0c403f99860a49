/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/fault.h"

/* A signal handler can reach nothing else: the one exception to "no file-scope data" beside the
 * log. */
static int writing_end = -1;

static void on_signal(int number)
{
    int saved = errno;
    char byte = (char)number;

    (void)!write(writing_end, &byte, 1);
    errno = saved;
}

int signals_open(void)
{
    int ends[2];
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    BUG_UNLESS(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    writing_end = ends[1];
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    return ends[0];
}

unsigned signals_take(int fd)
{
    char bytes[16];
    ssize_t count = read(fd, bytes, sizeof bytes);

    return count > 0 ? (unsigned)count : 0;
}
