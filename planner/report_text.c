/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report_text.h"

#include <stdarg.h>
#include <string.h>
#include <wchar.h>

#define REPLACEMENT 0xFFFDU
#define ELLIPSIS 0x2026U
#define NARROWEST_TEXT 24

/* Refuses overlong forms, surrogates and what lies past U+10FFFF. */
size_t report_text_decode(const char *text, uint32_t *code_point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = bytes[0] < 0x80   ? bytes[0] != '\0'
                    : bytes[0] < 0xC2 ? 0
                    : bytes[0] < 0xE0 ? 2
                    : bytes[0] < 0xF0 ? 3
                    : bytes[0] < 0xF5 ? 4
                                      : 0;

    *code_point = bytes[0];
    if (bytes[0] < 0x80)
        return length;
    uint32_t value = bytes[0] & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            length = 0;
            break;
        }
        value = value << 6 | (bytes[i] & 0x3FU);
    }
    if (length == 0 || value < smallest[length] || (value >= 0xD800 && value <= 0xDFFF) ||
        value > 0x10FFFF) {
        *code_point = REPLACEMENT;
        return 1;
    }
    *code_point = value;
    return length;
}

size_t report_text_encode(uint32_t code_point, char bytes[4])
{
    if (code_point < 0x80) {
        bytes[0] = (char)code_point;
        return 1;
    }
    size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (code_point & 0x3F));
        code_point >>= 6;
    }
    bytes[0] = (char)((0xF00U >> length & 0xF0U) | code_point);
    return length;
}

uint32_t report_text_harmless(uint32_t code_point)
{
    if ((code_point >= '\t' && code_point <= '\r') || code_point == 0x85 || code_point == 0x2028 ||
        code_point == 0x2029)
        return ' ';
    if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) ||
        (code_point >= 0x202A && code_point <= 0x202E) ||
        (code_point >= 0x2066 && code_point <= 0x2069))
        return REPLACEMENT;
    return code_point;
}

struct range {
    uint32_t first, last;
};

static bool is_within(uint32_t code_point, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (code_point >= ranges[i].first && code_point <= ranges[i].last)
            return true;
    }
    return false;
}

/* For what wcwidth does not know: everything past ASCII in the C locale, and emoji newer than the C
 * library. Coarse, and rather too wide than too narrow, so that lines stay within the terminal. */
static unsigned estimated_columns(uint32_t code_point)
{
    static const struct range none[] = {
        {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F}, {0x200B, 0x200F},
        {0x20D0, 0x20F0}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0000, 0xE01EF},
    };
    static const struct range two[] = {
        {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23F3},   {0x25FD, 0x27BF},
        {0x2E80, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18DFF},
        {0x1AFF0, 0x1B2FF}, {0x1F000, 0x1FAFF}, {0x20000, 0x3FFFD},
    };

    if (is_within(code_point, none, sizeof none / sizeof none[0]))
        return 0;
    return is_within(code_point, two, sizeof two / sizeof two[0]) ? 2 : 1;
}

unsigned report_text_columns(uint32_t code_point)
{
    if (code_point >= 0x20 && code_point < 0x7F)
        return 1;
    int columns = wcwidth((wchar_t)code_point);
    return columns >= 0 ? (unsigned)columns : estimated_columns(code_point);
}

unsigned report_text_columns_of(const char *text)
{
    uint32_t code_point;
    unsigned columns = 0;
    size_t bytes;

    while ((bytes = report_text_decode(text, &code_point)) > 0) {
        columns += report_text_columns(report_text_harmless(code_point));
        text += bytes;
    }
    return columns;
}

size_t report_text_fit(const char *text, size_t bytes)
{
    uint32_t code_point;
    size_t fitting = 0, next;

    while ((next = report_text_decode(text + fitting, &code_point)) > 0 && fitting + next <= bytes)
        fitting += next;
    return fitting;
}

char *report_text_take_harmless(const char *text)
{
    uint32_t code_point;
    size_t bytes, length = 0, kept = 0;

    if (!text)
        return NULL;
    /* One stray byte becomes the three of U+FFFD. */
    char *harmless = memory_take(3 * strlen(text) + 1);
    for (; (bytes = report_text_decode(text, &code_point)) > 0; text += bytes) {
        code_point = report_text_harmless(code_point);
        if (code_point == ' ' && length == 0)
            continue;
        length += report_text_encode(code_point, harmless + length);
        if (code_point != ' ')
            kept = length;
    }
    harmless[kept] = '\0';
    return harmless;
}

void report_pen_init(struct report_pen *pen, FILE *stream, unsigned width)
{
    *pen =
        (struct report_pen){.stream = stream, .width = width < 40 ? 40 : width, .is_fresh = true};
}

static void put(struct report_pen *pen, uint32_t code_point)
{
    char bytes[4];

    for (; pen->blanks > 0; pen->blanks--)
        (void)putc(' ', pen->stream);
    (void)fwrite(bytes, 1, report_text_encode(code_point, bytes), pen->stream);
    pen->column += report_text_columns(code_point);
}

