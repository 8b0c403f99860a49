/* SPDX-License-Identifier: PostgreSQL */
/* Lines of a stream: whole, under a ceiling, and wiped. */
#include "orchestrator/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "tests/unit/base/suite.h"

#define BYTES_MAX 8

/* "1:text;" for each line, "2!" for one that is wrong. */
static void transcribe(const char *bytes, size_t count, struct buffer *transcript)
{
    FILE *stream =
        count > 0 ? fmemopen((void *)(size_t)bytes, count, "r") : fopen("/dev/null", "r");
    struct lines lines;

    lines_init(&lines, stream, BYTES_MAX);
    while (lines_next(&lines)) {
        CU_ASSERT_EQUAL(lines.wrong ? buffer_printf(transcript, "%u!", lines.at)
                                    : buffer_printf(transcript, "%u:%s;", lines.at, lines.text),
                        STATUS_OK);
        CU_ASSERT(!lines.wrong || lines.text[0] == '\0');
    }
    lines_finish(&lines);
    fclose(stream);
}

static void lines_are_numbered_and_their_ends_taken_off(void)
{
#define BYTES(text) text, sizeof(text) - 1
    /* clang-format off */
    static const struct { const char *bytes; size_t count; const char *transcript; } cases[] = {
        {BYTES(""), ""},
        {BYTES("a"), "1:a;"},
        {BYTES("a\n"), "1:a;"},
        {BYTES("a\n\nb"), "1:a;2:;3:b;"},
        {BYTES("a\r\nb\r\n"), "1:a;2:b;"},
        {BYTES("a\rb\r\r\n"), "1:a\rb\r;"},
        {BYTES("12345678\n"), "1:12345678;"},
        {BYTES("123456789\na\n"), "1!2:a;"},
        {BYTES("123456789"), "1!"},
        {BYTES("a\0b\nc\n"), "1!2:c;"},
        {BYTES("\0"), "1!"},
    };
    /* clang-format on */
#undef BYTES
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer transcript;
        buffer_init(&transcript, 1024);
        transcribe(cases[i].bytes, cases[i].count, &transcript);
        check_text(buffer_text(&transcript), cases[i].transcript);
        buffer_finish(&transcript);
    }
}

static void a_stream_that_cannot_be_read_is_no_end(void)
{
    FILE *stream = fopen("/", "r"); /* a folder can be opened, not read */
    struct lines lines;

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    lines_init(&lines, stream, BYTES_MAX);
    CU_ASSERT_FALSE(lines_next(&lines));
    CU_ASSERT_NOT_EQUAL(ferror(stream), 0);
    lines_finish(&lines);
    fclose(stream);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"lines are numbered and their ends taken off",
         lines_are_numbered_and_their_ends_taken_off},
        {"a stream that cannot be read is no end", a_stream_that_cannot_be_read_is_no_end},
        CU_TEST_INFO_NULL,
    };

    return run_suite("lines", tests);
}
