/* SPDX-License-Identifier: PostgreSQL */
#include "planner/eligibility.h"

#include <CUnit/Basic.h>
#include <json-c/json.h>
#include <string.h>

#define SOURCE_DAY "2026-11-23T01:00:00Z"
#define DESTINATION_DAY "2026-11-23T01:00:09Z"

/* A number with everything in order, signed up, both sides readable. */
#define GOOD_WABA "{\"business_verification_status\":\"verified\"}"
#define GOOD_SOURCE \
    "{\"name_status\":\"APPROVED\",\"is_pin_enabled\":false,\"account_mode\":\"LIVE\"}"
#define GOOD_DESTINATION                                                              \
    "{\"name_status\":\"APPROVED\",\"account_mode\":\"LIVE\",\"status\":\"PENDING\"," \
    "\"code_verification_status\":\"VERIFIED\"}"

static const char *const rule_order[] = {"business_verified", "name_approved",   "two_step_off",
                                         "not_test_number",   "signup_captured", "number_verified"};
#define RULES (sizeof rule_order / sizeof rule_order[0])

/* Texts that become the facts; NULL is a node that could not be read. */
struct world {
    const char *source_waba, *destination_waba, *source_number, *destination_number;
    const char *destination_waba_id, *phone_number_id;
    const char *attested_rule;
    bool is_programmatic;
};

static struct arena *arena;
static struct finding findings[ELIGIBILITY_RULES_MAX];

static struct json_object *parse(const char *text)
{
    return text ? json_tokener_parse(text) : NULL;
}

static const struct finding *find(const char *rule)
{
    for (size_t i = 0; i < RULES; i++) {
        if (strcmp(findings[i].rule, rule) == 0)
            return &findings[i];
    }
    return NULL;
}

static const struct finding *assess(const struct world *world, const char *rule)
{
    struct eligibility_attestation attestation = {world->attested_rule, "2026-11-20"};
    struct eligibility_facts facts = {
        .source_waba = parse(world->source_waba),
        .destination_waba = parse(world->destination_waba),
        .source_number = parse(world->source_number),
        .destination_number = parse(world->destination_number),
        .source_read_at = SOURCE_DAY,
        .destination_read_at = DESTINATION_DAY,
        .destination_waba_id = world->destination_waba_id,
        .phone_number_id = world->phone_number_id,
        .attestations = &attestation,
        .attestation_count = world->attested_rule ? 1 : 0,
        .is_embedded_signup = !world->is_programmatic,
    };

    arena_reset(arena);
    CU_ASSERT_EQUAL(eligibility_assess(&facts, arena, findings), RULES);
    json_object_put(facts.source_waba);
    json_object_put(facts.destination_waba);
    json_object_put(facts.source_number);
    json_object_put(facts.destination_number);
    return find(rule);
}

static bool is_text(const char *text, const char *expected)
{
    return text && expected ? strcmp(text, expected) == 0 : text == expected;
}

