/* SPDX-License-Identifier: PostgreSQL */
/*
 * known_customers -- what is kept of a customer while a manifest is read: enough to find a second
 * definition, and to see that CSV rows agree with it. Some 40 bytes a customer and its id: values
 * are kept as prints of 32 bits.
 *
 * Private to the manifest's own files.
 */
#ifndef WABAMIGRATE_PLANNER_KNOWN_CUSTOMERS_H
#define WABAMIGRATE_PLANNER_KNOWN_CUSTOMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "planner/manifest.h"

/* The order is that of the problems. */
enum manifest_file { FILE_YAML, FILE_ROWS };

struct manifest_place {
    enum manifest_file file;
    unsigned line, column;
};

struct known_customer {
    uint32_t line;   /* where it was defined */
    uint32_t index;  /* in the manifest's `customers` */
    uint16_t column; /* no greater than can be */
    uint16_t fields; /* bits: those that are set */
    uint8_t attest_count;
    bool is_in_rows : 1; /* defined in the second file */
    bool has_numbers : 1, has_destination : 1;
    bool is_programmatic : 1, has_own_path : 1, has_programmatic_number : 1;
    /* Of the fields that are set, then of the lines of `attest`; then the id's text. */
    uint32_t prints[];
};

struct known_block;

struct known_customers {
    struct known_block **blocks; /* the records, one behind the other, in the order of the book */
    size_t block_count, count;
    uint32_t *slots; /* where a record is, by its id's hash; 0: free */
    size_t slot_count;
};

/* A zeroed struct is empty. NULL or zeroed is fine to finish. */
void known_customers_finish(struct known_customers *customers);

/* In the order of the book. */
void known_customers_each(const struct known_customers *customers,
                          void (*visit)(void *self, const struct known_customer *known),
                          void *self);
/* NULL when there is none. Borrowed. */
struct known_customer *known_customers_find(const struct known_customers *customers,
                                            const char *id);
/* Its id must not be known yet. Borrowed. */
struct known_customer *known_customers_add(struct known_customers *customers,
                                           const struct manifest_customer *customer,
                                           struct manifest_place place);

const char *known_customer_id(const struct known_customer *known);
struct manifest_place known_customer_place(const struct known_customer *known);
/* Whether the field at `offset` of struct manifest_customer, one that CSV rows may give, is what is
 * known of its customer. */
bool known_customer_agrees(const struct known_customer *known,
                           const struct manifest_customer *customer, size_t offset);
/* The same for one line of `attest`. */
bool known_customer_attested(const struct known_customer *known,
                             const struct manifest_attestation *attestation);

#endif
