/* SPDX-License-Identifier: PostgreSQL */
#include "planner/place_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

enum { FIRST_CAPACITY = 64 };

void place_index_finish(struct place_index *index)
{
    if (!index)
        return;
    free(index->entries);
    *index = (struct place_index){0};
}

/* Fibonacci hashing: books are full of consecutive numbers, which it spreads evenly. */
static size_t slot_of(uint64_t key, size_t capacity)
{
    return (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & (capacity - 1);
}

/* The entry of `key`, or the empty one where it belongs. */
static struct place_entry *probe(struct place_entry *entries, size_t capacity, uint64_t key)
{
    size_t slot = slot_of(key, capacity);
    while (entries[slot].key != 0 && entries[slot].key != key)
        slot = (slot + 1) & (capacity - 1);
    return &entries[slot];
}

static void grow(struct place_index *index)
{
    size_t capacity = index->capacity ? index->capacity * 2 : FIRST_CAPACITY;
    struct place_entry *entries = memory_take(capacity * sizeof *entries);

    memset(entries, 0, capacity * sizeof *entries);
    for (size_t i = 0; i < index->capacity; i++)
        if (index->entries[i].key != 0)
            *probe(entries, capacity, index->entries[i].key) = index->entries[i];
    free(index->entries);
    index->entries = entries;
    index->capacity = capacity;
}

const struct place_entry *place_index_put(struct place_index *index, uint64_t key, uint32_t line,
                                          uint32_t tag)
{
    BUG_UNLESS(key != 0);
    if (index->count + 1 > index->capacity / 4 * 3)
        grow(index);
    struct place_entry *entry = probe(index->entries, index->capacity, key);
    if (entry->key == key)
        return entry;
    *entry = (struct place_entry){key, line, tag};
    index->count++;
    return NULL;
}

struct place_entry *place_index_find(const struct place_index *index, uint64_t key)
{
    if (index->count == 0)
        return NULL;
    struct place_entry *entry = probe(index->entries, index->capacity, key);
    return entry->key == key && key != 0 ? entry : NULL;
}
