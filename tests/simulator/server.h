/* SPDX-License-Identifier: PostgreSQL */
/*
 * server -- HTTP in front of the router: one thread, one loop, no lock.
 *
 * libmicrohttpd runs inside our own poll. A delayed answer is a suspended connection in a heap
 * ordered by due time, so that hundreds of answers in flight cost no thread; an answer that is
 * withheld for good is a connection held until its client leaves, or for two minutes.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_SERVER_H
#define WABAMIGRATE_TESTS_SIMULATOR_SERVER_H

#include "base/fault.h"
#include "tests/simulator/options.h"
#include "tests/simulator/router.h"

/* Listens, says so on standard output and in the port file, and serves until SIGTERM or SIGINT. */
MUST_CHECK enum status server_run(struct simulator *simulator, const struct options *options,
                                  struct fault *fault);

#endif
