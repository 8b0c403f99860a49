/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "planner/report_text.h"

void say(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    BUG_UNLESS(length >= 0 && "there is memory");
    char *harmless = report_text_take_harmless(text);
    fprintf(stderr, "%s\n", harmless);
    free(harmless);
    free(text);
}
