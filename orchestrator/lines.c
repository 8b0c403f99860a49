/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

void lines_init(struct lines *lines, FILE *stream, size_t bytes_max)
{
    *lines = (struct lines){
        .stream = stream, .text = memory_take(bytes_max + 1), .bytes_max = bytes_max};
    lines->text[0] = '\0';
    bool is_kib = bytes_max % 1024 == 0;
    snprintf(lines->too_long, sizeof lines->too_long,
             "the line is longer than %zu %s; look for a missing line break",
             is_kib ? bytes_max / 1024 : bytes_max, is_kib ? "KiB" : "bytes");
}

void lines_finish(struct lines *lines)
{
    if (lines->text)
        explicit_bzero(lines->text, lines->bytes_max + 1);
    free(lines->text);
    *lines = (struct lines){0};
}

bool lines_next(struct lines *lines)
{
    size_t length = 0;
    int byte = getc_unlocked(lines->stream);

    if (byte == EOF)
        return false;
    lines->at++;
    lines->wrong = NULL;
    for (; byte != EOF && byte != '\n'; byte = getc_unlocked(lines->stream)) {
        if (byte == '\0' && !lines->wrong)
            lines->wrong = "the line has a zero byte in it; pass it on as it was made";
        if (length == lines->bytes_max && !lines->wrong)
            lines->wrong = lines->too_long;
        if (!lines->wrong)
            lines->text[length++] = (char)byte;
    }
    if (length > 0 && lines->text[length - 1] == '\r')
        length--;
    lines->text[lines->wrong ? 0 : length] = '\0';
    return !ferror(lines->stream);
}
