/* SPDX-License-Identifier: PostgreSQL */
/* Where an answer comes from, and what is said when there is none. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#include "planner/eligibility.h"
#include "tests/unit/planner/eligibility_world.h"

static struct arena *arena;

/* Per rule and reach: 'p' it passes all the same, 'l' it is read later and asks nothing of anybody,
 * 'b' it is unknown and blocks, 'h' it is unknown and does not, 'w' it waits for the signup; and
 * which access would answer. */
static const struct reach_case {
    const char *rule;
    const char *verdicts; /* in the order of enum reach */
} reach_cases[] = {
    /* clang-format off */
    {"business_verified",         "pppplbh"},
    {"source_waba_approved",      "pbppbbb"},
    {"destination_waba_approved", "ppbllbl"},
    {"payment_method",            "ppbllbl"},
    {"two_step_off",              "pbppbbb"},
    {"name_approved",             "pppplbh"},
    {"no_pending_name_change",    "pppplbh"},
    {"not_test_number",           "pppplbh"},
    {"not_business_app",          "phpphhh"},
    {"cloud_api",                 "phpphhh"},
    {"same_business",             "ppbllbl"},
    {"webhooks_subscribed",       "ppfffff"},
    {"not_already_moved",         "phpphhh"},
    {"registration_budget",       "ppppppp"},
    {"template_headroom",         "phhphhh"},
    {"waba_currency",             "ppppppp"},
    {"signup_captured",           "pppwwpw"},
    {"number_verified",           "ppbllbl"},
    /* clang-format on */
};

static char verdict_letter(const struct finding *finding)
{
    if (finding->verdict == VERDICT_PASS)
        return 'p';
    if (finding->verdict == VERDICT_FAIL)
        return is_text(finding->waits_for, "signup") ? 'w' : '!';
    if (finding->verdict != VERDICT_UNKNOWN || finding->evidence == EVIDENCE_ATTESTED)
        return '!';
    if (finding->is_blocking)
        return is_text(finding->owner, "partner") ? 'b' : '!';
    if (finding->is_fixable)
        return finding->owner ? '!' : 'f';
    return finding->owner ? 'h' : 'l';
}

/* Where an answer is wanted, the remedy names the access that would give it, and the way round. */
static const char *access_for(enum reach reach, const char *rule)
{
    bool is_of_source = strcmp(rule, "destination_waba_approved") != 0 &&
                        strcmp(rule, "payment_method") != 0 && strcmp(rule, "same_business") != 0 &&
                        strcmp(rule, "number_verified") != 0;

    if (reach == REACH_OFFLINE || reach == REACH_OFFLINE_BEFORE_SIGNUP)
        return "--offline";
    return reach == REACH_NO_DESTINATION || !is_of_source ? "a `token`" : "`source_token`";
}

static void test_what_cannot_be_read_says_which_access_would_answer(void)
{
    for (size_t i = 0; i < sizeof reach_cases / sizeof reach_cases[0]; i++) {
        const struct reach_case *item = &reach_cases[i];
        for (enum reach at = REACH_ALL; at <= REACH_OFFLINE_BEFORE_SIGNUP; at++) {
            struct world world;
            world_init(&world, arena);
            world_reach(&world, at);
            const struct finding *finding = world_ask(&world, item->rule);
            char letter = verdict_letter(finding);
            bool is_asking = letter == 'b' || letter == 'h';
            bool is_right = letter == item->verdicts[at] &&
                            (!is_asking || (strstr(finding->remedy, access_for(at, item->rule)) &&
                                            strstr(finding->remedy, "`attest`")));
            if (!is_right)
                fprintf(stderr, "%s, reach %d: %c %s\n", item->rule, (int)at, letter,
                        finding->remedy);
            CU_ASSERT(is_right);
            world_finish(&world);
        }
    }
}

