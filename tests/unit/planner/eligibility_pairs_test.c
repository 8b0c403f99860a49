/* SPDX-License-Identifier: PostgreSQL */
/* Every combination of two things that are wrong: both are reported, and nothing else is. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#include "planner/eligibility.h"
#include "tests/unit/planner/eligibility_world.h"

static struct arena *arena;

static void spend_registrations(struct world *world)
{
    world->facts.registration_blocked_until = "2026-11-25T00:00:00Z";
}

static void wish_rupees(struct world *world)
{
    world->facts.waba_currency = "INR";
}

/* The signup ended without the number. */
static void lose_number(struct world *world)
{
    world_set(world, "destination_number", NULL);
    world->facts.phone_number_id = NULL;
}

static const struct wrong {
    const char *rule, *path, *value;
    void (*spoil)(struct world *world); /* where no node says it */
    enum verdict verdict;               /* fail blocks, warn does not */
    const char *owner, *waits_for, *remedy_has;
} wrongs[] = {
    /* clang-format off */
    {"business_verified", "source_waba.business_verification_status", "\"not_verified\"", NULL,
     VERDICT_FAIL, "customer", NULL, "Start the verification"},
    {"source_waba_approved", "source_waba.account_review_status", "\"PENDING\"", NULL,
     VERDICT_FAIL, "meta", NULL, "reviewing the old WhatsApp Business Account"},
    {"destination_waba_approved", "destination_waba.account_review_status", "\"REJECTED\"", NULL,
     VERDICT_FAIL, "customer", NULL, "rejected the new WhatsApp Business Account"},
    {"payment_method", "destination_waba.primary_funding_id", "\"\"", NULL,
     VERDICT_FAIL, "customer", NULL, "Add payment method"},
    {"two_step_off", "source_number.is_pin_enabled", "true", NULL,
     VERDICT_FAIL, "customer", NULL, "Turn two-step verification off"},
    {"name_approved", "source_number.name_status", "\"AVAILABLE_WITHOUT_REVIEW\"", NULL,
     VERDICT_FAIL, "customer", NULL, "without Meta's review"},
    {"no_pending_name_change", "source_number.new_name_status", "\"APPROVED\"", NULL,
     VERDICT_FAIL, "source_partner", NULL, "registers the number there again"},
    {"not_test_number", "source_number.account_mode", "\"SANDBOX\"", NULL,
     VERDICT_FAIL, "partner", NULL, "for testing"},
    {"not_business_app", "source_number.is_on_biz_app", "true", NULL,
     VERDICT_FAIL, "customer", NULL, "WhatsApp Business app"},
    {"cloud_api", "source_number.platform_type", "\"ON_PREMISE\"", NULL,
     VERDICT_WARN, "customer", NULL, "stay behind"},
    {"same_business", "destination_waba.owner_business_info", "{\"id\":\"700200\"}", NULL,
     VERDICT_FAIL, "customer", NULL, "another business portfolio"},
    {"webhooks_subscribed", "destination_waba.subscribed_apps", "{\"data\":[]}", NULL,
     VERDICT_WARN, NULL, NULL, "subscribes the partner's app"},
    {"not_already_moved", "source_number.status", "\"BANNED\"", NULL,
     VERDICT_FAIL, "customer", NULL, "banned"},
    {"registration_budget", NULL, NULL, spend_registrations,
     VERDICT_FAIL, NULL, "time", "72 hours"},
    {"template_headroom", "destination_waba._templates", "{\"total\":6000}", NULL,
     VERDICT_WARN, "customer", NULL, "delete templates"},
    {"waba_currency", NULL, NULL, wish_rupees,
     VERDICT_WARN, "partner", NULL, "31 December 2026"},
    {"signup_captured", NULL, NULL, lose_number,
     VERDICT_FAIL, "customer", "signup", "once more"},
    {"number_verified", "destination_number.code_verification_status", "\"EXPIRED\"", NULL,
     VERDICT_FAIL, "customer", "code", "enter the code"},
    /* clang-format on */
};
#define WRONGS (sizeof wrongs / sizeof wrongs[0])
_Static_assert(WRONGS == ELIGIBILITY_RULES_MAX, "every rule can be in a pair");

static void spoil(struct world *world, const struct wrong *wrong)
{
    if (wrong->spoil)
        wrong->spoil(world);
    else
        world_set(world, wrong->path, wrong->value);
}

/* A number that the new account does not have is not verified or unverified there. */
static bool are_exclusive(const struct wrong *one, const struct wrong *other)
{
    return strcmp(one->rule, "signup_captured") == 0 && strcmp(other->rule, "number_verified") == 0;
}

static bool is_reported(const struct wrong *wrong, const struct finding *finding)
{
    return finding->verdict == wrong->verdict &&
           finding->is_blocking == (wrong->verdict == VERDICT_FAIL) &&
           is_text(finding->owner, wrong->owner) && is_text(finding->waits_for, wrong->waits_for) &&
           finding->remedy && strstr(finding->remedy, wrong->remedy_has);
}

/* It asks nothing of anybody. */
static bool is_quiet(const struct finding *finding)
{
    return !finding->is_blocking && !finding->owner && !finding->waits_for &&
           (finding->verdict == VERDICT_PASS ||
            (finding->verdict == VERDICT_UNKNOWN && strstr(finding->remedy, "Nothing to do now")));
}

