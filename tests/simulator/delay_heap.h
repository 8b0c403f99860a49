/* SPDX-License-Identifier: PostgreSQL */
/* delay_heap -- what is due when: a binary heap of borrowed things, the earliest first. */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_DELAY_HEAP_H
#define WABAMIGRATE_TESTS_SIMULATOR_DELAY_HEAP_H

#include <stddef.h>
#include <stdint.h>

struct delay {
    int64_t due_ms;
    uint64_t order; /* equal times leave in the order they came */
    void *thing;
};

struct delay_heap {
    struct delay *delays;
    size_t count, capacity;
    uint64_t next_order;
};

void delay_heap_finish(struct delay_heap *heap);
void delay_heap_push(struct delay_heap *heap, int64_t due_ms, void *thing);
/* The earliest thing if it is due, taken out; else NULL. */
void *delay_heap_pop(struct delay_heap *heap, int64_t now_ms);
/* Milliseconds until something is due; -1 when empty. */
int64_t delay_heap_wait_ms(const struct delay_heap *heap, int64_t now_ms);

#endif
