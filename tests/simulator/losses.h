/* SPDX-License-Identifier: PostgreSQL */
/*
 * losses -- what does not come along when a number moves, though Meta says that it does.
 *
 * Meta, the migration guide: display name, quality rating, messaging limit and official business
 * account stay. So they do here, and so do throughput and business profile (of which the guide says
 * nothing), unless a scenario puts a loss in:
 *
 * "numbers": {"+33…": {"after_move": ["changed_name", "lost_badge"]}}, or for a share of them
 * {"after_move": {"seed": 1, "shares": {"changed_name": 0.01, "lost_badge", "lowered_limit",
 *                 "changed_quality", "lowered_throughput", "changed_profile"}}}
 *
 * A loss shows on the destination's node once the number is registered there. A badge that is to be
 * lost, and a throughput that is to be lowered, are there on the source's node first. The limit is
 * the portfolio's (Meta, "Messaging limits"), but each number's node shows it, and only the lowered
 * numbers' nodes show it lowered.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_LOSSES_H
#define WABAMIGRATE_TESTS_SIMULATOR_LOSSES_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

struct line;
struct phone;
struct world;

enum loss {
    LOSS_CHANGED_NAME,
    LOSS_LOST_BADGE,
    LOSS_LOWERED_LIMIT,
    LOSS_CHANGED_QUALITY,
    LOSS_LOWERED_THROUGHPUT,
    LOSS_CHANGED_PROFILE,
    LOSSES
};

struct loss_rules {
    uint64_t seed;
    double shares[LOSSES];
    bool has_shares;
};

MUST_CHECK enum status losses_read_rules(struct loss_rules *rules, json_object *json,
                                         struct fault *fault);
/* A list of names; what was said of this number before is forgotten. */
MUST_CHECK enum status losses_read_line(struct line *line, json_object *json, struct fault *fault);

bool losses_has(const struct world *world, const struct line *line, enum loss loss);
/* Whether this node is where the loss shows. */
bool losses_show_on(const struct world *world, const struct phone *phone, enum loss loss);
/* What the node shows of this field because of a loss; NULL: what it would show anyway. */
json_object *losses_show(const struct world *world, const struct phone *phone, const char *field);
/* The names of all the line's losses. */
json_object *losses_json(const struct world *world, const struct line *line);

#endif
