/* SPDX-License-Identifier: PostgreSQL */
/*
 * output_file -- where data goes: --output FILE, whole or not at all, else standard output.
 *
 * A file is written under another name in the same folder and takes its own name only at
 * output_file_commit(), when every byte is on the disk; a reader sees the old file or the new one.
 * What is not a plain file (/dev/stdout, a pipe) is written to directly. A symbolic link stays, and
 * what it points to is replaced.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_OUTPUT_FILE_H
#define WABAMIGRATE_ORCHESTRATOR_OUTPUT_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"

struct output_file {
    FILE *stream; /* write here; NULL when not open */
    /* private */
    char *path;      /* NULL for standard output */
    char *temporary; /* NULL when `path` is written directly */
};

/* NULL or "-": standard output. `is_private`: only the owner may read the file (0600); else an
 * existing file's mode is kept and a new one has what the umask leaves. STATUS_IO names the file.
 */
MUST_CHECK enum status output_file_open(struct output_file *file, const char *path, bool is_private,
                                        struct fault *fault);

/* Everything is written: makes it last and closes. STATUS_IO when it cannot; the old file stands
 * then, unless the folder alone could not be synced. A write that failed before is found here at
 * the latest, on standard output too. */
MUST_CHECK enum status output_file_commit(struct output_file *file, struct fault *fault);

/* Closes and leaves no trace, unless committed. A zeroed or committed file is fine. */
void output_file_finish(struct output_file *file);

#endif
