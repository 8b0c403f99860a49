/* SPDX-License-Identifier: PostgreSQL */
#include "base/fault.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A message that was cut in the middle of a UTF-8 character loses the broken half. */
static void drop_broken_tail(char *text, size_t length)
{
    size_t lead = length;
    size_t wanted;

    while (lead > 0 && length - lead < 3 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
        lead--;
    if (lead == 0)
        return;
    lead--;

    unsigned char byte = (unsigned char)text[lead];
    if (byte >= 0xF0)
        wanted = 4;
    else if (byte >= 0xE0)
        wanted = 3;
    else if (byte >= 0xC0)
        wanted = 2;
    else
        return;
    if (length - lead < wanted)
        text[lead] = '\0';
}

/* Formats into `text`; a message ends without a newline even when libpq or curl gave it one. */
PRINTF_LIKE(3, 0)
static void format_message(char *text, size_t room, const char *format, va_list arguments)
{
    int wanted = vsnprintf(text, room, format, arguments);

    if (wanted < 0)
        text[0] = '\0';
    else if ((size_t)wanted >= room)
        drop_broken_tail(text, room - 1);
}

enum status fault_set(struct fault *fault, enum status status, const char *format, ...)
{
    /* Not formatted in place: an argument may be the old message itself. */
    struct fault fresh = {.status = status};
    va_list arguments;

    if (fault == NULL)
        return status;

    va_start(arguments, format);
    format_message(fresh.message, sizeof fresh.message, format, arguments);
    va_end(arguments);

    size_t length = strlen(fresh.message);
    while (length > 0 && (fresh.message[length - 1] == '\n' || fresh.message[length - 1] == '\r'))
        fresh.message[--length] = '\0';

    *fault = fresh;
    return status;
}

void fault_prefix(struct fault *fault, const char *format, ...)
{
    char text[sizeof fault->message] = "";
    va_list arguments;

    if (fault == NULL || fault->status == STATUS_OK)
        return;

    va_start(arguments, format);
    format_message(text, sizeof text, format, arguments);
    va_end(arguments);

    size_t used = strlen(text);
    size_t count = strlen(fault->message);
    bool is_cut = count > sizeof text - 1 - used;
    if (is_cut)
        count = sizeof text - 1 - used;
    memcpy(text + used, fault->message, count);
    text[used + count] = '\0';
    if (is_cut)
        drop_broken_tail(text, used + count);
    memcpy(fault->message, text, sizeof text);
}

_Noreturn void fault_bug(const char *file, int line, const char *function, const char *condition)
{
    fprintf(stderr, "wabamigrate: bug at %s:%d in %s(): \"%s\" does not hold\n", file, line,
            function, condition);
    fflush(stderr);
    abort();
}

static _Noreturn void out_of_memory(unsigned long bytes)
{
    fprintf(stderr, "wabamigrate: out of memory (%lu bytes wanted)\n", bytes);
    fflush(stderr);
    abort();
}

void *memory_take(unsigned long bytes)
{
    void *memory = malloc(bytes > 0 ? bytes : 1);

    if (memory == NULL)
        out_of_memory(bytes);
    return memory;
}

void *memory_resize(void *memory, unsigned long bytes)
{
    void *moved = realloc(memory, bytes > 0 ? bytes : 1);

    if (moved == NULL)
        out_of_memory(bytes);
    return moved;
}

char *memory_copy_text(const char *text)
{
    size_t bytes = strlen(text) + 1;

    return memcpy(memory_take(bytes), text, bytes);
}
