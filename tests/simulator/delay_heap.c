/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/delay_heap.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/fault.h"

void delay_heap_finish(struct delay_heap *heap)
{
    free(heap->delays);
    *heap = (struct delay_heap){0};
}

static bool is_before(const struct delay *left, const struct delay *right)
{
    if (left->due_ms != right->due_ms)
        return left->due_ms < right->due_ms;
    return left->order < right->order;
}

static void swap(struct delay *left, struct delay *right)
{
    struct delay kept = *left;
    *left = *right;
    *right = kept;
}

void delay_heap_push(struct delay_heap *heap, int64_t due_ms, void *thing)
{
    if (heap->count == heap->capacity) {
        heap->capacity = heap->capacity ? heap->capacity * 2 : 64;
        heap->delays = memory_resize(heap->delays, heap->capacity * sizeof *heap->delays);
    }
    size_t at = heap->count++;
    heap->delays[at] = (struct delay){due_ms, heap->next_order++, thing};
    for (; at > 0 && is_before(&heap->delays[at], &heap->delays[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&heap->delays[at], &heap->delays[(at - 1) / 2]);
}

void *delay_heap_pop(struct delay_heap *heap, int64_t now_ms)
{
    if (heap->count == 0 || heap->delays[0].due_ms > now_ms)
        return NULL;
    void *thing = heap->delays[0].thing;
    heap->delays[0] = heap->delays[--heap->count];
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < heap->count; child++) {
            if (is_before(&heap->delays[child], &heap->delays[least]))
                least = child;
        }
        if (least == at)
            return thing;
        swap(&heap->delays[at], &heap->delays[least]);
        at = least;
    }
}

int64_t delay_heap_wait_ms(const struct delay_heap *heap, int64_t now_ms)
{
    if (heap->count == 0)
        return -1;
    return heap->delays[0].due_ms > now_ms ? heap->delays[0].due_ms - now_ms : 0;
}
