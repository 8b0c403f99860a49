/* SPDX-License-Identifier: PostgreSQL */
/*
 * manifest_book -- what is remembered while a manifest is read: the problems, which numbers and
 * customers there are, and where the book goes. Both readers (YAML and CSV) hand their records
 * here.
 *
 * Problems are held back and told in the order of the files; past PROBLEMS_HELD_MAX of them the
 * order holds within each lot only. From the first problem on the sink gets no more customers or
 * numbers, so it never sees a record that is not whole.
 *
 * Private to the manifest's own files.
 */
#ifndef WABAMIGRATE_PLANNER_MANIFEST_BOOK_H
#define WABAMIGRATE_PLANNER_MANIFEST_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "planner/known_customers.h"
#include "planner/manifest.h"
#include "planner/manifest_keys.h"
#include "planner/number_index.h"
#include "planner/place_index.h"

#define PROBLEMS_HELD_MAX 4096

struct manifest_problem;

struct manifest_book {
    const struct manifest_sink *sink;
    bool check_credentials;
    const char *file_names[2]; /* by enum manifest_file; as messages show them */
    char *folder;              /* absolute; where relative credential files are looked for */
    size_t problem_count, problems_held;
    struct manifest_problem *problems;
    struct number_index numbers;
    struct place_index destinations;
    struct known_customers customers;
    bool has_lost_rows; /* malformed ones: whose numbers they were is not known */
};

void manifest_book_init(struct manifest_book *book, const struct manifest_sink *sink,
                        bool check_credentials);
void manifest_book_finish(struct manifest_book *book);

/* `format` makes what is wrong and how to mend it. */
void manifest_book_problem(struct manifest_book *book, struct manifest_place place, const char *key,
                           const char *format, ...) PRINTF_LIKE(4, 5);
/* Tells the sink the problems held back. */
void manifest_book_tell(struct manifest_book *book);

/* Checks a scalar and keeps it in the key's field of `record`, copied into `arena`. Credentials
 * become references, kept in the field of `credential`, the key whose mapping they stand in.
 * False after a problem. */
bool manifest_book_keep(struct manifest_book *book, const struct manifest_key *key,
                        const struct manifest_key *credential, void *record, struct arena *arena,
                        const char *text, struct manifest_place place, const char *path);
/* Adds one line to `attest`. False after a problem. */
bool manifest_book_attest(struct manifest_book *book, struct manifest_customer *customer,
                          struct arena *arena, const char *rule, const char *text,
                          struct manifest_place place, const char *path);
/* With check_credentials: a reference that does not resolve is a problem. NULL is fine. */
void manifest_book_resolve(struct manifest_book *book, const char *reference,
                           struct manifest_place place, const char *path);

/* Where the values stood that a customer is compared by, and how its keys are called there. */
struct manifest_customer_places {
    struct manifest_place id, destination;
    const char *id_path, *destination_path;
};

/* Remembers a customer and checks it against the others: a second definition, a destination that
 * another has, a destination that is the source. Returns what is known under its id: the new
 * record, or NULL when it has no id or is a second definition. */
struct known_customer *manifest_book_know(struct manifest_book *book,
                                          const struct manifest_customer *customer,
                                          const struct manifest_customer_places *places);
/* Remembers a number; a problem when it is in the book already. */
void manifest_book_number(struct manifest_book *book, const struct e164 *number,
                          struct manifest_place place, const char *path);

/* NULL is fine. */
bool manifest_book_is_programmatic(const char *path);
/* Once all is read: the programmatic path makes numbers on a WABA that must be there. */
void manifest_book_check_paths(struct manifest_book *book, const char *default_path);

/* Hand a record to the sink, unless there was a problem. */
MUST_CHECK enum status manifest_book_give_customer(struct manifest_book *book,
                                                   const struct manifest_customer *customer,
                                                   struct fault *fault);
MUST_CHECK enum status manifest_book_give_number(struct manifest_book *book,
                                                 const struct manifest_number *number,
                                                 struct fault *fault);

#endif
