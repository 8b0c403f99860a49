/* SPDX-License-Identifier: PostgreSQL */
#include "base/utf8.h"

#include "tests/unit/base/suite.h"

static void a_character_has_a_length_only_when_it_is_well_formed(void)
{
    /* clang-format off */
    static const struct { const char *text; size_t left, length; } cases[] = {
        {"a", 1, 1}, {"\x7f", 1, 1}, {"\xc3\xa9", 2, 2}, {"\xe2\x82\xac", 3, 3},
        {"\xf0\x9f\xa5\x90", 4, 4}, {"\xf4\x8f\xbf\xbf", 4, 4}, {"\xed\x9f\xbf", 3, 3},
        {"", 0, 0}, {"\0", 1, 0}, {"\x80", 1, 0}, {"\xc3", 1, 0}, {"\xc3\xa9", 1, 0}, {"\xc3" "a", 2, 0},
        {"\xc0\xaf", 2, 0}, {"\xc1\xbf", 2, 0}, {"\xe0\x9f\xbf", 3, 0}, {"\xed\xa0\x80", 3, 0},
        {"\xf0\x8f\xbf\xbf", 4, 0}, {"\xf4\x90\x80\x80", 4, 0}, {"\xf5\x80\x80\x80", 4, 0}, {"\xff", 1, 0},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_EQUAL(utf8_length(cases[i].text, cases[i].left), cases[i].length);
}

static void a_text_is_valid_when_all_of_it_is(void)
{
    CU_ASSERT(utf8_is_valid("", 0));
    CU_ASSERT(utf8_is_valid("p\xc3\xa2tisserie \xf0\x9f\xa5\x90", 16));
    CU_ASSERT_FALSE(utf8_is_valid("ab\0c", 4));
    CU_ASSERT_FALSE(utf8_is_valid("caf\xe9", 4));
}

/* Eight ASCII characters are looked at together. */
static void every_place_of_a_long_text_counts(void)
{
    static const char wrong[] = {'\0', '\x80', '\xff'};
    char text[24];

    for (size_t i = 0; i < sizeof text; i++) {
        memset(text, i % 2 ? '\x01' : '\x7f', sizeof text);
        CU_ASSERT(utf8_is_valid(text, sizeof text));
        for (size_t j = 0; j < sizeof wrong; j++) {
            text[i] = wrong[j];
            CU_ASSERT_FALSE(utf8_is_valid(text, sizeof text));
        }
    }
}

int main(void)
{
    CU_TestInfo tests[] = {{"a character has a length only when it is well formed",
                            a_character_has_a_length_only_when_it_is_well_formed},
                           {"a text is valid when all of it is", a_text_is_valid_when_all_of_it_is},
                           {"every place of a long text counts", every_place_of_a_long_text_counts},
                           CU_TEST_INFO_NULL};

    return run_suite("utf8", tests);
}
