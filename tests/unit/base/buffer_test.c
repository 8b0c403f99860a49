/* SPDX-License-Identifier: PostgreSQL */
#include "base/buffer.h"

#include <stdint.h>
#include <stdlib.h>

#include "tests/unit/base/suite.h"

static void a_new_buffer_reads_as_empty_text(void)
{
    struct buffer buffer;

    buffer_init(&buffer, 10);
    check_text(buffer_text(&buffer), "");
    CU_ASSERT_EQUAL(buffer.length, 0);
    CU_ASSERT_PTR_NULL(buffer.data);
    buffer_clear(&buffer);
    buffer_finish(&buffer);
    buffer_finish(&buffer);
    buffer_finish(NULL);
}

static void the_ceiling_is_reached_but_not_passed(void)
{
    static const size_t ceilings[] = {0, 1, 2, 255, 256, 257, 511, 512, 513, 1000, 4096};

    for (size_t i = 0; i < sizeof ceilings / sizeof ceilings[0]; i++) {
        struct buffer buffer;
        buffer_init(&buffer, ceilings[i]);
        for (size_t count = 0; count < ceilings[i]; count++)
            CU_ASSERT_EQUAL(buffer_append(&buffer, "x", 1), STATUS_OK);
        CU_ASSERT_EQUAL(buffer_append(&buffer, "y", 1), STATUS_LIMIT);
        CU_ASSERT_EQUAL(buffer_append_text(&buffer, "y"), STATUS_LIMIT);
        CU_ASSERT_EQUAL(buffer_printf(&buffer, "%d", 7), STATUS_LIMIT);
        CU_ASSERT_EQUAL(buffer_append(&buffer, NULL, 0), STATUS_OK);
        CU_ASSERT_EQUAL(buffer.length, ceilings[i]);
        CU_ASSERT_EQUAL(strlen(buffer_text(&buffer)), ceilings[i]);
        CU_ASSERT_EQUAL(strspn(buffer_text(&buffer), "x"), ceilings[i]);
        CU_ASSERT(buffer.capacity <= ceilings[i] + 1);
        buffer_finish(&buffer);
    }
}

static void a_refused_append_keeps_what_was_there(void)
{
    struct buffer buffer;

    buffer_init(&buffer, 8);
    CU_ASSERT_EQUAL(buffer_append_text(&buffer, "12345"), STATUS_OK);
    CU_ASSERT_EQUAL(buffer_append_text(&buffer, "6789"), STATUS_LIMIT);
    CU_ASSERT_EQUAL(buffer_printf(&buffer, "%s", "6789"), STATUS_LIMIT);
    CU_ASSERT_EQUAL(buffer_append(&buffer, "", SIZE_MAX), STATUS_LIMIT);
    check_text(buffer_text(&buffer), "12345");
    CU_ASSERT_EQUAL(buffer_printf(&buffer, "%d", 678), STATUS_OK);
    check_text(buffer_text(&buffer), "12345678");
    buffer_finish(&buffer);
}

static void a_json_string_is_quoted(void)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"caf\xc3\xa9", "\"caf\xc3\xa9\""},
        {"\"\\", "\"\\\"\\\\\""},
        {"a\nb\x01", "\"a\\u000ab\\u0001\""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer buffer;
        size_t length = strlen(cases[i].wanted);
        for (size_t ceiling = 0; ceiling <= length; ceiling++) {
            buffer_init(&buffer, ceiling);
            CU_ASSERT_EQUAL(buffer_append_json(&buffer, cases[i].text),
                            ceiling < length ? STATUS_LIMIT : STATUS_OK);
            if (ceiling == length)
                check_text(buffer_text(&buffer), cases[i].wanted);
            buffer_finish(&buffer);
        }
    }
}

static void a_member_that_has_no_value_is_not_added(void)
{
    struct buffer buffer;

    buffer_init(&buffer, SIZE_MAX);
    buffer_add_member(&buffer, "{\"a\":", "b\"c");
    buffer_add_member(&buffer, ",\"d\":", NULL);
    buffer_add(&buffer, "}");
    check_text(buffer_text(&buffer), "{\"a\":\"b\\\"c\"}");
    buffer_finish(&buffer);
}