static void owe(struct report_pen *pen, unsigned blanks)
{
    pen->blanks += blanks;
    pen->column += blanks;
}

void report_pen_end(struct report_pen *pen)
{
    (void)putc('\n', pen->stream);
    pen->column = 0;
    pen->blanks = 0;
    pen->is_fresh = true;
}

void report_pen_indent(struct report_pen *pen, unsigned columns)
{
    if (columns > pen->column)
        owe(pen, columns - pen->column);
    pen->is_fresh = true;
}

void report_pen_cell(struct report_pen *pen, unsigned columns, const char *text)
{
    unsigned end = pen->column + columns;
    unsigned room = columns - 1;
    bool is_clipped = report_text_columns_of(text) > room;
    uint32_t code_point;
    size_t bytes;

    for (; (bytes = report_text_decode(text, &code_point)) > 0; text += bytes) {
        code_point = report_text_harmless(code_point);
        unsigned next = pen->column + report_text_columns(code_point);
        if (next > end - 1 - (is_clipped ? 1 : 0))
            break;
        put(pen, code_point);
    }
    if (is_clipped)
        put(pen, ELLIPSIS);
    report_pen_indent(pen, end);
}

static void wrap(struct report_pen *pen, unsigned hang)
{
    report_pen_end(pen);
    report_pen_indent(pen, hang);
}

/* Only breaking spaces divide words; a no-break space is a character like another. */
static bool at_space(const char *text)
{
    uint32_t code_point;

    return report_text_decode(text, &code_point) > 0 && report_text_harmless(code_point) == ' ';
}

static const char *after_space(const char *text)
{
    uint32_t code_point;

    while (at_space(text))
        text += report_text_decode(text, &code_point);
    return text;
}

static const char *end_of_word(const char *text, unsigned *columns)
{
    uint32_t code_point;
    size_t bytes;

    *columns = 0;
    while (!at_space(text) && (bytes = report_text_decode(text, &code_point)) > 0) {
        *columns += report_text_columns(report_text_harmless(code_point));
        text += bytes;
    }
    return text;
}

/* A word too long for any line is broken where the line ends. */
static void put_word(struct report_pen *pen, unsigned hang, const char *word, const char *end)
{
    uint32_t code_point;

    while (word < end) {
        word += report_text_decode(word, &code_point);
        code_point = report_text_harmless(code_point);
        if (pen->column + report_text_columns(code_point) > pen->width)
            wrap(pen, hang);
        put(pen, code_point);
    }
}

void report_pen_words(struct report_pen *pen, unsigned hang, const char *text)
{
    unsigned columns;

    if (!text)
        return;
    if (hang + NARROWEST_TEXT > pen->width)
        hang = 4;
    for (const char *word = after_space(text); *word;) {
        const char *end = end_of_word(word, &columns);
        unsigned gap = pen->is_fresh ? 0 : 1;
        if (pen->column + gap + columns > pen->width && pen->column > hang)
            wrap(pen, hang);
        else
            owe(pen, gap);
        put_word(pen, hang, word, end);
        pen->is_fresh = false;
        word = after_space(end);
    }
}

void report_pen_printf(struct report_pen *pen, unsigned hang, const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    report_pen_words(pen, hang, text);
}

/* As much of a word as fits; at least a character, so that every line gets on. */
static const char *put_part_of_word(struct report_pen *pen, unsigned end_column, const char *word,
                                    const char *end)
{
    for (bool is_first = true; word < end; is_first = false) {
        uint32_t code_point;
        size_t bytes = report_text_decode(word, &code_point);
        code_point = report_text_harmless(code_point);
        if (!is_first && pen->column + report_text_columns(code_point) > end_column)
            break;
        put(pen, code_point);
        word += bytes;
    }
    return word;
}

/* One line of a column: the words that fit before `end_column`. Returns what is left. */
static const char *put_line(struct report_pen *pen, unsigned end_column, const char *text)
{
    const char *word = after_space(text);

    for (bool is_first = true; *word; is_first = false) {
        unsigned columns;
        const char *end = end_of_word(word, &columns);
        if (pen->column + (is_first ? 0 : 1) + columns > end_column) {
            if (!is_first)
                break;
            return after_space(put_part_of_word(pen, end_column, word, end));
        }
        owe(pen, is_first ? 0 : 1);
        (void)put_part_of_word(pen, end_column, word, end);
        word = after_space(end);
    }
    return word;
}

void report_pen_row(struct report_pen *pen, struct report_cell *cells, size_t cell_count)
{
    bool is_more = true;

    while (is_more) {
        is_more = false;
        for (size_t i = 0; i < cell_count; i++) {
            const char *text = cells[i].text ? cells[i].text : "";
            report_pen_indent(pen, cells[i].column);
            cells[i].text = put_line(pen, cells[i].column + cells[i].columns - 1, text);
            is_more = is_more || *cells[i].text;
        }
        report_pen_end(pen);
    }
}