/* A field that this app may not read, and one that is just not there. */
static void test_a_missing_field_is_unknown_with_a_reason_of_its_own(void)
{
    static const struct {
        const char *path;
        const char *rule;
        enum verdict absent, left_out;
        bool is_blocking;
    } cases[] = {
        /* clang-format off */
        {"source_waba.account_review_status", "source_waba_approved", VERDICT_UNKNOWN, VERDICT_UNKNOWN, true},
        {"destination_waba.account_review_status", "destination_waba_approved", VERDICT_UNKNOWN, VERDICT_UNKNOWN, true},
        {"destination_waba.primary_funding_id", "payment_method", VERDICT_FAIL, VERDICT_UNKNOWN, true},
        {"source_number.is_pin_enabled", "two_step_off", VERDICT_UNKNOWN, VERDICT_UNKNOWN, true},
        {"source_number.is_on_biz_app", "not_business_app", VERDICT_UNKNOWN, VERDICT_UNKNOWN, false},
        {"source_number.platform_type", "cloud_api", VERDICT_UNKNOWN, VERDICT_UNKNOWN, false},
        {"source_number.status", "not_already_moved", VERDICT_UNKNOWN, VERDICT_UNKNOWN, false},
        {"destination_waba.owner_business_info", "same_business", VERDICT_UNKNOWN, VERDICT_UNKNOWN, true},
        {"destination_waba.subscribed_apps", "webhooks_subscribed", VERDICT_WARN, VERDICT_UNKNOWN, false},
        {"destination_number.code_verification_status", "number_verified", VERDICT_UNKNOWN, VERDICT_UNKNOWN, true},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        world_init(&world, arena);
        world_set(&world, cases[i].path, NULL);
        const struct finding *absent = world_ask(&world, cases[i].rule);
        CU_ASSERT_EQUAL(absent->verdict, cases[i].absent);
        CU_ASSERT_EQUAL(absent->is_blocking, cases[i].is_blocking);
        CU_ASSERT(absent->verdict != VERDICT_UNKNOWN ||
                  strstr(absent->remedy, "came without this field"));
        world_leave_out(&world, cases[i].path);
        const struct finding *left_out = world_ask(&world, cases[i].rule);
        CU_ASSERT_EQUAL(left_out->verdict, cases[i].left_out);
        CU_ASSERT(left_out->value == NULL || strcmp(cases[i].rule, "same_business") == 0);
        CU_ASSERT_EQUAL(left_out->is_blocking, cases[i].is_blocking);
        CU_ASSERT(left_out->is_fixable || strstr(left_out->remedy, "some apps only"));
        world_finish(&world);
    }
}

/* Where both sides have the field, the old account is believed first, and the new one answers for
 * what the old one does not show. */
