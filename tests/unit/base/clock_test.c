/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"

#include <stdlib.h>

#include "tests/unit/base/suite.h"

/* Written out, so that no zone data is needed: Central Europe with its summer time. */
static const char central_europe[] = "CET-1CEST,M3.5.0,M10.5.0/3";

static void durations_are_read(void)
{
    /* clang-format off */
    static const struct { const char *text; int64_t wanted_ms; } rows[] = {
        {"1s",        1000},
        {"90s",       90000},
        {"15m",       900000},
        {"4h",        14400000},
        {"2d",        172800000},
        {"007m",      420000},
        {"366d",      INT64_C(31622400000)},
        {"8784h",     INT64_C(31622400000)},
        {"31622400s", INT64_C(31622400000)},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault = FAULT_NONE;
        int64_t duration_ms = -1;
        CU_ASSERT_EQUAL(clock_parse_duration(rows[i].text, &duration_ms, &fault), STATUS_OK);
        CU_ASSERT_EQUAL(duration_ms, rows[i].wanted_ms);
    }
}

static void what_is_no_duration_is_refused(void)
{
    static const char *const rows[] = {
        "",
        "s",
        "90",
        "90 s",
        " 90s",
        "90s ",
        "-90s",
        "+90s",
        "1.5h",
        "90S",
        "4H",
        "1w",
        "90ms",
        "2d4h",
        "0s",
        "0d",
        "00h",
        "367d",
        "8785h",
        "527041m",
        "31622401s",
        "0x10s",
        "9999999999999999999d",
        "18446744073709551617s",
        "four hours",
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault = FAULT_NONE;
        int64_t duration_ms = -1;
        CU_ASSERT_EQUAL(clock_parse_duration(rows[i], &duration_ms, &fault), STATUS_INVALID);
        CU_ASSERT_EQUAL(fault.status, STATUS_INVALID);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "duration"));
        CU_ASSERT_EQUAL(duration_ms, -1);
    }
}

static void times_of_day_are_read_strictly(void)
{
    /* clang-format off */
    static const struct { const char *text; int hour; int minute; } rows[] = {
        {"05:00", 5, 0}, {"00:00", 0, 0}, {"23:59", 23, 59}, {"09:08", 9, 8},
        {"24:00", -1, -1}, {"12:60", -1, -1}, {"5:00", -1, -1}, {"05:0", -1, -1}, {"0500", -1, -1},
        {"05.00", -1, -1}, {"05:00 ", -1, -1}, {" 5:00", -1, -1}, {"-1:00", -1, -1}, {"", -1, -1},
        {"05:00:00", -1, -1}, {"ab:cd", -1, -1}, {"+5:+0", -1, -1},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault = FAULT_NONE;
        int hour = -1;
        int minute = -1;
        enum status status = clock_parse_hour(rows[i].text, &hour, &minute, &fault);
        CU_ASSERT_EQUAL(status, rows[i].hour < 0 ? STATUS_INVALID : STATUS_OK);
        CU_ASSERT_EQUAL(hour, rows[i].hour);
        CU_ASSERT_EQUAL(minute, rows[i].minute);
    }
}

static void dates_are_read_and_written_back(void)
{
    /* clang-format off */
    static const struct { const char *text; const char *wanted; } rows[] = {
        {"1970-01-01", "1970-01-01T00:00:00Z"},
        {"2026-11-20", "2026-11-20T00:00:00Z"},
        {"2024-02-29", "2024-02-29T00:00:00Z"},
        {"2000-02-29", "2000-02-29T00:00:00Z"},
        {"1969-12-31", "1969-12-31T00:00:00Z"},
        {"2026-02-29", NULL}, {"2100-02-29", NULL}, {"2026-04-31", NULL}, {"2026-13-01", NULL},
        {"2026-00-10", NULL}, {"2026-01-00", NULL}, {"2026-01-32", NULL}, {"2026-1-01", NULL},
        {"2026-01-1", NULL}, {"2026/01/01", NULL}, {"20260101", NULL}, {" 2026-1-1", NULL},
        {"2026-01-01T", NULL}, {"-026-01-01", NULL}, {"2026-+1-01", NULL}, {"", NULL},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault = FAULT_NONE;
        int64_t wall_ms = -1;
        char text[CLOCK_TEXT_BYTES];
        enum status status = clock_parse_date(rows[i].text, &wall_ms, &fault);
        CU_ASSERT_EQUAL(status, rows[i].wanted != NULL ? STATUS_OK : STATUS_INVALID);
        clock_format(wall_ms, text);
        check_text(text, rows[i].wanted != NULL ? rows[i].wanted : "1969-12-31T23:59:59Z");
    }
}

