/* SPDX-License-Identifier: PostgreSQL */
#include "planner/csv.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

struct csv_reader {
    FILE *stream;
    unsigned line;            /* where the next byte stands, from 1 */
    bool is_started;          /* the byte order mark has been looked for */
    unsigned held, held_from; /* bytes like the mark's that are the text's: read again */
    struct buffer bytes;
    size_t starts[CSV_CELLS_MAX];
    const char *cells[CSV_CELLS_MAX];
    unsigned count;
};

struct csv_reader *csv_reader_create(FILE *stream)
{
    struct csv_reader *reader = memory_take(sizeof *reader);
    *reader = (struct csv_reader){.stream = stream, .line = 1};
    buffer_init(&reader->bytes, (size_t)CSV_RECORD_BYTES_MAX);
    return reader;
}

void csv_reader_destroy(struct csv_reader *reader)
{
    if (!reader)
        return;
    buffer_finish(&reader->bytes);
    free(reader);
}

static const unsigned char byte_order_mark[] = {0xEF, 0xBB, 0xBF};

static int peek_byte(struct csv_reader *reader)
{
    int byte = getc_unlocked(reader->stream);
    if (byte != EOF)
        ungetc(byte, reader->stream);
    return byte;
}

static int next_byte(struct csv_reader *reader)
{
    if (reader->held > 0) {
        size_t at = reader->held_from - reader->held--;
        return byte_order_mark[at];
    }
    int byte = getc_unlocked(reader->stream);
    if (byte == '\n' || (byte == '\r' && peek_byte(reader) != '\n'))
        reader->line++;
    return byte;
}

/* A lone CR ends a line too: old spreadsheets write so. */
static bool ends_line(struct csv_reader *reader, int byte)
{
    if (byte == '\r' && peek_byte(reader) == '\n')
        (void)next_byte(reader);
    return byte == '\n' || byte == '\r';
}

/* Passes over what is left of a malformed line, so that the next call can go on after it. */
static void skip_line(struct csv_reader *reader, int byte)
{
    while (byte != EOF && !ends_line(reader, byte))
        byte = next_byte(reader);
}

/* What begins like the mark and is none ("\uFF1D") is text. */
static void skip_byte_order_mark(struct csv_reader *reader)
{
    unsigned matched = 0;

    reader->is_started = true;
    while (matched < sizeof byte_order_mark && peek_byte(reader) == byte_order_mark[matched]) {
        (void)getc_unlocked(reader->stream);
        matched++;
    }
    reader->held = reader->held_from = matched < sizeof byte_order_mark ? matched : 0;
}

