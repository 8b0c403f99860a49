/* SPDX-License-Identifier: PostgreSQL */
/*
 * copying_rules -- how templates are copied between WABAs, as a scenario sets it.
 *
 * {"seed": 1,
 *  "delay_s": 0, "each_ms": 0,           until the first copy of a call is there, and each further
 *  "register_delay_s": 0, "register_each_ms": 0,      the same for the copying at registration
 *  "check_s": 600,                       until the category check has spoken
 *  "pause_s": 129600, "archive_s": 172800,  until those that are to be paused or archived are
 *  "ms_per_template": 0,                 that a call takes for each template it was asked for
 *  "call_limit_ms": 0,                   a longer call is answered by code 2 then, and has its
 *                                        effect; 0: its answer comes however long it takes
 *  "shares": {"rejected_later": 0.01, "recategorised", "paused_later", "archived_later",
 *             "yellow_later", "no_data", "fails_once", "fails_always"},  of all that is copied
 *  "failed_as": "map" | "list",          the page's example, or its syntax block
 *  "ids": "source" | "destination",      those in migrated_templates
 *  "repeats": "failed" | "migrated" | "skipped",      what is there already
 *  "pages_of": "all" | "qualifying",     what page_number counts
 *  "limits": {"unverified": 250, "verified": 6000}}
 *
 * Sources and what is undocumented: see copying.h.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_COPYING_RULES_H
#define WABAMIGRATE_TESTS_SIMULATOR_COPYING_RULES_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

/* What becomes of a template's copy. Those up to FATE_FAILS_ALWAYS may have a share. */
enum fate {
    FATE_NONE,
    FATE_REJECTED,      /* by the category check */
    FATE_RECATEGORISED, /* by the same */
    FATE_PAUSED,
    FATE_ARCHIVED,
    FATE_YELLOW,  /* what its quality turns out to be */
    FATE_NO_DATA, /* its quality stays UNKNOWN */
    FATE_FAILS_ONCE,
    FATE_FAILS_ALWAYS,
    FATE_ALREADY_THERE,
    FATE_FLOW, /* it needs its flow first */
    FATES
};
#define FATES_SHARED (FATE_FAILS_ALWAYS + 1)

enum repeats { REPEATS_FAILED, REPEATS_MIGRATED, REPEATS_SKIPPED };

struct copying_rules {
    uint64_t seed;
    int64_t delay_ms, each_ms, register_delay_ms, register_each_ms;
    int64_t check_ms, pause_ms, archive_ms;
    unsigned ms_per_template, call_limit_ms;
    double shares[FATES_SHARED];
    bool has_shares, failed_as_list, ids_of_destination, pages_of_qualifying;
    enum repeats repeats;
    unsigned limit_unverified, limit_verified;
};

/* "rejected_later", …; NULL for those that have no share. */
const char *copying_rules_fate_name(enum fate fate);

void copying_rules_init(struct copying_rules *rules);
/* Added to what holds already. STATUS_INVALID names the key. */
MUST_CHECK enum status copying_rules_read(struct copying_rules *rules, json_object *json,
                                          struct fault *fault);

#endif