/* One value of one field, in an otherwise good world. */
static const struct value_case {
    const char *rule, *field, *value; /* JSON text */
    enum verdict verdict;
    const char *owner, *waits_for;
} value_cases[] = {
    /* clang-format off */
    {"business_verified", "business_verification_status", "\"verified\"", VERDICT_PASS, NULL, NULL},
    {"business_verified", "business_verification_status", "\"VERIFIED\"", VERDICT_PASS, NULL, NULL},
    {"business_verified", "business_verification_status", "\"not_verified\"", VERDICT_FAIL, "customer", NULL},
    {"business_verified", "business_verification_status", "\"NOT_VERIFIED\"", VERDICT_FAIL, "customer", NULL},
    {"business_verified", "business_verification_status", "\"pending\"", VERDICT_FAIL, "meta", NULL},
    {"business_verified", "business_verification_status", "\"pending_need_more_info\"", VERDICT_FAIL, "customer", NULL},
    {"business_verified", "business_verification_status", "\"pending_submission\"", VERDICT_FAIL, "customer", NULL},
    {"business_verified", "business_verification_status", "\"rejected\"", VERDICT_FAIL, "customer", NULL},
    {"business_verified", "business_verification_status", "\"failed\"", VERDICT_FAIL, "customer", NULL},
    {"business_verified", "business_verification_status", "\"expired\"", VERDICT_FAIL, "customer", NULL},
    {"business_verified", "business_verification_status", "\"revoked\"", VERDICT_FAIL, "customer", NULL},
    {"business_verified", "business_verification_status", "\"ineligible\"", VERDICT_FAIL, "customer", NULL},
    {"business_verified", "business_verification_status", "\"verified_by_partner\"", VERDICT_UNKNOWN, "partner", NULL},
    {"business_verified", "business_verification_status", "\"\"", VERDICT_UNKNOWN, "partner", NULL},
    {"business_verified", "business_verification_status", "true", VERDICT_UNKNOWN, "partner", NULL},
    {"business_verified", "business_verification_status", "\"verified\\u0000\"", VERDICT_UNKNOWN, "partner", NULL},
    {"name_approved", "name_status", "\"APPROVED\"", VERDICT_PASS, NULL, NULL},
    {"name_approved", "name_status", "\"AVAILABLE_WITHOUT_REVIEW\"", VERDICT_FAIL, "customer", NULL},
    {"name_approved", "name_status", "\"DECLINED\"", VERDICT_FAIL, "customer", NULL},
    {"name_approved", "name_status", "\"EXPIRED\"", VERDICT_FAIL, "customer", NULL},
    {"name_approved", "name_status", "\"PENDING_REVIEW\"", VERDICT_FAIL, "meta", NULL},
    {"name_approved", "name_status", "\"NONE\"", VERDICT_FAIL, "customer", NULL},
    {"name_approved", "name_status", "\"approved\"", VERDICT_UNKNOWN, "partner", NULL},
    {"name_approved", "name_status", "\"APPROVED_FOR_NOW\"", VERDICT_UNKNOWN, "partner", NULL},
    {"name_approved", "name_status", "[\"APPROVED\"]", VERDICT_UNKNOWN, "partner", NULL},
    {"two_step_off", "is_pin_enabled", "false", VERDICT_PASS, NULL, NULL},
    {"two_step_off", "is_pin_enabled", "true", VERDICT_FAIL, "customer", NULL},
    {"two_step_off", "is_pin_enabled", "\"false\"", VERDICT_UNKNOWN, "partner", NULL},
    {"two_step_off", "is_pin_enabled", "0", VERDICT_UNKNOWN, "partner", NULL},
    {"two_step_off", "is_pin_enabled", "{\"enabled\":false}", VERDICT_UNKNOWN, "partner", NULL},
    {"not_test_number", "account_mode", "\"LIVE\"", VERDICT_PASS, NULL, NULL},
    {"not_test_number", "account_mode", "\"SANDBOX\"", VERDICT_FAIL, "partner", NULL},
    {"not_test_number", "account_mode", "\"DEMO\"", VERDICT_UNKNOWN, "partner", NULL},
    {"not_test_number", "account_mode", "\"live\"", VERDICT_UNKNOWN, "partner", NULL},
    {"not_test_number", "account_mode", "1", VERDICT_UNKNOWN, "partner", NULL},
    {"number_verified", "code_verification_status", "\"VERIFIED\"", VERDICT_PASS, NULL, NULL},
    {"number_verified", "code_verification_status", "\"NOT_VERIFIED\"", VERDICT_FAIL, "customer", "code"},
    {"number_verified", "code_verification_status", "\"UNVERIFIED\"", VERDICT_FAIL, "customer", "code"},
    {"number_verified", "code_verification_status", "\"EXPIRED\"", VERDICT_FAIL, "customer", "code"},
    {"number_verified", "code_verification_status", "\"verified\"", VERDICT_UNKNOWN, "partner", NULL},
    {"number_verified", "code_verification_status", "\"HALF_VERIFIED\"", VERDICT_UNKNOWN, "partner", NULL},
    {"number_verified", "code_verification_status", "true", VERDICT_UNKNOWN, "partner", NULL},
    /* clang-format on */
};

static struct world world_of(const struct value_case *item, char *node, size_t bytes)
{
    struct world world = {GOOD_WABA, GOOD_WABA, GOOD_SOURCE, GOOD_DESTINATION,
                          "900100",  "610100",  NULL,        false};

