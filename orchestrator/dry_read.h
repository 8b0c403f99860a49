/* SPDX-License-Identifier: PostgreSQL */
/*
 * dry_read -- reads a book's WABAs from Graph: by list and page, a few calls a customer, and no
 * call where an earlier reading is fresh enough.
 *
 * The client underneath refuses everything but GET. What was read of a customer is handed over as
 * soon as it is whole and forgotten then, so that memory does not grow with what Graph answers.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_DRY_READ_H
#define WABAMIGRATE_ORCHESTRATOR_DRY_READ_H

#include "orchestrator/database.h"
#include "orchestrator/dry_book.h"

struct dry_read_settings {
    const struct database *database;
    const struct vault *vault;
    struct dry_book *book;
    /* Offered each customer before it is read; takes what is known already and fresh (sets the
     * sides' is_read). May be NULL. */
    void (*reuse)(void *self, struct dry_customer *customer);
    /* Called once for each customer that has a chosen number, when all its reads are over. Anything
     * but STATUS_OK ends the reading with that status. */
    enum status (*take)(void *self, struct dry_customer *customer);
    void *self;
};

struct dry_read_result {
    int64_t calls;
    int64_t ms; /* mean of a call */
    unsigned failed_reads;
    unsigned unanswered_reads; /* of these, those that say nothing: no answer, nobody refused */
    unsigned reused_reads;
    bool is_stopped; /* by a signal */
};

/* STATUS_CREDENTIAL when Graph refuses the partner's token; STATUS_IO when stopped by a signal. */
MUST_CHECK enum status dry_read(const struct dry_read_settings *settings,
                                struct dry_read_result *result, struct fault *fault);

#endif
