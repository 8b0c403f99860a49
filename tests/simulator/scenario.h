/* SPDX-License-Identifier: PostgreSQL */
/*
 * scenario -- what is out of order in the world, and since when; may be read again while it runs.
 *
 * {"numbers":   {"+33123456789": {FIELD: VALUE, "destination": {FIELD: VALUE},
 *                "register_error": ERROR, "create_error": ERROR, "code_error": ERROR (of
 *                request_code), "unverified_after_signup": true, "no_signup": true,
 *                "signup_event": "CANCEL", "source_unreadable": true, "after_move": [LOSS, …],
 *                "profile": {…}, "storage": {…} (the source's)}},
 *  "customers": {"bakery-lune": {"business_verification_status", "no_signup", "source_unreadable",
 *                "source_waba_unreadable", "source_shared", "unreadable_unnamed", "token_expired",
 *                "code_expired", "waba_not_shared", "restricted", "no_payment_method",
 *                "webhooks_subscribed", "foreign_app_subscribed", "other_business", "waba_review",
 *                "source_waba_review", "source_owner": "700999", "token_scopes": [...],
 *                "credit_error": ERROR, "forbidden_reads": true | "source" | "destination",
 *                "templates": COUNTS, "destination_templates": COUNTS,
 *                "flows": N, "destination_flows": N, "flow_errors": {"flow_2": ERROR},
 *                "template_error": ERROR, "flow_error": ERROR (of the whole migrate_… call),
 *                "source_waba": {FIELD: VALUE}, "destination_waba": {FIELD: VALUE}}},
 *  "wabas":     {"800100": {FIELD: VALUE}},
 *  "refused_fields":   NAMES, answered by code 100; see denials.h
 *  "forbidden_fields": NAMES, answered by code 10
 *  "unreadable_unnamed": true,                 a failed GET /?ids= does not say which id it was
 *  "system_token_expired": false,
 *  "copying":   {…}                            how templates are copied: copying_rules.h
 *  "after_move": {"seed", "shares"}            what numbers lose on the way, and LOSS: losses.h
 *  "date":      {"skew_s": -90, "absent": false}   the Date header against the simulator's clock
 *  "profile_nested": false,                    see call_profile.c
 *  "latency_ms": {"min": 5, "max": 20},
 *  "quotas":    {"waba_fresh", "waba", "credit", "app"},      calls an hour; 0: no limit
 *  "faults":    {"seed", "rates", "planned"}}                 see fault_plan.h
 *
 * FIELD is a field of the node as Graph names it, any VALUE goes; "owner_business_info" takes the
 * business's id. VALUE null: the node has no such value and shows no such field (what decides
 * behind it stays: a status, a PIN, a review). To take a value back, stage the usual one. A
 * number's fields hold on both sides, except "status", "platform_type", "is_pin_enabled",
 * "webhook_configuration" and "code_verification_status", which are the source's; "destination"
 * says others for there. A source number staged MIGRATED, DELETED or DISCONNECTED is not registered
 * there any more; a destination staged CONNECTED is. "source_unreadable" of a number fails reads of
 * its id and keeps it out of lists. The name "*" is every number, or every customer: what comes
 * after it may say otherwise.
 *
 * COUNTS is {"approved_green", "approved_unknown", "rejected", "paused", …: N} or {"mix": N}, a
 * usual mixture, see template_kinds.c; a source has 4, 1, 1 and 0, a destination none. The later
 * kinds say what becomes of their copies; "already_there" of both sides is of the same names, and
 * everything else of a destination has names of its own. A source with "with_flow" has one flow at
 * least. Storage is of a node: a moved number has what was set on its new one (Meta, "Local
 * storage"; that it does not come along is undocumented, U).
 *
 * ERROR is {"code", "subcode", "title", "message", "details", "times"}; without times it stands for
 * ever, and null takes it back. Keys beginning with "_" are comments.
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
