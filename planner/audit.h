/* SPDX-License-Identifier: PostgreSQL */
/*
 * audit -- what of a number came along when it moved, field by field.
 *
 * Before is what the source's node showed when the number was first found eligible (frozen then,
 * ahead of the first write for its customer); after is what the destination's node shows once the
 * number is connected there. Nothing here reads a network, a database or a clock.
 *
 * What Meta says of each (graph-api.md, section 1.4): name, quality rating, messaging limit and
 * badge are kept; the limit is the portfolio's since October 2025; a registration sets a PIN, so
 * two-step verification is on; templates start at quality UNKNOWN. Of throughput, webhooks,
 * business profile and storage it says nothing (U): a difference there is told, and is nobody's
 * promise broken.
 *
 * Profile and storage are edges, asked for as fields of a number in the list that is read anyway.
 * That Graph expands them there is not documented (U): where it refuses, they are left out like any
 * other field, and are not readable.
 */
#ifndef WABAMIGRATE_PLANNER_AUDIT_H
#define WABAMIGRATE_PLANNER_AUDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct json_object;

enum audit_verdict {
    AUDIT_KEPT,
    AUDIT_CHANGED_AS_DOCUMENTED,
    AUDIT_CHANGED,
    AUDIT_NOT_READABLE, /* on one side at least */
    AUDIT_VERDICTS
};

/* "kept", "changed_as_documented", ...: the words of the report and of the database. */
const char *audit_verdict_name(enum audit_verdict verdict);
/* AUDIT_VERDICTS for a word that is none of them. */
enum audit_verdict audit_verdict_find(const char *name);

/* Everything is borrowed; nodes are as Graph answered, with "_left_out" (planner/eligibility.h), or
 * NULL where they were not read. */
struct audit_facts {
    struct json_object *number_before, *waba_before; /* the source's */
    struct json_object *number_after;                /* the destination's */
    /* What the manifest wishes, or NULL. */
    const char *webhook_override_callback_uri, *data_localization_region;
};

struct audit_finding {
    const char *field; /* Graph's own word */
    enum audit_verdict verdict;
    const char *before, *after; /* JSON text, or NULL: not read */
    const char *owner;          /* who must act (the words of eligibility.h); NULL: nobody */
    const char *remedy;         /* in English (planner/language.h); NULL: nothing to say */
    const char *source;         /* where Meta says so: a key of graph-api.md; NULL: nowhere (U) */
};

#define AUDIT_FIELDS_MAX 11

/* Compares every field, in a fixed order; texts live in `arena`. Returns how many were compared. */
size_t audit_compare(const struct audit_facts *facts, struct arena *arena,
                     struct audit_finding findings[AUDIT_FIELDS_MAX]);

/* As the database keeps them: a JSON array, in `arena`. */
const char *audit_write(const struct audit_finding *findings, size_t count, struct arena *arena);
/* The other way; NULL and what is no such array give none. */
size_t audit_read(const char *text, struct arena *arena,
                  struct audit_finding findings[AUDIT_FIELDS_MAX]);

/* Every remedy, for the test of the languages: NULL after the last. */
const char *audit_remedy(size_t at);

/* What is asked for of a number, beside what other readers of the same list need. Certificates are
 * secrets, and are never asked for. */
#define AUDIT_NUMBER_FIELDS                                                                   \
    "quality_rating,whatsapp_business_manager_messaging_limit,is_official_business_account,"  \
    "throughput,webhook_configuration,health_status,settings,"                                \
    "whatsapp_business_profile{about,address,description,email,profile_picture_url,vertical," \
    "websites}"
/* What is asked for of the WABA: the limit is shown there too. */
#define AUDIT_WABA_FIELDS "whatsapp_business_manager_messaging_limit"
/* What is asked for of a number that has been registered. */
extern const char AUDIT_CONFIRMED_FIELDS[];

#endif
