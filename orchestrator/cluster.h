/* SPDX-License-Identifier: PostgreSQL */
/*
 * cluster -- the private PostgreSQL cluster that is there when no database is named.
 *
 * Made with initdb in STATE_DIR/postgresql when first needed, started when needed, reachable
 * through a Unix socket only and only by its owner and root. Several commands share it; it stops
 * when nobody has used it for a while (see keeper.h) or with cluster_stop(). A command killed at
 * any line, a killed server, a killed keeper and a machine that lost power are mended by the next
 * cluster_ensure(): an unfinished cluster never has the finished one's name.
 *
 * For root the server runs as the owner of the state directory, or where that is root as `postgres`
 * (else `nobody`). If that user can reach the state directory's parent, the state directory lets
 * its group pass (0710); if not (/root), STATE_DIR/postgresql is a link to a directory under
 * /var/lib/wabamigrate.
 *
 * Everything here blocks, and forks: call it before the event loop, before any thread and before
 * credentials are read. If the server is stopped under a running program, calling cluster_ensure()
 * again brings it back with the same connection string.
 *
 * Environment: WABAMIGRATE_PG_BINDIR (PostgreSQL's programs), WABAMIGRATE_DB_IDLE (seconds).
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_CLUSTER_H
#define WABAMIGRATE_ORCHESTRATOR_CLUSTER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/fault.h"

/* Makes and starts the cluster if need be; `conninfo` is a libpq connection string without a secret
 * (free with free()). A few milliseconds when it runs already, a tenth of a second to start it, a
 * second or two to make it. STATUS_DATABASE when PostgreSQL is absent or refuses, STATUS_IO when
 * the state directory does. */
MUST_CHECK enum status cluster_ensure(const char *state_dir, char **conninfo, struct fault *fault);

/* Stops it, whoever uses it. STATUS_OK also when it was not running. */
MUST_CHECK enum status cluster_stop(const char *state_dir, bool *was_running, struct fault *fault);

struct cluster_status {
    char *directory; /* the data directory, links followed */
    bool is_made;
    bool is_running;
    int version; /* PostgreSQL's major version; 0 when not made */
    pid_t pid;   /* 0 when not running */
};
/* Changes nothing and starts nothing; the state directory need not be there. */
MUST_CHECK enum status cluster_status(const char *state_dir, struct cluster_status *found,
                                      struct fault *fault);
void cluster_status_finish(struct cluster_status *status);

#endif
