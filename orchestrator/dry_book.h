/* SPDX-License-Identifier: PostgreSQL */
/* dry_book -- a manifest in memory, with what is known of it beside: a dry run's batch. */
#ifndef WABAMIGRATE_ORCHESTRATOR_DRY_BOOK_H
#define WABAMIGRATE_ORCHESTRATOR_DRY_BOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "orchestrator/batch_facts.h"
#include "planner/eligibility.h"
#include "planner/manifest.h"
#include "planner/place_index.h"
#include "planner/report.h"

struct json_object;

#define DRY_NONE SIZE_MAX

/* One of a customer's two WABAs, as it was read. */
struct dry_side {
    struct json_object
        *node; /* NULL: not read, or not readable; only until the verdicts are made */
    const char *read_at;
    bool is_read, is_reused;
    bool has_failed; /* half of it at most was read: Graph did not answer, which says nothing */
};

struct dry_customer {
    const char *key, *name, *business_id, *source_waba_id, *destination_waba_id;
    const char *token_ref, *source_token_ref, *business_token_sealed;
    struct manifest_settings settings; /* of its own; the book's defaults come last */
    struct eligibility_attestation *attestations;
    size_t attestation_count;
    bool has_webhook_override, has_signup_code;
    bool has_fresh_source;            /* a run has read it within the hour */
    size_t first_number, last_number; /* indexes; DRY_NONE: none */
    struct dry_side source, destination;
    unsigned open_reads;
};

struct dry_number {
    const char *number;
    size_t customer, next; /* indexes; next number of the same customer, or DRY_NONE */
    const char *phone_number_id, *source_phone_number_id, *waba_currency, *path;
    const char *file;
    unsigned line;
    const char *templates; /* its own setting, or NULL */
    bool is_chosen, has_region;
    struct json_object *source_node, *destination_node; /* only until the verdicts are made */
    /* where a loaded batch has it already; NULL where the findings decide */
    const char *state, *step, *error;
    int registrations;
    const char *registration_blocked_until;
    const char *registration_free_at; /* NULL: now */
    /* the verdicts */
    const struct report_finding *const *findings;
    size_t finding_count;
    bool is_eligible, has_warning;            /* a warning that somebody has to act on */
    const char *blocked_by, *block_waits_for; /* of the finding that says most, or NULL */
};

struct dry_book {
    struct arena *arena;
    struct dry_customer *customers;
    size_t customer_count, customer_room;
    struct dry_number *numbers; /* in the manifest's order */
    size_t number_count, number_room;
    struct place_index customers_by_key, numbers_by_digits;
    struct manifest_settings defaults;
    struct batch_facts batch;
    bool is_offline;
    unsigned problems;
};

/* Reads the manifest; problems are printed, one a line. `is_offline`: credentials are not looked
 * at. STATUS_INVALID when there are any. Release with dry_book_finish() in either case. */
MUST_CHECK enum status dry_book_read(const char *manifest, bool is_offline, struct dry_book *book,
                                     struct fault *fault);
void dry_book_finish(struct dry_book *book);

/* NULL when the book has no such customer or number. */
struct dry_customer *dry_book_customer(struct dry_book *book, const char *key);
struct dry_number *dry_book_number(struct dry_book *book, const char *number);

/* It has moved, or was given up: nothing is asked about it any more. */
bool dry_number_is_over(const struct dry_number *number);

/* What holds for a customer or a number: its own setting, else the one above it. */
const char *dry_book_path(const struct dry_book *book, const struct dry_customer *customer);
const char *dry_book_number_path(const struct dry_book *book, const struct dry_number *number);
const char *dry_book_currency(const struct dry_book *book, const struct dry_number *number);

#endif
