/* SPDX-License-Identifier: PostgreSQL */
#include "planner/cutover.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* What a Date's cut and the answer's way may make of two clocks that agree. */
#define SKEW_NOISE_MS 1000

#define SUPPORT                                                                           \
    "https://developers.facebook.com/documentation/business-messaging/whatsapp/solution-" \
    "providers/support/"

/* clang-format off */
const struct cutover_rule CUTOVER_RULE[CUTOVER_RULES] = {
    {"MIG-ES", SUPPORT "migrating-phone-numbers-among-solution-partners-via-embedded-signup",
     "embedded_signup",
     "A message delivered before the move is billed to the old partner, and so is one sent before it "
     "and delivered late; one delivered after the move is billed to the business customer."},
    {"MIG-PROG", SUPPORT "migrating-phone-numbers-among-solution-partners-programmatically",
     "programmatic",
     "A message sent before the move is billed to the source business, even where it is delivered "
     "later."},
};
/* clang-format on */

#define PAYERS "until then the old partner pays, from then on the new one"
const char CUTOVER_PAYERS[] = PAYERS;
const char CUTOVER_ADVICE[] =
    "Meta's two pages differ on messages that are in flight during the move: agree with the old "
    "partner on one of them.";

const struct cutover_rule *cutover_rule(const char *path, bool is_other)
{
    bool is_second = path && strcmp(path, CUTOVER_RULE[1].path) == 0;

    return &CUTOVER_RULE[is_second != is_other];
}

static int64_t skew_at(int64_t date_ms, int64_t heard_ms)
{
    return date_ms + 500 - heard_ms;
}

bool cutover_skew_ms(const struct cutover *cutover, int64_t *skew_ms)
{
    bool is_after = cutover->after_date_ms && cutover->after_ms;

    if (!is_after && !(cutover->before_date_ms && cutover->before_ms))
        return false;
    *skew_ms = is_after ? skew_at(cutover->after_date_ms, cutover->after_ms)
                        : skew_at(cutover->before_date_ms, cutover->before_ms);
    return true;
}

void cutover_format(int64_t wall_ms, char text[CUTOVER_TIME_BYTES])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm parts;

    text[0] = '\0';
    if (wall_ms <= 0 || !gmtime_r(&seconds, &parts))
        return;
    size_t length = strftime(text, CUTOVER_TIME_BYTES, "%Y-%m-%dT%H:%M:%S", &parts);
    (void)snprintf(text + length, CUTOVER_TIME_BYTES - length, ".%03dZ", (int)(wall_ms % 1000));
}

int64_t cutover_meta_until_ms(const struct cutover *cutover)
{
    return cutover->after_date_ms ? cutover->after_date_ms + 1000 : 0;
}

static const char *time_or(int64_t wall_ms, const char *otherwise, struct arena *arena)
{
    char text[CUTOVER_TIME_BYTES];

    cutover_format(wall_ms, text);
    return *text ? arena_copy_text(arena, text) : otherwise;
}

static const char *skew_text(const struct cutover *cutover, struct arena *arena)
{
    int64_t skew_ms;

    if (!cutover_skew_ms(cutover, &skew_ms))
        return "its answers have no Date";
    int64_t size_ms = skew_ms < 0 ? -skew_ms : skew_ms;
    if (size_ms <= SKEW_NOISE_MS)
        return "the clocks agree to the second";
    return arena_printf(arena, "%" PRId64 " s %s ours", (size_ms + 500) / 1000,
                        skew_ms < 0 ? "behind" : "ahead of");
}

const char *cutover_times(const struct cutover *cutover, struct arena *arena)
{
    return arena_printf(
        arena, "between %s and %s by our clock, between %s and %s by Meta's (%s)%s",
        time_or(cutover->sent_ms, "an unknown time", arena),
        time_or(cutover->after_ms, "an unknown time", arena),
        time_or(cutover->before_date_ms, "an unknown time", arena),
        time_or(cutover_meta_until_ms(cutover), "an unknown time", arena),
        skew_text(cutover, arena),
        cutover->was_lost ? "; the registration's answer was lost, so the look-up's counts" : "");
}

const char *cutover_line(const struct cutover *cutover, struct arena *arena)
{
    return arena_printf(arena, "moved %s; " PAYERS "; in flight: %s, against it %s",
                        cutover_times(cutover, arena), cutover_rule(cutover->path, false)->source,
                        cutover_rule(cutover->path, true)->source);
}
