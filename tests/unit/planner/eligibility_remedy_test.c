/* SPDX-License-Identifier: PostgreSQL */
/* What people are told; and that nothing in Graph's answers upsets the rules. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#include "planner/eligibility.h"
#include "planner/eligibility_parts.h"
#include "tests/unit/planner/eligibility_world.h"

static struct arena *arena;

#define REMEDIES_MAX 512

static const char *listed[REMEDIES_MAX];
static size_t listed_count;

static void list_remedies(void)
{
    while (listed_count < REMEDIES_MAX && (listed[listed_count] = eligibility_remedy(listed_count)))
        listed_count++;
}

/* `listed_count` when it is not listed. */
static size_t place_of(const char *remedy)
{
    size_t place = 0;

    while (place < listed_count && strcmp(listed[place], remedy) != 0)
        place++;
    return place;
}

static void test_every_remedy_is_listed_once(void)
{
    for (size_t i = 0; i < listed_count; i++)
        CU_ASSERT_EQUAL(place_of(listed[i]), i);
    CU_ASSERT(listed_count > ELIGIBILITY_RULES_MAX);
    CU_ASSERT_PTR_NULL(eligibility_remedy(listed_count + 1));
    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
        const struct reading *lists[] = {ELIGIBILITY_RULES[i].readings,
                                         ELIGIBILITY_RULES[i].outcomes};
        for (size_t j = 0; j < 2; j++) {
            for (const struct reading *at = lists[j]; at && at->word; at++)
                CU_ASSERT(!at->remedy || place_of(at->remedy) < listed_count);
        }
    }
}

/* Customers and Meta know neither the manifest nor this program. */
static void test_remedies_sent_to_customers_speak_to_them(void)
{
    static const char *const ours[] = {"customer", "manifest",    "attest",
                                       "`",        "wabamigrate", "token",
                                       "_waba_",   "--",          "every check"};

    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
        const struct reading *lists[] = {ELIGIBILITY_RULES[i].readings,
                                         ELIGIBILITY_RULES[i].outcomes};
        for (size_t j = 0; j < 2; j++) {
            for (const struct reading *at = lists[j]; at && at->word; at++) {
                if (!at->remedy || !at->owner || strstr(at->owner, "partner"))
                    continue;
                for (size_t k = 0; k < sizeof ours / sizeof ours[0]; k++)
                    CU_ASSERT_PTR_NULL(strstr(at->remedy, ours[k]));
            }
        }
    }
}

static void test_what_a_reading_says_of_itself_agrees(void)
{
    const struct reading *moot = &ELIGIBILITY_COMMON[COMMON_MOOT];

    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
        const struct reading *lists[] = {ELIGIBILITY_RULES[i].readings,
                                         ELIGIBILITY_RULES[i].outcomes, ELIGIBILITY_COMMON};
        for (size_t j = 0; j < 3; j++) {
            for (const struct reading *at = lists[j]; at && at->word; at++) {
                CU_ASSERT_EQUAL(at->verdict == VERDICT_PASS && at != moot, !at->remedy);
                CU_ASSERT(at->remedy || !at->owner);
                CU_ASSERT(at->verdict != VERDICT_FAIL || at->owner || at->waits_for);
                CU_ASSERT(!at->is_fixable || !at->owner);
                CU_ASSERT(!at->owner || !strstr(at->remedy, "Nothing to do"));
            }
        }
    }
}

/* ---- anything at all ---- */

static unsigned long seed;

static unsigned below(unsigned limit)
{
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    return (unsigned)(seed >> 33) % limit;
}

static const char *any_value(const struct rule *rule)
{
    static const char *const odd[] = {
        NULL,
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1e400",
        "9223372036854775807",
        "\"\"",
        "\"0\"",
        "\"a\\u0000b\"",
        "\"<script>\"",
        "[]",
        "{}",
        "[[[1]]]",
        "{\"id\":\"700100\"}",
        "{\"id\":\"7\"}",
        "{\"id\":7}",
        "{\"data\":[]}",
        "{\"data\":[null,5]}",
        "{\"data\":7}",
        "{\"data\":[{\"whatsapp_business_api_data\":{\"id\":\"998877\"}}]}",
        "\"EUR\"",
        "\"INR\"",
        "\"BRL\"",
        "\"USD\"",
        "\"4401\"",
        "{\"total\":6000,\"approved_green\":9,\"approved_unknown\":5995}",
        "{\"total\":0,\"approved_green\":6001,\"approved_unknown\":1}",
        "{\"total\":[],\"approved_green\":{},\"approved_unknown\":null}",
    };
    size_t count = 0;

    for (const struct reading *at = rule->readings; at && at->word; at++)
        count++;
    if (count > 0 && below(4) > 0) {
        const char *word = rule->readings[below((unsigned)count)].word;
        return rule->is_boolean ? word : arena_printf(arena, "\"%s\"", word);
    }
    return odd[below(sizeof odd / sizeof odd[0])];
}

