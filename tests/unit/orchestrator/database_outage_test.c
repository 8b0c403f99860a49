/* SPDX-License-Identifier: PostgreSQL */
/* What people read while the database is away: news once, a reminder a minute, and its end. */
#include "orchestrator/database_outage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "tests/unit/base/suite.h"

#define LIMIT_MS 600000

static struct clock clock_unshifted;

/* How many lines of the log have `event`. */
static unsigned count_lines(const char *log, const char *event)
{
    unsigned count = 0;

    for (const char *at = log; (at = strstr(at, event)); at++)
        count++;
    return count;
}

static void an_outage_is_told_when_it_begins_once_a_minute_and_when_it_ends(void)
{
    struct database_outage outage = {0};
    char *log = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&log, &bytes);

    log_open(stream, LOG_FORMAT_TEXT, LOG_INFO, &clock_unshifted);
    database_outage_note(&outage, "connection refused\nIs the server running?", 1000);
    for (int64_t now_ms = 1000; now_ms <= 301000; now_ms += 250) { /* five minutes of trying */
        database_outage_note(&outage, "the database system is starting up", now_ms);
        database_outage_remind(&outage, LIMIT_MS, now_ms);
    }
    database_outage_end(&outage, "the last one had happened", 301000);
    database_outage_end(&outage, "the last one had happened", 302000);
    (void)fflush(stream);
    CU_ASSERT_EQUAL(count_lines(log, "database.lost"), 1);
    CU_ASSERT_EQUAL(count_lines(log, "database.away"), 5);
    CU_ASSERT_EQUAL(count_lines(log, "database.back"), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "connection refused"));
    CU_ASSERT_PTR_NULL(strstr(log, "Is the server running"));
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "starting up"));
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "ms=300000"));
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "the last one had happened"));
    log_open(stderr, LOG_FORMAT_TEXT, LOG_INFO, &clock_unshifted);
    (void)fclose(stream);
    free(log);
}

static void what_comes_and_goes_for_one_reason_is_one_piece_of_news(void)
{
    struct database_outage outage = {0};
    char *log = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&log, &bytes);

    log_open(stream, LOG_FORMAT_TEXT, LOG_INFO, &clock_unshifted);
    for (int64_t now_ms = 1000; now_ms < 31000; now_ms += 1000) {
        database_outage_note(&outage, "could not extend file: No space left on device", now_ms);
        database_outage_end(&outage, "none was under way", now_ms + 300);
    }
    database_outage_note(&outage, "could not extend file: No space left on device", 31000);
    database_outage_remind(&outage, LIMIT_MS, 32000);
    (void)fflush(stream);
    CU_ASSERT_EQUAL(count_lines(log, "database.lost"), 1);
    database_outage_remind(&outage, LIMIT_MS, 37000); /* it lasts: that is news again */
    database_outage_remind(&outage, LIMIT_MS, 38000);
    database_outage_end(&outage, "none was under way", 39000);
    database_outage_note(&outage, "terminating connection", 40000); /* another reason is news */
    database_outage_end(&outage, "none was under way", 41000);
    (void)fflush(stream);
    CU_ASSERT_EQUAL(count_lines(log, "database.lost"), 3);
    CU_ASSERT_EQUAL(count_lines(log, "database.back"), 3);
    log_open(stderr, LOG_FORMAT_TEXT, LOG_INFO, &clock_unshifted);
    (void)fclose(stream);
    free(log);
}

static void the_progress_line_says_how_long_and_why(void)
{
    struct database_outage outage = {0};
    char text[160];

    CU_ASSERT_EQUAL(database_outage_ms(&outage, 5000), 0);
    database_outage_note(&outage, "", 1000); /* libpq may have nothing to say */
    CU_ASSERT_EQUAL(database_outage_ms(&outage, 36000), 35000);
    database_outage_describe(&outage, 36000, text, sizeof text);
    check_text(text, "the database, gone for 35 s: the connection was closed");
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"an outage is told when it begins, once a minute, and when it ends",
         an_outage_is_told_when_it_begins_once_a_minute_and_when_it_ends},
        {"what comes and goes for one reason is one piece of news",
         what_comes_and_goes_for_one_reason_is_one_piece_of_news},
        {"the progress line says how long and why", the_progress_line_says_how_long_and_why},
        CU_TEST_INFO_NULL,
    };

    return run_suite("database_outage", tests);
}
