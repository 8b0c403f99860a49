/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/state_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *state_dir_file(const char *state_dir, const char *name)
{
    size_t bytes = strlen(state_dir) + strlen(name) + 2;
    char *path = memory_take(bytes);
    snprintf(path, bytes, "%s/%s", state_dir, name);
    return path;
}

static bool is_absolute(const char *path)
{
    return path && path[0] == '/';
}

static const char *home(void)
{
    const char *path = getenv("HOME");
    if (is_absolute(path))
        return path;
    /* cron and systemd may leave HOME out. */
    const struct passwd *entry = getpwuid(geteuid());
    return entry && is_absolute(entry->pw_dir) ? entry->pw_dir : NULL;
}

enum status state_dir_name(char **path, struct fault *fault)
{
    const char *parent = getenv("XDG_STATE_HOME");
    if (is_absolute(parent)) {
        *path = state_dir_file(parent, "wabamigrate");
        return STATUS_OK;
    }
    parent = home();
    if (!parent)
        return fault_set(fault, STATUS_INVALID,
                         "there is no home directory to keep the private database in: set "
                         "XDG_STATE_HOME to an absolute path, or name a database with --database");
    *path = state_dir_file(parent, ".local/state/wabamigrate");
    return STATUS_OK;
}

/* Makes every missing directory of `path`, which is written to and restored. */
static enum status make_parents(char *path, struct fault *fault)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int failed = mkdir(path, 0700) == 0 || errno == EEXIST || errno == EISDIR ? 0 : errno;
        enum status status = STATUS_OK;
        /* A read-only or guarded ancestor that is there already is no obstacle. */
        if (failed && access(path, F_OK) != 0)
            status = fault_set(fault, STATUS_IO, "cannot make the directory %s: %s", path,
                               strerror(failed));
        *slash = '/';
        if (status)
            return status;
    }
    return STATUS_OK;
}

static enum status check_owner(const char *path, struct fault *fault)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return fault_set(fault, STATUS_IO, "cannot look at the state directory %s: %s", path,
                         strerror(errno));
    if (!S_ISDIR(found.st_mode))
        return fault_set(fault, STATUS_IO, "the state directory %s is not a directory", path);
    /* Root may look after another user's state; it then acts as that user (see cluster.h). */
    if (found.st_uid != geteuid() && geteuid() != 0)
        return fault_set(fault, STATUS_IO,
                         "the state directory %s belongs to user %u: run as that user, or set "
                         "XDG_STATE_HOME to a directory of your own",
                         path, (unsigned)found.st_uid);
    /* It holds the key and the database: nobody else may put a file there. */
    if ((found.st_mode & 022) && chmod(path, found.st_mode & 0755) != 0)
        return fault_set(fault, STATUS_IO, "the state directory %s is open to other users: %s",
                         path, strerror(errno));
    return STATUS_OK;
}

enum status state_dir_find(char **path, struct fault *fault)
{
    char *wanted = NULL;
    enum status status = state_dir_name(&wanted, fault);
    if (!wanted)
        return status;
    status = make_parents(wanted, fault);
    if (!status && mkdir(wanted, 0700) != 0 && errno != EEXIST)
        status = fault_set(fault, STATUS_IO, "cannot make the state directory %s: %s", wanted,
                           strerror(errno));
    if (!status)
        status = check_owner(wanted, fault);
    if (status) {
        free(wanted);
        return status;
    }
    *path = wanted;
    return STATUS_OK;
}

enum status state_dir_open_file(const char *state_dir, const char *name, int *fd,
                                struct fault *fault)
{
    char *path = state_dir_file(state_dir, name);
    struct stat owner;
    enum status status = STATUS_OK;
    int opened = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    /* What root makes in another user's directory is that user's. */
    bool is_open = opened >= 0 && stat(state_dir, &owner) == 0 &&
                   (owner.st_uid == geteuid() || fchown(opened, owner.st_uid, owner.st_gid) == 0);
    if (is_open) {
        *fd = opened;
    } else {
        status = fault_set(fault, STATUS_IO, "cannot open %s: %s", path, strerror(errno));
        if (opened >= 0)
            close(opened);
    }
    free(path);
    return status;
}
