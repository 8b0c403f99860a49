/* SPDX-License-Identifier: PostgreSQL */
/*
 * What is read from a CSV is UTF-8, comes back the same when it is written and read again, and is
 * no formula to a spreadsheet.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "planner/csv.h"
#include "tests/fuzz/fuzz.h"

static FILE *open_bytes(const void *bytes, size_t count)
{
    FILE *stream = fmemopen(NULL, count + 1, "w+e");

    BUG_UNLESS(stream != NULL && fwrite(bytes, 1, count, stream) == count);
    BUG_UNLESS(fflush(stream) == 0);
    rewind(stream);
    return stream;
}

static char *write_record(const char *const *cells, const bool *is_number, unsigned count,
                          size_t *bytes)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, bytes);

    BUG_UNLESS(stream != NULL);
    csv_write_record(stream, cells, is_number, count);
    BUG_UNLESS(fclose(stream) == 0);
    return text;
}

static bool begins_formula(const char *text)
{
    static const char *const wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                       "\xef\xbc\xa0"};

    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        if (strncmp(text, wide[i], strlen(wide[i])) == 0)
            return true;
    }
    return *text != '\0' && strchr("=+-@", *text) != NULL;
}

/* An apostrophe before what would be a formula is the one change allowed: at the beginning, or
 * after a semicolon or a tab, where some spreadsheets begin a new cell. */
static void check_cell(const char *cell, const char *again)
{
    BUG_UNLESS(*again == '\0' || (!begins_formula(again) && strchr("\t\r\n", *again) == NULL));
    for (const char *at = again; (at = strpbrk(at, ";\t")) != NULL;) {
        at++;
        BUG_UNLESS(!begins_formula(at + strspn(at, " \"")));
    }
    for (const char *start = again; *cell != '\0'; cell++, again++) {
        if (*again == '\'' && *cell != '\'') {
            again++;
            BUG_UNLESS(begins_formula(again) || (again == start + 1 && strchr("\t\r\n", *again)));
        }
        BUG_UNLESS(*again == *cell);
    }
    BUG_UNLESS(*again == '\0');
}

static void check_again(const char *const *cells, unsigned count, const char *text, size_t bytes,
                        bool may_be_marked)
{
    static const char mark[] =
        "\xef\xbb\xbf"; /* so that the first cell's own is not taken for one */
    char *marked = memory_take(bytes + sizeof mark);
    const char **again;
    unsigned again_count, line;
    struct fault fault = FAULT_NONE;

    memcpy(marked, mark, sizeof mark - 1);
    memcpy(marked + sizeof mark - 1, text, bytes);
    FILE *stream = open_bytes(marked, bytes + sizeof mark - 1);
    struct csv_reader *reader = csv_reader_create(stream);
    BUG_UNLESS(csv_reader_next(reader, &again, &again_count, &line, &fault) == STATUS_OK);
    BUG_UNLESS(again_count == count);
    for (unsigned i = 0; i < count; i++) {
        if (may_be_marked)
            check_cell(cells[i], again[i]);
        else
            BUG_UNLESS(strcmp(again[i], cells[i]) == 0);
    }
    BUG_UNLESS(csv_reader_next(reader, &again, &again_count, &line, &fault) == STATUS_OK);
    BUG_UNLESS(again_count == 0);
    csv_reader_destroy(reader);
    fclose(stream);
    free(marked);
}

static void check_record(const char **cells, unsigned count)
{
    static const bool numbers[CSV_CELLS_MAX] = {[0 ... CSV_CELLS_MAX - 1] = true};
    size_t bytes;

    BUG_UNLESS(count <= CSV_CELLS_MAX);
    for (unsigned i = 0; i < count; i++)
        BUG_UNLESS(fuzz_is_utf8(cells[i]));
    for (int i = 0; i < 2; i++) {
        char *text = write_record(cells, i == 0 ? numbers : NULL, count, &bytes);
        if (bytes < CSV_RECORD_BYTES_MAX / 2)
            check_again(cells, count, text, bytes, i == 1);
        free(text);
    }
}

/* What begins like a byte order mark and is none belongs to the first cell. */
static void check_first(const uint8_t *data, size_t size, const char *cell)
{
    if (size >= 3 && data[0] == 0xef && memcmp(data, "\xef\xbb\xbf", 3) != 0)
        BUG_UNLESS(memcmp(cell, data, 3) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *stream = open_bytes(data, size);
    struct csv_reader *reader = csv_reader_create(stream);
    const char **cells;
    unsigned count = 1, line = 0, last_line = 0;

    for (size_t records = 0; count > 0; records++) {
        struct fault fault = FAULT_NONE;
        enum status status = csv_reader_next(reader, &cells, &count, &line, &fault);
        BUG_UNLESS(records <= size + 1 && line >= last_line);
        last_line = line;
        if (status == STATUS_OK) {
            if (records == 0 && count > 0)
                check_first(data, size, cells[0]);
            check_record(cells, count);
            continue;
        }
        BUG_UNLESS(status == STATUS_INVALID && fault.message[0] != '\0');
        count = 1;
    }
    csv_reader_destroy(reader);
    fclose(stream);
    return 0;
}
