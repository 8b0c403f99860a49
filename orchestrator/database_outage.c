/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/database_outage.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define REMINDER_MS 60000
#define NEWS_MS 5000 /* what lasts longer is news, however old its reason is */

static void keep(char text[DATABASE_OUTAGE_WHY_BYTES], const char *why)
{
    snprintf(text, DATABASE_OUTAGE_WHY_BYTES, "%.*s", (int)strcspn(why, "\n"), why);
}

static void tell(struct database_outage *outage, int64_t now_ms)
{
    outage->is_told = true;
    outage->told_ms = now_ms;
    memcpy(outage->told, outage->why, sizeof outage->told);
}

/* A connection that is made and lost again and again for one reason is one piece of news. */
static bool is_old_news(const struct database_outage *outage, int64_t now_ms)
{
    return outage->told[0] && strcmp(outage->told, outage->why) == 0 &&
           now_ms - outage->told_ms < REMINDER_MS;
}

static void tell_loss(struct database_outage *outage, enum log_level level, int64_t now_ms)
{
    log_event(level, "database.lost", LOG_TEXT("why", outage->why),
              LOG_TEXT("next", "the run pauses and connects again; nothing is lost"));
    if (outage->is_told)
        tell(outage, now_ms);
}

void database_outage_note(struct database_outage *outage, const char *why, int64_t now_ms)
{
    keep(outage->why, *why ? why : "the connection was closed");
    if (outage->is_on)
        return;
    outage->is_on = true;
    outage->since_ms = now_ms;
    outage->is_told = !is_old_news(outage, now_ms);
    tell_loss(outage, outage->is_told ? LOG_WARN : LOG_DEBUG, now_ms);
}

void database_outage_remind(struct database_outage *outage, int64_t limit_ms, int64_t now_ms)
{
    char gone[CLOCK_TEXT_BYTES], left[CLOCK_TEXT_BYTES];

    if (outage->is_on && !outage->is_told && now_ms - outage->since_ms > NEWS_MS) {
        outage->is_told = true;
        tell_loss(outage, LOG_WARN, now_ms);
    }
    if (!outage->is_on || now_ms - outage->told_ms < REMINDER_MS ||
        now_ms - outage->since_ms < REMINDER_MS)
        return;
    clock_format_duration(now_ms - outage->since_ms, gone);
    clock_format_duration(limit_ms - (now_ms - outage->since_ms), left);
    log_event(LOG_WARN, "database.away", LOG_TEXT("for", gone), LOG_TEXT("gives_up_in", left),
              LOG_TEXT("why", outage->why));
    tell(outage, now_ms);
}

void database_outage_end(struct database_outage *outage, const char *commit, int64_t now_ms)
{
    char gone[CLOCK_TEXT_BYTES];

    if (!outage->is_on)
        return;
    outage->is_on = false;
    clock_format_duration(now_ms - outage->since_ms, gone);
    log_event(outage->is_told ? LOG_INFO : LOG_DEBUG, "database.back", LOG_TEXT("after", gone),
              LOG_I64("ms", now_ms - outage->since_ms), LOG_TEXT("commit", commit),
              LOG_TEXT("next", "the run goes on"));
}

int64_t database_outage_ms(const struct database_outage *outage, int64_t now_ms)
{
    return outage->is_on ? now_ms - outage->since_ms : 0;
}

void database_outage_describe(const struct database_outage *outage, int64_t now_ms, char *text,
                              size_t bytes)
{
    char gone[CLOCK_TEXT_BYTES];

    clock_format_duration(now_ms - outage->since_ms, gone);
    snprintf(text, bytes, "the database, gone for %s: %s", gone, outage->why);
}