static void spoil_node(struct world *world, const struct rule *rule, const char *side,
                       const char *field)
{
    const char *path =
        arena_printf(arena, "%s_%s.%s", side, rule->node == NODE_WABA ? "waba" : "number", field);

    if (below(8) == 0)
        world_leave_out(world, path);
    else
        world_set(world, path, any_value(rule));
}

static void spoil_facts(struct world *world)
{
    static const char *const texts[] = {NULL, "", "EUR", "INR", "700100", "2026-11-25T00:00:00Z"};
    struct eligibility_facts *facts = &world->facts;

#define ANY_TEXT texts[below(sizeof texts / sizeof texts[0])]
    facts->business_id = below(2) ? facts->business_id : ANY_TEXT;
    facts->app_id = below(2) ? facts->app_id : ANY_TEXT;
    facts->waba_currency = ANY_TEXT;
    facts->registration_blocked_until = below(4) ? NULL : ANY_TEXT;
    facts->now = below(2) ? facts->now : ANY_TEXT;
    facts->registrations_spent = (int)below(14) - 1;
    facts->has_credit_line = below(2);
    facts->is_embedded_signup = below(2);
    facts->is_offline = below(8) == 0;
    if (below(4) == 0)
        facts->destination_waba_id = NULL;
    if (below(4) == 0)
        facts->phone_number_id = NULL;
}

static void spoil_nodes(struct world *world)
{
    static const char *const whole[] = {"source_waba", "destination_waba", "source_number",
                                        "destination_number"};
    static const char *const odd[] = {NULL, "[]", "5", "\"text\"", "{}"};

    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
        const struct rule *rule = &ELIGIBILITY_RULES[i];
        const char *field = rule->field;
        if (!field)
            continue;
        if (strcmp(field, "message_templates") == 0)
            field = "_templates";
        if (below(3) == 0)
            spoil_node(world, rule, "source", field);
        if (below(3) == 0)
            spoil_node(world, rule, "destination", field);
        if (below(6) == 0 && strcmp(field, "new_name_status") == 0)
            spoil_node(world, rule, "source", "new_display_name");
    }
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        if (below(8) == 0)
            world_set(world, whole[i], odd[below(sizeof odd / sizeof odd[0])]);
    }
}

static bool is_sound(const struct finding *finding)
{
    bool is_pass = finding->verdict == VERDICT_PASS;

    return (finding->remedy == NULL) == is_pass && (!is_pass || !finding->is_blocking) &&
           (!is_pass || !finding->owner) && (!finding->waits_for || finding->is_blocking) &&
           (finding->verdict != VERDICT_WARN || !finding->is_blocking) &&
           (finding->evidence == EVIDENCE_API) == (finding->field != NULL) &&
           (!finding->field || finding->read_at);
}

#define BOOKS 4000

static void test_nothing_crashes_and_every_remedy_can_be_given(void)
{
    static bool is_given[REMEDIES_MAX + 1];
    struct eligibility_attestation attestations[] = {{"two_step_off", "2026-11-20", NULL},
                                                     {"name_approved", "2026-01-01", "Ana"},
                                                     {"cloud_api", "2027-01-01", NULL},
                                                     {"same_business", "", NULL}};

    seed = 20261123;
    for (size_t i = 0; i < BOOKS; i++) {
        struct world world;
        const struct finding *block;
        world_init(&world, arena);
        spoil_nodes(&world);
        spoil_facts(&world);
        world.facts.attestations = attestations;
        world.facts.attestation_count = below(8) ? 0 : 4;
        (void)world_ask(&world, "two_step_off");
        bool is_blocked = false;
        for (size_t j = 0; j < ELIGIBILITY_RULES_MAX; j++) {
            const struct finding *finding = &world.findings[j];
            CU_ASSERT(is_sound(finding));
            is_blocked |= finding->is_blocking;
            if (finding->remedy)
                is_given[place_of(finding->remedy)] = true;
        }
        CU_ASSERT_EQUAL(eligibility_passes(world.findings, ELIGIBILITY_RULES_MAX, &block),
                        !is_blocked);
        world_finish(&world);
    }

    for (size_t i = 0; i < listed_count; i++) {
        if (!is_given[i])
            fprintf(stderr, "never given: %s\n", listed[i]);
        CU_ASSERT(is_given[i]);
    }
    CU_ASSERT_FALSE(is_given[listed_count]);
}

int main(void)
{
    static const struct {
        const char *name;
        CU_TestFunc run;
    } tests[] = {
        {"every remedy is listed once", test_every_remedy_is_listed_once},
        {"remedies sent to customers speak to them", test_remedies_sent_to_customers_speak_to_them},
        {"what a reading says of itself agrees", test_what_a_reading_says_of_itself_agrees},
        {"nothing crashes and every remedy can be given",
         test_nothing_crashes_and_every_remedy_can_be_given},
    };

    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    arena = arena_create();
    list_remedies();
    CU_pSuite suite = CU_add_suite("eligibility_remedy", NULL, NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        CU_add_test(suite, tests[i].name, tests[i].run);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    arena_destroy(arena);
    CU_cleanup_registry();
    return failures > 0;
}
