/* SPDX-License-Identifier: PostgreSQL */
#include "planner/number_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

/* A number's bits: those that choose its shelf, and the rest, which is kept. */
#define NUMBER_BITS 50
#define SHELF_BITS 14
#define REST_BITS (NUMBER_BITS - SHELF_BITS)
/* An entry: the rest, which file, the line. Never 0, since lines count from 1. */
#define LINE_BITS 27
#define PLACE_BITS (LINE_BITS + 1)

_Static_assert(REST_BITS + PLACE_BITS == 64, "an entry is one word");
_Static_assert(NUMBER_INDEX_LINE_MAX >> LINE_BITS == 0, "every line has a place in an entry");

enum { SHELVES = 1 << SHELF_BITS, FIRST_ROOM = 8 };

struct number_shelf {
    uint64_t *entries;
    uint32_t count, room;
};

void number_index_finish(struct number_index *index)
{
    if (!index || !index->shelves)
        return;
    for (size_t i = 0; i < SHELVES; i++)
        free(index->shelves[i].entries);
    free(index->shelves);
    *index = (struct number_index){0};
}

/* Another number for each: an odd factor has an inverse. Books are full of consecutive numbers,
 * which the golden ratio spreads evenly. */
static uint64_t mix(uint64_t digits)
{
    return (digits * UINT64_C(0x9E3779B97F4A7C15)) & ((UINT64_C(1) << NUMBER_BITS) - 1);
}

/* The entry of `rest`, or the empty one where it belongs. There is always an empty one. */
static uint64_t *probe(uint64_t *entries, uint32_t room, uint64_t rest)
{
    size_t at = (size_t)(rest * room >> REST_BITS);

    while (entries[at] != 0 && entries[at] >> PLACE_BITS != rest)
        at = at + 1 == room ? 0 : at + 1;
    return &entries[at];
}

static void grow(struct number_shelf *shelf)
{
    uint32_t room = shelf->room ? shelf->room + shelf->room / 8 + 2 : FIRST_ROOM;
    uint64_t *entries = memory_take(room * sizeof *entries);

    memset(entries, 0, room * sizeof *entries);
    for (uint32_t i = 0; i < shelf->room; i++)
        if (shelf->entries[i] != 0)
            *probe(entries, room, shelf->entries[i] >> PLACE_BITS) = shelf->entries[i];
    free(shelf->entries);
    shelf->entries = entries;
    shelf->room = room;
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
    if (!index->shelves) {
        index->shelves = memory_take(SHELVES * sizeof *index->shelves);
        memset(index->shelves, 0, SHELVES * sizeof *index->shelves);
    }
    struct number_shelf *shelf = &index->shelves[mixed >> REST_BITS];
    if (shelf->count + shelf->room / 8 + 1 > shelf->room)
        grow(shelf);
    uint64_t *entry = probe(shelf->entries, shelf->room, rest);
    if (*entry != 0) {
        *earlier = (struct number_place){*entry & NUMBER_INDEX_LINE_MAX, *entry >> LINE_BITS & 1};
        return true;
    }
    *entry = rest << PLACE_BITS | place_bits(place);
    shelf->count++;
    index->count++;
    return false;
}
