/* SPDX-License-Identifier: PostgreSQL */
/*
 * eligibility -- may this number move? Every rule of the contract is a row of one table; nothing
 * here reads a network, a database or a clock.
 *
 * A rule reads a field of what Graph said of a node (or our own records), turns its value into a
 * verdict, and says who must act and how. Evidence is what Graph said (`api`), else what the
 * customer confirmed in the manifest (`attested`; it warns once it is older than 30 days), else
 * `none`. `fail` blocks; `unknown` blocks where Graph would refuse the move, unless attested. What
 * the run mends by itself is a `warn` that is fixable, and nobody has to act on it.
 *
 * Enumerations are open: a value Meta has not documented is kept as text and is neither a crash nor
 * a pass. Sources: graph-api.md, sections 2 (fields and values) and 3.3 (what Graph refuses).
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
    const char *by;   /* who confirmed it, as the manifest has it; NULL: the customer */
};

/* Splits an attestation as the manifest, a CSV cell and the database have it, "2026-11-20" or
 * "2026-11-20 the shop's manager, by phone": `date` and `by` live in `arena`. */
void eligibility_attestation_split(const char *text, struct arena *arena,
                                   struct eligibility_attestation *attestation);

/* What is known of one number. Each node is the JSON object Graph answered, or NULL when it was not
 * or could not be read; beside Graph's own fields a node may have
 *   "_left_out":  ["is_pin_enabled", ...]   fields that Graph refuses to the token that read it
 *   "_templates": {"total": 12, "approved_green": 9, "approved_unknown": 1}   of a WABA
 * A field that was asked for, is not left out and is not there, is absent: Graph leaves out what
 * has no value. `_read_at` texts are RFC 3339. Everything is borrowed. */
struct eligibility_facts {
    struct json_object *source_waba, *destination_waba;     /* the WABA node's fields */
    struct json_object *source_number, *destination_number; /* the phone number node's fields */
    const char *source_read_at, *destination_read_at;
    const char *now;                 /* RFC 3339, for the age of attestations */
    const char *business_id;         /* the customer's portfolio, as the manifest has it */
    const char *destination_waba_id; /* NULL until captured */
    const char *phone_number_id;     /* on the destination; NULL until captured or listed there */
    const char *app_id;              /* ours: the app that must be subscribed */
    const char *waba_currency;       /* wished for in the manifest, or NULL */
    bool has_credit_line;            /* the run shares the partner's line */
    bool is_embedded_signup;         /* else programmatic */
    bool is_offline;                 /* nobody was asked: the manifest alone */
    /* There is a destination, and its read is still to come (a run): what only it can tell waits.
     */
    bool is_destination_pending;
    int registrations_spent;                /* in 72 hours, by our own records */
    int registrations_allowed;              /* of Meta; the next one would block the number */
    int registrations_unasked;              /* of these, what the program spends by itself */
    const char *registration_blocked_until; /* RFC 3339: Meta said 133016; NULL: it did not */
    const struct eligibility_attestation *attestations;
    size_t attestation_count;
};

struct finding {
    const char *rule;
    enum verdict verdict;
    enum evidence evidence;
    const char *field;       /* NULL when no field was read */
    const char *value;       /* the value as JSON text (true, "APPROVED"), NULL when none */
    const char *read_at;     /* RFC 3339, or the attested date; NULL when none */
    const char *attested_by; /* with EVIDENCE_ATTESTED: who confirmed it; NULL: the customer */
    const char *owner;       /* who must act; NULL: nobody */
    const char *remedy;      /* what to do, in English (see planner/language.h); NULL on pass */
    bool is_blocking;        /* fail, or an unknown that Graph would refuse */
    bool is_fixable;         /* the run mends it by itself */
    /* Not NULL: the number is not ill, it waits for this ("signup", "code", "time", "destination").
     */
    const char *waits_for;
};

/* How many rules there are: findings arrays have this size. */
#define ELIGIBILITY_RULES_MAX 18

/* Applies every rule, in the contract's order; what is not constant lives in `arena`. Returns how
 * many there are: always all rules, so that every night's findings can be compared with the last.
 */
size_t eligibility_assess(const struct eligibility_facts *facts, struct arena *arena,
                          struct finding findings[ELIGIBILITY_RULES_MAX]);

/* Whether the findings let the number move; *first_block is the blocking finding that says most, or
 * NULL: one that somebody must mend before one that only waits. */
bool eligibility_passes(const struct finding *findings, size_t count,
                        const struct finding **first_block);

/* Whether `rule` is one of the contract's rule ids: for the manifest's `attest`. */
bool eligibility_is_rule(const char *rule);
/* The rule's id by its place, 0 to ELIGIBILITY_RULES_MAX - 1; in the contract's order. */
const char *eligibility_rule_id(size_t at);
/* Where Meta documents what the rule asks for: a key of graph-api.md's sources, for the manual. */
const char *eligibility_rule_source(size_t at);

/* Every remedy a finding can carry, for the test of the languages: NULL after the last. */
const char *eligibility_remedy(size_t at);

/* The fields to ask Graph for, comma separated, exactly as the rules need them; of the source also
 * what the audit compares afterwards (planner/audit.h): it comes with the same read. */
extern const char ELIGIBILITY_SOURCE_WABA_FIELDS[];
extern const char ELIGIBILITY_DESTINATION_WABA_FIELDS[];
extern const char ELIGIBILITY_SOURCE_NUMBER_FIELDS[];
extern const char ELIGIBILITY_DESTINATION_NUMBER_FIELDS[];
extern const char ELIGIBILITY_TEMPLATE_FIELDS[];

#endif
