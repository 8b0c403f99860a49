/* SPDX-License-Identifier: PostgreSQL */
/*
 * router -- from a request to its answer: version, lot, token, node, quota, parameters, handler,
 * log.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_ROUTER_H
#define WABAMIGRATE_TESTS_SIMULATOR_ROUTER_H

#include "tests/simulator/exchange.h"
#include "tests/simulator/fault_plan.h"
#include "tests/simulator/request_log.h"
#include "tests/simulator/world.h"

struct call_count {
    unsigned long calls, effects, refused;
};

struct simulator {
    struct world world;
    struct fault_plan faults;
    struct request_log log;
    struct index counts; /* "POST register" → struct call_count; keys in the world's arena */
    unsigned long requests;
    unsigned latency_min_ms, latency_max_ms;
};

/* Decides the whole exchange; never fails. */
void router_handle(struct simulator *simulator, struct exchange *exchange);

#endif
