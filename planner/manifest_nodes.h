/* SPDX-License-Identifier: PostgreSQL */
/*
 * manifest_nodes -- follows libyaml's events through the tables of keys.
 *
 * A frame is kept for each collection that the tables know; what they do not know is told as a
 * problem and passed over. Whole records go to the book: a customer with the numbers that stand in
 * it, once its mapping ends, because any key may stand last.
 *
 * Private to the manifest's own files.
 */
#ifndef WABAMIGRATE_PLANNER_MANIFEST_NODES_H
#define WABAMIGRATE_PLANNER_MANIFEST_NODES_H

#include <stdbool.h>
#include <stdint.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "planner/manifest_book.h"
#include "planner/manifest_keys.h"

enum {
    MANIFEST_FRAMES_MAX = 8, /* the tables nest 5 deep */
    MANIFEST_PATH_BYTES = 512
};

/* One collection that is being read: a mapping of known keys, or a sequence of mappings. */
struct manifest_frame {
    const struct manifest_key *key;     /* whose value this is; NULL at the top */
    const struct manifest_table *table; /* of the mapping, or of the sequence's items */
    bool is_sequence;
    void *record;
    struct arena *arena; /* of the record */
    struct manifest_place place;
    size_t path_length; /* of the path up to this collection */
    /* sequences */
    unsigned index;
    /* mappings */
    bool wants_value;
    const struct manifest_key *pending;              /* whose value comes next; NULL: skip it */
    const char *rule;                                /* the same in `attest` */
    uint32_t seen;                                   /* bits: keys of the table */
    struct manifest_place places[MANIFEST_KEYS_MAX]; /* of the values seen */
};

struct manifest_nodes {
    struct manifest_book *book; /* borrowed */
    unsigned document_count;
    bool is_broken;                /* nothing after this can be made sense of */
    unsigned depth, skipped_depth; /* of the node being skipped; 0: none */
    struct manifest_frame frames[MANIFEST_FRAMES_MAX];
    unsigned frame_count;
    char path[MANIFEST_PATH_BYTES]; /* of the node being read: "customers[3].id" */
    struct manifest_document document;
    struct manifest_customer customer;
    struct manifest_number number;
    struct arena *document_arena, *customer_arena, *number_arena;
    struct buffer pending;        /* the customer's numbers, packed */
    bool has_pending;             /* the customer has numbers, even if bad ones */
    bool has_programmatic_number; /* one of them names that path */
    struct manifest_place document_place, numbers_file_place;
};

void manifest_nodes_init(struct manifest_nodes *nodes, struct manifest_book *book);
void manifest_nodes_finish(struct manifest_nodes *nodes);

/* What is wrong becomes a problem of the book; the status is the sink's, or STATUS_LIMIT. The event
 * stays the caller's. */
MUST_CHECK enum status manifest_nodes_take(struct manifest_nodes *nodes, const yaml_event_t *event,
                                           struct fault *fault);

struct manifest_place manifest_nodes_place(const yaml_mark_t *mark);

#endif
