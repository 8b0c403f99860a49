/* SPDX-License-Identifier: PostgreSQL */
/*
 * dry_run -- the eligibility report: reads the manifest and Graph, applies every rule, writes
 * nothing but its findings.
 *
 * The same engine and the same job kinds as a run, over a list in memory instead of the database,
 * and with a client that refuses everything but reads.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_DRY_RUN_H
#define WABAMIGRATE_ORCHESTRATOR_DRY_RUN_H

#include "orchestrator/database.h"

/* `check` and `run --dry-run`. May block. Returns the contract's exit code; *fault says why where
 * it is 1, 2 or 7. */
int dry_run(const struct database *database, struct fault *fault);

#endif
