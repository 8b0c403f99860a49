/* SPDX-License-Identifier: PostgreSQL */
/*
 * copying -- templates copied from one WABA to another: what qualifies, what fits, what fails, when
 * it is there, and what it was asked for.
 *
 * Meta, "Migrating phone numbers" (both guides): at registration, what is APPROVED and GREEN is
 * copied until the destination's limit is reached; what the destination has is not touched; it
 * takes time. Meta, "Template migration": the call takes APPROVED with GREEN or UNKNOWN, between
 * WABAs of one business. Meta, "Templates": 250 on a WABA, 6,000 where the portfolio is verified
 * and a number of one of its WABAs has an approved display name.
 *
 * Undocumented (U), and chosen here: a template of a name and language that the destination has
 * already is not copied a second time, neither at registration nor by a call (which says so in
 * failed_templates, unless a scenario has it otherwise); rejected, paused and archived templates
 * and copies on their way take up room, deleted ones do not; a call for which there is no room at
 * all is refused by 2388019, and one for which there is too little copies what fits; what would
 * fail in a call is not copied at registration either, and nobody is told.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_COPYING_H
#define WABAMIGRATE_TESTS_SIMULATOR_COPYING_H

#include "tests/simulator/world.h"

enum copied_by { COPIED_BY_NOBODY, COPIED_BY_CALL, COPIED_BY_REGISTRATION };

/* What a destination knows of one template of another WABA: it was asked for, and perhaps copied.
 */
struct copy {
    const struct waba *source;
    unsigned kind, number;
    bool is_own_named;
    enum fate fate;
    enum copied_by by;
    unsigned asked, failed, asked_when_there; /* by calls */
    uint64_t source_id;
    int64_t copied_ms, there_ms; /* decided, and to be seen */
};

/* In the world's arena. */
struct copies {
    struct copy **of_kind[2 * TEMPLATE_KINDS]; /* by number; the second half has names of its own */
    unsigned room[2 * TEMPLATE_KINDS];
    struct copy **in_order;
    size_t count, capacity;
    size_t copied; /* those of `count` that somebody copied */
};

/* NULL: it was never asked for there. */
struct copy *copying_find(const struct waba *waba, const struct template *template);

/* All that is there on a WABA, its own first and its copies as they were made; how many. */
size_t copying_collect(const struct world *world, struct arena *arena, const struct waba *waba,
                       struct template **templates);

bool copying_qualifies(const struct world *world, const struct template *template, bool for_call);
/* How many the WABA may have, and how many it has. */
unsigned copying_limit(const struct world *world, const struct waba *waba);
unsigned copying_taken(const struct world *world, const struct waba *waba);

/* Whether a template of this name and language is there, or on its way. */
bool copying_is_there(const struct world *world, const struct waba *waba,
                      const struct template *template);

/* One call: what it was asked for has been read, and there is room for some of it or no need. */
struct copying_call {
    struct waba *destination;
    unsigned room, order;
    bool is_by_ids;
};
/* NULL when it was copied, or is there already (`*is_repeat`); else why it failed. */
const char *copying_ask(struct world *world, struct copying_call *call,
                        const struct template *template, bool *is_repeat);

/* A number of `source` has just registered on `destination`. */
void copying_register(struct world *world, const struct waba *source, struct waba *destination);

#endif
