/* SPDX-License-Identifier: PostgreSQL */
/* batch_facts -- what every step of a batch shares: the partner's ids and credentials. */
#ifndef WABAMIGRATE_ORCHESTRATOR_BATCH_FACTS_H
#define WABAMIGRATE_ORCHESTRATOR_BATCH_FACTS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/secret.h"
#include "base/vault.h"
#include "jobs/job.h"

struct field_refusals;

struct batch_facts {
    struct arena *arena;
    int64_t batch_id; /* 0 in a dry run */
    const char *name, *path;
    const struct vault *vault; /* NULL in a dry run */
    struct facts facts;        /* the partner's part; everything else NULL */
    struct secret *system_token, *app_secret;
    struct field_refusals *refusals; /* what reads have learned so far; not NULL in a run */
};

/* The planner's field lists, for every read. */
void batch_facts_set_fields(struct facts *facts);

#endif
