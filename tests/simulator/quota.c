/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/quota.h"

#include <string.h>

static void forget_old(struct quota *quota, int64_t minute)
{
    if (minute - quota->minute >= QUOTA_MINUTES)
        memset(quota->counts, 0, sizeof quota->counts);
    for (int64_t at = quota->minute + 1; at <= minute && minute - quota->minute < QUOTA_MINUTES;
         at++)
        quota->counts[at % QUOTA_MINUTES] = 0;
    if (minute > quota->minute)
        quota->minute = minute;
}

static uint64_t sum(const struct quota *quota)
{
    uint64_t total = 0;
    for (int i = 0; i < QUOTA_MINUTES; i++)
        total += quota->counts[i];
    return total;
}

/* In how many minutes so many of the counted calls will be over an hour old that one fits again. */
static int regain_minutes(const struct quota *quota, uint64_t total, uint32_t limit)
{
    for (int ahead = 1; ahead <= QUOTA_MINUTES; ahead++) {
        total -= quota->counts[(quota->minute + ahead) % QUOTA_MINUTES];
        if (total < limit)
            return ahead;
    }
    return QUOTA_MINUTES;
}

struct quota_usage quota_use(struct quota *quota, int64_t now_ms, uint32_t limit)
{
    struct quota_usage usage = {0};
    if (limit == 0)
        return usage;
    forget_old(quota, now_ms / 60000);
    if (quota->counts[quota->minute % QUOTA_MINUTES] < UINT16_MAX)
        quota->counts[quota->minute % QUOTA_MINUTES]++;
    uint64_t total = sum(quota);
    usage.percent = (int)(total * 100 / limit);
    usage.is_refused = total > limit;
    if (usage.is_refused)
        usage.regain_minutes = regain_minutes(quota, total, limit);
    return usage;
}
