/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define DURATION_MAX_MS (366 * DAY_MS)
#define DAY_MINUTES (24 * 60)

/* A century: more is a mistake, and would overflow dates. */
#define OFFSET_MAX_S INT64_C(3155760000)

void clock_init(struct clock *clock)
{
    const char *text = getenv("WABAMIGRATE_CLOCK_OFFSET");
    char *end = NULL;

    clock->offset_ms = 0;
    if (text == NULL || text[0] == '\0')
        return;
    errno = 0;
    long long offset_s = strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0' || offset_s > OFFSET_MAX_S || offset_s < -OFFSET_MAX_S)
        return;
    clock->offset_ms = (int64_t)offset_s * SECOND_MS;
}

static int64_t read_clock_ms(clockid_t which)
{
    struct timespec now;

    BUG_UNLESS(clock_gettime(which, &now) == 0);
    return (int64_t)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

int64_t clock_monotonic_ms(void)
{
    return read_clock_ms(CLOCK_BOOTTIME);
}

int64_t clock_away_ms(int64_t *came_by_at_ms, int64_t now_ms)
{
    int64_t away_ms = now_ms - *came_by_at_ms;

    *came_by_at_ms = now_ms;
    return away_ms >= CLOCK_AWAY_MS ? away_ms : 0;
}

int64_t clock_wall_ms(const struct clock *clock)
{
    return read_clock_ms(CLOCK_REALTIME) + clock->offset_ms;
}

/* Rounds down, before 1970 too. */
static time_t whole_seconds(int64_t wall_ms)
{
    return (time_t)(wall_ms / SECOND_MS - (wall_ms % SECOND_MS < 0 ? 1 : 0));
}

void clock_format(int64_t wall_ms, char *text)
{
    time_t seconds = whole_seconds(wall_ms);
    struct tm parts;

    if (gmtime_r(&seconds, &parts) == NULL ||
        strftime(text, CLOCK_TEXT_BYTES, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        text[0] = '\0';
}

static int local_minute_of_day(time_t seconds)
{
    struct tm parts;

    BUG_UNLESS(localtime_r(&seconds, &parts) != NULL);
    return parts.tm_hour * 60 + parts.tm_min;
}

/* Walks the minutes instead of asking mktime(), whose answer for an hour that a summer-time change
 * skips or repeats is anybody's guess. When the change skips hour:minute, the moment of the change
 * is the answer: whoever works until 02:30 must not work a day longer. A walk is at most some 1,500
 * steps, and a program takes few. */
int64_t clock_next_local(int64_t wall_ms, int hour, int minute)
{
    int target = hour * 60 + minute;
    time_t at = whole_seconds(wall_ms);

    BUG_UNLESS(target >= 0 && target < DAY_MINUTES);
    tzset();
    at -= ((at % 60) + 60) % 60;

    int shown = local_minute_of_day(at);
    for (;;) {
        at += 60;
        int next = local_minute_of_day(at);
        int moved = (next - shown + DAY_MINUTES) % DAY_MINUTES;
        int ahead = (target - shown + DAY_MINUTES) % DAY_MINUTES;
        bool was_skipped = moved < DAY_MINUTES / 2 && ahead > 0 && ahead < moved;
        if (next == target || was_skipped)
            return (int64_t)at * SECOND_MS;
        shown = next;
    }
}

static int64_t unit_ms(char unit)
{
    switch (unit) {
    case 's':
        return SECOND_MS;
    case 'm':
        return MINUTE_MS;
    case 'h':
        return HOUR_MS;
    case 'd':
        return DAY_MS;
    default:
        return 0;
    }
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

enum status clock_parse_duration(const char *text, int64_t *duration_ms, struct fault *fault)
{
    const char *at = text;
    int64_t value = 0;

    for (; is_digit(*at); at++)
        if (value <= DURATION_MAX_MS) /* past it only the verdict matters, not the number */
            value = value * 10 + (*at - '0');

    int64_t unit = unit_ms(*at);
    if (at == text || unit == 0 || at[1] != '\0')
        return fault_set(fault, STATUS_INVALID,
                         "\"%.40s\" is not a duration; write a number and s, m, h or d, such as "
                         "90s, 15m, 4h or 2d",
                         text);
    if (value == 0)
        return fault_set(fault, STATUS_INVALID, "a duration of %.40s is no time at all", text);
    if (value > DURATION_MAX_MS / unit)
        return fault_set(fault, STATUS_INVALID, "a duration of %.40s is too long; 366d is the most",
                         text);

    *duration_ms = value * unit;
    return STATUS_OK;
}

/* `count` digits at `text`, or -1. */
static int read_digits(const char *text, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (!is_digit(text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

enum status clock_parse_hour(const char *text, int *hour, int *minute, struct fault *fault)
{
    if (strlen(text) == 5 && text[2] == ':') {
        int read_hour = read_digits(text, 2);
        int read_minute = read_digits(text + 3, 2);
        if (read_hour >= 0 && read_hour <= 23 && read_minute >= 0 && read_minute <= 59) {
            *hour = read_hour;
            *minute = read_minute;
            return STATUS_OK;
        }
    }
    return fault_set(fault, STATUS_INVALID,
                     "\"%.40s\" is not a time of day; write HH:MM from 00:00 to 23:59", text);
}

/* True, and `seconds` set, when the calendar has that day. */
static bool day_exists(int year, int month, int day, time_t *seconds)
{
    struct tm parts = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};

    if (year < 0 || month < 1 || day < 1)
        return false;
    *seconds = timegm(&parts);
    return parts.tm_year == year - 1900 && parts.tm_mon == month - 1 && parts.tm_mday == day;
}

enum status clock_parse_date(const char *text, int64_t *wall_ms, struct fault *fault)
{
    time_t seconds = 0;

    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || read_digits(text, 4) < 0 ||
        read_digits(text + 5, 2) < 0 || read_digits(text + 8, 2) < 0)
        return fault_set(fault, STATUS_INVALID,
                         "\"%.40s\" is not a date; write YYYY-MM-DD, such as 2026-11-20", text);
    if (!day_exists(read_digits(text, 4), read_digits(text + 5, 2), read_digits(text + 8, 2),
                    &seconds))
        return fault_set(fault, STATUS_INVALID, "the calendar has no day %.40s", text);

    *wall_ms = (int64_t)seconds * SECOND_MS;
    return STATUS_OK;
}

static void format_two(char *text, int64_t first, const char *first_unit, int64_t second,
                       const char *second_unit)
{
    int written = snprintf(text, CLOCK_TEXT_BYTES, "%" PRId64 " %s", first, first_unit);

    if (second > 0 && written > 0 && written < CLOCK_TEXT_BYTES)
        (void)snprintf(text + written, (size_t)(CLOCK_TEXT_BYTES - written), " %" PRId64 " %s",
                       second, second_unit);
}

void clock_format_duration(int64_t duration_ms, char *text)
{
    int64_t tenths = duration_ms > 0 ? duration_ms / 100 : 0;

    if (tenths < 100 && tenths % 10 != 0)
        (void)snprintf(text, CLOCK_TEXT_BYTES, "%d.%d s", (int)(tenths / 10), (int)(tenths % 10));
    else if (duration_ms < MINUTE_MS)
        format_two(text, tenths / 10, "s", 0, "");
    else if (duration_ms < HOUR_MS)
        format_two(text, duration_ms / MINUTE_MS, "min", duration_ms % MINUTE_MS / SECOND_MS, "s");
    else if (duration_ms < DAY_MS)
        format_two(text, duration_ms / HOUR_MS, "h", duration_ms % HOUR_MS / MINUTE_MS, "min");
    else
        format_two(text, duration_ms / DAY_MS, "d", duration_ms % DAY_MS / HOUR_MS, "h");
}
