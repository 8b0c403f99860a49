/* SPDX-License-Identifier: PostgreSQL */
/*
 * quota -- calls in the last rolling hour, counted in minutes.
 *
 * Refused calls count as well: Meta says that calling on while throttled lengthens the block.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_QUOTA_H
#define WABAMIGRATE_TESTS_SIMULATOR_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#define QUOTA_MINUTES 60

struct quota {
    int64_t minute;                 /* of the newest count */
    uint16_t counts[QUOTA_MINUTES]; /* full at 65,535: beyond any limit of an hour */
};

struct quota_usage {
    bool is_refused;
    int percent;        /* of the limit, this call included; may pass 100 */
    int regain_minutes; /* until a call would be let through again; 0 when it was */
};

/* Counts one call at `now_ms`. A limit of 0 is no limit. */
struct quota_usage quota_use(struct quota *quota, int64_t now_ms, uint32_t limit);

#endif
