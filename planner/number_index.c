/* SPDX-License-Identifier: PostgreSQL */
#include "planner/number_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

/* A number's bits: those that choose its chain, and the rest, which is kept. */
#define NUMBER_BITS 50
#define CHAIN_BITS 14
#define REST_BITS (NUMBER_BITS - CHAIN_BITS)
/* An entry: the rest, which file, the line. */
#define LINE_BITS 27
#define PLACE_BITS (LINE_BITS + 1)

_Static_assert(REST_BITS + PLACE_BITS == 64, "an entry is one word");
_Static_assert(NUMBER_INDEX_LINE_MAX >> LINE_BITS == 0, "every line has a place in an entry");

enum { CHAINS = 1 << CHAIN_BITS, LINK_ENTRIES = 15, LINKS_FIRST = 256 };

struct number_link {
    uint64_t entries[LINK_ENTRIES];
    uint32_t count;
    uint32_t earlier; /* the chain's link before this one, which is full; 0: none */
};

void number_index_finish(struct number_index *index)
{
    if (!index)
        return;
    free(index->chains);
    free(index->links);
    *index = (struct number_index){0};
}

/* Another number for each: an odd factor has an inverse. Books are full of consecutive numbers,
 * which the golden ratio spreads evenly. */
static uint64_t mix(uint64_t digits)
{
    return (digits * UINT64_C(0x9E3779B97F4A7C15)) & ((UINT64_C(1) << NUMBER_BITS) - 1);
}

static const uint64_t *find(const struct number_index *index, uint32_t link, uint64_t rest)
{
    for (; link != 0; link = index->links[link].earlier) {
        const struct number_link *at = &index->links[link];
        for (uint32_t i = 0; i < at->count; i++) {
            if (at->entries[i] >> PLACE_BITS == rest)
                return &at->entries[i];
        }
    }
    return NULL;
}

/* One with room, at the end of the chain. */
static struct number_link *last_link(struct number_index *index, uint32_t *chain)
{
    if (*chain != 0 && index->links[*chain].count < LINK_ENTRIES)
        return &index->links[*chain];
    if (index->link_count >= index->link_room) {
        /* What is not used yet takes no memory. */
        index->link_room += index->link_room / 2 + LINKS_FIRST;
        index->links = memory_resize(index->links, index->link_room * sizeof *index->links);
    }
    struct number_link *link = &index->links[index->link_count];
    link->count = 0;
    link->earlier = *chain;
    *chain = (uint32_t)index->link_count++;
    return link;
}

static uint64_t place_bits(struct number_place place)
{
    uint64_t line = place.line < NUMBER_INDEX_LINE_MAX ? place.line : NUMBER_INDEX_LINE_MAX;

    BUG_UNLESS(line > 0);
    return (uint64_t)place.is_second_file << LINE_BITS | line;
}

bool number_index_put(struct number_index *index, const struct e164 *number,
                      struct number_place place, struct number_place *earlier)
{
    uint64_t digits = strtoull(number->text + 1, NULL, 10);
    uint64_t mixed = mix(digits), rest = mixed & ((UINT64_C(1) << REST_BITS) - 1);

    BUG_UNLESS(digits >> NUMBER_BITS == 0);
    if (!index->chains) {
        index->chains = memory_take(CHAINS * sizeof *index->chains);
        memset(index->chains, 0, CHAINS * sizeof *index->chains);
        index->link_count = 1;
    }
    uint32_t *chain = &index->chains[mixed >> REST_BITS];
    const uint64_t *entry = find(index, *chain, rest);
    if (entry) {
        *earlier = (struct number_place){*entry & NUMBER_INDEX_LINE_MAX, *entry >> LINE_BITS & 1};
        return true;
    }
    struct number_link *link = last_link(index, chain);
    link->entries[link->count++] = rest << PLACE_BITS | place_bits(place);
    index->count++;
    return false;
}
