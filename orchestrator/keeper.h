/* SPDX-License-Identifier: PostgreSQL */
/*
 * keeper -- the small process that stops the private database when nobody has used it for a while.
 *
 * One a state directory, held by a lock on its file `keeper` (which shows its pid to people). It
 * runs as the user PostgreSQL runs as, holds nothing of the command that started it, ends by itself
 * with the server, and may be killed at any time: the next command starts another. "Used" means: a
 * client is connected, or a command asked for the database (the mtime of the file `used`).
 * WABAMIGRATE_DB_IDLE gives the while in seconds; 15 minutes otherwise.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_KEEPER_H
#define WABAMIGRATE_ORCHESTRATOR_KEEPER_H

#include <stdbool.h>

#include "base/fault.h"
#include "orchestrator/account.h"
#include "orchestrator/postmaster.h"

/* The files in the state directory. The first is what serialises making, starting and stopping. */
#define KEEPER_LOCK_FILE "lock"
#define KEEPER_USED_FILE "used"
#define KEEPER_FILE "keeper"

/* Takes the lock between commands: the descriptor keeps it until it is closed. Waits for at most
 * two minutes, then STATUS_DATABASE. */
MUST_CHECK enum status keeper_lock(const char *state_dir, int *lock_fd, struct fault *fault);

/* Notes that the database is being used. Under the lock. */
MUST_CHECK enum status keeper_note_use(const char *state_dir, struct fault *fault);

/* Starts a keeper for the running server unless there is one. `is_new_server`: the keeper of the
 * server before is about to end and is waited for. Under the lock. */
MUST_CHECK enum status keeper_ensure(const char *state_dir, const struct account *account,
                                     const struct postmaster *server, bool is_new_server,
                                     struct fault *fault);

#endif