static void test_two_sides_answer_for_each_other_only_where_the_field_is_one(void)
{
    static const struct {
        const char *rule, *path, *value, *other_path, *other_value;
        enum verdict verdict;
        const char *read_at;
    } cases[] = {
    /* clang-format off */
#define WABA_STATUS "source_waba.business_verification_status"
#define NEW_WABA_STATUS "destination_waba.business_verification_status"
        {"business_verified", WABA_STATUS, "\"failed\"", NEW_WABA_STATUS, "\"verified\"", VERDICT_FAIL, SOURCE_DAY},
        {"business_verified", WABA_STATUS, NULL, NEW_WABA_STATUS, "\"verified\"", VERDICT_PASS, DESTINATION_DAY},
        {"business_verified", WABA_STATUS, "null", NEW_WABA_STATUS, "\"failed\"", VERDICT_FAIL, DESTINATION_DAY},
        {"business_verified", "source_waba", "[1]", NEW_WABA_STATUS, "\"failed\"", VERDICT_FAIL, DESTINATION_DAY},
        {"name_approved", "source_number", NULL, "destination_number.name_status", "\"DECLINED\"", VERDICT_FAIL, DESTINATION_DAY},
        {"not_test_number", "source_number", NULL, "destination_number.account_mode", "\"SANDBOX\"", VERDICT_FAIL, DESTINATION_DAY},
        {"no_pending_name_change", "source_number", NULL, "destination_number.new_name_status", "\"PENDING_REVIEW\"", VERDICT_FAIL, DESTINATION_DAY},
        {"no_pending_name_change", "source_number.new_name_status", NULL, "destination_number.new_name_status", "\"PENDING_REVIEW\"", VERDICT_PASS, SOURCE_DAY},
        {"no_pending_name_change", "source_number.new_name_status", NULL, "source_number.new_display_name", "\"Lune & Co\"", VERDICT_FAIL, SOURCE_DAY},
        {"no_pending_name_change", "source_number.new_name_status", NULL, "source_number.new_display_name", "\"\"", VERDICT_UNKNOWN, SOURCE_DAY},
        {"no_pending_name_change", "source_number.new_name_status", NULL, "source_number.new_display_name", "[]", VERDICT_UNKNOWN, SOURCE_DAY},
        {"two_step_off", "source_number", NULL, "destination_number.is_pin_enabled", "false", VERDICT_UNKNOWN, NULL},
        {"not_business_app", "source_number", NULL, "destination_number.is_on_biz_app", "false", VERDICT_UNKNOWN, NULL},
        {"cloud_api", "source_number", NULL, "destination_number.platform_type", "\"CLOUD_API\"", VERDICT_UNKNOWN, NULL},
        {"not_already_moved", "source_number", NULL, "destination_number.status", "\"MIGRATED\"", VERDICT_UNKNOWN, NULL},
        {"number_verified", "destination_number", NULL, "source_number.code_verification_status", "\"VERIFIED\"", VERDICT_UNKNOWN, NULL},
        {"source_waba_approved", "source_waba", NULL, "destination_waba.account_review_status", "\"APPROVED\"", VERDICT_UNKNOWN, NULL},
        {"destination_waba_approved", "destination_waba", NULL, "source_waba.account_review_status", "\"APPROVED\"", VERDICT_UNKNOWN, NULL},
        {"same_business", "source_waba", NULL, "destination_waba.owner_business_info", "{\"id\":\"700100\"}", VERDICT_PASS, DESTINATION_DAY},
        {"same_business", "source_waba", NULL, "destination_waba.owner_business_info", "{\"id\":\"700200\"}", VERDICT_FAIL, DESTINATION_DAY},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        world_init(&world, arena);
        world_set(&world, cases[i].path, cases[i].value);
        world_set(&world, cases[i].other_path, cases[i].other_value);
        const struct finding *finding = world_ask(&world, cases[i].rule);
        bool is_right =
            finding->verdict == cases[i].verdict && is_text(finding->read_at, cases[i].read_at);
        if (!is_right)
            fprintf(stderr, "%s with %s: %s\n", cases[i].rule, cases[i].other_value,
                    verdict_name(finding->verdict));
        CU_ASSERT(is_right);
        world_finish(&world);
    }
}

static void test_a_name_change_that_may_not_be_read_is_not_taken_for_none(void)
{
    struct world world;

    world_init(&world, arena);
    world_leave_out(&world, "source_number.new_name_status");
    world_leave_out(&world, "destination_number.new_name_status");
    CU_ASSERT(world_ask(&world, "no_pending_name_change")->is_blocking);
    world_set(&world, "source_number.new_display_name", "\"Lune & Co\"");
    const struct finding *finding = world_ask(&world, "no_pending_name_change");
    CU_ASSERT_EQUAL(finding->verdict, VERDICT_FAIL);
    CU_ASSERT_STRING_EQUAL(finding->field, "new_display_name");
    CU_ASSERT_STRING_EQUAL(finding->value, "\"Lune & Co\"");
    world_finish(&world);
}

