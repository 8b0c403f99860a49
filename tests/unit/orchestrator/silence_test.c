/* SPDX-License-Identifier: PostgreSQL */
/* When a server that owes an answer is given up, and what that teaches. */
#include "orchestrator/silence.h"

#include "tests/unit/base/suite.h"

#define PATIENCE_MS 30000
#define MINUTE_MS 60000

/* The loop comes by every second for so long, and nothing is heard. True: it was given up. */
static bool lasts(struct silence *silence, int64_t *now_ms, int64_t ms)
{
    for (int64_t until_ms = *now_ms + ms; *now_ms < until_ms;) {
        *now_ms += 1000;
        silence_come_by(silence, *now_ms);
        if (silence_is_too_long(silence, PATIENCE_MS, *now_ms))
            return true;
    }
    return false;
}

static void a_silence_is_borne_for_as_long_as_patience_lasts(void)
{
    struct silence silence = {0};
    int64_t now_ms = 5000;

    silence_come_by(&silence, now_ms);
    silence_begin(&silence, now_ms);
    CU_ASSERT_FALSE(lasts(&silence, &now_ms, PATIENCE_MS - 1000));
    silence_hear(&silence, PATIENCE_MS, now_ms);
    CU_ASSERT_FALSE(lasts(&silence, &now_ms, PATIENCE_MS - 1000));
    CU_ASSERT_TRUE(lasts(&silence, &now_ms, 1000));
}

static void each_that_was_too_long_doubles_the_patience_up_to_five_minutes(void)
{
    static const int64_t borne_ms[] = {30000, 60000, 120000, 240000, 300000, 300000, 300000};
    struct silence silence = {0};
    int64_t now_ms = 5000;

    silence_come_by(&silence, now_ms);
    for (size_t i = 0; i < sizeof borne_ms / sizeof borne_ms[0]; i++) {
        int64_t begun_ms = now_ms;
        silence_begin(&silence, now_ms);
        CU_ASSERT_EQUAL(silence_max_ms(&silence, PATIENCE_MS), borne_ms[i]);
        CU_ASSERT_TRUE(lasts(&silence, &now_ms, 10 * MINUTE_MS));
        CU_ASSERT_EQUAL(now_ms - begun_ms, borne_ms[i]);
    }
}

static void a_first_patience_of_more_than_that_is_kept(void)
{
    struct silence silence = {0};

    silence_begin(&silence, 1000);
    CU_ASSERT_EQUAL(silence_max_ms(&silence, 2 * SILENCE_MAX_MS), 2 * SILENCE_MAX_MS);
    CU_ASSERT_TRUE(silence_is_too_long(&silence, 2 * SILENCE_MAX_MS, 1000 + 2 * SILENCE_MAX_MS));
    CU_ASSERT_EQUAL(silence_max_ms(&silence, 2 * SILENCE_MAX_MS), 2 * SILENCE_MAX_MS);
}

static void it_comes_down_after_ten_minutes_without_a_long_one(void)
{
    struct silence silence = {0};
    int64_t now_ms = 5000;

    silence_come_by(&silence, now_ms);
    silence_begin(&silence, now_ms);
    CU_ASSERT_TRUE(lasts(&silence, &now_ms, PATIENCE_MS));
    /* A server that is slow again and again keeps it. */
    for (int i = 0; i < 30; i++) {
        silence_begin(&silence, now_ms);
        CU_ASSERT_FALSE(lasts(&silence, &now_ms, PATIENCE_MS));
        silence_hear(&silence, PATIENCE_MS, now_ms);
        CU_ASSERT_EQUAL(silence_max_ms(&silence, PATIENCE_MS), 2 * PATIENCE_MS);
    }
    for (int64_t quick_ms = 0; quick_ms < SILENCE_FORGOTTEN_MS; quick_ms += 1000) {
        CU_ASSERT_EQUAL(silence_max_ms(&silence, PATIENCE_MS), 2 * PATIENCE_MS);
        silence_begin(&silence, now_ms);
        CU_ASSERT_FALSE(lasts(&silence, &now_ms, 1000));
        silence_hear(&silence, PATIENCE_MS, now_ms);
    }
    CU_ASSERT_EQUAL(silence_max_ms(&silence, PATIENCE_MS), PATIENCE_MS);
}

static void who_was_frozen_has_not_listened(void)
{
    struct silence silence = {0};
    int64_t now_ms = 5000;

    silence_come_by(&silence, now_ms);
    silence_begin(&silence, now_ms);
    CU_ASSERT_FALSE(lasts(&silence, &now_ms, PATIENCE_MS - 1000));
    now_ms += 60 * MINUTE_MS;
    silence_come_by(&silence, now_ms);
    CU_ASSERT_FALSE(silence_is_too_long(&silence, PATIENCE_MS, now_ms));
    CU_ASSERT_FALSE(lasts(&silence, &now_ms, PATIENCE_MS - 1000));
    CU_ASSERT_TRUE(lasts(&silence, &now_ms, 1000));
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a silence is borne for as long as patience lasts",
         a_silence_is_borne_for_as_long_as_patience_lasts},
        {"each that was too long doubles the patience, up to five minutes",
         each_that_was_too_long_doubles_the_patience_up_to_five_minutes},
        {"a first patience of more than that is kept", a_first_patience_of_more_than_that_is_kept},
        {"it comes down after ten minutes without a long one",
         it_comes_down_after_ten_minutes_without_a_long_one},
        {"who was frozen has not listened", who_was_frozen_has_not_listened},
        CU_TEST_INFO_NULL};

    return run_suite("silence", tests);
}
