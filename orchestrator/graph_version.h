/* SPDX-License-Identifier: PostgreSQL */
/* graph_version -- the Graph API version used where the manifest names none. */
#ifndef WABAMIGRATE_ORCHESTRATOR_GRAPH_VERSION_H
#define WABAMIGRATE_ORCHESTRATOR_GRAPH_VERSION_H

/* Released on 29 July 2026; the newest that Meta's changelog has. v21 ends on 21 January 2027. */
#define GRAPH_VERSION_DEFAULT "v26.0"

#endif
