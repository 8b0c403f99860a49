/* SPDX-License-Identifier: PostgreSQL */
/*
 * clock -- the only place that asks the time, so that a test can live through three nights.
 *
 * Monotonic time measures waits on this machine, and it goes on while the machine is suspended
 * (CLOCK_BOOTTIME; CLOCK_MONOTONIC stands still then): a worker that wakes from a suspend has to
 * know that its lease has run out. Wall time is shown to people and compared with
 * dates; a test shifts it by an offset (WABAMIGRATE_CLOCK_OFFSET, seconds), and the store gives the
 * same offset to the database, so that both live on the same day.
 */
#ifndef WABAMIGRATE_BASE_CLOCK_H
#define WABAMIGRATE_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

struct clock {
    int64_t offset_ms; /* added to wall time */
};

/* Reads WABAMIGRATE_CLOCK_OFFSET; absent or not a number means 0. */
void clock_init(struct clock *clock);
/* Milliseconds since an arbitrary start, suspends included; never goes back; the offset does not
 * touch it. */
int64_t clock_monotonic_ms(void);
/* For how long a loop that comes by every second has not: it was frozen, or slept with its machine.
 * 0: it was not away. `*came_by_at_ms` is the caller's, 0 at first; monotonic. */
#define CLOCK_AWAY_MS 3000
int64_t clock_away_ms(int64_t *came_by_at_ms, int64_t now_ms);
/* Milliseconds since 1970-01-01T00:00:00Z, shifted by the offset. */
int64_t clock_wall_ms(const struct clock *clock);

#define CLOCK_TEXT_BYTES 32
/* "2026-11-23T01:00:00Z" (UTC, whole seconds). `text` holds CLOCK_TEXT_BYTES. */
void clock_format(int64_t wall_ms, char *text);

/* The next time after `wall_ms` at which the local clock (TZ) shows hour:minute. */
int64_t clock_next_local(int64_t wall_ms, int hour, int minute);

/* "90s", "15m", "4h", "2d" to milliseconds. STATUS_INVALID for anything else, zero, or more than
 * 366 days. */
MUST_CHECK enum status clock_parse_duration(const char *text, int64_t *duration_ms,
                                            struct fault *fault);
/* "05:00" to hour and minute. */
MUST_CHECK enum status clock_parse_hour(const char *text, int *hour, int *minute,
                                        struct fault *fault);
/* "2026-11-20" to the wall time of its midnight UTC; refuses a day that does not exist. */
MUST_CHECK enum status clock_parse_date(const char *text, int64_t *wall_ms, struct fault *fault);
/* 130000 to "2 min 10 s", 7200000 to "2 h", 345 to "0.3 s": short, for people. `text` holds
 * CLOCK_TEXT_BYTES. */
void clock_format_duration(int64_t duration_ms, char *text);

#endif
