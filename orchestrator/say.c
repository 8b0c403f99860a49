/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "planner/report_text.h"

PRINTF_LIKE(2, 0)
static void write_line(FILE *stream, const char *format, va_list arguments)
{
    char *text = NULL;
    int length = vasprintf(&text, format, arguments);

    BUG_UNLESS(length >= 0 && "there is memory");
    char *harmless = report_text_take_harmless(text);
    fprintf(stream, "%s\n", harmless);
    free(harmless);
    free(text);
}

PRINTF_LIKE(3, 0)
static void say_list(enum log_level level, const char *event, const char *format, va_list arguments)
{
    char *text = NULL;

    if (!log_is_json()) {
        write_line(stderr, format, arguments);
        return;
    }
    int length = vasprintf(&text, format, arguments);
    BUG_UNLESS(length >= 0 && "there is memory");
    log_event(level, event, LOG_TEXT("text", text)); /* which makes it harmless itself */
    free(text);
}

void say_as(enum log_level level, const char *event, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_list(level, event, format, arguments);
    va_end(arguments);
}

void say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_list(LOG_INFO, "message", format, arguments);
    va_end(arguments);
}

void say_to(FILE *stream, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line(stream, format, arguments);
    va_end(arguments);
}
