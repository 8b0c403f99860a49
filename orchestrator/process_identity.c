/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/process_identity.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void read_line(const char *path, char *text, size_t bytes)
{
    FILE *file = fopen(path, "re");

    if (!file || !fgets(text, (int)bytes, file))
        snprintf(text, bytes, "?");
    text[strcspn(text, "\n")] = '\0';
    if (file)
        fclose(file);
}

/* Field 22 of /proc/PID/stat, counted after the command's closing parenthesis: the start time in
 * clock ticks since boot. False when it cannot be read. */
static bool start_time(long pid, char *text, size_t bytes)
{
    char path[64], line[1024];

    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    bool is_read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    const char *field = is_read ? strrchr(line, ')') : NULL;
    /* Field 3: a zombie only waits for its parent, which in a container may never ask. */
    if (field && (strncmp(field, ") Z", 3) == 0 || strncmp(field, ") X", 3) == 0)) {
        snprintf(text, bytes, "ended");
        return true;
    }
    for (int i = 0; field && i < 20; i++)
        field = strchr(field + 1, ' ');
    if (!field)
        return false;
    snprintf(text, bytes, "%.*s", (int)strcspn(field + 1, " "), field + 1);
    return true;
}

/* Host, boot and pid namespace: within one of these a pid means one process. */
static void place(char *text, size_t bytes)
{
    char host[128] = "?", boot[64], space[64] = "?";

    (void)!gethostname(host, sizeof host - 1);
    read_line("/proc/sys/kernel/random/boot_id", boot, sizeof boot);
    (void)!readlink("/proc/self/ns/pid", space, sizeof space - 1);
    snprintf(text, bytes, "%s/%s/%s", host, boot, space);
}

void process_identity(char *text, size_t bytes)
{
    char where[300], start[32] = "?";

    place(where, sizeof where);
    start_time((long)getpid(), start, sizeof start);
    snprintf(text, bytes, "%s/%ld/%s", where, (long)getpid(), start);
}

bool process_is_dead(const char *identity)
{
    char where[300], start[32];

    place(where, sizeof where);
    size_t length = strlen(where);
    if (strncmp(identity, where, length) != 0 || identity[length] != '/')
        return false;
    char *rest = NULL;
    long pid = strtol(identity + length + 1, &rest, 10);
    if (pid <= 0 || *rest != '/')
        return false;
    /* What /proc does not show (hidepid, no descriptor left) may live all the same. */
    if (kill((pid_t)pid, 0) != 0 && errno == ESRCH)
        return true;
    return start_time(pid, start, sizeof start) && strcmp(start, rest + 1) != 0;
}
