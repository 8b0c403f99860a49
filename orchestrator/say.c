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

void say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line(stderr, format, arguments);
    va_end(arguments);
}

void say_to(FILE *stream, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line(stream, format, arguments);
    va_end(arguments);
}
