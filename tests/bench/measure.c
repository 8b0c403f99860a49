/* SPDX-License-Identifier: PostgreSQL */
/*
 * measure -- runs a command and writes what it used.
 *
 *   measure FILE COMMAND [ARGUMENT…]
 *
 * FILE gets one line: exit code, wall ms, CPU µs (user and system), most resident KiB. The
 * command's own exit code is measure's, too. What the kernel counts of a child begins with its
 * parent's memory, so a small parent is needed: a shell or Python would be several MiB.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t wall_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static int64_t us(struct timeval time)
{
    return time.tv_sec * INT64_C(1000000) + time.tv_usec;
}

int main(int argc, char **argv)
{
    struct rusage used;
    int status = 0;

    if (argc < 3)
        return 2;
    FILE *file = fopen(argv[1], "we");
    if (!file) {
        fprintf(stderr, "measure: cannot write %s: %s\n", argv[1], strerror(errno));
        return 2;
    }
    int64_t began = wall_ms();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(errno));
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child)
        return 2;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    fprintf(file, "%d %lld %lld %ld\n", code, (long long)(wall_ms() - began),
            (long long)(us(used.ru_utime) + us(used.ru_stime)), used.ru_maxrss);
    return fclose(file) == 0 ? code : 2;
}