    (void)snprintf(node, bytes, "{\"%s\":%s}", item->field, item->value);
    if (strcmp(item->rule, "business_verified") == 0)
        world.source_waba = node;
    else if (strcmp(item->rule, "number_verified") == 0)
        world.destination_number = node;
    else
        world.source_number = node;
    return world;
}

static bool is_as_expected(const struct value_case *item, const struct finding *finding)
{
    bool is_pass = item->verdict == VERDICT_PASS;
    const char *read_at = strcmp(item->rule, "number_verified") == 0 ? DESTINATION_DAY : SOURCE_DAY;
    struct json_object *value = parse(item->value);
    bool is_same_value =
        is_text(finding->value, json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN));

    json_object_put(value);
    return finding->verdict == item->verdict && finding->evidence == EVIDENCE_API &&
           is_same_value && is_text(finding->field, item->field) &&
           is_text(finding->read_at, read_at) && is_text(finding->owner, item->owner) &&
           is_text(finding->waits_for, item->waits_for) && finding->is_blocking == !is_pass &&
           (finding->remedy == NULL) == is_pass && !finding->is_fixable;
}

static void test_every_value_has_its_verdict(void)
{
    for (size_t i = 0; i < sizeof value_cases / sizeof value_cases[0]; i++) {
        char node[160];
        struct world world = world_of(&value_cases[i], node, sizeof node);
        bool is_right = is_as_expected(&value_cases[i], assess(&world, value_cases[i].rule));
        if (!is_right)
            fprintf(stderr, "%s with %s\n", value_cases[i].rule, value_cases[i].value);
        CU_ASSERT(is_right);
    }
}

static void test_each_failing_name_status_has_a_remedy_of_its_own(void)
{
    const char *remedies[16];
    size_t count = 0;

    for (size_t i = 0; i < sizeof value_cases / sizeof value_cases[0]; i++) {
        char node[160];
        if (strcmp(value_cases[i].rule, "name_approved") != 0 ||
            value_cases[i].verdict != VERDICT_FAIL)
            continue;
        struct world world = world_of(&value_cases[i], node, sizeof node);
        remedies[count++] = assess(&world, "name_approved")->remedy;
        for (size_t j = 0; j + 1 < count; j++)
            CU_ASSERT_STRING_NOT_EQUAL(remedies[j], remedies[count - 1]);
    }
    CU_ASSERT_EQUAL(count, 5);
}

/* An attestation answers for what Graph did not, and never against what it said. */
static void test_an_attestation_replaces_only_what_is_unknown(void)
{
    for (size_t i = 0; i < sizeof value_cases / sizeof value_cases[0]; i++) {
        char node[160];
        const struct value_case *item = &value_cases[i];
        struct world world = world_of(item, node, sizeof node);
        world.attested_rule = item->rule;
        const struct finding *finding = assess(&world, item->rule);
        bool is_right = item->verdict == VERDICT_UNKNOWN
                            ? finding->verdict == VERDICT_PASS &&
                                  finding->evidence == EVIDENCE_ATTESTED && !finding->is_blocking &&
                                  !finding->remedy && !finding->owner &&
                                  is_text(finding->read_at, "2026-11-20")
                            : is_as_expected(item, finding);
        if (!is_right)
            fprintf(stderr, "%s attested against %s\n", item->rule, item->value);
        CU_ASSERT(is_right);
    }
}

static void test_an_attestation_of_one_rule_says_nothing_of_another(void)
{
    struct world world = {.destination_waba_id = "900100",
                          .phone_number_id = "610100",
                          .attested_rule = "name_approved"};

    CU_ASSERT_EQUAL(assess(&world, "name_approved")->verdict, VERDICT_PASS);
    CU_ASSERT_EQUAL(find("two_step_off")->verdict, VERDICT_UNKNOWN);
}

