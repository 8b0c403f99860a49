/* SPDX-License-Identifier: PostgreSQL */
/* What an attestation is worth. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#include "planner/eligibility.h"
#include "tests/unit/planner/eligibility_world.h"

static struct arena *arena;

static const struct age_case {
    const char *date, *now;
    enum verdict verdict;
    const char *remedy_has;
} age_cases[] = {
    /* clang-format off */
    {"2026-11-23", NOW, VERDICT_PASS, NULL},
    {"2026-10-24", NOW, VERDICT_PASS, NULL},
    {"2026-10-24", "2026-11-23T23:59:59Z", VERDICT_PASS, NULL},
    {"2026-10-23", "2026-11-23T00:00:00Z", VERDICT_WARN, "more than 30 days old"},
    {"2025-11-23", NOW, VERDICT_WARN, "more than 30 days old"},
    {"2024-02-29", "2024-03-30T00:00:00Z", VERDICT_PASS, NULL},
    {"2024-02-28", "2024-03-30T00:00:00Z", VERDICT_WARN, "more than 30 days old"},
    {"2026-11-24", NOW, VERDICT_PASS, NULL}, /* tomorrow has begun in the east */
    {"2026-11-25", NOW, VERDICT_WARN, "still to come"},
    {"2062-11-23", NOW, VERDICT_WARN, "still to come"},
    {"last week", NOW, VERDICT_WARN, "is no day"},
    {"2020-01-01", NULL, VERDICT_PASS, NULL},
    /* clang-format on */
};

static void test_an_attestation_grows_old_and_cannot_be_of_the_future(void)
{
    for (size_t i = 0; i < sizeof age_cases / sizeof age_cases[0]; i++) {
        const struct age_case *item = &age_cases[i];
        struct eligibility_attestation attestation = {"two_step_off", item->date, "the manager"};
        struct world world;
        world_init(&world, arena);
        world_forget_source(&world);
        world.facts.now = item->now;
        world.facts.attestations = &attestation;
        world.facts.attestation_count = 1;
        const struct finding *finding = world_ask(&world, "two_step_off");
        CU_ASSERT_EQUAL(finding->verdict, item->verdict);
        CU_ASSERT_EQUAL(finding->evidence, EVIDENCE_ATTESTED);
        CU_ASSERT(is_text(finding->read_at, item->date));
        CU_ASSERT(is_text(finding->attested_by, "the manager"));
        CU_ASSERT(is_text(finding->owner, item->remedy_has ? "partner" : NULL));
        CU_ASSERT_FALSE(finding->is_blocking);
        CU_ASSERT(item->remedy_has ? strstr(finding->remedy, item->remedy_has) != NULL
                                   : !finding->remedy);
        world_finish(&world);
    }
}

/* Each rule in each reach: an unknown is answered, everything else stays what Graph said. */
static void test_an_attestation_answers_every_unknown_of_its_rule_and_nothing_else(void)
{
    for (enum reach at = REACH_ALL; at <= REACH_OFFLINE_BEFORE_SIGNUP; at++) {
        for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
            struct eligibility_attestation attestation = {eligibility_rule_id(i), "2026-11-20",
                                                          NULL};
            struct world world;
            world_init(&world, arena);
            world_reach(&world, at);
            (void)world_ask(&world, eligibility_rule_id(i));
            struct finding before[ELIGIBILITY_RULES_MAX];
            memcpy(before, world.findings, sizeof before);
            world.facts.attestations = &attestation;
            world.facts.attestation_count = 1;
            (void)world_ask(&world, eligibility_rule_id(i));
            for (size_t j = 0; j < ELIGIBILITY_RULES_MAX; j++) {
                bool is_answered = j == i && before[j].verdict == VERDICT_UNKNOWN;
                CU_ASSERT_EQUAL(world.findings[j].verdict,
                                is_answered ? VERDICT_PASS : before[j].verdict);
                CU_ASSERT_EQUAL(world.findings[j].evidence,
                                is_answered ? EVIDENCE_ATTESTED : before[j].evidence);
                CU_ASSERT_EQUAL(world.findings[j].is_blocking,
                                !is_answered && before[j].is_blocking);
                CU_ASSERT(!is_answered ||
                          (is_text(world.findings[j].read_at, "2026-11-20") &&
                           !world.findings[j].remedy && !world.findings[j].attested_by));
            }
            world_finish(&world);
        }
    }
}

static void test_an_attestation_never_overrules_what_graph_said(void)
{
    static const char *const values[] = {"source_number.is_pin_enabled",
                                         "source_number.is_on_biz_app"};
    struct eligibility_attestation attestations[] = {{"two_step_off", "2026-11-20", NULL},
                                                     {"not_business_app", "2026-11-20", NULL}};

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct world world;
        world_init(&world, arena);
        world_set(&world, values[i], "true");
        world.facts.attestations = attestations;
        world.facts.attestation_count = 2;
        const struct finding *finding = world_ask(&world, attestations[i].rule);
        CU_ASSERT_EQUAL(finding->verdict, VERDICT_FAIL);
        CU_ASSERT_EQUAL(finding->evidence, EVIDENCE_API);
        world_finish(&world);
    }
}

static void test_an_attestation_is_a_day_and_maybe_who_confirmed_it(void)
{
    static const struct {
        const char *text, *date, *by;
    } cases[] = {
        {"2026-11-20", "2026-11-20", NULL},
        {"2026-11-20 the shop's manager, by phone", "2026-11-20", "the shop's manager, by phone"},
        {"2026-11-20   Ana", "2026-11-20", "Ana"},
        {"2026-11-20 ", "2026-11-20", NULL},
        {"", "", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct eligibility_attestation attestation = {.rule = "two_step_off"};
        eligibility_attestation_split(cases[i].text, arena, &attestation);
        CU_ASSERT(is_text(attestation.date, cases[i].date));
        CU_ASSERT(is_text(attestation.by, cases[i].by));
    }
}

int main(void)
{
    static const struct {
        const char *name;
        CU_TestFunc run;
    } tests[] = {
        {"an attestation grows old and cannot be of the future",
         test_an_attestation_grows_old_and_cannot_be_of_the_future},
        {"an attestation answers every unknown of its rule and nothing else",
         test_an_attestation_answers_every_unknown_of_its_rule_and_nothing_else},
        {"an attestation never overrules what Graph said",
         test_an_attestation_never_overrules_what_graph_said},
        {"an attestation is a day and maybe who confirmed it",
         test_an_attestation_is_a_day_and_maybe_who_confirmed_it},
    };

    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    arena = arena_create();
    CU_pSuite suite = CU_add_suite("eligibility_attestation", NULL, NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        CU_add_test(suite, tests[i].name, tests[i].run);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    arena_destroy(arena);
    CU_cleanup_registry();
    return failures > 0;
}
