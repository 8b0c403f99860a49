/* SPDX-License-Identifier: PostgreSQL */
/*
 * usage -- charges a call to its quota, and says so in the usage headers.
 *
 * Meta, "About the platform" and "Rate limiting": 200 calls an hour for an app on a WABA without a
 * registered number, 5,000 with one; 5,000 an hour for an app's credit line calls.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_USAGE_H
#define WABAMIGRATE_TESTS_SIMULATOR_USAGE_H

#include "tests/simulator/exchange.h"
#include "tests/simulator/world.h"

/* Each returns false after having refused (80008 or 4, both with 2446079). */
bool usage_charge_waba(struct world *world, struct exchange *exchange, struct waba *waba);
/* A read of many: a call for each of its ids, one header for all of them. */
bool usage_charge_many(struct world *world, struct exchange *exchange, struct waba *const *wabas,
                       size_t count);
bool usage_charge_credit(struct world *world, struct exchange *exchange);
bool usage_charge_app(struct world *world, struct exchange *exchange);

/* The refusal and its header without any counting: a fault. */
void usage_refuse(struct exchange *exchange, const char *object_id, int percent,
                  int regain_minutes);

#endif
