/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

uint64_t index_mix(uint64_t value)
{
    /* The finaliser of MurmurHash3: FNV alone leaves its high bits poor for short keys. */
    value ^= value >> 33;
    value *= 0xff51afd7ed558ccdULL;
    value ^= value >> 33;
    value *= 0xc4ceb9fe1a85ec53ULL;
    value ^= value >> 33;
    return value;
}

uint64_t index_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325ULL;
    for (; *text; text++) {
        hash ^= (unsigned char)*text;
        hash *= 0x100000001b3ULL;
    }
    return index_mix(hash);
}

void index_finish(struct index *index)
{
    if (!index)
        return;
    free(index->slots);
    *index = (struct index){0};
}

/* The slot of `key`, or the empty one where it belongs. */
static struct index_slot *slot_of(const struct index *index, const char *key, uint64_t hash)
{
    size_t at = (size_t)hash & (index->capacity - 1);
    while (index->slots[at].key &&
           (index->slots[at].hash != hash || strcmp(index->slots[at].key, key) != 0))
        at = (at + 1) & (index->capacity - 1);
    return &index->slots[at];
}

void *index_find(const struct index *index, const char *key)
{
    if (index->count == 0 || !key)
        return NULL;
    return slot_of(index, key, index_hash(key))->value;
}

static void grow(struct index *index)
{
    struct index old = *index;
    index->capacity = old.capacity ? old.capacity * 2 : 64;
    index->slots = memory_take(index->capacity * sizeof *index->slots);
    memset(index->slots, 0, index->capacity * sizeof *index->slots);
    for (size_t i = 0; i < old.capacity; i++) {
        if (old.slots[i].key)
            *slot_of(index, old.slots[i].key, old.slots[i].hash) = old.slots[i];
    }
    free(old.slots);
}

void index_put(struct index *index, const char *key, void *value)
{
    if ((index->count + 1) * 2 > index->capacity)
        grow(index);
    uint64_t hash = index_hash(key);
    struct index_slot *slot = slot_of(index, key, hash);
    if (!slot->key)
        index->count++;
    *slot = (struct index_slot){key, hash, value};
}

double index_fraction(uint64_t lot)
{
    return (double)(lot >> 11) / 9007199254740992.0;
}