static void test_a_number_that_the_old_account_does_not_have_is_said_to_be_missing_there(void)
{
    struct world world;

    world_init(&world, arena);
    world_set(&world, "source_number", NULL);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(world_ask(&world, "two_step_off")->remedy, "this number is not in it"));
    world_finish(&world);
}

static void test_the_programmatic_path_cannot_leave_things_to_the_signup(void)
{
    static const struct {
        const char *rule;
        bool is_blocking;
    } cases[] = {{"name_approved", true},     {"no_pending_name_change", true},
                 {"not_test_number", true},   {"not_business_app", true},
                 {"business_verified", true}, {"number_verified", false}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        world_init(&world, arena);
        world_reach(&world, REACH_BEFORE_SIGNUP_NO_SOURCE);
        world.facts.is_embedded_signup = false;
        const struct finding *finding = world_ask(&world, cases[i].rule);
        CU_ASSERT_EQUAL(finding->verdict, VERDICT_UNKNOWN);
        CU_ASSERT_EQUAL(finding->is_blocking, cases[i].is_blocking);
        CU_ASSERT_EQUAL(world_find(&world, "signup_captured")->verdict, VERDICT_PASS);
        world_finish(&world);
    }
}

static void test_the_programmatic_path_verifies_the_number_itself(void)
{
    static const struct {
        const char *status;
        bool is_embedded_signup;
        enum verdict verdict;
        bool is_blocking, is_fixable;
    } cases[] = {
        /* clang-format off */
        {"\"VERIFIED\"", false, VERDICT_PASS, false, false},
        {"\"NOT_VERIFIED\"", true, VERDICT_FAIL, true, false},
        {"\"NOT_VERIFIED\"", false, VERDICT_WARN, false, true},
        {"\"EXPIRED\"", false, VERDICT_WARN, false, true},
        {"\"HALF\"", true, VERDICT_UNKNOWN, true, false},
        {"\"HALF\"", false, VERDICT_UNKNOWN, false, false},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        world_init(&world, arena);
        world_reach(&world, REACH_ALL);
        world.facts.is_embedded_signup = cases[i].is_embedded_signup;
        world_set(&world, "destination_number.code_verification_status", cases[i].status);
        const struct finding *finding = world_ask(&world, "number_verified");
        CU_ASSERT_EQUAL(finding->verdict, cases[i].verdict);
        CU_ASSERT_EQUAL(finding->is_blocking, cases[i].is_blocking);
        CU_ASSERT_EQUAL(finding->is_fixable, cases[i].is_fixable);
        world_finish(&world);
    }
}

static void test_an_undocumented_value_blocks_before_the_signup_already(void)
{
    struct world world;

    world_init(&world, arena);
    world_reach(&world, REACH_BEFORE_SIGNUP);
    world_set(&world, "source_number.name_status", "\"HALF\"");
    CU_ASSERT(world_ask(&world, "name_approved")->is_blocking);
    world_finish(&world);
}

/* ---- the rules that look at more than one thing ---- */

static void test_the_partners_credit_line_mends_a_missing_payment_method(void)
{
    static const struct {
        enum reach reach;
        const char *funding; /* of the destination, where it can be read */
        enum verdict verdict;
        bool is_fixable;
    } cases[] = {
        /* clang-format off */
        {REACH_ALL, "\"4401\"", VERDICT_PASS, false},
        {REACH_ALL, "\"\"", VERDICT_WARN, true},
        {REACH_ALL, "\"0\"", VERDICT_WARN, true},
        {REACH_ALL, NULL, VERDICT_WARN, true},
        {REACH_ALL, "5", VERDICT_UNKNOWN, false},
        {REACH_NO_DESTINATION, NULL, VERDICT_UNKNOWN, true},
        {REACH_BEFORE_SIGNUP, NULL, VERDICT_UNKNOWN, true},
        {REACH_OFFLINE, NULL, VERDICT_UNKNOWN, true},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        world_init(&world, arena);
        world_reach(&world, cases[i].reach);
        if (cases[i].reach == REACH_ALL)
            world_set(&world, "destination_waba.primary_funding_id", cases[i].funding);
        world.facts.has_credit_line = true;
        const struct finding *finding = world_ask(&world, "payment_method");
        CU_ASSERT_EQUAL(finding->verdict, cases[i].verdict);
        CU_ASSERT_EQUAL(finding->is_fixable, cases[i].is_fixable);
        CU_ASSERT_FALSE(finding->is_blocking);
        CU_ASSERT(!finding->is_fixable || !finding->owner);
        world_finish(&world);
    }
}