static void check_pair(const struct wrong *one, const struct wrong *other)
{
    struct world world;

    world_init(&world, arena);
    spoil(&world, one);
    spoil(&world, other);
    (void)world_ask(&world, one->rule);
    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
        const struct finding *finding = &world.findings[i];
        bool is_right = strcmp(finding->rule, one->rule) == 0     ? is_reported(one, finding)
                        : strcmp(finding->rule, other->rule) == 0 ? is_reported(other, finding)
                                                                  : is_quiet(finding);
        if (!is_right)
            fprintf(stderr, "%s and %s: %s is %s\n", one->rule, other->rule, finding->rule,
                    verdict_name(finding->verdict));
        CU_ASSERT(is_right);
    }

    const struct finding *block;
    CU_ASSERT_EQUAL(eligibility_passes(world.findings, ELIGIBILITY_RULES_MAX, &block),
                    one->verdict != VERDICT_FAIL && other->verdict != VERDICT_FAIL);
    world_finish(&world);
}

static void test_two_things_that_are_wrong_are_both_reported_and_nothing_else_is(void)
{
    size_t pairs = 0;

    for (size_t i = 0; i < WRONGS; i++) {
        for (size_t j = i + 1; j < WRONGS; j++) {
            if (are_exclusive(&wrongs[i], &wrongs[j]))
                continue;
            check_pair(&wrongs[i], &wrongs[j]);
            pairs++;
        }
    }
    CU_ASSERT_EQUAL(pairs, WRONGS * (WRONGS - 1) / 2 - 1);
}

static void test_one_thing_that_is_wrong_is_reported_and_nothing_else_is(void)
{
    for (size_t i = 0; i < WRONGS; i++)
        check_pair(&wrongs[i], &wrongs[i]);
}

/* Whatever the old account and the budget say, a number that is CONNECTED on the new account is not
 * held up by it, and nobody is asked to act. */
static void test_nothing_holds_up_a_number_that_has_moved(void)
{
    for (size_t i = 0; i < WRONGS; i++) {
        const struct wrong *wrong = &wrongs[i];
        struct world world;
        const struct finding *block;
        world_init(&world, arena);
        if (wrong->spoil != lose_number)
            spoil(&world, wrong);
        world_set(&world, "destination_number.status", "\"CONNECTED\"");
        const struct finding *finding = world_ask(&world, wrong->rule);
        CU_ASSERT(eligibility_passes(world.findings, ELIGIBILITY_RULES_MAX, &block));
        if (wrong->verdict == VERDICT_FAIL && wrong->spoil != lose_number &&
            strcmp(wrong->rule, "not_already_moved") != 0) {
            CU_ASSERT_EQUAL(finding->verdict, VERDICT_WARN);
            CU_ASSERT_PTR_NULL(finding->owner);
            CU_ASSERT_PTR_NULL(finding->waits_for);
            CU_ASSERT_PTR_NOT_NULL(strstr(finding->remedy, "does not hold this number up"));
        } else if (wrong->verdict == VERDICT_WARN) {
            CU_ASSERT(is_reported(wrong, finding));
        }
        const struct finding *moved = world_find(&world, "not_already_moved");
        CU_ASSERT_EQUAL(moved->verdict, VERDICT_WARN);
        CU_ASSERT_STRING_EQUAL(moved->value, "\"CONNECTED\"");
        CU_ASSERT_STRING_EQUAL(moved->read_at, DESTINATION_DAY);
        CU_ASSERT_PTR_NULL(moved->owner);
        world_finish(&world);
    }
}

/* After the move the source is often closed for good: its unknowns are moot, too. */
static void test_an_unreadable_source_does_not_hold_up_a_number_that_has_moved(void)
{
    struct world world;
    const struct finding *block;

    world_init(&world, arena);
    world_forget_source(&world);
    CU_ASSERT(world_ask(&world, "two_step_off")->is_blocking);
    world_set(&world, "destination_number.status", "\"CONNECTED\"");
    CU_ASSERT_EQUAL(world_ask(&world, "two_step_off")->verdict, VERDICT_UNKNOWN);
    CU_ASSERT(eligibility_passes(world.findings, ELIGIBILITY_RULES_MAX, &block));
    world_finish(&world);
}

static void test_only_connected_on_the_new_account_is_moved(void)
{
    static const char *const others[] = {"\"PENDING\"",     "\"MIGRATED\"",         "\"connected\"",
                                         "[\"CONNECTED\"]", "\"CONNECTED\\u0000\"", "true"};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct world world;
        world_init(&world, arena);
        world_set(&world, "destination_number.status", others[i]);
        world_set(&world, "source_number.is_pin_enabled", "true");
        CU_ASSERT(world_ask(&world, "two_step_off")->is_blocking);
        CU_ASSERT_EQUAL(world_find(&world, "not_already_moved")->verdict, VERDICT_PASS);
        world_finish(&world);
    }
}

int main(void)
{
    static const struct {
        const char *name;
        CU_TestFunc run;
    } tests[] = {
        {"two things that are wrong are both reported and nothing else is",
         test_two_things_that_are_wrong_are_both_reported_and_nothing_else_is},
        {"one thing that is wrong is reported and nothing else is",
         test_one_thing_that_is_wrong_is_reported_and_nothing_else_is},
        {"nothing holds up a number that has moved", test_nothing_holds_up_a_number_that_has_moved},
        {"an unreadable source does not hold up a number that has moved",
         test_an_unreadable_source_does_not_hold_up_a_number_that_has_moved},
        {"only CONNECTED on the new account is moved",
         test_only_connected_on_the_new_account_is_moved},
    };

    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    arena = arena_create();
    CU_pSuite suite = CU_add_suite("eligibility_pairs", NULL, NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        CU_add_test(suite, tests[i].name, tests[i].run);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    arena_destroy(arena);
    CU_cleanup_registry();
    return failures > 0;
}
