/* SPDX-License-Identifier: PostgreSQL */
/*
 * preflight -- before anything else is asked of Graph: is it Graph, and does it accept the
 * partner's token? One read (debug_token); and, where the credit line is shared by assigning a
 * system user that the manifest does not name, one more for its id: asked once here, not once for
 * every WABA.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_PREFLIGHT_H
#define WABAMIGRATE_ORCHESTRATOR_PREFLIGHT_H

#include "orchestrator/batch_facts.h"
#include "orchestrator/graph.h"

struct preflight {
    char system_user_id[64];  /* the partner's system user to assign to WABAs, "" when not told */
    int64_t expires_at_s;     /* 0: never, or not told */
    char missing_scopes[256]; /* "" when none of those this program needs is missing */
    int64_t ms;
};

/* The read itself; the engine asks it again to learn whether an outage is over. `request` lives in
 * `arena`. */
void preflight_build(const struct facts *partner, struct arena *arena, struct request *request);

/* May block, up to the client's time-out three times over. STATUS_CREDENTIAL when Graph refuses the
 * token, cannot be reached, or does not answer like Graph: one sentence says which and how to mend
 * it. */
MUST_CHECK enum status preflight_run(const struct graph_settings *settings,
                                     const struct batch_facts *batch, bool may_find_system_user,
                                     struct preflight *preflight, struct fault *fault);

#endif