static void test_how_the_old_account_is_paid_is_shown_before_there_is_a_new_one(void)
{
    struct world world;

    world_init(&world, arena);
    world_reach(&world, REACH_BEFORE_SIGNUP);
    const struct finding *finding = world_ask(&world, "payment_method");
    CU_ASSERT_EQUAL(finding->verdict, VERDICT_UNKNOWN);
    CU_ASSERT_FALSE(finding->is_blocking);
    CU_ASSERT_PTR_NULL(finding->owner);
    CU_ASSERT_EQUAL(finding->evidence, EVIDENCE_API);
    CU_ASSERT_STRING_EQUAL(finding->value, "\"4400\"");
    CU_ASSERT_STRING_EQUAL(finding->read_at, SOURCE_DAY);
    world_finish(&world);
}

static void test_the_portfolio_is_compared_with_all_that_is_known_of_it(void)
{
    static const struct {
        const char *source, *destination, *named; /* NULL: not known */
        bool has_destination;
        enum verdict verdict;
        const char *owner, *value;
    } cases[] = {
        /* clang-format off */
        {"1", "1", "1", true, VERDICT_PASS, NULL, "{\"source\":\"1\",\"destination\":\"1\"}"},
        {"1", "1", NULL, true, VERDICT_PASS, NULL, "{\"source\":\"1\",\"destination\":\"1\"}"},
        {NULL, "1", "1", true, VERDICT_PASS, NULL, "{\"destination\":\"1\"}"},
        {"1", "1", "2", true, VERDICT_FAIL, "partner", "{\"source\":\"1\",\"destination\":\"1\"}"},
        {"1", "2", "1", true, VERDICT_FAIL, "customer", "{\"source\":\"1\",\"destination\":\"2\"}"},
        {"1", "2", "2", true, VERDICT_FAIL, "customer", "{\"source\":\"1\",\"destination\":\"2\"}"},
        {NULL, "2", "1", true, VERDICT_FAIL, "customer", "{\"destination\":\"2\"}"},
        {NULL, "1", NULL, true, VERDICT_UNKNOWN, "partner", "{\"destination\":\"1\"}"},
        {"1", NULL, "1", true, VERDICT_UNKNOWN, "partner", "{\"source\":\"1\"}"},
        {"1", NULL, "2", true, VERDICT_FAIL, "partner", "{\"source\":\"1\"}"},
        {"1", NULL, "1", false, VERDICT_UNKNOWN, NULL, "{\"source\":\"1\"}"},
        {"1", NULL, "2", false, VERDICT_FAIL, "partner", "{\"source\":\"1\"}"},
        {NULL, NULL, "1", false, VERDICT_UNKNOWN, NULL, NULL},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char owner[64];
        struct world world;
        world_init(&world, arena);
        if (!cases[i].has_destination)
            world_forget_destination(&world);
        (void)snprintf(owner, sizeof owner, "{\"id\":\"%s\"}", cases[i].source);
        world_set(&world, cases[i].source ? "source_waba.owner_business_info" : "source_waba",
                  cases[i].source ? owner : NULL);
        (void)snprintf(owner, sizeof owner, "{\"id\":\"%s\"}", cases[i].destination);
        world_set(&world,
                  cases[i].destination ? "destination_waba.owner_business_info"
                                       : "destination_waba",
                  cases[i].destination ? owner : NULL);
        world.facts.business_id = cases[i].named;
        const struct finding *finding = world_ask(&world, "same_business");
        bool is_right = finding->verdict == cases[i].verdict &&
                        is_text(finding->owner, cases[i].owner) &&
                        is_text(finding->value, cases[i].value) &&
                        finding->is_blocking == (cases[i].owner != NULL);
        if (!is_right)
            fprintf(stderr, "portfolio case %zu: %s %s\n", i, verdict_name(finding->verdict),
                    finding->value);
        CU_ASSERT(is_right);
        world_finish(&world);
    }
}

