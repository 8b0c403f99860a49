/* SPDX-License-Identifier: PostgreSQL */
/*
 * params -- holds a request's parameters against what a call documents: anything unknown, missing
 * or malformed is refused with code 100.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_PARAMS_H
#define WABAMIGRATE_TESTS_SIMULATOR_PARAMS_H

#include "tests/simulator/calls.h"

/* False after having refused. */
bool params_check(struct exchange *exchange, const struct param_spec *specs);

#endif
