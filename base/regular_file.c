/* SPDX-License-Identifier: PostgreSQL */
#include "base/regular_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int regular_file_open(const char *path, int64_t *bytes, const char **why)
{
    struct stat about;
    /* O_NONBLOCK: a FIFO's other end is not waited for; a regular file's reads do not change. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (file < 0 || fstat(file, &about) != 0) {
        *why = strerror(errno);
    } else if (S_ISDIR(about.st_mode)) {
        *why = strerror(EISDIR);
    } else if (!S_ISREG(about.st_mode)) {
        *why = "it is a pipe, a socket or a device, not a regular file";
    } else {
        *bytes = about.st_size;
        return file;
    }
    if (file >= 0)
        close(file);
    return -1;
}
