/* SPDX-License-Identifier: PostgreSQL */
/* dry_book -- a manifest in memory, with what is read of it: a dry run's batch. */
#ifndef WABAMIGRATE_ORCHESTRATOR_DRY_BOOK_H
#define WABAMIGRATE_ORCHESTRATOR_DRY_BOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "orchestrator/batch_facts.h"
#include "planner/eligibility.h"

struct json_object;

struct dry_customer {
    const char *key, *name, *business_id, *source_waba_id, *destination_waba_id;
    const char *token_ref, *source_token_ref, *business_token_sealed;
    struct eligibility_attestation *attestations;
    size_t attestation_count;
    bool is_embedded_signup;
    struct json_object *source_node, *destination_node;
    const char *source_read_at, *destination_read_at;
};

struct dry_number {
    const char *number;
    size_t customer; /* index */
    const char *phone_number_id;
    struct json_object *source_node, *destination_node;
    /* where a loaded batch has it already; NULL where the findings decide */
    const char *state, *step, *error;
    struct finding *findings;
    size_t finding_count;
    bool is_eligible;
    const struct finding *block; /* the first finding that blocks, or NULL */
};

struct dry_book {
    struct arena *arena;
    struct dry_customer *customers;
    size_t customer_count, customer_room;
    struct dry_number *numbers; /* sorted by number once loaded */
    size_t number_count, number_room;
    struct batch_facts batch;
    unsigned problems;
};

/* Reads the manifest; problems are printed, one a line. STATUS_INVALID when there are any. Release
 * with dry_book_finish() in either case. */
MUST_CHECK enum status dry_book_read(const char *manifest, struct dry_book *book,
                                     struct fault *fault);
void dry_book_finish(struct dry_book *book);

/* NULL when the book has no such customer or number. */
struct dry_customer *dry_book_customer(struct dry_book *book, const char *key);
struct dry_number *dry_book_number(struct dry_book *book, const char *number);

#endif
