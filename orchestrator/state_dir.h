/* SPDX-License-Identifier: PostgreSQL */
/*
 * state_dir -- the one directory where this program keeps what must outlive it on this machine: the
 * private database (`postgresql`), the key that seals secrets (`key`), and the locks between
 * commands.
 *
 * It is $XDG_STATE_HOME/wabamigrate, else $HOME/.local/state/wabamigrate. A relative XDG_STATE_HOME
 * is ignored, as the XDG base directory specification asks.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_STATE_DIR_H
#define WABAMIGRATE_ORCHESTRATOR_STATE_DIR_H

#include "base/fault.h"

/* Makes the directory and the parents it lacks (0700) and gives its absolute path; free with
 * free(). STATUS_INVALID when there is no home to put it in, STATUS_IO when it cannot be made or
 * belongs to somebody else. */
MUST_CHECK enum status state_dir_find(char **path, struct fault *fault);

/* The same path, nothing made or looked at: for messages and for `db status`. */
MUST_CHECK enum status state_dir_name(char **path, struct fault *fault);

/* `state_dir`/`name`; free with free(). state_dir_file(dir, "key") is the default key file. */
char *state_dir_file(const char *state_dir, const char *name);

/* Opens a small file of the directory for reading and writing, made when absent (0600, the
 * directory's owner's), close-on-exec. STATUS_IO. */
MUST_CHECK enum status state_dir_open_file(const char *state_dir, const char *name, int *fd,
                                           struct fault *fault);

#endif
