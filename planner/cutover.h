/* SPDX-License-Identifier: PostgreSQL */
/*
 * cutover -- when a number moved, for billing: until then the old partner pays, from then on the
 * new one.
 *
 * The instant itself nobody sees. It lies between the moment the registration left and the first
 * answer that shows it done (where its own answer was lost, the look-up's), by our clock; and
 * between the Date of the last answer before and that of the first one after, by Meta's. A Date
 * tells whole seconds and is cut, not rounded, so Meta's end of it is a second later.
 *
 * Of messages in flight Meta's two pages say different things (graph-api.md, section 1.4): both are
 * named, the one of the number's path first, and nothing is decided here.
 */
#ifndef WABAMIGRATE_PLANNER_CUTOVER_H
#define WABAMIGRATE_PLANNER_CUTOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Wall times in ms; 0: not known. */
struct cutover {
    const char *path; /* "embedded_signup", "programmatic" */
    int64_t sent_ms;
    int64_t before_ms, before_date_ms; /* the last answer before: ours, and its Date */
    int64_t after_ms, after_date_ms;   /* the first one after */
    bool was_lost;                     /* its own answer; the look-up's stands for it */
};

/* What a page of Meta's says of who pays for messages in flight. */
struct cutover_rule {
    const char *source; /* a key of graph-api.md's sources */
    const char *page;   /* its address */
    const char *path;   /* whose page it is */
    const char *says;   /* in English (planner/language.h) */
};
#define CUTOVER_RULES 2
extern const struct cutover_rule CUTOVER_RULE[CUTOVER_RULES];
/* The page of that path; the other one for `is_other`. */
const struct cutover_rule *cutover_rule(const char *path, bool is_other);
/* Said of both, in English; and of every move. */
extern const char CUTOVER_ADVICE[], CUTOVER_PAYERS[];

/* How far Meta's clock is ahead of ours, in ms; to half a second and the answer's way. False: no
 * answer of this number had a Date. */
bool cutover_skew_ms(const struct cutover *cutover, int64_t *skew_ms);

#define CUTOVER_TIME_BYTES 40
/* "2026-11-29T01:20:05.123Z"; "" for 0. */
void cutover_format(int64_t wall_ms, char text[CUTOVER_TIME_BYTES]);
/* Meta's end of it; 0: not known. */
int64_t cutover_meta_until_ms(const struct cutover *cutover);

/* "between … and … by our clock, between … and … by Meta's (90 s behind ours)", and whether the
 * answer was lost; in `arena`. */
const char *cutover_times(const struct cutover *cutover, struct arena *arena);
/* The whole of it in one line, for a bill; in `arena`. */
const char *cutover_line(const struct cutover *cutover, struct arena *arena);

#endif
