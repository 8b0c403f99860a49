/* SPDX-License-Identifier: PostgreSQL */
/*
 * template_pairs -- reads the templates of pairs of WABAs, and has copied what is missing, with the
 * steps that a run has for it and without a database.
 *
 * What a step learns goes into the pair's template_book, and what the next one is taken up with
 * comes from there. Nothing is asked for twice by one call of these: what was asked for, and what
 * no answer came to, is looked for on the destination. A read never writes: its client refuses
 * everything but GET.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_TEMPLATE_PAIRS_H
#define WABAMIGRATE_ORCHESTRATOR_TEMPLATE_PAIRS_H

#include "base/vault.h"
#include "jobs/job.h"
#include "orchestrator/options.h"
#include "planner/template_book.h"

struct task;

struct template_pair {
    const char *customer, *customer_name, *language, *business_id; /* NULL: no batch's */
    const char *source_waba_id, *destination_waba_id;
    const char *token_ref, *source_token_ref, *business_token_sealed; /* NULL: the partner's */
    struct template_book *book; /* the caller's to make and to destroy */
    /* How it ended: why not all could be read or done, for people; NULL: it could. */
    const char *failure;
    bool is_credential_refused;
    bool is_unfinished; /* there was more to wait for than --patience allows */
    /* at work */
    const char *source_read_at, *destination_read_at;
    struct task *next_task;
    int64_t due_ms;
    struct template_pair *next;
};

struct template_pairs {
    const struct options *options;
    const struct clock *clock;
    const char *batch;           /* for the log and the vault; "" where there is none */
    const struct facts *partner; /* the partner's part */
    const struct vault *vault;   /* NULL: nothing is sealed */
    struct arena *arena;         /* for the pairs' texts */
    struct template_pair *pairs;
    size_t count;
    int64_t calls;
    bool is_stopped; /* by a signal */
};

/* Both lists of every pair, anew. STATUS_CREDENTIAL when Graph refuses the partner's token or does
 * not answer; STATUS_IO when stopped by a signal. What concerns one pair alone is its `failure`. */
MUST_CHECK enum status template_pairs_read(struct template_pairs *pairs, struct fault *fault);

/* Has copied what is missing of every pair that has been read, and waits for it as long as
 * --patience allows. The same statuses. */
MUST_CHECK enum status template_pairs_copy(struct template_pairs *pairs, struct fault *fault);

#endif
