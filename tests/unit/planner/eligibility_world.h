/* SPDX-License-Identifier: PostgreSQL */
/*
 * eligibility_world -- one number's facts for the eligibility tests: at first everything is in
 * order, then a test spoils what it asks about.
 */
#ifndef WABAMIGRATE_TESTS_UNIT_PLANNER_ELIGIBILITY_WORLD_H
#define WABAMIGRATE_TESTS_UNIT_PLANNER_ELIGIBILITY_WORLD_H

#include "planner/eligibility.h"

#define SOURCE_DAY "2026-11-23T01:00:00Z"
#define DESTINATION_DAY "2026-11-23T01:00:09Z"
#define NOW "2026-11-23T01:00:10Z"

struct world {
    struct arena *arena;
    struct eligibility_facts facts; /* its nodes are owned here */
    struct finding findings[ELIGIBILITY_RULES_MAX];
};

/* Signed up by Embedded Signup, both accounts readable, paid by the customer: all rules pass. */
void world_init(struct world *world, struct arena *arena);
void world_finish(struct world *world);

/* How much of it could be read. */
enum reach {
    REACH_ALL,
    REACH_NO_SOURCE,      /* no token for the old account, or refused */
    REACH_NO_DESTINATION, /* the new one is there and cannot be read */
    REACH_BEFORE_SIGNUP,
    REACH_BEFORE_SIGNUP_NO_SOURCE,
    REACH_OFFLINE, /* the ids are known */
    REACH_OFFLINE_BEFORE_SIGNUP
};
void world_reach(struct world *world, enum reach reach);

/* What a customer looks like before the signup. */
void world_forget_destination(struct world *world);
void world_forget_source(struct world *world);

/* "source_number.is_pin_enabled" becomes the value of a JSON text; NULL removes it. "source_waba"
 * alone is the whole node. */
void world_set(struct world *world, const char *path, const char *json);
/* Graph refuses the field to this app: it is not there, and named in "_left_out". */
void world_leave_out(struct world *world, const char *path);

/* Applies all rules, and finds one. */
const struct finding *world_ask(struct world *world, const char *rule);
const struct finding *world_find(const struct world *world, const char *rule);

/* Both NULL, or the same text. */
bool is_text(const char *text, const char *expected);

#endif