static void test_an_unverified_business_has_room_for_fewer_templates(void)
{
    static const struct {
        const char *status, *source;
        bool has_destination;
        enum verdict verdict;
        const char *value;
    } cases[] = {
        /* clang-format off */
        {"\"failed\"", "{\"approved_green\":200,\"approved_unknown\":47}", true, VERDICT_PASS,
         "{\"approved_green\":200,\"approved_unknown\":47,\"destination\":3,\"limit\":250}"},
        {"\"failed\"", "{\"approved_green\":200,\"approved_unknown\":48}", true, VERDICT_WARN,
         "{\"approved_green\":200,\"approved_unknown\":48,\"destination\":3,\"limit\":250}"},
        {"\"failed\"", "{\"approved_green\":250,\"approved_unknown\":0}", false, VERDICT_PASS,
         "{\"approved_green\":250,\"approved_unknown\":0,\"destination\":0,\"limit\":250}"},
        {"5", "{\"approved_green\":251,\"approved_unknown\":0}", false, VERDICT_WARN,
         "{\"approved_green\":251,\"approved_unknown\":0,\"destination\":0,\"limit\":250}"},
        {"\"VERIFIED\"", "{\"approved_green\":251,\"approved_unknown\":0}", false, VERDICT_PASS,
         "{\"approved_green\":251,\"approved_unknown\":0,\"destination\":0,\"limit\":6000}"},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        world_init(&world, arena);
        if (!cases[i].has_destination)
            world_forget_destination(&world);
        world_set(&world, "source_waba.business_verification_status", cases[i].status);
        world_set(&world, "source_waba._templates", cases[i].source);
        const struct finding *finding = world_ask(&world, "template_headroom");
        CU_ASSERT_EQUAL(finding->verdict, cases[i].verdict);
        CU_ASSERT(is_text(finding->value, cases[i].value));
        CU_ASSERT_FALSE(finding->is_blocking);
        world_finish(&world);
    }
}

