/* SPDX-License-Identifier: PostgreSQL */
#include "planner/forecast.h"

#include <CUnit/Basic.h>
#include <stdbool.h>
#include <string.h>

#define HOUR INT64_C(3600000)
#define PLAIN(calls) .budgets = {{"platform", calls, calls, 0, HOUR}}, .budget_count = 1
#define LIMITED(calls, busiest, limit, window)                                                \
    .budgets = {{"platform", 0, 0, 0, HOUR}, {"credit_line", calls, busiest, limit, window}}, \
    .budget_count = 2

/* clang-format off */
static const struct forecast_case {
    const char *what;
    struct forecast_input input;
    int64_t calls, seconds, nights;
    const char *bottleneck;
} cases[] = {
    {"nothing to do", {PLAIN(0), .chain_calls = 7, .latency_ms = 100, .concurrency = 8, .window_ms = HOUR},
     0, 0, 0, NULL},
    {"one number alone is as slow as its chain", {PLAIN(7), .chain_calls = 7, .latency_ms = 100, .concurrency = 64},
     7, 1, 1, "latency"},
    {"a full book is shared among the slots", {PLAIN(4300), .chain_calls = 7, .latency_ms = 100, .concurrency = 10},
     4300, 43, 1, "concurrency"},
    {"part of a second is a second", {PLAIN(4304), .chain_calls = 7, .latency_ms = 100, .concurrency = 10},
     4304, 44, 1, "concurrency"},
    {"an unknown latency is taken as 300 ms", {PLAIN(1000), .chain_calls = 1, .concurrency = 1},
     1000, 300, 1, "concurrency"},
    {"no concurrency is one at a time", {PLAIN(10), .chain_calls = 1, .latency_ms = 1000},
     10, 10, 1, "concurrency"},
    {"a window that fits is one night", {PLAIN(3600), .chain_calls = 1, .latency_ms = 1000, .concurrency = 1, .window_ms = HOUR},
     3600, 3600, 1, "concurrency"},
    {"a second too many is another night", {PLAIN(3601), .chain_calls = 1, .latency_ms = 1000, .concurrency = 1, .window_ms = HOUR},
     3601, 3601, 2, "concurrency"},
    {"three nights", {PLAIN(10800), .chain_calls = 1, .latency_ms = 1000, .concurrency = 1, .window_ms = HOUR},
     10800, 10800, 3, "concurrency"},
    {"negative counts count as none", {PLAIN(-5), .chain_calls = -1, .latency_ms = 100, .concurrency = 8},
     0, 0, 0, NULL},
    {"a quota that suffices bounds nothing", {LIMITED(5000, 5000, 5000, HOUR), .chain_calls = 3, .latency_ms = 100, .concurrency = 100},
     5000, 5, 1, "concurrency"},
    {"one call over the quota waits for its window", {LIMITED(5001, 5001, 5000, HOUR), .chain_calls = 3, .latency_ms = 100, .concurrency = 100},
     5001, 3601, 1, "credit_line"},
    {"twelve thousand calls are three windows", {LIMITED(12000, 12000, 5000, HOUR), .chain_calls = 3, .latency_ms = 100, .concurrency = 100},
     12000, 7202, 1, "credit_line"},
    {"a night of two hours sees the quota three times", {LIMITED(60000, 60000, 5000, HOUR), .chain_calls = 3, .latency_ms = 100, .concurrency = 100, .window_ms = 2 * HOUR},
     60000, 11 * 3600 + 5, 4, "credit_line"},
    {"a night of half an hour sees it once", {LIMITED(12000, 12000, 5000, HOUR), .chain_calls = 3, .latency_ms = 100, .concurrency = 100, .window_ms = HOUR / 2},
     12000, 7202, 3, "credit_line"},
    {"only the busiest subject's calls count against a quota of its own", {LIMITED(12000, 150, 200, HOUR), .chain_calls = 3, .latency_ms = 100, .concurrency = 100},
     12000, 12, 1, "concurrency"},
    {"a window of three days takes days", {LIMITED(11, 11, 10, 72 * HOUR), .chain_calls = 3, .latency_ms = 100, .concurrency = 1, .window_ms = HOUR},
     11, 72 * 3600 + 1, 4, "credit_line"},
};
/* clang-format on */

static void test_calls_seconds_nights_and_what_bounds_them(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct forecast forecast = forecast_make(&cases[i].input);
        const char *expected = cases[i].bottleneck;
        bool is_same = expected && forecast.bottleneck ? strcmp(expected, forecast.bottleneck) == 0
                                                       : !expected && !forecast.bottleneck;
        bool is_right = is_same && forecast.calls == cases[i].calls &&
                        forecast.seconds == cases[i].seconds && forecast.nights == cases[i].nights;
        if (!is_right)
            fprintf(stderr, "%s: %lld calls, %lld s, %lld nights, %s\n", cases[i].what,
                    (long long)forecast.calls, (long long)forecast.seconds,
                    (long long)forecast.nights,
                    forecast.bottleneck ? forecast.bottleneck : "nothing");
        CU_ASSERT(is_right);
    }
}

static void test_a_book_past_all_bounds_does_not_overflow(void)
{
    struct forecast_input input = {LIMITED(INT64_MAX, INT64_MAX, 1, HOUR), .chain_calls = INT64_MAX,
                                   .latency_ms = INT64_MAX, .concurrency = 1, .window_ms = 1};
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
    CU_add_test(suite, "calls, seconds, nights and what bounds them",
                test_calls_seconds_nights_and_what_bounds_them);
    CU_add_test(suite, "a book past all bounds does not overflow",
                test_a_book_past_all_bounds_does_not_overflow);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures > 0;
}
