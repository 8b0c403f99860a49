/* SPDX-License-Identifier: PostgreSQL */
/*
 * place_index -- where a 64-bit key was first seen: 16 bytes an entry, so that a book of a million
 * numbers is searched for duplicates in a few tens of megabytes.
 *
 * Open addressing, at most three quarters full. The key 0 cannot be stored; neither a number nor an
 * id is ever 0.
 */
#ifndef WABAMIGRATE_PLANNER_PLACE_INDEX_H
#define WABAMIGRATE_PLANNER_PLACE_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct place_entry {
    uint64_t key;
    uint32_t line;
    uint32_t tag; /* the caller's: which file, or which record */
};

struct place_index {
    struct place_entry *entries; /* NULL until the first insert */
    size_t capacity;             /* a power of two */
    size_t count;
};

/* A zeroed struct is an empty index. NULL or zeroed is fine to finish. */
void place_index_finish(struct place_index *index);

/* The entry that has `key` already, or NULL after putting it in. Valid until the next put. */
const struct place_entry *place_index_put(struct place_index *index, uint64_t key, uint32_t line,
                                          uint32_t tag);
/* Borrowed until the next put; its tag may be changed. NULL when absent. */
struct place_entry *place_index_find(const struct place_index *index, uint64_t key);

#endif
