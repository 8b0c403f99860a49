/* SPDX-License-Identifier: PostgreSQL */
/*
 * arena -- memory that is released all at once.
 *
 * Good for what lives and dies together: one attempt, one manifest entry, one plan. Bad for
 * anything that grows in place. Under AddressSanitizer every allocation is a malloc of its own, so
 * that an overrun is seen. Allocation aborts when memory runs out.
 */
#ifndef WABAMIGRATE_BASE_ARENA_H
#define WABAMIGRATE_BASE_ARENA_H

#include <stddef.h>

#include "base/fault.h"

struct arena;

struct arena *arena_create(void);
/* NULL is fine. */
void arena_destroy(struct arena *arena);
/* Releases everything in it; keeps a first block for reuse. */
void arena_reset(struct arena *arena);

/* How much memory it holds. */
size_t arena_bytes(const struct arena *arena);

/* Zeroed, aligned for any type, valid until reset or destroy. */
void *arena_alloc(struct arena *arena, size_t bytes);
/* A copy; NULL in gives NULL out. */
char *arena_copy_text(struct arena *arena, const char *text);
char *arena_copy_bytes(struct arena *arena, const char *bytes, size_t count); /* adds a NUL */
/* Texts behind each other. A tenth of what arena_printf() costs, which is for what has a format. */
#define arena_join(arena, ...) arena_join_texts(arena, (const char *const[]){__VA_ARGS__, NULL})
char *arena_join_texts(struct arena *arena, const char *const *texts); /* ends with NULL */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
