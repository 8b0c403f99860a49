/* SPDX-License-Identifier: PostgreSQL */
/*
 * postmaster -- one PostgreSQL server of a data directory: found, started, stopped, and what a
 * crash of it left cleared away.
 *
 * A server is told from a stale postmaster.pid whose number went to another process by its working
 * directory, which is the data directory, and is held by a pidfd from then on, so that a signal
 * cannot reach a stranger. Nothing here locks: the caller sees to it that one process at a time
 * starts or stops. Everything may block: for use before the event loop only. Linux only.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_POSTMASTER_H
#define WABAMIGRATE_ORCHESTRATOR_POSTMASTER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/fault.h"
#include "orchestrator/account.h"

/* sun_path holds 108 bytes, and libpq adds this name to the directory. */
#define POSTMASTER_SOCKET_NAME ".s.PGSQL.5432"
#define POSTMASTER_SOCKET_DIRECTORY_BYTES (108 - sizeof POSTMASTER_SOCKET_NAME)

struct postmaster {
    pid_t pid; /* 0: none */
    int pidfd; /* -1: not held, or the kernel has none (valgrind, gVisor): then by number */
    char socket_directory[POSTMASTER_SOCKET_DIRECTORY_BYTES];
};

/* Lets go of the server, which goes on. */
void postmaster_finish(struct postmaster *server);

/* Holds the process by its pidfd; false when there is none of that number (or a zombie). */
bool postmaster_hold(pid_t pid, struct postmaster *server);
/* Waits at most `timeout_ms` (0: looks) for the end of a held server. */
bool postmaster_has_ended(const struct postmaster *server, int timeout_ms);

/* The server answers: its pid and socket directory are filled in, it is not held. The quick way,
 * 1 to 3 ms. */
bool postmaster_answers(const char *data_directory, struct postmaster *server);

/* The live server of the directory, answering or not, held; false when there is none. */
bool postmaster_find(const struct account *account, const char *data_directory,
                     struct postmaster *server);

/* The directory with the programs initdb and postgres: WABAMIGRATE_PG_BINDIR, else the usual places
 * (the newest version, or `version` unless that is 0), else PATH. In `arena`. STATUS_DATABASE names
 * what to install. */
MUST_CHECK enum status postmaster_programs(struct arena *arena, int version, char **directory,
                                           struct fault *fault);

/* The major version that made the data directory, 0 when it is not one. */
int postmaster_data_version(const char *data_directory);

/* Starts the server and waits until it answers. Ends what is left of a crashed one first: no live
 * server may be there. Its messages go to server.log in the data directory. STATUS_DATABASE with
 * PostgreSQL's own last words when it does not come up. */
MUST_CHECK enum status postmaster_start(const struct account *account, const char *programs,
                                        const char *data_directory, const char *socket_directory,
                                        struct postmaster *server, struct fault *fault);

enum postmaster_answer {
    POSTMASTER_ANSWERS,
    POSTMASTER_ENDED,
    POSTMASTER_IS_BUSY,  /* still recovering or stopping after a minute */
    POSTMASTER_IS_SILENT /* says it is ready, but its socket is gone or dead */
};
/* Waits until a held server answers or will not. */
MUST_CHECK enum postmaster_answer postmaster_await(const char *data_directory,
                                                   struct postmaster *server);

/* Fast shutdown: open transactions are rolled back; an immediate one when that takes more than a
 * minute. `server` is held. */
MUST_CHECK enum status postmaster_stop(const struct postmaster *server, struct fault *fault);

#endif
