/* SPDX-License-Identifier: PostgreSQL */
/*
 * report_tally -- a report counted, in one pass over its numbers: by rule, by who must act, by what
 * else holds numbers up, and by what has changed. Private to report*.c.
 */
#ifndef WABAMIGRATE_PLANNER_REPORT_TALLY_H
#define WABAMIGRATE_PLANNER_REPORT_TALLY_H

#include "planner/report_parts.h"

struct report_owner_row {
    const char *owner; /* borrowed from the report */
    size_t count;      /* numbers, each counted once */
};

/* Owners and rules are our own few words: a ceiling that is never met. */
#define REPORT_OWNERS_MAX 16
struct report_owners {
    struct report_owner_row rows[REPORT_OWNERS_MAX];
    size_t row_count;
};

enum report_verdict { REPORT_PASS, REPORT_FAIL, REPORT_WARN, REPORT_UNKNOWN, REPORT_VERDICTS };
extern const char *const report_verdicts[REPORT_VERDICTS];

struct report_rule_row {
    const char *rule;                   /* borrowed from the report */
    size_t by_verdict[REPORT_VERDICTS]; /* all numbers */
    /* numbers that are not over: */
    size_t fails, unknowns; /* that block */
    size_t warns;           /* that somebody may act on */
    size_t fixable;         /* that the run mends by itself */
    size_t unseen;          /* not known, though somebody could give access; blocks nothing */
    struct report_owners owners;
};

#define REPORT_RULES_MAX 32

/* Errors and waits: titles come from Meta and could all differ, so past the ceiling they are
 * counted together. */
struct report_cause_row {
    char text[REPORT_CAUSE_BYTES];
    const char *owner; /* NULL: nobody */
    uint32_t hash;     /* of the text: tells most rows apart without reading them */
    size_t count;
};
#define REPORT_CAUSES_MAX 200

struct report_tally {
    struct report_rule_row rules[REPORT_RULES_MAX];
    size_t rule_count;
    struct report_cause_row causes[REPORT_CAUSES_MAX];
    size_t cause_count, other_causes;
    struct report_owners owners;  /* who must act: for what blocks, errors and waits included */
    struct report_owners advised; /* who may act on a warning, and need not */
    size_t changes[REPORT_CHANGE_NEW + 1];
};

/* Owners and causes come sorted, most numbers first; rules in the order of the findings. Release
 * with free(). */
struct report_tally *report_tally_create(const struct report *report);

#endif
