/* SPDX-License-Identifier: PostgreSQL */
/*
 * scenario -- what is out of order in the world, and since when; may be read again while it runs.
 *
 * {"numbers":   {"+33123456789": {FIELD: VALUE, "destination": {FIELD: VALUE},
 *                "register_error": ERROR, "unverified_after_signup": true, "no_signup": true,
 *                "signup_event": "CANCEL"}},
 *  "customers": {"bakery-lune": {"business_verification_status", "no_signup", "source_unreadable",
 *                "source_shared", "token_expired", "code_expired", "waba_not_shared", "restricted",
 *                "no_payment_method", "other_business", "waba_review", "source_waba_review",
 *                "token_scopes": [...], "credit_error": ERROR,
 *                "source_waba": {FIELD: VALUE}, "destination_waba": {FIELD: VALUE}}},
 *  "wabas":     {"800100": {FIELD: VALUE}},
 *  "system_token_expired": false,
 *  "latency_ms": {"min": 5, "max": 20},
 *  "quotas":    {"waba_fresh", "waba", "credit", "app"},      calls an hour; 0: no limit
 *  "faults":    {"seed", "rates", "planned"}}                 see fault_plan.h
 * FIELD is a field of the node as Graph names it. ERROR is {"code", "subcode", "title", "message",
 * "details", "times"}; without times it stands for ever. Keys beginning with "_" are comments.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_SCENARIO_H
#define WABAMIGRATE_TESTS_SIMULATOR_SCENARIO_H

#include <json-c/json.h>

#include "base/fault.h"
#include "tests/simulator/router.h"

/* STATUS_INVALID names the key that is unknown or points nowhere. */
MUST_CHECK enum status scenario_read_file(struct simulator *simulator, const char *path,
                                          struct fault *fault);
MUST_CHECK enum status scenario_apply(struct simulator *simulator, json_object *json,
                                      struct fault *fault);

#endif
