/* SPDX-License-Identifier: PostgreSQL */
/*
 * eligibility -- may this number move? Every rule is a row of one table; nothing here reads a
 * network, a database or a clock.
 *
 * A rule reads one field of what Graph said of a node, turns its value into a verdict, and says who
 * must act and how. Evidence is what Graph said (`api`), else what the customer confirmed in the
 * manifest (`attested`), else `none`. `fail` blocks; `unknown` blocks where Graph would refuse the
 * move, unless attested.
 * Enumerations are open: a value Meta has not documented is kept as text and is neither a crash nor
 * a pass.
 */
#ifndef WABAMIGRATE_PLANNER_ELIGIBILITY_H
#define WABAMIGRATE_PLANNER_ELIGIBILITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct json_object;

enum verdict { VERDICT_PASS, VERDICT_WARN, VERDICT_UNKNOWN, VERDICT_FAIL };
enum evidence { EVIDENCE_API, EVIDENCE_ATTESTED, EVIDENCE_NONE };

/* "pass", "warn", ...: the words of the contract and of the database. */
const char *verdict_name(enum verdict verdict);
const char *evidence_name(enum evidence evidence);

/* Who must act; the words stand in the report's `owner`. */
/* "customer", "partner", "source_partner", "meta" */

struct eligibility_attestation {
    const char *rule;
    const char *date; /* "2026-11-20" */
};

/* What is known of one number. Each node is the JSON object Graph answered, or NULL when it was not
 * or could not be read; `_read_at` texts are RFC 3339. Borrowed. */
struct eligibility_facts {
    struct json_object *source_waba, *destination_waba;     /* the WABA node's fields */
    struct json_object *source_number, *destination_number; /* the phone number node's fields */
    const char *source_read_at, *destination_read_at;
    const char *destination_waba_id; /* NULL until captured */
    const char *phone_number_id;     /* on the destination; NULL until captured or listed there */
    const struct eligibility_attestation *attestations;
    size_t attestation_count;
    bool is_embedded_signup;
};

struct finding {
    const char *rule;
    enum verdict verdict;
    enum evidence evidence;
    const char *field;   /* NULL when no field was read */
    const char *value;   /* the value as JSON text (true, "APPROVED"), NULL when none */
    const char *read_at; /* RFC 3339, or the attested date; NULL when none */
    const char *owner;   /* who must act; NULL on pass */
    const char *remedy;  /* what to do; NULL on pass */
    bool is_blocking;    /* fail, or an unknown that Graph would refuse */
    bool is_fixable;     /* the run mends it by itself */
    /* Not NULL: the number is not ill, it waits for this ("signup", "code"). */
    const char *waits_for;
};

#define ELIGIBILITY_RULES_MAX 24

/* Applies every rule, in the table's order; findings live in `arena`. Returns how many there are.
 * Always all rules, so that every night's findings can be compared with the last. */
size_t eligibility_assess(const struct eligibility_facts *facts, struct arena *arena,
                          struct finding findings[ELIGIBILITY_RULES_MAX]);

/* Whether the findings let the number move; *first_block is the first blocking finding, or NULL. */
bool eligibility_passes(const struct finding *findings, size_t count,
                        const struct finding **first_block);

/* Whether `rule` is one of the contract's rule ids (all 18, also those not assessed yet): for the
 * manifest's `attest`. */
bool eligibility_is_rule(const char *rule);

/* The fields to ask Graph for, comma separated, as the rules (and the later steps) need them. */
extern const char ELIGIBILITY_WABA_FIELDS[];
extern const char ELIGIBILITY_NUMBER_FIELDS[];

#endif