/* What may be seen, and what follows. */
static const struct reach_case {
    const char *what;
    struct world world;
    const char *rule;
    enum verdict verdict;
    bool is_blocking;
    const char *waits_for, *read_at, *remedy_has;
} reach_cases[] = {
    /* clang-format off */
    {"the source WABA is believed first",
     {.source_waba = "{\"business_verification_status\":\"failed\"}", .destination_waba = GOOD_WABA},
     "business_verified", VERDICT_FAIL, true, NULL, SOURCE_DAY, "failed"},
    {"without the source WABA the destination's is read",
     {.destination_waba = GOOD_WABA}, "business_verified", VERDICT_PASS, false, NULL, DESTINATION_DAY, NULL},
    {"a source that leaves the field out is not an answer",
     {.source_waba = "{\"id\":\"1\"}", .destination_waba = GOOD_WABA},
     "business_verified", VERDICT_PASS, false, NULL, DESTINATION_DAY, NULL},
    {"a null is not an answer",
     {.source_number = "{\"name_status\":null}", .destination_number = GOOD_DESTINATION},
     "name_approved", VERDICT_PASS, false, NULL, DESTINATION_DAY, NULL},
    {"an answer that is no object is not an answer",
     {.source_number = "[1]", .destination_waba_id = "9", .phone_number_id = "6"},
     "name_approved", VERDICT_UNKNOWN, true, NULL, NULL, "source_token"},
    {"the destination's name serves where the source cannot be read",
     {.destination_number = GOOD_DESTINATION}, "name_approved", VERDICT_PASS, false, NULL, DESTINATION_DAY, NULL},
    {"before the signup an unreadable name holds nothing up",
     {.destination_waba_id = "900100"}, "name_approved", VERDICT_UNKNOWN, false, NULL, NULL, "Embedded Signup"},
    {"before the signup an unreadable business holds nothing up",
     {.is_programmatic = false}, "business_verified", VERDICT_UNKNOWN, false, NULL, NULL, "Embedded Signup"},
    {"after the signup it does",
     {.destination_waba_id = "900100", .phone_number_id = "610100"},
     "business_verified", VERDICT_UNKNOWN, true, NULL, NULL, "attest: {business_verified: DATE}"},
    {"on the programmatic path an unreadable name holds the creation up",
     {.is_programmatic = true, .destination_waba_id = "900100"},
     "name_approved", VERDICT_UNKNOWN, true, NULL, NULL, "attest: {name_approved: DATE}"},
    {"two-step verification is never read from the destination",
     {.destination_number = "{\"is_pin_enabled\":false}", .destination_waba_id = "9", .phone_number_id = "6"},
     "two_step_off", VERDICT_UNKNOWN, true, NULL, NULL, "attest: {two_step_off: DATE}"},
    {"an unreadable source asks for access",
     {.destination_waba_id = "9", .phone_number_id = "6"},
     "two_step_off", VERDICT_UNKNOWN, true, NULL, NULL, "source_token"},
    {"two-step verification is asked for before the signup too",
     {.is_programmatic = false}, "two_step_off", VERDICT_UNKNOWN, true, NULL, NULL, "source_token"},
    {"two-step verification on has a remedy in WhatsApp Manager",
     {.source_number = "{\"is_pin_enabled\":true}"},
     "two_step_off", VERDICT_FAIL, true, NULL, SOURCE_DAY, "WhatsApp Manager"},
    {"a sandbox on the destination is a test number too",
     {.destination_number = "{\"account_mode\":\"SANDBOX\"}"},
     "not_test_number", VERDICT_FAIL, true, NULL, DESTINATION_DAY, "test"},
    {"no destination WABA waits for the signup",
     {.phone_number_id = "610100"}, "signup_captured", VERDICT_FAIL, true, "signup", NULL, "Embedded Signup"},
    {"no number on the destination waits for the signup",
     {.destination_waba_id = "900100"}, "signup_captured", VERDICT_FAIL, true, "signup", NULL, "once more"},
    {"an attested signup is still to be made",
     {.attested_rule = "signup_captured"}, "signup_captured", VERDICT_FAIL, true, "signup", NULL, "Embedded Signup"},
    {"both ids are a captured signup",
     {.destination_waba_id = "900100", .phone_number_id = "610100"},
     "signup_captured", VERDICT_PASS, false, NULL, NULL, NULL},
    {"the programmatic path needs no signup",
     {.is_programmatic = true}, "signup_captured", VERDICT_PASS, false, NULL, NULL, NULL},
    {"verification is not asked of a number that is not there yet",
     {.is_programmatic = true}, "number_verified", VERDICT_UNKNOWN, false, NULL, NULL, "after the signup"},
    {"verification of a number that is there must be readable",
     {.phone_number_id = "610100"}, "number_verified", VERDICT_UNKNOWN, true, NULL, NULL, "token"},
    {"verification is never read from the source",
     {.source_number = "{\"code_verification_status\":\"VERIFIED\"}", .phone_number_id = "610100"},
     "number_verified", VERDICT_UNKNOWN, true, NULL, NULL, "token"},
    {"a number CONNECTED on the destination has moved, verified or not",
     {.destination_number = "{\"code_verification_status\":\"EXPIRED\",\"status\":\"CONNECTED\"}"},
     "number_verified", VERDICT_PASS, false, NULL, DESTINATION_DAY, NULL},
    {"a number CONNECTED only at the source has not",
     {.source_number = "{\"status\":\"CONNECTED\"}",
      .destination_number = "{\"code_verification_status\":\"EXPIRED\",\"status\":\"PENDING\"}"},
     "number_verified", VERDICT_FAIL, true, "code", DESTINATION_DAY, "code"},
    /* clang-format on */
};

