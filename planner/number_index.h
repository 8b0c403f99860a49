/* SPDX-License-Identifier: PostgreSQL */
/*
 * number_index -- where a phone number was first seen: about ten bytes a number, so that a book of
 * a million is searched for duplicates in ten megabytes.
 *
 * A number has at most 15 digits, 50 bits. They are mixed by a multiplication that can be undone;
 * the highest bits of the product choose one of many short chains, and what is left fits into one
 * word beside the place. The links of all chains are of one size and lie in one array, which grows
 * without holes: tables of their own, each growing for itself, left a fifth of the heap unused.
 */
#ifndef WABAMIGRATE_PLANNER_NUMBER_INDEX_H
#define WABAMIGRATE_PLANNER_NUMBER_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "planner/e164.h"

/* Lines past this one are told as this one. */
#define NUMBER_INDEX_LINE_MAX ((UINT32_C(1) << 27) - 1)

struct number_place {
    uint32_t line; /* from 1 */
    bool is_second_file;
};

struct number_link;

struct number_index {
    uint32_t *chains;          /* the last link of each; NULL until the first insert */
    struct number_link *links; /* from 1 */
    size_t link_count, link_room;
    size_t count;
};

/* A zeroed struct is an empty index. NULL or zeroed is fine to finish. */
void number_index_finish(struct number_index *index);

/* False after putting it in; true when the number is there already, *earlier being its place. */
bool number_index_put(struct number_index *index, const struct e164 *number,
                      struct number_place place, struct number_place *earlier);

#endif
