/* SPDX-License-Identifier: PostgreSQL */
#include "planner/forecast.h"

#include <CUnit/Basic.h>

static const struct forecast_case {
    const char *what;
    struct forecast_input input;
    struct forecast expected;
} cases[] = {
    {"no eligible number, no call", {0, 0, 3, 4, 100, 8, 3600000}, {0, 0, 0}},
    {"one number alone is as slow as its chain", {1, 1, 3, 4, 100, 64, 0}, {7, 1, 1}},
    {"a full book is shared among the slots", {1000, 100, 3, 4, 100, 10, 0}, {4300, 43, 1}},
    {"part of a second is a second", {1001, 100, 3, 4, 100, 10, 0}, {4304, 44, 1}},
    {"an unknown latency is taken as 300 ms", {1000, 0, 0, 1, 0, 1, 0}, {1000, 300, 1}},
    {"no concurrency is one at a time", {10, 0, 0, 1, 1000, 0, 0}, {10, 10, 1}},
    {"a window that fits is one night", {3600, 0, 0, 1, 1000, 1, 3600000}, {3600, 3600, 1}},
    {"a second too many is another night", {3601, 0, 0, 1, 1000, 1, 3600000}, {3601, 3601, 2}},
    {"three nights", {10800, 0, 0, 1, 1000, 1, 3600000}, {10800, 10800, 3}},
    {"calls left for customers only", {0, 5, 2, 4, 1000, 1, 0}, {10, 10, 1}},
    {"negative counts count as none", {-5, -1, 3, 4, 100, 8, 0}, {0, 0, 0}},
};

static void test_calls_seconds_and_nights(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct forecast forecast = forecast_make(&cases[i].input);
        int is_right = forecast.calls == cases[i].expected.calls &&
                       forecast.seconds == cases[i].expected.seconds &&
                       forecast.nights == cases[i].expected.nights;
        if (!is_right)
            fprintf(stderr, "%s: %lld calls, %lld s, %lld nights\n", cases[i].what,
                    (long long)forecast.calls, (long long)forecast.seconds,
                    (long long)forecast.nights);
        CU_ASSERT(is_right);
    }
}

static void test_a_book_past_all_bounds_does_not_overflow(void)
{
    struct forecast_input input = {INT64_MAX, INT64_MAX, 5, 7, INT64_MAX, 1, 1};
    struct forecast forecast = forecast_make(&input);

    CU_ASSERT_EQUAL(forecast.calls, INT64_MAX);
    CU_ASSERT(forecast.seconds > 0);
    CU_ASSERT(forecast.nights > 0);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite suite = CU_add_suite("forecast", NULL, NULL);
    CU_add_test(suite, "calls, seconds and nights", test_calls_seconds_and_nights);
    CU_add_test(suite, "a book past all bounds does not overflow",
                test_a_book_past_all_bounds_does_not_overflow);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures > 0;
}