static bool is_utf8(const char *text, size_t length)
{
    const unsigned char *byte = (const unsigned char *)text, *end = byte + length;
    while (byte < end) {
        size_t more = *byte < 0x80             ? 0
                      : (*byte & 0xE0) == 0xC0 ? 1
                      : (*byte & 0xF0) == 0xE0 ? 2
                      : (*byte & 0xF8) == 0xF0 ? 3
                                               : 4;
        if (more == 4 || (size_t)(end - byte) <= more)
            return false;
        uint32_t point = more == 0 ? *byte : *byte & (0x3FU >> more);
        for (size_t i = 1; i <= more; i++) {
            if ((byte[i] & 0xC0) != 0x80)
                return false;
            point = point << 6 | (byte[i] & 0x3FU);
        }
        static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
        if (point < least[more] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
            return false;
        byte += more + 1;
    }
    return true;
}

/* What a record may suffer from. The readers below return one of these, or NULL. */

static const char TOO_LONG[] =
    "this row is longer than 256 KiB; look for a quote that is not closed";
static const char TOO_WIDE[] = "this row has more than 128 cells; look for stray commas";
static const char HAS_NUL[] = "this row has a zero byte; save the file as CSV UTF-8";
static const char NOT_UTF8[] = "this row is not valid UTF-8; save the file as CSV UTF-8";
static const char STRAY_QUOTE[] =
    "a quote stands inside a cell that is not quoted; quote the whole cell and double the quote";
static const char AFTER_QUOTE[] =
    "text follows the closing quote of a cell; double the quotes that belong to the cell";
static const char OPEN_QUOTE[] = "a quoted cell is never closed; add the missing quote";

static const char *keep(struct csv_reader *reader, int byte)
{
    if (byte == '\0')
        return HAS_NUL;
    char one = (char)byte;
    /* Room is made for many at a time; the NUL comes with the cell's end. */
    if (reader->bytes.length + 1 < reader->bytes.capacity) {
        reader->bytes.data[reader->bytes.length++] = one;
        return NULL;
    }
    return buffer_append(&reader->bytes, &one, 1) == STATUS_OK ? NULL : TOO_LONG;
}

static const char *begin_cell(struct csv_reader *reader)
{
    if (reader->count == CSV_CELLS_MAX)
        return TOO_WIDE;
    reader->starts[reader->count++] = reader->bytes.length;
    return NULL;
}

static const char *end_cell(struct csv_reader *reader)
{
    return buffer_append(&reader->bytes, "", 1) == STATUS_OK ? NULL : TOO_LONG;
}

/* Reads a quoted cell after its opening quote; *byte is then what follows the closing quote. */
static const char *read_quoted(struct csv_reader *reader, int *byte)
{
    for (;;) {
        *byte = next_byte(reader);
        if (*byte == EOF)
            return OPEN_QUOTE;
        if (*byte == '"') {
            *byte = next_byte(reader);
            if (*byte != '"')
                return *byte == EOF || *byte == ',' || *byte == '\n' || *byte == '\r' ? NULL
                                                                                      : AFTER_QUOTE;
        }
        const char *wrong = keep(reader, *byte);
        if (wrong)
            return wrong;
    }
}

static const char *read_plain(struct csv_reader *reader, int *byte)
{
    while (*byte != EOF && *byte != ',' && *byte != '\n' && *byte != '\r') {
        const char *wrong = *byte == '"' ? STRAY_QUOTE : keep(reader, *byte);
        if (wrong)
            return wrong;
        *byte = next_byte(reader);
    }
    return NULL;
}

/* Reads a record whose first byte is *byte, through its line end; *byte is the last byte read. */
static const char *read_record(struct csv_reader *reader, int *byte)
{
    for (;;) {
        const char *wrong = begin_cell(reader);
        if (!wrong)
            wrong = *byte == '"' ? read_quoted(reader, byte) : read_plain(reader, byte);
        if (!wrong)
            wrong = end_cell(reader);
        if (wrong)
            return wrong;
        if (*byte != ',')
            break;
        *byte = next_byte(reader);
    }
    return is_utf8(reader->bytes.data, reader->bytes.length) ? NULL : NOT_UTF8;
}

enum status csv_reader_next(struct csv_reader *reader, const char ***cells, unsigned *count,
                            unsigned *line, struct fault *fault)
{
    if (!reader->is_started)
        skip_byte_order_mark(reader);
    buffer_clear(&reader->bytes);
    reader->count = 0;
    *cells = reader->cells;
    *count = 0;

    int byte;
    do {
        *line = reader->line;
        byte = next_byte(reader);
    } while (byte != EOF && ends_line(reader, byte));

    const char *wrong = byte == EOF ? NULL : read_record(reader, &byte);
    if (ferror(reader->stream))
        return fault_set(fault, STATUS_IO, "cannot read on after line %u: %s", *line,
                         strerror(errno));
    skip_line(reader, byte);
    if (wrong)
        return fault_set(fault, STATUS_INVALID, "%s", wrong);
    for (unsigned i = 0; i < reader->count; i++)
        reader->cells[i] = reader->bytes.data + reader->starts[i];
    *count = reader->count;
    return STATUS_OK;
}

/* What a spreadsheet takes for the beginning of a formula; some take the wide forms for the narrow
 * ones. */
static bool begins_formula(const char *text)
{
    static const char *const signs[] = {"=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};

    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (strncmp(text, signs[i], strlen(signs[i])) == 0)
            return true;
    return false;
}

/* Whether a spreadsheet may take `at` for a cell's beginning. Where the decimal sign is a comma,
 * lines are divided at semicolons, and at tabs, whatever the quotes say. */
static bool may_begin_cell(const char *start, const char *at)
{
    if (at == start)
        return true;
    while (at > start && strchr(" \"", at[-1]))
        at--;
    return at > start && strchr(";\t", at[-1]);
}

static void write_cell(FILE *stream, const char *cell, bool is_number)
{
    const char *start = cell;
    size_t length = strlen(cell);
    bool is_quoted =
        strpbrk(cell, ",\"\r\n") || (length > 0 && (cell[0] == ' ' || cell[length - 1] == ' '));
    if (is_quoted)
        putc('"', stream);
    for (; *cell != '\0'; cell++) {
        bool is_blank = cell == start && strchr("\t\r\n", *cell);
        if (!is_number && (is_blank || (begins_formula(cell) && may_begin_cell(start, cell))))
            putc('\'', stream);
        if (*cell == '"')
            putc('"', stream);
        putc(*cell, stream);
    }
    if (is_quoted)
        putc('"', stream);
}

void csv_write_record(FILE *stream, const char *const *cells, const bool *is_number, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            putc(',', stream);
        write_cell(stream, cells[i] ? cells[i] : "", is_number && is_number[i]);
    }
    /* A lone empty cell would be a blank line, which readers pass over. */
    if (count == 1 && (!cells[0] || *cells[0] == '\0'))
        fputs("\"\"", stream);
    fputs("\r\n", stream);
}