static void any_bytes_are_kept_and_a_nul_follows(void)
{
    struct buffer buffer;

    buffer_init(&buffer, SIZE_MAX);
    CU_ASSERT_EQUAL(buffer_append(&buffer, "a\0b\xFF", 4), STATUS_OK);
    CU_ASSERT_EQUAL(buffer_append(&buffer, "\0", 1), STATUS_OK);
    CU_ASSERT_EQUAL(buffer.length, 5);
    CU_ASSERT_EQUAL(memcmp(buffer.data, "a\0b\xFF\0\0", 6), 0);
    buffer_finish(&buffer);
}

static void printing_grows_the_buffer(void)
{
    struct buffer buffer;
    char wanted[5001] = "";

    buffer_init(&buffer, 100000);
    for (size_t i = 0; i < 1000; i++) {
        snprintf(wanted + i * 5, sizeof wanted - i * 5, "%04zu,", i);
        CU_ASSERT_EQUAL(buffer_printf(&buffer, "%04zu,", i), STATUS_OK);
    }
    check_text(buffer_text(&buffer), wanted);
    CU_ASSERT_EQUAL(buffer.length, 5000);
    CU_ASSERT_EQUAL(buffer_printf(&buffer, "%s", wanted), STATUS_OK);
    CU_ASSERT_EQUAL(buffer.length, 10000);
    buffer_finish(&buffer);
}

static void clearing_forgets_the_content_and_keeps_the_memory(void)
{
    struct buffer buffer;

    buffer_init(&buffer, 100);
    CU_ASSERT_EQUAL(buffer_append_text(&buffer, "old"), STATUS_OK);
    const char *memory = buffer.data;
    buffer_clear(&buffer);
    check_text(buffer_text(&buffer), "");
    CU_ASSERT_EQUAL(buffer_append_text(&buffer, "new"), STATUS_OK);
    check_text(buffer_text(&buffer), "new");
    CU_ASSERT_PTR_EQUAL(buffer.data, memory);
    buffer_finish(&buffer);
}

static void taking_hands_the_bytes_over_and_empties_the_buffer(void)
{
    struct buffer buffer;

    buffer_init(&buffer, 4);
    char *nothing = buffer_take(&buffer);
    check_text(nothing, "");
    CU_ASSERT_EQUAL(buffer_append_text(&buffer, "four"), STATUS_OK);
    char *taken = buffer_take(&buffer);
    check_text(taken, "four");
    check_text(buffer_text(&buffer), "");
    CU_ASSERT_EQUAL(buffer.length, 0);
    CU_ASSERT_EQUAL(buffer_append_text(&buffer, "fiver"), STATUS_LIMIT);
    CU_ASSERT_EQUAL(buffer_append_text(&buffer, "five"), STATUS_OK);
    check_text(taken, "four");
    free(nothing);
    free(taken);
    buffer_finish(&buffer);
}

static void room_is_given_up_to_the_ceiling_and_only_what_was_used_counts(void)
{
    struct buffer buffer;

    buffer_init(&buffer, 8);
    CU_ASSERT_EQUAL(buffer_append_text(&buffer, "abc"), STATUS_OK);
    CU_ASSERT_PTR_NULL(buffer_reserve(&buffer, 6));
    char *room = buffer_reserve(&buffer, 5);
    CU_ASSERT_PTR_NOT_NULL_FATAL(room);
    memcpy(room, "de", 2);
    buffer_commit(&buffer, 2);
    check_text(buffer_text(&buffer), "abcde");
    buffer_finish(&buffer);
}

int main(void)
{
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"a new buffer reads as empty text", a_new_buffer_reads_as_empty_text},
        {"the ceiling is reached but not passed", the_ceiling_is_reached_but_not_passed},
        {"a refused append keeps what was there", a_refused_append_keeps_what_was_there},
        {"a JSON string is quoted", a_json_string_is_quoted},
        {"a member that has no value is not added", a_member_that_has_no_value_is_not_added},
        {"any bytes are kept and a NUL follows", any_bytes_are_kept_and_a_nul_follows},
        {"printing grows the buffer", printing_grows_the_buffer},
        {"clearing forgets the content and keeps the memory", clearing_forgets_the_content_and_keeps_the_memory},
        {"room is given up to the ceiling, and only what was used counts", room_is_given_up_to_the_ceiling_and_only_what_was_used_counts},
        {"taking hands the bytes over and empties the buffer", taking_hands_the_bytes_over_and_empties_the_buffer},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */
    return run_suite("buffer", tests);
}
