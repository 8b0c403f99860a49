/* SPDX-License-Identifier: PostgreSQL */
#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t first_capacity_bytes = 256;

void buffer_init(struct buffer *buffer, size_t ceiling_bytes)
{
    *buffer = (struct buffer){.ceiling = ceiling_bytes};
}

void buffer_finish(struct buffer *buffer)
{
    if (buffer == NULL)
        return;
    free(buffer->data);
    *buffer = (struct buffer){0};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
    if (buffer->data != NULL)
        buffer->data[0] = '\0';
}

/* False, and nothing moved, when `count` more bytes would pass the ceiling. */
static bool make_room(struct buffer *buffer, size_t count)
{
    if (count > buffer->ceiling - buffer->length)
        return false;

    size_t needed = buffer->length + count;
    BUG_UNLESS(needed < SIZE_MAX);
    needed++; /* the NUL */
    if (needed <= buffer->capacity)
        return true;

    size_t grown = buffer->capacity > 0 ? buffer->capacity : first_capacity_bytes;
    while (grown < needed)
        grown = grown <= SIZE_MAX / 2 ? grown * 2 : needed;
    if (buffer->ceiling < SIZE_MAX && grown > buffer->ceiling + 1)
        grown = buffer->ceiling + 1;

    buffer->data = memory_resize(buffer->data, grown);
    buffer->capacity = grown;
    return true;
}

enum status buffer_append(struct buffer *buffer, const void *bytes, size_t count)
{
    if (!make_room(buffer, count))
        return STATUS_LIMIT;

    if (count > 0)
        memcpy(buffer->data + buffer->length, bytes, count);
    buffer->length += count;
    buffer->data[buffer->length] = '\0';
    return STATUS_OK;
}

void buffer_add(struct buffer *buffer, const char *text)
{
    BUG_UNLESS(buffer_append_text(buffer, text) == STATUS_OK);
}

void buffer_add_member(struct buffer *buffer, const char *key, const char *value)
{
    if (!value)
        return;
    buffer_add(buffer, key);
    BUG_UNLESS(buffer_append_json(buffer, value) == STATUS_OK);
}

char *buffer_reserve(struct buffer *buffer, size_t count)
{
    return make_room(buffer, count) ? buffer->data + buffer->length : NULL;
}

void buffer_commit(struct buffer *buffer, size_t count)
{
    BUG_UNLESS(count < buffer->capacity - buffer->length);
    buffer->length += count;
    buffer->data[buffer->length] = '\0';
}

enum status buffer_append_text(struct buffer *buffer, const char *text)
{
    return buffer_append(buffer, text, strlen(text));
}

enum status buffer_append_json(struct buffer *buffer, const char *text)
{
    enum status status = buffer_append(buffer, "\"", 1);

    for (const char *at = text; status == STATUS_OK && *at != '\0';) {
        const char *run = at;
        while ((unsigned char)*at >= 0x20 && *at != '"' && *at != '\\')
            at++;
        status = buffer_append(buffer, run, (size_t)(at - run));
        if (status == STATUS_OK && (*at == '"' || *at == '\\'))
            status = buffer_printf(buffer, "\\%c", *at++);
        else if (status == STATUS_OK && *at != '\0')
            status = buffer_printf(buffer, "\\u%04x", (unsigned)(unsigned char)*at++);
    }
    return status == STATUS_OK ? buffer_append(buffer, "\"", 1) : status;
}

enum status buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    BUG_UNLESS(count >= 0);

    if (!make_room(buffer, (size_t)count))
        return STATUS_LIMIT;

    va_start(arguments, format);
    int written = vsnprintf(buffer->data + buffer->length, (size_t)count + 1, format, arguments);
    va_end(arguments);
    BUG_UNLESS(written == count);
    buffer->length += (size_t)count;
    return STATUS_OK;
}

const char *buffer_text(const struct buffer *buffer)
{
    return buffer->data != NULL ? buffer->data : "";
}

char *buffer_take(struct buffer *buffer)
{
    char *taken = buffer->data != NULL ? buffer->data : memory_copy_text("");

    buffer_init(buffer, buffer->ceiling);
    return taken;
}
