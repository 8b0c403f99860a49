/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/outage.h"

#include "base/clock.h"

void outage_come_by(struct outage *outage, int64_t now_ms)
{
    outage->since_ms += clock_away_ms(&outage->came_by_at_ms, now_ms);
}

enum outage_news outage_note(struct outage *outage, bool is_answered, bool is_probe, int64_t now_ms)
{
    bool was_on = outage->is_on;

    if (is_answered) {
        *outage = (struct outage){.came_by_at_ms = outage->came_by_at_ms};
        return was_on ? OUTAGE_OVER : OUTAGE_NO_NEWS;
    }
    if (!outage->is_holding && ++outage->silences >= OUTAGE_SILENCES) {
        outage->is_holding = true;
        outage->since_ms = outage->probe_at_ms = now_ms;
    }
    outage->is_on = was_on || (is_probe && outage->is_holding);
    return outage->is_on && !was_on ? OUTAGE_BEGUN : OUTAGE_NO_NEWS;
}

bool outage_is_probe_due(const struct outage *outage, int64_t now_ms)
{
    return outage->is_holding && now_ms >= outage->probe_at_ms;
}

/* Half of the pause is jitter, so that many workers do not come back together. */
void outage_probed(struct outage *outage, uint32_t random, int64_t now_ms)
{
    int64_t longer_ms = outage->pause_ms * 2;

    outage->pause_ms = longer_ms == 0                    ? OUTAGE_PROBE_FIRST_MS
                       : longer_ms < OUTAGE_PROBE_MAX_MS ? longer_ms
                                                         : OUTAGE_PROBE_MAX_MS;
    int64_t jitter_ms = (int64_t)((uint64_t)random * (uint64_t)(outage->pause_ms / 2) >> 32);
    outage->probe_at_ms = now_ms + outage->pause_ms - jitter_ms;
}

int64_t outage_ms(const struct outage *outage, int64_t now_ms)
{
    /* Its first moment counts: 0 is for none. */
    return outage->is_on ? now_ms - outage->since_ms + 1 : 0;
}
