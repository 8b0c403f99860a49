/* SPDX-License-Identifier: PostgreSQL */
/*
 * index -- finds things by their text: a hash table of borrowed keys and borrowed values.
 *
 * Keys must outlive the index. Nothing is ever taken out; a second value for a key replaces the
 * first.
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_INDEX_H
#define WABAMIGRATE_TESTS_SIMULATOR_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct index_slot {
    const char *key;
    uint64_t hash;
    void *value;
};

struct index {
    struct index_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

/* A zeroed index is empty and ready. */
void index_finish(struct index *index);
void *index_find(const struct index *index, const char *key); /* NULL: not there */
void index_put(struct index *index, const char *key, void *value);

/* FNV-1a with a final mix: the same on every machine, so that what hangs on it can be repeated. */
uint64_t index_hash(const char *text);
uint64_t index_mix(uint64_t value);
/* A lot as a fraction, from 0 to just under 1. */
double index_fraction(uint64_t lot);

#endif
