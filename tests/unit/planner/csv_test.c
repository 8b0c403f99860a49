/* SPDX-License-Identifier: PostgreSQL */
#include "planner/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "tests/unit/base/suite.h"

/* Reads everything and writes it down: "1:a|b;" for a record on line 1, "2!" for a malformed one.
 */
static void transcribe(const char *bytes, size_t count, struct buffer *transcript)
{
    FILE *stream =
        count > 0 ? fmemopen((void *)(size_t)bytes, count, "r") : fopen("/dev/null", "r");
    struct csv_reader *reader = csv_reader_create(stream);
    const char **cells;
    unsigned cell_count = 1, line;

    buffer_clear(transcript);
    while (cell_count > 0) {
        struct fault fault = FAULT_NONE;
        enum status status = csv_reader_next(reader, &cells, &cell_count, &line, &fault);
        if (status == STATUS_INVALID) {
            CU_ASSERT(fault.message[0] != '\0');
            CU_ASSERT_EQUAL(buffer_printf(transcript, "%u!", line), STATUS_OK);
            cell_count = 1;
            continue;
        }
        CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
        for (unsigned i = 0; i < cell_count; i++) {
            if (i == 0)
                CU_ASSERT_EQUAL(buffer_printf(transcript, "%u:", line), STATUS_OK);
            CU_ASSERT_EQUAL(
                buffer_printf(transcript, "%s%s", cells[i], i + 1 < cell_count ? "|" : ";"),
                STATUS_OK);
        }
    }
    csv_reader_destroy(reader);
    fclose(stream);
}

static void records_are_read_as_rfc_4180_has_them(void)
{
    /* clang-format off */
    static const struct { const char *text, *transcript; } cases[] = {
        {"", ""},
        {"\n\r\n\n", ""},
        {"a,b\r\nc,d\r\n", "1:a|b;2:c|d;"},
        {"a,b\nc,d", "1:a|b;2:c|d;"},
        {"a,b\rc,d\r", "1:a|b;2:c|d;"},
        {"\xEF\xBB\xBF" "a,b\n", "1:a|b;"},
        {"\uFF1Da,b\n", "1:\uFF1Da|b;"},
        {"\uFEFD,b\n", "1:\uFEFD|b;"},
        {"\xEF\xBB\xBF\uFF1D\n", "1:\uFF1D;"},
        {"\xEF\xBB\xBF" "\"a\",b\n", "1:a|b;"},
        {"a,,\n,,c\n", "1:a||;2:||c;"},
        {"\n\na\n\nb\n", "3:a;5:b;"},
        {"\"a,b\",\"c\"\"d\"\n", "1:a,b|c\"d;"},
        {"\"\"\n", "1:;"},
        {"\"\",\"\"\n", "1:|;"},
        {"\"a\nb\",c\nd\n", "1:a\nb|c;3:d;"},
        {"\"a\r\nb\"\r\nd\r\n", "1:a\r\nb;3:d;"},
        {"caf\xC3\xA9,\xE2\x82\xAC,\xF0\x9F\x98\x80\n", "1:caf\xC3\xA9|\xE2\x82\xAC|\xF0\x9F\x98\x80;"},
        {" a , b \n", "1: a | b ;"},
    };
    /* clang-format on */
    struct buffer transcript;
    buffer_init(&transcript, 4096);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        transcribe(cases[i].text, strlen(cases[i].text), &transcript);
        check_text(buffer_text(&transcript), cases[i].transcript);
    }
    buffer_finish(&transcript);
}

static void malformed_records_are_refused_and_the_next_is_read(void)
{
    /* clang-format off */
    static const struct { const char *text; size_t length; const char *transcript; } cases[] = {
        {"a\"b,c\nd\n", 0, "1!2:d;"},
        {"\"a\"b,c\nd\n", 0, "1!2:d;"},
        {"x\n\"a,b\nc\n", 0, "1:x;2!"},
        {"\"a", 0, "1!"},
        {"\"", 0, "1!"},
        {"a\xFF\nb\n", 0, "1!2:b;"},
        {"\xC0\x80\nb\n", 0, "1!2:b;"},         /* an overlong form */
        {"\xED\xA0\x80\nb\n", 0, "1!2:b;"},     /* half a surrogate pair */
        {"\xF4\x90\x80\x80\nb\n", 0, "1!2:b;"}, /* past the last code point */
        {"a\xE2\x82\nb\n", 0, "1!2:b;"},
        {"\xEF\xBB" "a\nb\n", 0, "1!2:b;"}, /* half a byte order mark */
        {"a\0b\nc\n", 6, "1!2:c;"},
    };
    /* clang-format on */
    struct buffer transcript;
    buffer_init(&transcript, 4096);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length = cases[i].length ? cases[i].length : strlen(cases[i].text);
        transcribe(cases[i].text, length, &transcript);
        check_text(buffer_text(&transcript), cases[i].transcript);
    }
    buffer_finish(&transcript);
}

