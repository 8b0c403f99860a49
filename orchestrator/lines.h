/* SPDX-License-Identifier: PostgreSQL */
/*
 * lines -- a stream's lines, one at a time, each under a ceiling.
 *
 * A line that is longer, or that holds a zero byte, is passed over and said to be wrong; it costs
 * no more memory than the ceiling, and no other line. What was read is wiped: lines hold codes.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_LINES_H
#define WABAMIGRATE_ORCHESTRATOR_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct lines {
    FILE *stream; /* borrowed */
    char *text;   /* the line without its end; valid until the next one */
    size_t bytes_max;
    unsigned at;       /* the line's number, from 1 */
    const char *wrong; /* why the line cannot be read, or NULL; `text` is empty then */
    char too_long[80];
};

void lines_init(struct lines *lines, FILE *stream, size_t bytes_max);
void lines_finish(struct lines *lines);

/* False at the end of the stream, and where it cannot be read on: ferror() tells. May block. */
bool lines_next(struct lines *lines);

#endif
