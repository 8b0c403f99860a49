/* SPDX-License-Identifier: PostgreSQL */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_IS_CHECKED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_IS_CHECKED 1
#endif
#endif
#ifndef ARENA_IS_CHECKED
#define ARENA_IS_CHECKED 0
#endif

/* The first block is small, since thousands of arenas (a step in hand each) need no more; each of
 * the next is twice as large as the one before, to the last of these. */
#define FIRST_BLOCK_BYTES 2048
#define BLOCK_BYTES 8192

struct block {
    struct block *next;
    size_t capacity;
    size_t used;
    alignas(max_align_t) char data[];
};

struct arena {
    struct block *blocks; /* newest first; only the newest is filled further */
};

struct arena *arena_create(void)
{
    struct arena *arena = memory_take(sizeof *arena);

    arena->blocks = NULL;
    return arena;
}

static void free_blocks(struct block *block)
{
    while (block != NULL) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_destroy(struct arena *arena)
{
    if (arena == NULL)
        return;
    free_blocks(arena->blocks);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    struct block *block = arena->blocks;

    if (block == NULL)
        return;
    /* A block made for one big thing is not worth keeping, and under ASan none is: a stale pointer
     * must be seen. */
    if (ARENA_IS_CHECKED || block->capacity > BLOCK_BYTES) {
        free_blocks(block);
        arena->blocks = NULL;
        return;
    }
    free_blocks(block->next);
    block->next = NULL;
    block->used = 0;
}

static struct block *add_block(struct arena *arena, size_t capacity)
{
    struct block *block = memory_take(sizeof *block + capacity);

    block->capacity = capacity;
    block->used = 0;
    /* A big thing goes behind the newest block, whose remaining room is still good. */
    if (arena->blocks != NULL && capacity > BLOCK_BYTES) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

size_t arena_bytes(const struct arena *arena)
{
    size_t bytes = 0;

    for (const struct block *block = arena->blocks; block != NULL; block = block->next)
        bytes += sizeof *block + block->capacity;
    return bytes;
}

/* As arena_alloc(), with whatever was there. */
static void *take(struct arena *arena, size_t bytes)
{
    const size_t alignment = alignof(max_align_t);
    struct block *block = arena->blocks;

    BUG_UNLESS(bytes < SIZE_MAX / 2);
    if (ARENA_IS_CHECKED) {
        block = add_block(arena, bytes);
        block->used = bytes;
        return block->data;
    }

    /* At least one byte, so that two empty things still have two addresses. */
    size_t taken = ((bytes > 0 ? bytes : 1) + alignment - 1) / alignment * alignment;
    if (block == NULL || taken > block->capacity - block->used) {
        size_t usual = block == NULL ? FIRST_BLOCK_BYTES : 2 * block->capacity;
        usual = usual < BLOCK_BYTES ? usual : BLOCK_BYTES;
        block = add_block(arena, taken > usual ? taken : usual);
    }

    void *memory = block->data + block->used;
    block->used += taken;
    return memory;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    return memset(take(arena, bytes), 0, bytes);
}

char *arena_copy_bytes(struct arena *arena, const char *bytes, size_t count)
{
    char *copy = take(arena, count + 1);

    if (count > 0)
        memcpy(copy, bytes, count);
    copy[count] = '\0';
    return copy;
}

char *arena_copy_text(struct arena *arena, const char *text)
{
    return text != NULL ? arena_copy_bytes(arena, text, strlen(text)) : NULL;
}

char *arena_join_texts(struct arena *arena, const char *const *texts)
{
    size_t bytes = 0, length;

    for (const char *const *text = texts; *text != NULL; text++)
        bytes += strlen(*text);
    char *joined = arena_alloc(arena, bytes + 1), *at = joined;
    for (const char *const *text = texts; *text != NULL; text++, at += length) {
        length = strlen(*text);
        memcpy(at, *text, length);
    }
    return joined;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    BUG_UNLESS(count >= 0);

    char *text = arena_alloc(arena, (size_t)count + 1);
    va_start(arguments, format);
    int written = vsnprintf(text, (size_t)count + 1, format, arguments);
    va_end(arguments);
    BUG_UNLESS(written == count);
    return text;
}
