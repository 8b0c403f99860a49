/* SPDX-License-Identifier: PostgreSQL */
/* When nobody is answered: what begins it, what is asked meanwhile, what ends it. */
#include "orchestrator/outage.h"

#include "base/clock.h"
#include "tests/unit/base/suite.h"

/* s: an exchange without an answer, a: one with, S and A: the probe's. */
static void play(struct outage *outage, const char *exchanges, enum outage_news *last)
{
    for (const char *c = exchanges; *c; c++)
        *last = outage_note(outage, *c == 'a' || *c == 'A', *c == 'A' || *c == 'S', 1000);
}

/* clang-format off */
static const struct {
    const char *sentence, *exchanges;
    bool is_holding, is_on;
    enum outage_news last;
} cases[] = {
    {"nothing has been asked",                "",         false, false, OUTAGE_NO_NEWS},
    {"answers",                               "aaaa",     false, false, OUTAGE_NO_NEWS},
    {"two silences",                          "ss",       false, false, OUTAGE_NO_NEWS},
    {"many, but never three in a row",        "ssassass", false, false, OUTAGE_NO_NEWS},
    {"three in a row hold everything",        "sss",      true,  false, OUTAGE_NO_NEWS},
    {"so do three after an answer",           "assss",    true,  false, OUTAGE_NO_NEWS},
    {"a probe that is answered clears it",    "sssA",     false, false, OUTAGE_NO_NEWS},
    {"a probe that is not makes it one",      "sssS",     true,  true,  OUTAGE_BEGUN},
    {"which is told once",                    "sssSS",    true,  true,  OUTAGE_NO_NEWS},
    {"whatever else lands",                   "sssSsss",  true,  true,  OUTAGE_NO_NEWS},
    {"the probe's answer ends it",            "sssSSA",   false, false, OUTAGE_OVER},
    {"so does anybody's",                     "sssSa",    false, false, OUTAGE_OVER},
    {"and it begins anew only after three",   "sssSAss",  false, false, OUTAGE_NO_NEWS},
    {"a probe that comes late is a silence",  "sssaS",    false, false, OUTAGE_NO_NEWS},
    {"it may be the third of them",           "sssassS",  true,  true,  OUTAGE_BEGUN},
};
/* clang-format on */

static void three_silences_hold_and_the_probe_decides(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct outage outage = {0};
        enum outage_news last = OUTAGE_NO_NEWS;
        play(&outage, cases[i].exchanges, &last);
        if (outage.is_holding != cases[i].is_holding || outage.is_on != cases[i].is_on ||
            last != cases[i].last)
            fprintf(stderr, "\n    %s\n", cases[i].sentence);
        CU_ASSERT_EQUAL(outage.is_holding, cases[i].is_holding);
        CU_ASSERT_EQUAL(outage.is_on, cases[i].is_on);
        CU_ASSERT_EQUAL(last, cases[i].last);
        CU_ASSERT_EQUAL(outage_ms(&outage, 1000) > 0, cases[i].is_on);
        CU_ASSERT_EQUAL(outage_is_probe_due(&outage, 1000), cases[i].is_holding);
    }
}

static void probes_become_rarer_up_to_half_a_minute(void)
{
    struct outage outage = {0};
    enum outage_news last;
    int64_t now_ms = 1000, pauses_ms[8];

    play(&outage, "sss", &last);
    for (size_t i = 0; i < 8; i++) {
        CU_ASSERT_TRUE(outage_is_probe_due(&outage, now_ms));
        outage_probed(&outage, 0, now_ms);
        pauses_ms[i] = outage.probe_at_ms - now_ms;
        CU_ASSERT_FALSE(outage_is_probe_due(&outage, outage.probe_at_ms - 1));
        now_ms = outage.probe_at_ms;
        (void)outage_note(&outage, false, true, now_ms);
    }
    CU_ASSERT_EQUAL(pauses_ms[0], OUTAGE_PROBE_FIRST_MS);
    CU_ASSERT_EQUAL(pauses_ms[1], 2 * OUTAGE_PROBE_FIRST_MS);
    CU_ASSERT_EQUAL(pauses_ms[7], OUTAGE_PROBE_MAX_MS);
    outage_probed(&outage, UINT32_MAX, now_ms); /* the most jitter there is */
    CU_ASSERT(outage.probe_at_ms - now_ms >= OUTAGE_PROBE_MAX_MS / 2);
    CU_ASSERT_EQUAL(outage_ms(&outage, now_ms), now_ms - 1000 + 1);
}

/* A laptop that sleeps, a worker that is stopped: that nobody was asked is not that nobody answers.
 */
static void the_time_of_a_freeze_is_not_its_own(void)
{
    struct outage outage = {0};
    enum outage_news last;

    outage_come_by(&outage, 500000); /* the first turn is no freeze of anything */
    play(&outage, "sss", &last);     /* at 1,000 */
    outage_come_by(&outage, 1000);
    outage_probed(&outage, 0, 1000);
    (void)outage_note(&outage, false, true, 1500);
    for (int64_t now_ms = 2000; now_ms <= 10000; now_ms += CLOCK_AWAY_MS - 1)
        outage_come_by(&outage, now_ms);
    CU_ASSERT_EQUAL(outage_ms(&outage, 8000), 7001);
    outage_come_by(&outage, 8000);
    /* Frozen for an hour with a probe under way, which is lost. */
    outage_come_by(&outage, 3608000);
    CU_ASSERT_EQUAL(outage_ms(&outage, 3608000), 7001);
    (void)outage_note(&outage, false, true, 3608000);
    outage_come_by(&outage, 3609000);
    CU_ASSERT_EQUAL(outage_ms(&outage, 3609000), 8001);
    CU_ASSERT_TRUE(outage_is_probe_due(&outage, 3609000));
    CU_ASSERT_EQUAL(outage_note(&outage, true, false, 3609500), OUTAGE_OVER);
    CU_ASSERT_EQUAL(outage_ms(&outage, 3609500), 0);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"three silences hold, and the probe decides", three_silences_hold_and_the_probe_decides},
        {"probes become rarer, up to half a minute", probes_become_rarer_up_to_half_a_minute},
        {"the time of a freeze is not its own", the_time_of_a_freeze_is_not_its_own},
        CU_TEST_INFO_NULL};

    return run_suite("outage", tests);
}