static void instants_are_written_in_whole_seconds_rounded_down(void)
{
    /* clang-format off */
    static const struct { int64_t wall_ms; const char *wanted; } rows[] = {
        {0,                       "1970-01-01T00:00:00Z"},
        {999,                     "1970-01-01T00:00:00Z"},
        {-1,                      "1969-12-31T23:59:59Z"},
        {-1000,                   "1969-12-31T23:59:59Z"},
        {-1001,                   "1969-12-31T23:59:58Z"},
        {INT64_C(1795395600123),  "2026-11-23T01:00:00Z"},
    };
    /* clang-format on */

    setenv("TZ", central_europe, 1); /* must not matter */
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[CLOCK_TEXT_BYTES];
        clock_format(rows[i].wall_ms, text);
        check_text(text, rows[i].wanted);
    }
}

static int64_t instant(const char *date, int hour, int minute, int second, int millisecond)
{
    int64_t wall_ms = 0;

    CU_ASSERT_EQUAL_FATAL(clock_parse_date(date, &wall_ms, NULL), STATUS_OK);
    return wall_ms + ((hour * 60 + minute) * 60 + second) * INT64_C(1000) + millisecond;
}

static void the_next_local_time_follows_the_local_clock(void)
{
    static const char india[] = "IST-5:30";
    static const char utc[] = "UTC0";
    /* clang-format off */
    const struct { const char *zone; int64_t from_ms; int hour; int minute; const char *wanted; } rows[] = {
        {utc, instant("2026-11-23", 1, 0, 0, 0), 5, 0, "2026-11-23T05:00:00Z"},
        {utc, instant("2026-11-23", 5, 0, 0, 0), 5, 0, "2026-11-24T05:00:00Z"},
        {utc, instant("2026-11-23", 5, 0, 0, 1), 5, 0, "2026-11-24T05:00:00Z"},
        {utc, instant("2026-11-23", 4, 59, 59, 999), 5, 0, "2026-11-23T05:00:00Z"},
        {utc, instant("2026-12-31", 23, 59, 30, 0), 0, 0, "2027-01-01T00:00:00Z"},
        {utc, instant("2026-12-31", 23, 58, 30, 0), 23, 58, "2027-01-01T23:58:00Z"},
        {india, instant("2026-11-23", 1, 0, 0, 0), 5, 0, "2026-11-23T23:30:00Z"},
        {central_europe, instant("2026-11-22", 23, 0, 0, 0), 5, 0, "2026-11-23T04:00:00Z"},
        {central_europe, instant("2026-07-01", 23, 0, 0, 0), 5, 0, "2026-07-02T03:00:00Z"},
        /* the night summer time begins: 02:00 to 03:00 is skipped */
        {central_europe, instant("2026-03-28", 20, 0, 0, 0), 1, 59, "2026-03-29T00:59:00Z"},
        {central_europe, instant("2026-03-28", 20, 0, 0, 0), 2, 30, "2026-03-29T01:00:00Z"},
        {central_europe, instant("2026-03-28", 20, 0, 0, 0), 3, 0, "2026-03-29T01:00:00Z"},
        {central_europe, instant("2026-03-28", 20, 0, 0, 0), 5, 0, "2026-03-29T03:00:00Z"},
        {central_europe, instant("2026-03-29", 1, 0, 0, 0), 2, 30, "2026-03-30T00:30:00Z"},
        /* the night it ends: 02:00 to 03:00 comes twice */
        {central_europe, instant("2026-10-24", 20, 0, 0, 0), 2, 30, "2026-10-25T00:30:00Z"},
        {central_europe, instant("2026-10-25", 0, 30, 0, 0), 2, 30, "2026-10-25T01:30:00Z"},
        {central_europe, instant("2026-10-24", 20, 0, 0, 0), 5, 0, "2026-10-25T04:00:00Z"},
        {central_europe, instant("2026-10-25", 0, 45, 0, 0), 1, 30, "2026-10-26T00:30:00Z"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[CLOCK_TEXT_BYTES];
        setenv("TZ", rows[i].zone, 1);
        clock_format(clock_next_local(rows[i].from_ms, rows[i].hour, rows[i].minute), text);
        check_text(text, rows[i].wanted);
    }
}

static void durations_are_written_short(void)
{
    /* clang-format off */
    static const struct { int64_t duration_ms; const char *wanted; } rows[] = {
        {-5, "0 s"}, {0, "0 s"}, {99, "0 s"}, {100, "0.1 s"}, {345, "0.3 s"}, {1000, "1 s"},
        {1500, "1.5 s"}, {9999, "9.9 s"}, {10000, "10 s"}, {10900, "10 s"}, {59999, "59 s"},
        {60000, "1 min"}, {61000, "1 min 1 s"}, {130000, "2 min 10 s"}, {3599999, "59 min 59 s"},
        {3600000, "1 h"}, {3659999, "1 h"}, {7200000, "2 h"}, {7260000, "2 h 1 min"},
        {86399999, "23 h 59 min"}, {86400000, "1 d"}, {90000000, "1 d 1 h"},
        {INT64_MAX, "106751991167 d 7 h"}, {INT64_MIN, "0 s"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[CLOCK_TEXT_BYTES];
        clock_format_duration(rows[i].duration_ms, text);
        check_text(text, rows[i].wanted);
    }
}

static void the_offset_comes_from_the_environment(void)
{
    /* clang-format off */
    static const struct { const char *text; int64_t wanted_ms; } rows[] = {
        {NULL, 0}, {"", 0}, {"0", 0}, {"3600", 3600000}, {"-86400", -86400000}, {"abc", 0},
        {"12x", 0}, {"1.5", 0}, {"1h", 0}, {"99999999999999999999", 0}, {"9223372036854775807", 0},
        {"-9223372036854775808", 0},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct clock clock = {.offset_ms = 77};
        if (rows[i].text != NULL)
            setenv("WABAMIGRATE_CLOCK_OFFSET", rows[i].text, 1);
        else
            unsetenv("WABAMIGRATE_CLOCK_OFFSET");
        clock_init(&clock);
        CU_ASSERT_EQUAL(clock.offset_ms, rows[i].wanted_ms);
    }
    unsetenv("WABAMIGRATE_CLOCK_OFFSET");
}

static void the_offset_moves_wall_time_only(void)
{
    const int64_t century_ms = INT64_C(3155760000000);
    struct clock now = {.offset_ms = 0};
    struct clock later = {.offset_ms = century_ms};
    int64_t monotonic_ms = clock_monotonic_ms();

    CU_ASSERT(clock_wall_ms(&later) - clock_wall_ms(&now) > century_ms / 2);
    setenv("WABAMIGRATE_CLOCK_OFFSET", "-3155760000", 1);
    CU_ASSERT(clock_monotonic_ms() >= monotonic_ms);
    unsetenv("WABAMIGRATE_CLOCK_OFFSET");
}

int main(void)
{
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"durations are read", durations_are_read},
        {"what is no duration is refused", what_is_no_duration_is_refused},
        {"times of day are read strictly", times_of_day_are_read_strictly},
        {"dates are read and written back", dates_are_read_and_written_back},
        {"instants are written in whole seconds, rounded down", instants_are_written_in_whole_seconds_rounded_down},
        {"the next local time follows the local clock", the_next_local_time_follows_the_local_clock},
        {"durations are written short", durations_are_written_short},
        {"the offset comes from the environment", the_offset_comes_from_the_environment},
        {"the offset moves wall time only", the_offset_moves_wall_time_only},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */
    return run_suite("clock", tests);
}