static void test_a_currency_warns_where_a_partner_must_have_it_or_it_is_frozen(void)
{
    static const struct {
        const char *wished, *there, *funding; /* NULL: not known */
        enum verdict verdict;
        enum evidence evidence;
        const char *value, *remedy_has;
    } cases[] = {
        /* clang-format off */
        {NULL, NULL, NULL, VERDICT_UNKNOWN, EVIDENCE_NONE, NULL, "no currency"},
        {"EUR", NULL, NULL, VERDICT_PASS, EVIDENCE_NONE, "{\"wished\":\"EUR\"}", NULL},
        {NULL, "\"EUR\"", "\"1\"", VERDICT_PASS, EVIDENCE_API, "{\"destination\":\"EUR\"}", NULL},
        {"EUR", "\"USD\"", "\"\"", VERDICT_PASS, EVIDENCE_API, "{\"wished\":\"EUR\",\"destination\":\"USD\"}", NULL},
        {"EUR", "\"USD\"", "\"0\"", VERDICT_PASS, EVIDENCE_API, "{\"wished\":\"EUR\",\"destination\":\"USD\"}", NULL},
        {"EUR", "\"USD\"", "\"1\"", VERDICT_WARN, EVIDENCE_API, "{\"wished\":\"EUR\",\"destination\":\"USD\"}", "freezes"},
        {"INR", NULL, NULL, VERDICT_WARN, EVIDENCE_NONE, "{\"wished\":\"INR\"}", "1 January 2027"},
        {"BRL", NULL, NULL, VERDICT_WARN, EVIDENCE_NONE, "{\"wished\":\"BRL\"}", "30 June 2027"},
        {NULL, "\"INR\"", "\"\"", VERDICT_WARN, EVIDENCE_API, "{\"destination\":\"INR\"}", "1 January 2027"},
        {NULL, "\"BRL\"", "\"\"", VERDICT_WARN, EVIDENCE_API, "{\"destination\":\"BRL\"}", "30 June 2027"},
        {"INR", "7", "\"\"", VERDICT_WARN, EVIDENCE_API, "{\"wished\":\"INR\",\"destination\":7}", "1 January 2027"},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        world_init(&world, arena);
        world.facts.waba_currency = cases[i].wished;
        world_set(&world, "destination_waba.currency", cases[i].there);
        world_set(&world, "destination_waba.primary_funding_id", cases[i].funding);
        const struct finding *finding = world_ask(&world, "waba_currency");
        CU_ASSERT_EQUAL(finding->verdict, cases[i].verdict);
        CU_ASSERT_EQUAL(finding->evidence, cases[i].evidence);
        CU_ASSERT(is_text(finding->value, cases[i].value));
        CU_ASSERT(is_text(finding->field, cases[i].evidence == EVIDENCE_API ? "currency" : NULL));
        CU_ASSERT(is_text(finding->owner, finding->verdict == VERDICT_WARN ? "partner" : NULL));
        CU_ASSERT_FALSE(finding->is_blocking);
        CU_ASSERT(cases[i].remedy_has ? strstr(finding->remedy, cases[i].remedy_has) != NULL
                                      : !finding->remedy);
        world_finish(&world);
    }
}

static void test_without_an_app_id_nobody_can_say_whether_it_is_subscribed(void)
{
    struct world world;

    world_init(&world, arena);
    world.facts.app_id = NULL;
    const struct finding *finding = world_ask(&world, "webhooks_subscribed");
    CU_ASSERT_EQUAL(finding->verdict, VERDICT_UNKNOWN);
    CU_ASSERT_FALSE(finding->is_blocking);
    CU_ASSERT_STRING_EQUAL(finding->value, "[\"998877\"]");
    world_finish(&world);
}

