/* SPDX-License-Identifier: PostgreSQL */
/*
 * fault_plan -- which requests go wrong, and how: by a seeded lot, or on demand.
 *
 * The lot is drawn from (seed, method, path, how often this method and path have been asked), so
 * the same requests meet the same faults in whatever order they arrive.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_FAULT_PLAN_H
#define WABAMIGRATE_TESTS_SIMULATOR_FAULT_PLAN_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "tests/simulator/index.h"

enum fault_kind {
    FAULT_KIND_NONE,
    FAULT_RESET_BEFORE,   /* the connection is reset, nothing was done */
    FAULT_RESET_AFTER,    /* the connection is reset, the effect is there */
    FAULT_TIMEOUT_BEFORE, /* no answer, nothing was done */
    FAULT_TIMEOUT_AFTER,  /* no answer, the effect is there */
    FAULT_HTTP_500,       /* JSON, code 1 or 2; nothing was done */
    FAULT_HTTP_500_AFTER, /* the same, but the effect is there */
    FAULT_HTTP_503_HTML,  /* an HTML page; nothing was done */
    FAULT_TRUNCATED_JSON, /* the effect is there, its answer is cut */
    FAULT_THROTTLE,       /* 80008; nothing was done */
    FAULT_ERROR,          /* on demand only: the error given with it */
    FAULT_KIND_COUNT
};

/* "reset_before", ...; FAULT_KIND_COUNT: "timeout", decided by the lot between its two kinds. */
const char *fault_kind_name(enum fault_kind kind);
bool fault_kind_parse(const char *name, enum fault_kind *kind);
bool fault_kind_is_before(enum fault_kind kind);   /* decided instead of the call */
bool fault_kind_is_withheld(enum fault_kind kind); /* no whole answer leaves */

struct planned_fault {
    char method[8];      /* "" for any */
    const char *pattern; /* a glob over the path without its version: "*\/register" */
    enum fault_kind kind;
    int skip, times; /* times -1: always */
    int code, subcode;
    const char *title, *message;
    struct planned_fault *next;
};

struct fault_plan {
    uint64_t seed;
    double rates[FAULT_KIND_COUNT + 1];
    bool has_rates;
    struct arena *arena; /* of the counters' keys and of what was planned; borrowed */
    struct index counters;
    struct planned_fault *planned;
    unsigned long counts[FAULT_KIND_COUNT]; /* how often each was dealt */
};

void fault_plan_finish(struct fault_plan *plan);

/* {"seed":1,"rates":{"reset_before":0.01},"planned":[…]}. STATUS_INVALID names what is wrong. */
MUST_CHECK enum status fault_plan_read(struct fault_plan *plan, json_object *json,
                                       struct fault *fault);
/* {"match":"POST *\/register","kind":"reset_after","times":1,"skip":0}; kind "error" takes "error":
 * {"code","subcode","title","message"}. "…" is read as "*". */
MUST_CHECK enum status fault_plan_add(struct fault_plan *plan, json_object *json,
                                      struct fault *fault);
void fault_plan_clear(struct fault_plan *plan); /* on demand and lot alike */

/* What becomes of this request; `*planned` is set for FAULT_ERROR. `lot` is a number for whoever
 * needs one more decision. */
enum fault_kind fault_plan_draw(struct fault_plan *plan, const char *method, const char *path,
                                const struct planned_fault **planned, uint64_t *lot);

#endif