static void test_what_cannot_be_read_is_never_a_pass(void)
{
    for (size_t i = 0; i < sizeof reach_cases / sizeof reach_cases[0]; i++) {
        const struct reach_case *item = &reach_cases[i];
        const struct finding *finding = assess(&item->world, item->rule);
        bool is_right =
            finding->verdict == item->verdict && finding->is_blocking == item->is_blocking &&
            is_text(finding->waits_for, item->waits_for) &&
            is_text(finding->read_at, item->read_at) &&
            (item->remedy_has ? finding->remedy && strstr(finding->remedy, item->remedy_has)
                              : !finding->remedy) &&
            (finding->owner != NULL) == item->is_blocking;
        if (!is_right)
            fprintf(stderr, "%s: %s, %s\n", item->what, verdict_name(finding->verdict),
                    finding->remedy ? finding->remedy : "no remedy");
        CU_ASSERT(is_right);
    }
}

static void test_a_good_number_passes_and_rules_keep_their_order(void)
{
    struct world world = {GOOD_WABA, GOOD_WABA, GOOD_SOURCE, GOOD_DESTINATION,
                          "900100",  "610100",  NULL,        false};
    const struct finding *first_block;

    (void)assess(&world, "two_step_off");
    for (size_t i = 0; i < RULES; i++) {
        CU_ASSERT_STRING_EQUAL(findings[i].rule, rule_order[i]);
        CU_ASSERT_EQUAL(findings[i].verdict, VERDICT_PASS);
    }
    CU_ASSERT(eligibility_passes(findings, RULES, &first_block));
    CU_ASSERT_PTR_NULL(first_block);
}

static void test_the_first_blocking_finding_is_named(void)
{
    struct world world = {.source_waba = GOOD_WABA,
                          .source_number =
                              "{\"name_status\":\"APPROVED\",\"is_pin_enabled\":true}"};
    const struct finding *first_block;

    (void)assess(&world, "two_step_off");
    CU_ASSERT_FALSE(eligibility_passes(findings, RULES, &first_block));
    CU_ASSERT_PTR_EQUAL(first_block, find("two_step_off"));
}

/* Without access to the source a customer who has confirmed two-step verification waits for the
 * signup, and is not blocked by what the signup will show. */
static void test_an_unsigned_customer_without_source_access_waits_for_the_signup(void)
{
    struct world world = {.attested_rule = "two_step_off"};
    const struct finding *first_block;

    (void)assess(&world, "two_step_off");
    CU_ASSERT_FALSE(eligibility_passes(findings, RULES, &first_block));
    CU_ASSERT_STRING_EQUAL(first_block->waits_for, "signup");
}

