/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status refuse(const char *path, const char *what, struct fault *fault)
{
    return fault_set(fault, STATUS_IO, "cannot %s %s: %s", what, path, strerror(errno));
}

/* The mode open() would give a new file. The umask can only be read by setting it; this program has
 * one thread. */
static mode_t new_mode(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return 0666 & ~mask;
}

static enum status open_directly(struct output_file *file, struct fault *fault)
{
    int fd = open(file->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

    file->stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    return file->stream != NULL ? STATUS_OK : refuse(file->path, "write to", fault);
}

static enum status open_temporary(struct output_file *file, mode_t mode, struct fault *fault)
{
    if (asprintf(&file->temporary, "%s.XXXXXX", file->path) < 0)
        abort(); /* out of memory, as everywhere */

    int fd = mkostemp(file->temporary, O_CLOEXEC);
    if (fd < 0) {
        enum status status = refuse(file->path, "make a file beside", fault);
        free(file->temporary);
        file->temporary = NULL;
        return status;
    }
    if (fchmod(fd, mode) == 0)
        file->stream = fdopen(fd, "w");
    if (file->stream == NULL) {
        enum status status = refuse(file->temporary, "open", fault);
        close(fd);
        return status;
    }
    return STATUS_OK;
}

enum status output_file_open(struct output_file *file, const char *path, bool is_private,
                             struct fault *fault)
{
    struct stat found;
    enum status status;

    *file = (struct output_file){0};
    if (path == NULL || strcmp(path, "-") == 0) {
        file->stream = stdout;
        return STATUS_OK;
    }
    if (path[0] == '\0')
        return fault_set(fault, STATUS_IO, "cannot write to a file without a name");
    /* NULL when the file does not exist yet; a link to nothing is replaced like a plain file. */
    file->path = realpath(path, NULL);
    bool is_there = file->path != NULL && stat(file->path, &found) == 0;
    if (file->path == NULL)
        file->path = memory_copy_text(path);

    if (is_there && S_ISDIR(found.st_mode))
        status = fault_set(fault, STATUS_IO, "%s is a folder; name a file in it", path);
    else if (is_there && !S_ISREG(found.st_mode))
        status = open_directly(file, fault);
    else
        status = open_temporary(file,
                                is_private ? 0600
                                : is_there ? found.st_mode & 0777
                                           : new_mode(),
                                fault);
    if (status != STATUS_OK)
        output_file_finish(file);
    return status;
}

/* A rename is on the disk only when its folder is. */
static enum status sync_folder(const char *path, struct fault *fault)
{
    char *copy = memory_copy_text(path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum status status = STATUS_OK;

    /* Some file systems cannot sync a folder, and say so with EINVAL. */
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
        status = refuse(path, "sync the folder of", fault);
    if (fd >= 0)
        close(fd);
    free(copy);
    return status;
}

static enum status close_and_rename(struct output_file *file, struct fault *fault)
{
    FILE *stream = file->stream;

    file->stream = NULL;
    if (fclose(stream) != 0)
        return refuse(file->path, "write", fault);
    if (file->temporary == NULL)
        return STATUS_OK;
    if (rename(file->temporary, file->path) != 0)
        return refuse(file->path, "replace", fault);
    free(file->temporary);
    file->temporary = NULL;
    return sync_folder(file->path, fault);
}

enum status output_file_commit(struct output_file *file, struct fault *fault)
{
    const char *name = file->path != NULL ? file->path : "standard output";
    enum status status = STATUS_OK;

    errno = 0;
    bool is_whole = fflush(file->stream) == 0;
    if (!is_whole || ferror(file->stream) != 0) {
        if (errno == 0)
            errno = EIO; /* an earlier write failed; its reason is gone */
        status = refuse(name, "write", fault);
    } else if (file->temporary != NULL && fsync(fileno(file->stream)) != 0) {
        status = refuse(name, "sync", fault);
    } else if (file->path != NULL) {
        status = close_and_rename(file, fault);
    }
    output_file_finish(file);
    return status;
}

void output_file_finish(struct output_file *file)
{
    if (file->stream != NULL && file->stream != stdout)
        (void)fclose(file->stream);
    if (file->temporary != NULL)
        (void)unlink(file->temporary);
    free(file->temporary);
    free(file->path);
    *file = (struct output_file){0};
}
