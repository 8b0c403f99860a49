/* SPDX-License-Identifier: PostgreSQL */
#include "planner/number_index.h"

#include <inttypes.h>
#include <stdio.h>

#include "tests/unit/base/suite.h"

static struct e164 number_of(uint64_t digits)
{
    struct e164 number = {0};

    snprintf(number.text, sizeof number.text, "+%" PRIu64, digits);
    return number;
}

static bool put(struct number_index *index, uint64_t digits, uint32_t line, bool is_second_file,
                struct number_place *earlier)
{
    struct e164 number = number_of(digits);
    struct number_place place = {line, is_second_file};

    return number_index_put(index, &number, place, earlier);
}

/* Consecutive ones, far ones, the shortest and the longest. */
static uint64_t digits_of(uint32_t i)
{
    switch (i % 4) {
    case 0:
        return UINT64_C(33100000000) + i;
    case 1:
        return UINT64_C(999999999999999) - i;
    case 2:
        return i + 1;
    default:
        return UINT64_C(1000003) * i;
    }
}

static void each_number_is_found_again_with_its_place_and_no_other_is(void)
{
    enum { COUNT = 200000 };
    struct number_index index = {0};
    struct number_place earlier = {0};
    unsigned wrong = 0;

    for (uint32_t i = 0; i < COUNT; i++)
        wrong += put(&index, digits_of(i), i + 1, i % 3 == 0, &earlier);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(index.count, COUNT);
    for (uint32_t i = 0; i < COUNT; i++)
        wrong += !put(&index, digits_of(i), 7, false, &earlier) || earlier.line != i + 1 ||
                 earlier.is_second_file != (i % 3 == 0);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(index.count, COUNT);
    number_index_finish(&index);
}

static void a_line_beyond_the_greatest_is_told_as_that(void)
{
    struct number_index index = {0};
    struct number_place earlier;

    CU_ASSERT_FALSE(put(&index, 4930123456, UINT32_MAX, true, &earlier));
    CU_ASSERT_TRUE(put(&index, 4930123456, 1, false, &earlier));
    CU_ASSERT_EQUAL(earlier.line, NUMBER_INDEX_LINE_MAX);
    CU_ASSERT_TRUE(earlier.is_second_file);
    number_index_finish(&index);
    number_index_finish(NULL);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"each number is found again with its place, and no other is",
         each_number_is_found_again_with_its_place_and_no_other_is},
        {"a line beyond the greatest is told as that", a_line_beyond_the_greatest_is_told_as_that},
        CU_TEST_INFO_NULL,
    };

    return run_suite("number_index", tests);
}
