/* SPDX-License-Identifier: PostgreSQL */
/*
 * seed -- makes the world a manifest describes: every number lives on its source WABA, connected,
 * verified and ready to move. What is to be otherwise, the scenario says.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_SEED_H
#define WABAMIGRATE_TESTS_SIMULATOR_SEED_H

#include "base/fault.h"
#include "tests/simulator/world.h"

/* Credentials come from where the manifest says, as the program itself gets them. Reads files. */
MUST_CHECK enum status seed_from_manifest(struct world *world, const char *path,
                                          struct fault *fault);

#endif
