/* SPDX-License-Identifier: PostgreSQL */
/*
 * template_kinds -- what a message template is, by its kind, and what becomes of its copy.
 *
 * A template is made up when it is asked for: kind and number say all of it. A copy is a template
 * of the same kind and number on another WABA; what it shows depends on how long it has been there.
 * Template 3, 7, 11 … of a kind is the French of the one before it: one name, two languages.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_TEMPLATE_KINDS_H
#define WABAMIGRATE_TESTS_SIMULATOR_TEMPLATE_KINDS_H

#include "tests/simulator/world.h"

#define TEMPLATES_OF_A_KIND_MAX 20000

/* What a template shows at this moment. */
struct template_look {
    const char *status, *score, *category, *previous_category, *rejected_reason;
    int64_t score_ms;
};

/* {"approved_green": 4, "rejected": 1}: all others are none; {"mix": 6000} is that many of a usual
 * mixture, to which the others are added. STATUS_INVALID names the kind. */
MUST_CHECK enum status template_kinds_read(json_object *json, uint16_t counts[TEMPLATE_KINDS],
                                           struct fault *fault);

/* The `number`th of its kind among those the WABA has of its own. */
struct template template_own(const struct waba *waba, unsigned kind, unsigned number);
/* Finds the number's template on this WABA, its own or a copy; false when there is none. */
bool template_from_id(const struct world *world, const struct waba *waba, const char *id,
                      struct template *template);

uint64_t template_id(const struct template *template);
const char *template_name(struct arena *arena, const struct template *template);
const char *template_language(const struct template *template);
struct template_look template_look(const struct world *world, const struct template *template);
/* Whether it is there to be seen: a copy comes late, and one that was archived goes. */
bool template_is_there(const struct world *world, const struct template *template);
/* What is to become of its copy on another WABA. */
enum fate template_fate(const struct world *world, const struct template *template);
/* Whether a WABA has one of its own of this name and language. */
bool template_is_named_on(const struct waba *waba, const struct template *template);

#endif
