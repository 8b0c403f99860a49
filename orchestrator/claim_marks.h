/* SPDX-License-Identifier: PostgreSQL */
/*
 * claim_marks -- how far a run has read the queue of ready steps, place by place.
 *
 * While somebody holds a snapshot (a report, a backup, a forgotten psql), what is claimed and done
 * stays in the index of what is ready as dead rows, and a claim that begins at the start of the
 * queue walks over all of them: after ten minutes at full speed over a million. A marked claim
 * begins where the last one has ended. It misses what stands before the mark and has become free
 * since: let go by another worker, resumed, retried. So from time to time a claim looks at the
 * whole queue, and always after one that has found too little; only where such a look is slow, it
 * costs a small part of the time at most.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_CLAIM_MARKS_H
#define WABAMIGRATE_ORCHESTRATOR_CLAIM_MARKS_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "orchestrator/turn.h"

/* The places that step_claim.sql reads: urgency by turn (turn.h) by ordinal. It counts by the same
 * figures. */
#define CLAIM_MARKS_URGENCIES 2
#define CLAIM_MARKS_ORDINALS 32
#define CLAIM_MARKS_VALUES 2

/* Up to where a place has been read: the last step that was claimed of it, or the time at which it
 * had none. */
struct claim_mark {
    bool is_set;
    int64_t step_id;
    char not_before[40];
};

struct claim_marks {
    struct claim_mark places[CLAIM_MARKS_URGENCIES][TURN_COUNT][CLAIM_MARKS_ORDINALS];
    bool is_any;
    bool is_whole;   /* the claim under way, or the last one, looks at everything */
    bool was_enough; /* the last one found as many as it wanted */
    unsigned marked; /* claims since the last whole one */
    int64_t sent_at_ms, whole_at_ms, whole_took_ms, marked_took_ms;
    char *values[CLAIM_MARKS_VALUES];
};

void claim_marks_init(struct claim_marks *marks);
void claim_marks_finish(struct claim_marks *marks);
/* The next claim looks at everything: what the last one took is not ours, perhaps. */
void claim_marks_forget(struct claim_marks *marks);

/* For a claim that leaves now: the parameters of step_claim.sql that say where it begins (NULL: at
 * the start), borrowed until the next call. */
void claim_marks_begin(struct claim_marks *marks, int64_t now_ms,
                       const char *values[CLAIM_MARKS_VALUES]);
/* Its rows have come, and whether they are as many as were wanted. */
void claim_marks_read(struct claim_marks *marks, const PGresult *rows, bool is_enough,
                      int64_t now_ms);

#endif
