/* SPDX-License-Identifier: PostgreSQL */
/*
 * manifest -- reads a customer book: YAML, version 1, and the CSV it may name (`numbers_file`).
 *
 * The book is streamed from libyaml's events: a customer and a number are handed to the sink as
 * soon as they are whole, and forgotten. What is remembered is some ten bytes a number (to
 * find duplicates) and one small record a customer. The order of the top-level keys does not
 * matter, so defaults are not applied here: a NULL field means "not set at this level", and whoever
 * reads the plan takes the number's value, else the customer's, else the batch's.
 *
 * Everything wrong is told through `problem`, one call a problem, in the order of the file; reading
 * goes on to find the rest. A manifest with a problem must not be used: manifest_read() then
 * returns STATUS_INVALID, and the caller throws away what the sink was given.
 *
 * Ceilings: 256 MiB of YAML and 1 GiB of CSV, 64 levels deep, 64 KiB a scalar, no aliases and no
 * tags (so no billion laughs), one document. docs/manifest.md tells them to people.
 */
#ifndef WABAMIGRATE_PLANNER_MANIFEST_H
#define WABAMIGRATE_PLANNER_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/fault.h"
#include "planner/e164.h"

/* What may be set for the batch (`defaults`), for a customer and for a number. NULL: not set here.
 */
struct manifest_settings {
    const char *path;          /* "embedded_signup", "programmatic" */
    const char *waba_currency; /* three capital letters; not an enumeration (Meta adds) */
    const char *templates;     /* "before_register", "after_register", "leave" */
    const char *data_localization_region; /* two capital letters */
    const char *code_method;              /* "SMS", "VOICE" */
    const char *language;                 /* "en_US" */
    /* Not of a number. How long register waits for the copies, and how long they are looked after:
     * "15m", "7d". */
    const char *templates_wait, *templates_settle;
    const char *business_profile; /* not of a number: "keep", "report" */
};

struct manifest_batch {
    const char *batch; /* the batch's name */
    const char *business_id, *app_id;
    const char *credit_line_id; /* NULL: customers pay Meta themselves */
    const char *credit_method;  /* "sharing_and_attach" (default, NULL) or "sharing_then_attach" */
    const char *system_user_id; /* partner.system_user_id; NULL: found by asking */
    const char *system_token_ref,
        *app_secret_ref;       /* see planner/credential_ref.h; secret may be NULL */
    const char *graph_version; /* NULL: the program's default */
    struct manifest_settings defaults;
    const char *numbers_file; /* as the manifest names it; NULL: none */
    /* Of the very bytes that were read, the numbers_file's too ("" where there is none). */
    char digest[DIGEST_TEXT_BYTES], numbers_file_digest[DIGEST_TEXT_BYTES];
};

/* One line of `attest`: the customer, or who is named, confirmed this rule on that day. */
struct manifest_attestation {
    const char *rule; /* an eligibility rule id */
    const char *date; /* "2026-11-20", or "2026-11-20 the manager, by phone" */
};

#define MANIFEST_ATTESTATIONS_MAX 32

struct manifest_customer {
    const char *id, *name, *business_id, *source_waba_id, *destination_waba_id;
    const char *token_ref, *source_token_ref;
    const char *webhook_override_callback_uri, *webhook_verify_token_ref;
    struct manifest_attestation attest[MANIFEST_ATTESTATIONS_MAX];
    unsigned attest_count;
    struct manifest_settings settings;
    const char *file; /* where it stands, for messages that come later */
    unsigned line;
};

struct manifest_number {
    const char *customer_id;
    struct e164 number;
    const char *source_phone_number_id, *phone_number_id;
    struct manifest_settings settings;
    const char *file;
    unsigned line;
};

/* Where the book goes. Every pointer handed over is valid during the call only. A sink that returns
 * other than STATUS_OK ends the reading with that status and fault. A customer comes before its
 * numbers. `batch` is called exactly once, at the end, after every customer and number. From the
 * first problem on only `problem` is called (never `batch`), so a sink sees no record that is not
 * whole. */
struct manifest_sink {
    void *self;
    enum status (*batch)(void *self, const struct manifest_batch *batch, struct fault *fault);
    enum status (*customer)(void *self, const struct manifest_customer *customer,
                            struct fault *fault);
    enum status (*number)(void *self, const struct manifest_number *number, struct fault *fault);
    /* `what` says what is wrong and how to mend it; `key` is a dotted path such as
     * "customers[3].numbers[0].number". */
    void (*problem)(void *self, const char *file, unsigned line, unsigned column, const char *key,
                    const char *what);
};

/* `name`, as a manifest at `path` says it (numbers_file), as a path from the working folder. */
const char *manifest_beside(struct arena *arena, const char *path, const char *name);

/* Reads the manifest at `path` ("-" is standard input; then `numbers_file` and credential files are
 * resolved beside the working folder). `check_credentials`: every credential reference must resolve
 * (a missing variable is a problem at its line). STATUS_INVALID after at least one problem, and
 * when the manifest cannot be read (one fault, no problem lines; a `numbers_file` that cannot be
 * opened, or is no regular file, is a problem of its key). STATUS_IO when reading fails half-way.
 * Reads files: may block.
 */
MUST_CHECK enum status manifest_read(const char *path, bool check_credentials,
                                     const struct manifest_sink *sink, struct fault *fault);

#endif