static void test_the_signup_is_captured_when_it_gave_both_ids(void)
{
    static const struct {
        const char *waba, *number;
        bool is_programmatic;
        enum verdict verdict;
        const char *remedy_has;
    } cases[] = {
        {"9", "6", false, VERDICT_PASS, NULL},
        {NULL, NULL, false, VERDICT_FAIL, "Go through Embedded Signup with"},
        {NULL, "6", false, VERDICT_FAIL, "Go through Embedded Signup with"},
        {"9", NULL, false, VERDICT_FAIL, "once more"},
        {NULL, NULL, true, VERDICT_PASS, NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct eligibility_attestation attestation = {"signup_captured", "2026-11-20", NULL};
        struct world world;
        world_init(&world, arena);
        world_forget_destination(&world);
        world.facts.destination_waba_id = cases[i].waba;
        world.facts.phone_number_id = cases[i].number;
        world.facts.is_embedded_signup = !cases[i].is_programmatic;
        /* An attested signup is still to be made. */
        world.facts.attestations = &attestation;
        world.facts.attestation_count = 1;
        const struct finding *finding = world_ask(&world, "signup_captured");
        CU_ASSERT_EQUAL(finding->verdict, cases[i].verdict);
        CU_ASSERT_EQUAL(finding->is_blocking, cases[i].verdict == VERDICT_FAIL);
        CU_ASSERT(is_text(finding->waits_for, cases[i].remedy_has ? "signup" : NULL));
        CU_ASSERT(!cases[i].remedy_has || strstr(finding->remedy, cases[i].remedy_has));
        world_finish(&world);
    }
}

/* A run looks at a number before its new account is read: that is a wait, and what is wrong at the
 * old account still comes first. */
static void test_a_destination_that_is_still_to_be_read_is_waited_for(void)
{
    static const char *const rules[] = {"destination_waba_approved", "same_business",
                                        "number_verified"};
    struct world world;
    const struct finding *block;

    world_init(&world, arena);
    world_reach(&world, REACH_NO_DESTINATION);
    for (int pending = 0; pending < 2; pending++) {
        world.facts.is_destination_pending = pending;
        for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
            const struct finding *finding = world_ask(&world, rules[i]);
            CU_ASSERT_EQUAL(finding->verdict, VERDICT_UNKNOWN);
            CU_ASSERT(finding->is_blocking);
            CU_ASSERT(is_text(finding->waits_for, pending ? "destination" : NULL));
        }
    }
    CU_ASSERT_FALSE(eligibility_passes(world.findings, ELIGIBILITY_RULES_MAX, &block));
    CU_ASSERT_STRING_EQUAL(block->waits_for, "destination");
    world_set(&world, "source_number.is_pin_enabled", "true");
    (void)world_ask(&world, "two_step_off");
    CU_ASSERT_FALSE(eligibility_passes(world.findings, ELIGIBILITY_RULES_MAX, &block));
    CU_ASSERT_STRING_EQUAL(block->rule, "two_step_off");
    world_finish(&world);
}

int main(void)
{
    static const struct {
        const char *name;
        CU_TestFunc run;
    } tests[] = {
        {"a destination that is still to be read is waited for",
         test_a_destination_that_is_still_to_be_read_is_waited_for},
        {"what cannot be read says which access would answer",
         test_what_cannot_be_read_says_which_access_would_answer},
        {"a missing field is unknown with a reason of its own",
         test_a_missing_field_is_unknown_with_a_reason_of_its_own},
        {"two sides answer for each other only where the field is one",
         test_two_sides_answer_for_each_other_only_where_the_field_is_one},
        {"a name change that may not be read is not taken for none",
         test_a_name_change_that_may_not_be_read_is_not_taken_for_none},
        {"a number that the old account does not have is said to be missing there",
         test_a_number_that_the_old_account_does_not_have_is_said_to_be_missing_there},
        {"the programmatic path cannot leave things to the signup",
         test_the_programmatic_path_cannot_leave_things_to_the_signup},
        {"the programmatic path verifies the number itself",
         test_the_programmatic_path_verifies_the_number_itself},
        {"an undocumented value blocks before the signup already",
         test_an_undocumented_value_blocks_before_the_signup_already},
        {"the partner's credit line mends a missing payment method",
         test_the_partners_credit_line_mends_a_missing_payment_method},
        {"how the old account is paid is shown before there is a new one",
         test_how_the_old_account_is_paid_is_shown_before_there_is_a_new_one},
        {"the portfolio is compared with all that is known of it",
         test_the_portfolio_is_compared_with_all_that_is_known_of_it},
        {"an unverified business has room for fewer templates",
         test_an_unverified_business_has_room_for_fewer_templates},
        {"a currency warns where a partner must have it or it is frozen",
         test_a_currency_warns_where_a_partner_must_have_it_or_it_is_frozen},
        {"without an app id nobody can say whether it is subscribed",
         test_without_an_app_id_nobody_can_say_whether_it_is_subscribed},
        {"the signup is captured when it gave both ids",
         test_the_signup_is_captured_when_it_gave_both_ids},
    };

    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    arena = arena_create();
    CU_pSuite suite = CU_add_suite("eligibility_evidence", NULL, NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        CU_add_test(suite, tests[i].name, tests[i].run);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    arena_destroy(arena);
    CU_cleanup_registry();
    return failures > 0;
}