static void test_all_the_contracts_rules_are_known_and_no_others(void)
{
    static const char *const known[] = {"business_verified",
                                        "source_waba_approved",
                                        "destination_waba_approved",
                                        "payment_method",
                                        "two_step_off",
                                        "name_approved",
                                        "no_pending_name_change",
                                        "not_test_number",
                                        "not_business_app",
                                        "cloud_api",
                                        "same_business",
                                        "webhooks_subscribed",
                                        "not_already_moved",
                                        "registration_budget",
                                        "template_headroom",
                                        "waba_currency",
                                        "signup_captured",
                                        "number_verified"};
    static const char *const unknown[] = {"", "two_step", "two_step_off ", "TWO_STEP_OFF"};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        CU_ASSERT(eligibility_is_rule(known[i]));
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        CU_ASSERT_FALSE(eligibility_is_rule(unknown[i]));
    for (size_t i = 0; i < RULES; i++)
        CU_ASSERT(eligibility_is_rule(rule_order[i]));
}

/* Whether `name` stands between commas in `list`. */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; (at = strstr(at, name)) != NULL; at += length) {
        if ((at == list || at[-1] == ',') && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return false;
}

static void test_the_fields_that_rules_read_are_asked_for(void)
{
    CU_ASSERT(is_listed(ELIGIBILITY_WABA_FIELDS, "business_verification_status"));
    for (size_t i = 0; i < sizeof value_cases / sizeof value_cases[0]; i++)
        CU_ASSERT(is_listed(strcmp(value_cases[i].rule, "business_verified") == 0
                                ? ELIGIBILITY_WABA_FIELDS
                                : ELIGIBILITY_NUMBER_FIELDS,
                            value_cases[i].field));
    CU_ASSERT(is_listed(ELIGIBILITY_NUMBER_FIELDS, "status"));
    CU_ASSERT_FALSE(is_listed(ELIGIBILITY_NUMBER_FIELDS, "certificate"));
}

static void test_verdicts_and_evidence_have_the_contracts_words(void)
{
    CU_ASSERT_STRING_EQUAL(verdict_name(VERDICT_PASS), "pass");
    CU_ASSERT_STRING_EQUAL(verdict_name(VERDICT_WARN), "warn");
    CU_ASSERT_STRING_EQUAL(verdict_name(VERDICT_UNKNOWN), "unknown");
    CU_ASSERT_STRING_EQUAL(verdict_name(VERDICT_FAIL), "fail");
    CU_ASSERT_STRING_EQUAL(evidence_name(EVIDENCE_API), "api");
    CU_ASSERT_STRING_EQUAL(evidence_name(EVIDENCE_ATTESTED), "attested");
    CU_ASSERT_STRING_EQUAL(evidence_name(EVIDENCE_NONE), "none");
}

int main(void)
{
    static const struct {
        const char *name;
        CU_TestFunc run;
    } tests[] = {
        {"every value has its verdict", test_every_value_has_its_verdict},
        {"each failing name status has a remedy of its own",
         test_each_failing_name_status_has_a_remedy_of_its_own},
        {"an attestation replaces only what is unknown",
         test_an_attestation_replaces_only_what_is_unknown},
        {"an attestation of one rule says nothing of another",
         test_an_attestation_of_one_rule_says_nothing_of_another},
        {"what cannot be read is never a pass", test_what_cannot_be_read_is_never_a_pass},
        {"a good number passes and rules keep their order",
         test_a_good_number_passes_and_rules_keep_their_order},
        {"the first blocking finding is named", test_the_first_blocking_finding_is_named},
        {"an unsigned customer without source access waits for the signup",
         test_an_unsigned_customer_without_source_access_waits_for_the_signup},
        {"all the contract's rules are known and no others",
         test_all_the_contracts_rules_are_known_and_no_others},
        {"the fields that rules read are asked for", test_the_fields_that_rules_read_are_asked_for},
        {"verdicts and evidence have the contract's words",
         test_verdicts_and_evidence_have_the_contracts_words},
    };

    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    arena = arena_create();
    CU_pSuite suite = CU_add_suite("eligibility", NULL, NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        CU_add_test(suite, tests[i].name, tests[i].run);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    arena_destroy(arena);
    CU_cleanup_registry();
    return failures > 0;
}
