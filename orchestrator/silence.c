/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/silence.h"

#include "base/clock.h"

void silence_begin(struct silence *silence, int64_t now_ms)
{
    silence->since_ms = now_ms;
}

void silence_come_by(struct silence *silence, int64_t now_ms)
{
    if (clock_away_ms(&silence->came_by_at_ms, now_ms) > 0)
        silence->since_ms = now_ms;
}

void silence_hear(struct silence *silence, int64_t patience_ms, int64_t now_ms)
{
    if (now_ms - silence->since_ms >= patience_ms)
        silence->long_at_ms = now_ms;
    else if (now_ms - silence->long_at_ms >= SILENCE_FORGOTTEN_MS)
        silence->doublings = 0;
    silence->since_ms = now_ms;
}

int64_t silence_max_ms(const struct silence *silence, int64_t patience_ms)
{
    int64_t max_ms = patience_ms << silence->doublings;

    return max_ms < SILENCE_MAX_MS || silence->doublings == 0 ? max_ms : SILENCE_MAX_MS;
}

bool silence_is_too_long(struct silence *silence, int64_t patience_ms, int64_t now_ms)
{
    int64_t max_ms = silence_max_ms(silence, patience_ms);

    if (now_ms - silence->since_ms < max_ms)
        return false;
    if (max_ms > 0 && max_ms < SILENCE_MAX_MS)
        silence->doublings++;
    silence->long_at_ms = now_ms;
    return true;
}
