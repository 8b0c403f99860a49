/* SPDX-License-Identifier: PostgreSQL */
/*
 * usage_header -- what Graph says of our quotas: X-App-Usage and X-Business-Use-Case-Usage.
 *
 * Figures are percentages of the limit; estimated_time_to_regain_access is in minutes. The keys of
 * the second header are ids of business objects (WABA or business); its `type` is opaque. Anything
 * unreadable is passed over: a header must never fail a call. What is said in other words than we
 * know is kept as it came, for people.
 */
#ifndef WABAMIGRATE_JOBS_USAGE_HEADER_H
#define WABAMIGRATE_JOBS_USAGE_HEADER_H

#include <stddef.h>
#include <stdint.h>

#define USAGE_OBJECTS_MAX 32 /* Meta: up to 32 objects */
#define USAGE_TEXT_BYTES 256
#define USAGE_PERCENT_NOTED 50

struct usage {
    char object_id[32]; /* "" for the app */
    int percent;        /* the highest of call_count, total_time, total_cputime */
    int64_t regain_ms;  /* 0: not throttled */
    /* As it came, where somebody may want to read it: from USAGE_PERCENT_NOTED on, throttled, or
     * with keys that are not in Meta's list. "" otherwise, and where it is longer. */
    char text[USAGE_TEXT_BYTES];
};

/* Returns how many were read into `usages` (at most USAGE_OBJECTS_MAX). */
size_t usage_read_app(const char *header, struct usage usages[1]);
size_t usage_read_business(const char *header, struct usage usages[USAGE_OBJECTS_MAX]);

#endif
