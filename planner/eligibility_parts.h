/* SPDX-License-Identifier: PostgreSQL */
/*
 * eligibility_parts -- what a rule is. Private to eligibility*.c and their tests.
 *
 * Every answer a finding can give is a `struct reading`, so that all owners and remedies stand in
 * tables: those of one rule in eligibility_rules.c, those any rule can give in ELIGIBILITY_COMMON.
 * A judge looks at the facts, leaves its evidence in the finding, and picks the reading.
 */
#ifndef WABAMIGRATE_PLANNER_ELIGIBILITY_PARTS_H
#define WABAMIGRATE_PLANNER_ELIGIBILITY_PARTS_H

#include "planner/eligibility.h"

struct reading {
    const char *word; /* NULL ends a list */
    enum verdict verdict;
    const char *owner, *remedy, *waits_for;
    bool is_fixable;
};

enum node { NODE_NONE, NODE_WABA, NODE_NUMBER };
enum side { SIDE_SOURCE = 1, SIDE_DESTINATION = 2, SIDE_BOTH = 3 };

/* When an unknown blocks: where Graph would refuse the move, and no later look will tell. */
enum unknown {
    UNKNOWN_BLOCKS,
    UNKNOWN_IS_HARMLESS,
    UNKNOWN_BLOCKS_PROGRAMMATIC,  /* Embedded Signup refuses by itself what the run cannot ask */
    UNKNOWN_BLOCKS_WITH_WABA,     /* there is a destination WABA to be asked */
    UNKNOWN_BLOCKS_WITHOUT_LINE,  /* the same, and the run does not mend it */
    UNKNOWN_BLOCKS_SIGNED_UP,     /* a signup has made the number; the programmatic path mends it */
    UNKNOWN_BLOCKS_UNLESS_SIGNUP, /* a signup that is still to come will show it */
};

struct question;

struct rule {
    const char *id;
    const char *source; /* key of Meta's page in graph-api.md, section 9 */
    const char *field;  /* NULL: our own records */
    enum node node;
    enum side side;   /* SIDE_BOTH: the source's answer is taken where it gives one */
    bool is_boolean;  /* else text */
    bool ignore_case; /* Meta's own descriptions disagree about the case */
    enum unknown unknown;
    /* NULL: the field's value is looked up in `readings`. */
    const struct reading *(*judge)(const struct question *question);
    const struct reading *readings; /* by the values Meta documents */
    const struct reading *outcomes; /* by the words of `judge` */
};

extern const struct rule ELIGIBILITY_RULES[ELIGIBILITY_RULES_MAX];

/* Answers any rule can give. */
enum common {
    COMMON_UNDOCUMENTED,
    COMMON_READ_LATER,
    COMMON_OFFLINE,
    COMMON_SOURCE_CLOSED,
    COMMON_NOT_IN_SOURCE,
    COMMON_DESTINATION_CLOSED,
    COMMON_LEFT_OUT,
    COMMON_ABSENT,
    COMMON_ATTESTED,
    COMMON_ATTESTED_LONG_AGO,
    COMMON_ATTESTED_AHEAD,
    COMMON_MOOT, /* its verdict is not used: a moved number keeps the rule's own */
    COMMON_COUNT
};
extern const struct reading ELIGIBILITY_COMMON[COMMON_COUNT + 1];

/* One rule asked about one number. */
struct question {
    const struct rule *rule;
    const struct eligibility_facts *facts;
    struct arena *arena;
    struct finding *finding; /* the judge fills its evidence */
};

/* ---- eligibility_evidence.c: what the nodes say ---- */

/* The rule's kind of node on one side; NULL when it was not or could not be read. */
struct json_object *eligibility_node(const struct question *question, enum side side);
/* NULL when there is no node, no such field, or a JSON null. */
struct json_object *eligibility_field(struct json_object *node, const char *field);
bool eligibility_is_left_out(struct json_object *node, const char *field);
/* Whether a field that is not there is absent because it has no value. */
bool eligibility_would_show(struct json_object *node, const char *field);
/* The text of a JSON string that is not empty; NULL for everything else. */
const char *eligibility_text(struct json_object *value);
bool eligibility_text_is(struct json_object *value, const char *text);
const char *eligibility_read_at(const struct question *question, enum side side);
bool eligibility_has_destination(const struct eligibility_facts *facts, enum node node);
/* CONNECTED on the destination: what the old account says holds it up no more. */
bool eligibility_has_moved(const struct eligibility_facts *facts);

/* The finding's evidence is what Graph said. `value` may be NULL: Graph left the field out because
 * it has no value. */
void eligibility_show(const struct question *question, const char *field, struct json_object *value,
                      enum side side);
/* Takes `value`. */
void eligibility_show_made(const struct question *question, const char *field,
                           struct json_object *value, enum side side);

/* Why nobody answered, and which access would. */
const struct reading *eligibility_unreadable(const struct question *question);
/* The rule's reading of a value of `field`, with the value as evidence. */
const struct reading *eligibility_read(const struct question *question, const char *field,
                                       struct json_object *value, enum side side);
/* The judge of a rule that has none of its own. */
const struct reading *eligibility_judge_field(const struct question *question);
const struct reading *eligibility_outcome(const struct question *question, const char *word);

/* ---- eligibility_judges.c ---- */

const struct reading *eligibility_judge_payment(const struct question *question);
const struct reading *eligibility_judge_name_change(const struct question *question);
const struct reading *eligibility_judge_business(const struct question *question);
const struct reading *eligibility_judge_webhooks(const struct question *question);
const struct reading *eligibility_judge_moved(const struct question *question);
const struct reading *eligibility_judge_registrations(const struct question *question);
const struct reading *eligibility_judge_templates(const struct question *question);
const struct reading *eligibility_judge_currency(const struct question *question);
const struct reading *eligibility_judge_signup(const struct question *question);
const struct reading *eligibility_judge_verified(const struct question *question);

#endif
