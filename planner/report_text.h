/* SPDX-License-Identifier: PostgreSQL */
/*
 * report_text -- text that strangers wrote, made safe to show, and a pen that never leaves its
 * lines.
 *
 * Names and Meta's messages come from outside: bytes that are not UTF-8, terminal control sequences
 * and characters that turn the direction of writing are replaced by U+FFFD, line breaks by a space.
 * Columns are the terminal's: two for East Asian and most emoji, none for combining characters.
 */
#ifndef WABAMIGRATE_PLANNER_REPORT_TEXT_H
#define WABAMIGRATE_PLANNER_REPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fault.h"

/* The code point `text` begins with, U+FFFD where it is not UTF-8. Returns the bytes it takes; 0 at
 * the end of the text. */
size_t report_text_decode(const char *text, uint32_t *code_point);
/* `bytes` holds 4. Returns how many were written. */
size_t report_text_encode(uint32_t code_point, char bytes[4]);
/* What may be shown in its place; itself for nearly all. */
uint32_t report_text_harmless(uint32_t code_point);
unsigned report_text_columns(uint32_t code_point);
unsigned report_text_columns_of(const char *text);
/* How many of the first `bytes` bytes may be kept without cutting a character in two. */
size_t report_text_fit(const char *text, size_t bytes);
/* The whole text made harmless, without white space at its ends, for one cell. NULL gives NULL;
 * else release with free(). */
char *report_text_take_harmless(const char *text);

struct report_pen {
    FILE *stream;
    unsigned width;
    unsigned column; /* where the next character stands, blanks still owed included */
    unsigned blanks; /* owed; never written at the end of a line */
    bool
        is_fresh; /* nothing but cells or indentation yet: the next word needs no space before it */
};

/* Below 40 columns no table can be read; 40 is taken then. */
void report_pen_init(struct report_pen *pen, FILE *stream, unsigned width);
void report_pen_indent(struct report_pen *pen, unsigned columns);
/* Exactly `columns` wide, the gap to its neighbour included: clipped with an ellipsis, or filled.
 */
void report_pen_cell(struct report_pen *pen, unsigned columns, const char *text);
/* Words, wrapped; lines after the first begin at column `hang`. NULL writes nothing. */
void report_pen_words(struct report_pen *pen, unsigned hang, const char *text);
/* The same, formatted; for our own short texts (cut at 255 bytes). */
void report_pen_printf(struct report_pen *pen, unsigned hang, const char *format, ...)
    PRINTF_LIKE(3, 4);
void report_pen_end(struct report_pen *pen);

/* Texts beside each other, each wrapped between its own columns, until all are written; every line
 * is ended. `columns` counts the gap to the neighbour; at least 4. A NULL text is empty. */
struct report_cell {
    unsigned column, columns;
    const char *text;
};
void report_pen_row(struct report_pen *pen, struct report_cell *cells, size_t cell_count);

#endif
