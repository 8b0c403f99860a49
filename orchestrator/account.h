/* SPDX-License-Identifier: PostgreSQL */
/*
 * account -- the operating system user that PostgreSQL runs as, and how to act as that user.
 *
 * PostgreSQL refuses root. Whatever touches a directory that another user owns is done in a child
 * process that has become that user for good, so that root never follows a link somebody else laid.
 * Everything here may block: for use before the event loop only.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_ACCOUNT_H
#define WABAMIGRATE_ORCHESTRATOR_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/fault.h"

struct account {
    uid_t uid;
    gid_t gid;
    char name[128];
};

/* STATUS_DATABASE when the user has no entry in the user database: PostgreSQL refuses such a user.
 */
MUST_CHECK enum status account_of_user(uid_t uid, struct account *account, struct fault *fault);
/* The user `postgres`, or `nobody` where there is none. */
MUST_CHECK enum status account_for_root(struct account *account, struct fault *fault);

/* Becomes the account for good, groups included; nothing to do when it is that already. Only in a
 * child process. False with errno set when the system refuses. */
MUST_CHECK bool account_become(const struct account *account);

/* Runs task(self) as the account and returns what it returned, 0 or an errno. In a child process
 * unless the caller is the account: what the task changes in memory may be lost. */
MUST_CHECK int account_call(const struct account *account, int (*task)(void *self), void *self);

/* Runs a program as the account, in `/`, with a small clean environment, `input` on its standard
 * input. Open descriptors without close-on-exec are inherited on purpose: a lock lives as long as
 * the program. STATUS_DATABASE when it cannot be started or does not exit with 0; the message
 * quotes the line in which it says why. */
MUST_CHECK enum status account_run(const struct account *account, const char *const *arguments,
                                   const char *input, struct fault *fault);

/* Why a PostgreSQL program failed, from the last bytes of the file it wrote to: the last line that
 * speaks of an error, else the last line, of those after the last line that is `start` (NULL: all).
 * Borrowed from `text`, which it is read into. */
const char *account_last_complaint(int fd, const char *start, char *text, size_t text_bytes);

/* Leaves PATH, LC_ALL=C, TZ=UTC and LD_LIBRARY_PATH, nothing of the caller's credentials and PG*
 * variables: a child that does not exec() does not show them in /proc either. Only in a child
 * process. */
void account_clean_environment(void);

#endif