static void ceilings_are_kept(void)
{
    enum { WIDE = CSV_CELLS_MAX, LONG = CSV_RECORD_BYTES_MAX };
    char *text = memory_take(LONG + 8);
    struct buffer transcript;
    buffer_init(&transcript, LONG + 64);

    memset(text, ',', WIDE);
    strcpy(text + WIDE - 1, "\nb\n");
    transcribe(text, WIDE + 2, &transcript);
    CU_ASSERT_EQUAL(transcript.length, strlen("1:|;2:b;") + WIDE - 2);
    memset(text, ',', WIDE);
    strcpy(text + WIDE, "\nb\n");
    transcribe(text, WIDE + 3, &transcript);
    check_text(buffer_text(&transcript), "1!2:b;");

    memset(text, 'x', LONG);
    strcpy(text + LONG, "\nb\n");
    transcribe(text, LONG + 3, &transcript); /* the NUL after the cell counts */
    check_text(buffer_text(&transcript), "1!2:b;");
    strcpy(text + LONG - 1, "\nb\n");
    transcribe(text, LONG + 2, &transcript);
    CU_ASSERT_EQUAL(transcript.length, strlen("1:;2:b;") + LONG - 1);
    buffer_finish(&transcript);
    free(text);
}

static void cells_are_written_for_spreadsheets(void)
{
    /* clang-format off */
    static const struct { const char *cell; bool is_number; const char *written; } cases[] = {
        {"plain", false, "plain"},
        {NULL, false, "\"\""},
        {"", false, "\"\""},
        {"a,b", false, "\"a,b\""},
        {"a\"b", false, "\"a\"\"b\""},
        {"a\nb", false, "\"a\nb\""},
        {" a", false, "\" a\""},
        {"a ", false, "\"a \""},
        {"=1+1", false, "'=1+1"},
        {"+33123456789", false, "'+33123456789"},
        {"+33123456789", true, "+33123456789"},
        {"-1", false, "'-1"},
        {"@SUM(A1)", false, "'@SUM(A1)"},
        {"\tx", false, "'\tx"},
        {"\rx", false, "\"'\rx\""},
        {"=HYPERLINK(\"x\",1)", false, "\"'=HYPERLINK(\"\"x\"\",1)\""},
        {"\nx", false, "\"'\nx\""},
        {"\uFF1D1", false, "'\uFF1D1"},
        {"\uFF20x", false, "'\uFF20x"},
        {"a=b", false, "a=b"},
        {"a - b", false, "a - b"},
        {"a;b", false, "a;b"},
        {"a;=1+1", false, "a;'=1+1"},
        {"a; \uFF0B1", false, "a; '\uFF0B1"},
        {"a;\"=1", false, "\"a;\"\"'=1\""},
        {"a\t@x", false, "a\t'@x"},
        {"one;+33123456789", true, "one;+33123456789"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = NULL, wanted[128];
        size_t length = 0;
        FILE *stream = open_memstream(&text, &length);
        csv_write_record(stream, &cases[i].cell, cases[i].is_number ? &cases[i].is_number : NULL,
                         1);
        fclose(stream);
        snprintf(wanted, sizeof wanted, "%s\r\n", cases[i].written);
        check_text(text, wanted);
        free(text);
    }
}

static void what_is_written_is_read_back(void)
{
    static const char *const cells[] = {"a", "", "b\r\nc", "d\"\"e", ",", "caf\xC3\xA9 ", NULL};
    enum { COUNT = sizeof cells / sizeof cells[0] };
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    struct buffer transcript;

    csv_write_record(stream, cells, NULL, COUNT);
    csv_write_record(stream, cells, NULL, 1);
    fclose(stream);
    buffer_init(&transcript, 4096);
    transcribe(text, length, &transcript);
    check_text(buffer_text(&transcript), "1:a||b\r\nc|d\"\"e|,|caf\xC3\xA9 |;3:a;");
    buffer_finish(&transcript);
    free(text);
}

static void a_file_that_cannot_be_read_is_an_input_error(void)
{
    FILE *folder = fopen("/", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
    struct csv_reader *reader = csv_reader_create(folder);
    const char **cells;
    unsigned count, line;
    CU_ASSERT_EQUAL(csv_reader_next(reader, &cells, &count, &line, NULL), STATUS_IO);
    csv_reader_destroy(reader);
    csv_reader_destroy(NULL);
    fclose(folder);
}

int main(void)
{
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"records are read as RFC 4180 has them", records_are_read_as_rfc_4180_has_them},
        {"malformed records are refused and the next is read", malformed_records_are_refused_and_the_next_is_read},
        {"ceilings are kept", ceilings_are_kept},
        {"cells are written for spreadsheets", cells_are_written_for_spreadsheets},
        {"what is written is read back", what_is_written_is_read_back},
        {"a file that cannot be read is an input error", a_file_that_cannot_be_read_is_an_input_error},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */
    return run_suite("csv", tests);
}
