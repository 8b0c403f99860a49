/* SPDX-License-Identifier: PostgreSQL */
/*
 * buffer -- bytes that grow up to a ceiling given at birth.
 *
 * Every buffer fed from outside has its ceiling: past it an append is refused with STATUS_LIMIT and
 * the buffer keeps what it had. The bytes are always followed by a NUL that `length` does not
 * count.
 */
#ifndef WABAMIGRATE_BASE_BUFFER_H
#define WABAMIGRATE_BASE_BUFFER_H

#include <stdarg.h>
#include <stddef.h>

#include "base/fault.h"

struct buffer {
    char *data; /* NULL until the first append */
    size_t length;
    size_t capacity;
    size_t ceiling; /* bytes, without the NUL */
};

void buffer_init(struct buffer *buffer, size_t ceiling_bytes);
/* Frees; NULL or a zeroed buffer is fine. The buffer may be initialised again. */
void buffer_finish(struct buffer *buffer);
/* Forgets the content, keeps the memory. */
void buffer_clear(struct buffer *buffer);

MUST_CHECK enum status buffer_append(struct buffer *buffer, const void *bytes, size_t count);
MUST_CHECK enum status buffer_append_text(struct buffer *buffer, const char *text);
/* As a JSON string, with its quotes. */
MUST_CHECK enum status buffer_append_json(struct buffer *buffer, const char *text);
MUST_CHECK enum status buffer_printf(struct buffer *buffer, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* For what has been read under limits of its own, so that the ceiling cannot be met: that it is
 * would be a bug. The second adds `key`, with what goes before and behind it (`,"owner":`), and
 * `value` as a JSON string; nothing where `value` is NULL. */
void buffer_add(struct buffer *buffer, const char *text);
void buffer_add_member(struct buffer *buffer, const char *key, const char *value);

/* Room for `count` bytes at the end, for the caller to fill and then to say how many of them it
 * was; NULL past the ceiling. For what is made byte by byte. */
MUST_CHECK char *buffer_reserve(struct buffer *buffer, size_t count);
void buffer_commit(struct buffer *buffer, size_t count);

/* Borrowed, NUL-terminated, "" when empty; valid until the next call on the buffer. */
const char *buffer_text(const struct buffer *buffer);
/* Hands the bytes over (free them with free()) and leaves the buffer empty. Never NULL. */
char *buffer_take(struct buffer *buffer);

#endif
