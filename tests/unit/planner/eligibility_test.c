/* SPDX-License-Identifier: PostgreSQL */
#include "planner/eligibility.h"

#include <CUnit/Basic.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "planner/audit.h"
#include "planner/eligibility_parts.h"
#include "tests/unit/planner/eligibility_world.h"

static struct arena *arena;

enum { HOLDS = true, LETS = false }; /* the number up, through */

/* One value of one field, in a world where everything else is in order. */
static const struct value_case {
    const char *rule, *path, *value; /* JSON text; NULL: Graph does not give the field */
    enum verdict verdict;
    const char *owner;
    bool is_blocking;
    const char *waits_for;
    const char *shown; /* the finding's value where it is not the field's own */
} value_cases[] = {
/* clang-format off */
#define VERIFICATION "business_verified", "source_waba.business_verification_status"
    {VERIFICATION, "\"verified\"", VERDICT_PASS, NULL, LETS, NULL, NULL},
    {VERIFICATION, "\"VERIFIED\"", VERDICT_PASS, NULL, LETS, NULL, NULL},
    {VERIFICATION, "\"not_verified\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {VERIFICATION, "\"NOT_VERIFIED\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {VERIFICATION, "\"pending\"", VERDICT_FAIL, "meta", HOLDS, NULL, NULL},
    {VERIFICATION, "\"pending_need_more_info\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {VERIFICATION, "\"pending_submission\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {VERIFICATION, "\"rejected\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {VERIFICATION, "\"failed\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {VERIFICATION, "\"expired\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {VERIFICATION, "\"revoked\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {VERIFICATION, "\"ineligible\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {VERIFICATION, "\"verified_by_partner\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {VERIFICATION, "\"\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {VERIFICATION, "true", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {VERIFICATION, "\"verified\\u0000\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
#define SOURCE_REVIEW "source_waba_approved", "source_waba.account_review_status"
    {SOURCE_REVIEW, "\"APPROVED\"", VERDICT_PASS, NULL, LETS, NULL, NULL},
    {SOURCE_REVIEW, "\"PENDING\"", VERDICT_FAIL, "meta", HOLDS, NULL, NULL},
    {SOURCE_REVIEW, "\"DEFERRED\"", VERDICT_FAIL, "meta", HOLDS, NULL, NULL},
    {SOURCE_REVIEW, "\"REJECTED\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {SOURCE_REVIEW, "\"RESTRICTED\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {SOURCE_REVIEW, "\"LIMIT_REACHED\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {SOURCE_REVIEW, "\"APPROVED_FOR_NOW\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {SOURCE_REVIEW, "\"approved\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {SOURCE_REVIEW, "[\"APPROVED\"]", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {SOURCE_REVIEW, "\"\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
#define DESTINATION_REVIEW "destination_waba_approved", "destination_waba.account_review_status"
    {DESTINATION_REVIEW, "\"APPROVED\"", VERDICT_PASS, NULL, LETS, NULL, NULL},
    {DESTINATION_REVIEW, "\"PENDING\"", VERDICT_FAIL, "meta", HOLDS, NULL, NULL},
    {DESTINATION_REVIEW, "\"DEFERRED\"", VERDICT_FAIL, "meta", HOLDS, NULL, NULL},
    {DESTINATION_REVIEW, "\"REJECTED\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {DESTINATION_REVIEW, "\"RESTRICTED\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {DESTINATION_REVIEW, "\"LIMIT_REACHED\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {DESTINATION_REVIEW, "\"ON_ITS_WAY\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {DESTINATION_REVIEW, "1", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {DESTINATION_REVIEW, "\"\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
#define FUNDING "payment_method", "destination_waba.primary_funding_id"
    {FUNDING, "\"4402\"", VERDICT_PASS, NULL, LETS, NULL, NULL},
    {FUNDING, "\"\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {FUNDING, "\"0\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {FUNDING, NULL, VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {FUNDING, "4402", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {FUNDING, "true", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {FUNDING, "{\"id\":\"4402\"}", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
#define PIN "two_step_off", "source_number.is_pin_enabled"
    {PIN, "false", VERDICT_PASS, NULL, LETS, NULL, NULL},
    {PIN, "true", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {PIN, "\"false\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {PIN, "0", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {PIN, "{\"enabled\":false}", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {PIN, "\"\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
#define NAME "name_approved", "source_number.name_status"
    {NAME, "\"APPROVED\"", VERDICT_PASS, NULL, LETS, NULL, NULL},
    {NAME, "\"AVAILABLE_WITHOUT_REVIEW\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {NAME, "\"DECLINED\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {NAME, "\"EXPIRED\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {NAME, "\"PENDING_REVIEW\"", VERDICT_FAIL, "meta", HOLDS, NULL, NULL},
    {NAME, "\"NONE\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {NAME, "\"approved\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {NAME, "[\"APPROVED\"]", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {NAME, "\"\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
#define NEW_NAME "no_pending_name_change", "source_number.new_name_status"
    {NEW_NAME, NULL, VERDICT_PASS, NULL, LETS, NULL, NULL},
    {NEW_NAME, "\"NONE\"", VERDICT_PASS, NULL, LETS, NULL, NULL},
    {NEW_NAME, "\"PENDING_REVIEW\"", VERDICT_FAIL, "meta", HOLDS, NULL, NULL},
    {NEW_NAME, "\"APPROVED\"", VERDICT_FAIL, "source_partner", HOLDS, NULL, NULL},
    {NEW_NAME, "\"DECLINED\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {NEW_NAME, "\"EXPIRED\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {NEW_NAME, "\"AVAILABLE_WITHOUT_REVIEW\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {NEW_NAME, "\"not asked for\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {NEW_NAME, "false", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {NEW_NAME, "\"\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
#define MODE "not_test_number", "source_number.account_mode"
    {MODE, "\"LIVE\"", VERDICT_PASS, NULL, LETS, NULL, NULL},
    {MODE, "\"SANDBOX\"", VERDICT_FAIL, "partner", HOLDS, NULL, NULL},
    {MODE, "\"DEMO\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {MODE, "1", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {MODE, "\"\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
#define APP "not_business_app", "source_number.is_on_biz_app"
    {APP, "false", VERDICT_PASS, NULL, LETS, NULL, NULL},
    {APP, "true", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {APP, "\"false\"", VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
    {APP, "0", VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
    {APP, "\"\"", VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
#define PLATFORM "cloud_api", "source_number.platform_type"
    {PLATFORM, "\"CLOUD_API\"", VERDICT_PASS, NULL, LETS, NULL, NULL},
    {PLATFORM, "\"ON_PREMISE\"", VERDICT_WARN, "customer", LETS, NULL, NULL},
    {PLATFORM, "\"NOT_APPLICABLE\"", VERDICT_WARN, "partner", LETS, NULL, NULL},
    {PLATFORM, "\"EDGE_API\"", VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
    {PLATFORM, "{}", VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
    {PLATFORM, "\"\"", VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
#define OWNER "same_business", "destination_waba.owner_business_info"
    {OWNER, "{\"id\":\"700100\"}", VERDICT_PASS, NULL, LETS, NULL,
     "{\"source\":\"700100\",\"destination\":\"700100\"}"},
    {OWNER, "{\"id\":\"700200\"}", VERDICT_FAIL, "customer", HOLDS, NULL,
     "{\"source\":\"700100\",\"destination\":\"700200\"}"},
    {OWNER, "{\"id\":700100}", VERDICT_UNKNOWN, "partner", HOLDS, NULL,
     "{\"source\":\"700100\",\"destination\":\"{\\\"id\\\":700100}\"}"},
    {OWNER, "\"700100\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL,
     "{\"source\":\"700100\",\"destination\":\"\\\"700100\\\"\"}"},
    {OWNER, "{\"id\":\"\"}", VERDICT_UNKNOWN, "partner", HOLDS, NULL,
     "{\"source\":\"700100\",\"destination\":\"{\\\"id\\\":\\\"\\\"}\"}"},
#define OLD_OWNER "same_business", "source_waba.owner_business_info"
    {OLD_OWNER, "{\"id\":\"700300\"}", VERDICT_FAIL, "customer", HOLDS, NULL,
     "{\"source\":\"700300\",\"destination\":\"700100\"}"},
    {OLD_OWNER, "[]", VERDICT_UNKNOWN, "partner", HOLDS, NULL,
     "{\"source\":\"[]\",\"destination\":\"700100\"}"},
#define APPS "webhooks_subscribed", "destination_waba.subscribed_apps"
#define SUBSCRIBED(id) "{\"whatsapp_business_api_data\":{\"id\":" id "}}"
    {APPS, "{\"data\":[" SUBSCRIBED("\"1\"") "," SUBSCRIBED("\"998877\"") "]}",
     VERDICT_PASS, NULL, LETS, NULL, "[\"1\",\"998877\"]"},
    {APPS, "{\"data\":[" SUBSCRIBED("\"1\"") "]}", VERDICT_WARN, NULL, LETS, NULL, "[\"1\"]"},
    {APPS, "{\"data\":[]}", VERDICT_WARN, NULL, LETS, NULL, "[]"},
    {APPS, NULL, VERDICT_WARN, NULL, LETS, NULL, "[]"},
    {APPS, "{\"data\":[" SUBSCRIBED("998877") "]}", VERDICT_UNKNOWN, NULL, LETS, NULL, NULL},
    {APPS, "{\"data\":{\"id\":\"998877\"}}", VERDICT_UNKNOWN, NULL, LETS, NULL, NULL},
    {APPS, "[\"998877\"]", VERDICT_UNKNOWN, NULL, LETS, NULL, NULL},
    {APPS, "\"\"", VERDICT_UNKNOWN, NULL, LETS, NULL, NULL},
#define STATUS "not_already_moved", "source_number.status"
    {STATUS, "\"CONNECTED\"", VERDICT_PASS, NULL, LETS, NULL, NULL},
    {STATUS, "\"MIGRATED\"", VERDICT_FAIL, "partner", HOLDS, NULL, NULL},
    {STATUS, "\"DELETED\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {STATUS, "\"BANNED\"", VERDICT_FAIL, "customer", HOLDS, NULL, NULL},
    {STATUS, "\"PENDING\"", VERDICT_WARN, "source_partner", LETS, NULL, NULL},
    {STATUS, "\"DISCONNECTED\"", VERDICT_WARN, "source_partner", LETS, NULL, NULL},
    {STATUS, "\"UNVERIFIED\"", VERDICT_WARN, "source_partner", LETS, NULL, NULL},
    {STATUS, "\"UNKNOWN\"", VERDICT_WARN, "source_partner", LETS, NULL, NULL},
    {STATUS, "\"LINKED\"", VERDICT_WARN, "source_partner", LETS, NULL, NULL},
    {STATUS, "\"UNLINKED\"", VERDICT_WARN, "source_partner", LETS, NULL, NULL},
    {STATUS, "\"FLAGGED\"", VERDICT_WARN, "customer", LETS, NULL, NULL},
    {STATUS, "\"RATE_LIMITED\"", VERDICT_WARN, "customer", LETS, NULL, NULL},
    {STATUS, "\"RESTRICTED\"", VERDICT_WARN, "customer", LETS, NULL, NULL},
    {STATUS, "\"MESSAGING_LIMIT_TIER_0\"", VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
    {STATUS, "\"moved\"", VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
    {STATUS, "7", VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
    {STATUS, "\"\"", VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
#define TEMPLATES "template_headroom", "source_waba._templates"
#define COUNTS(green, unknown) "{\"approved_green\":" green ",\"approved_unknown\":" unknown "}"
#define ROOM(green, unknown)                                                                     \
    "{\"approved_green\":" green ",\"approved_unknown\":" unknown ",\"destination\":3,\"limit\":6000}"
    {TEMPLATES, COUNTS("0", "0"), VERDICT_PASS, NULL, LETS, NULL, ROOM("0", "0")},
    {TEMPLATES, COUNTS("5997", "0"), VERDICT_PASS, NULL, LETS, NULL, ROOM("5997", "0")},
    {TEMPLATES, COUNTS("5000", "997"), VERDICT_PASS, NULL, LETS, NULL, ROOM("5000", "997")},
    {TEMPLATES, COUNTS("5000", "998"), VERDICT_WARN, "customer", LETS, NULL, ROOM("5000", "998")},
    {TEMPLATES, COUNTS("5998", "0"), VERDICT_WARN, "customer", LETS, NULL, ROOM("5998", "0")},
    {TEMPLATES, NULL, VERDICT_UNKNOWN, NULL, LETS, NULL, NULL},
    {TEMPLATES, COUNTS("\"9\"", "1"), VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
    {TEMPLATES, COUNTS("9", "-1"), VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
    {TEMPLATES, COUNTS("9223372036854775807", "1"), VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
    {TEMPLATES, "{\"approved_green\":9}", VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
    {TEMPLATES, "\"\"", VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
#define NEW_TEMPLATES "template_headroom", "destination_waba._templates"
    {NEW_TEMPLATES, "{\"total\":5990}", VERDICT_PASS, NULL, LETS, NULL,
     "{\"approved_green\":9,\"approved_unknown\":1,\"destination\":5990,\"limit\":6000}"},
    {NEW_TEMPLATES, "{\"total\":5991}", VERDICT_WARN, "customer", LETS, NULL,
     "{\"approved_green\":9,\"approved_unknown\":1,\"destination\":5991,\"limit\":6000}"},
    {NEW_TEMPLATES, "{\"total\":7000}", VERDICT_WARN, "customer", LETS, NULL,
     "{\"approved_green\":9,\"approved_unknown\":1,\"destination\":7000,\"limit\":6000}"},
    {NEW_TEMPLATES, "{\"total\":true}", VERDICT_UNKNOWN, "partner", LETS, NULL, NULL},
    {NEW_TEMPLATES, NULL, VERDICT_UNKNOWN, NULL, LETS, NULL, NULL},
#define CURRENCY "waba_currency", "destination_waba.currency"
#define CURRENCIES(there) "{\"wished\":\"EUR\",\"destination\":" there "}"
    {CURRENCY, "\"EUR\"", VERDICT_PASS, NULL, LETS, NULL, CURRENCIES("\"EUR\"")},
    {CURRENCY, "\"USD\"", VERDICT_WARN, "partner", LETS, NULL, CURRENCIES("\"USD\"")},
    {CURRENCY, "\"INR\"", VERDICT_WARN, "partner", LETS, NULL, CURRENCIES("\"INR\"")},
    {CURRENCY, "\"BRL\"", VERDICT_WARN, "partner", LETS, NULL, CURRENCIES("\"BRL\"")},
    {CURRENCY, "\"EURO\"", VERDICT_UNKNOWN, "partner", LETS, NULL, CURRENCIES("\"EURO\"")},
    {CURRENCY, "978", VERDICT_UNKNOWN, "partner", LETS, NULL, CURRENCIES("978")},
    {CURRENCY, "\"\"", VERDICT_UNKNOWN, "partner", LETS, NULL, CURRENCIES("\"\"")},
#define CODE "number_verified", "destination_number.code_verification_status"
    {CODE, "\"VERIFIED\"", VERDICT_PASS, NULL, LETS, NULL, NULL},
    {CODE, "\"NOT_VERIFIED\"", VERDICT_FAIL, "customer", HOLDS, "code", NULL},
    {CODE, "\"UNVERIFIED\"", VERDICT_FAIL, "customer", HOLDS, "code", NULL},
    {CODE, "\"EXPIRED\"", VERDICT_FAIL, "customer", HOLDS, "code", NULL},
    {CODE, "\"HALF_VERIFIED\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {CODE, "true", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    {CODE, "\"\"", VERDICT_UNKNOWN, "partner", HOLDS, NULL, NULL},
    /* clang-format on */
};
#define VALUE_CASES (sizeof value_cases / sizeof value_cases[0])

/* What Meta documents of each field that is an enumeration (graph-api.md, section 2). */
static const struct {
    const char *rule, *values;
} documented[] = {
    /* clang-format off */
    {"business_verified", "verified not_verified pending pending_need_more_info pending_submission rejected "
                          "failed expired revoked ineligible"},
    {"source_waba_approved", "PENDING APPROVED REJECTED LIMIT_REACHED RESTRICTED DEFERRED"},
    {"destination_waba_approved", "PENDING APPROVED REJECTED LIMIT_REACHED RESTRICTED DEFERRED"},
    {"two_step_off", "true false"},
    {"name_approved", "APPROVED AVAILABLE_WITHOUT_REVIEW DECLINED EXPIRED PENDING_REVIEW NONE"},
    {"no_pending_name_change", "APPROVED AVAILABLE_WITHOUT_REVIEW DECLINED EXPIRED PENDING_REVIEW NONE"},
    {"not_test_number", "LIVE SANDBOX"},
    {"not_business_app", "true false"},
    {"cloud_api", "CLOUD_API ON_PREMISE NOT_APPLICABLE"},
    {"not_already_moved", "CONNECTED PENDING DELETED MIGRATED BANNED RESTRICTED RATE_LIMITED FLAGGED "
                          "DISCONNECTED UNKNOWN UNVERIFIED LINKED UNLINKED"},
    {"number_verified", "VERIFIED NOT_VERIFIED UNVERIFIED EXPIRED"},
    /* clang-format on */
};

static char *canonical(const char *json)
{
    struct json_object *value = json ? json_tokener_parse(json) : NULL;
    char *text =
        value ? strdup(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN)) : NULL;

    json_object_put(value);
    return text;
}

static bool is_in_words(const char *words, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = words; (at = strstr(at, word)) != NULL; at += length) {
        if ((at == words || strchr(" ,", at[-1])) && strchr(" ,", at[length]))
            return true;
    }
    return false;
}

static bool is_as_expected(const struct value_case *item, const struct finding *finding)
{
    const char *field = strchr(item->path, '.') + 1;
    char *shown = canonical(item->shown ? item->shown : item->value);
    bool is_counted = strcmp(field, "_templates") == 0;
    bool is_not_counted = is_counted && !item->value;
    bool is_right =
        finding->verdict == item->verdict && is_text(finding->owner, item->owner) &&
        finding->is_blocking == item->is_blocking && is_text(finding->waits_for, item->waits_for) &&
        is_text(finding->value, shown) && (finding->remedy == NULL) == (item->verdict == 0) &&
        finding->evidence == (is_not_counted ? EVIDENCE_NONE : EVIDENCE_API) &&
        is_text(finding->field, is_not_counted ? NULL
                                : is_counted   ? "message_templates"
                                               : field) &&
        (finding->read_at == NULL) == is_not_counted &&
        finding->is_fixable == (strcmp(field, "subscribed_apps") == 0 && item->verdict != 0);

    free(shown);
    return is_right;
}

static void test_every_value_has_its_verdict(void)
{
    for (size_t i = 0; i < VALUE_CASES; i++) {
        const struct value_case *item = &value_cases[i];
        struct world world;
        world_init(&world, arena);
        world_set(&world, item->path, item->value);
        const struct finding *finding = world_ask(&world, item->rule);
        bool is_right = is_as_expected(item, finding);
        if (!is_right)
            fprintf(stderr, "%s with %s: %s %s\n", item->rule, item->value,
                    verdict_name(finding->verdict), finding->value);
        CU_ASSERT(is_right);
        world_finish(&world);
    }
}

/* No value of one rule's own field disturbs another rule. */
static void test_a_value_changes_its_own_rule_alone(void)
{
    for (size_t i = 0; i < VALUE_CASES; i++) {
        struct world world;
        world_init(&world, arena);
        world_set(&world, value_cases[i].path, value_cases[i].value);
        (void)world_ask(&world, value_cases[i].rule);
        for (size_t j = 0; j < ELIGIBILITY_RULES_MAX; j++) {
            bool is_right = world.findings[j].verdict == VERDICT_PASS ||
                            strcmp(world.findings[j].rule, value_cases[i].rule) == 0;
            if (!is_right)
                fprintf(stderr, "%s with %s: %s\n", value_cases[i].rule, value_cases[i].value,
                        world.findings[j].rule);
            CU_ASSERT(is_right);
        }
        world_finish(&world);
    }
}

static bool has_case(const char *rule, const char *word, bool is_boolean)
{
    for (size_t i = 0; i < VALUE_CASES; i++) {
        const char *value = value_cases[i].value ? value_cases[i].value : "";
        size_t quote = is_boolean ? 0 : 1;
        if (strcmp(value_cases[i].rule, rule) == 0 && strlen(value) == strlen(word) + 2 * quote &&
            strncmp(value + quote, word, strlen(word)) == 0)
            return true;
    }
    return false;
}

static const struct rule *rule_named(const char *id)
{
    const struct rule *rule = ELIGIBILITY_RULES;

    while (strcmp(rule->id, id) != 0)
        rule++;
    return rule;
}

static void test_every_documented_value_has_a_reading_and_a_case(void)
{
    for (size_t i = 0; i < sizeof documented / sizeof documented[0]; i++) {
        const struct rule *rule = rule_named(documented[i].rule);
        size_t readings = 0, words = 1;
        for (const char *c = documented[i].values; *c; c++)
            words += *c == ' ';
        for (const struct reading *at = rule->readings; at->word; at++, readings++) {
            CU_ASSERT(is_in_words(documented[i].values, at->word));
            CU_ASSERT(has_case(rule->id, at->word, rule->is_boolean));
        }
        CU_ASSERT_EQUAL(readings, words);
    }
}

static void test_every_list_of_readings_is_of_a_documented_enumeration(void)
{
    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
        bool is_documented = !ELIGIBILITY_RULES[i].readings;
        for (size_t j = 0; j < sizeof documented / sizeof documented[0]; j++)
            is_documented |= strcmp(documented[j].rule, ELIGIBILITY_RULES[i].id) == 0;
        CU_ASSERT(is_documented);
    }
}

static void test_every_field_has_three_undocumented_values(void)
{
    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
        size_t count = 0;
        for (size_t j = 0; j < VALUE_CASES; j++)
            count += strcmp(value_cases[j].rule, ELIGIBILITY_RULES[i].id) == 0 &&
                     value_cases[j].value && value_cases[j].verdict == VERDICT_UNKNOWN;
        CU_ASSERT(count >= 3 || !ELIGIBILITY_RULES[i].field);
    }
}

/* Each failing value of a rule says something of its own; only the two spellings of "not verified"
 * are one. */
static void test_each_failing_value_has_a_remedy_of_its_own(void)
{
    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
        const struct reading *list = ELIGIBILITY_RULES[i].readings;
        for (const struct reading *at = list; at && at->word; at++) {
            for (const struct reading *other = list; other != at; other++)
                CU_ASSERT(!at->remedy || !other->remedy || strcmp(at->word, "UNVERIFIED") == 0 ||
                          strcmp(at->remedy, other->remedy) != 0);
        }
    }
}

static const struct budget_case {
    int spent;
    const char *until;
    enum verdict verdict;
    const char *owner, *waits_for, *value;
} budget_cases[] = {
    /* clang-format off */
    {0, NULL, VERDICT_PASS, NULL, NULL, "0"},
    {7, NULL, VERDICT_PASS, NULL, NULL, "7"},
    {8, NULL, VERDICT_WARN, "partner", NULL, "8"},
    {9, NULL, VERDICT_WARN, "partner", NULL, "9"},
    {10, NULL, VERDICT_FAIL, NULL, "time", "10"},
    {11, NULL, VERDICT_FAIL, NULL, "time", "11"},
    {2, "2026-11-25T00:00:00Z", VERDICT_FAIL, NULL, "time",
     "{\"spent\":2,\"blocked_until\":\"2026-11-25T00:00:00Z\"}"},
    /* clang-format on */
};

static void test_registrations_are_counted_by_our_own_records(void)
{
    for (size_t i = 0; i < sizeof budget_cases / sizeof budget_cases[0]; i++) {
        const struct budget_case *item = &budget_cases[i];
        struct world world;
        world_init(&world, arena);
        world.facts.registrations_spent = item->spent;
        world.facts.registration_blocked_until = item->until;
        const struct finding *finding = world_ask(&world, "registration_budget");
        CU_ASSERT_EQUAL(finding->verdict, item->verdict);
        CU_ASSERT_EQUAL(finding->evidence, EVIDENCE_NONE);
        CU_ASSERT_EQUAL(finding->is_blocking, item->verdict == VERDICT_FAIL);
        CU_ASSERT(is_text(finding->owner, item->owner));
        CU_ASSERT(is_text(finding->waits_for, item->waits_for));
        CU_ASSERT_STRING_EQUAL(finding->value, item->value);
        CU_ASSERT_PTR_NULL(finding->field);
        CU_ASSERT_PTR_NULL(finding->read_at);
        world_finish(&world);
    }
}

static const char *const rule_order[ELIGIBILITY_RULES_MAX] = {
    "business_verified",
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
    "number_verified",
};

static void test_a_good_number_passes_and_rules_keep_the_contracts_order(void)
{
    static const char *const foreign[] = {"", "two_step", "two_step_off ", "TWO_STEP_OFF"};
    const struct finding *first_block;
    struct world world;

    world_init(&world, arena);
    (void)world_ask(&world, "two_step_off");
    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++) {
        CU_ASSERT_STRING_EQUAL(world.findings[i].rule, rule_order[i]);
        CU_ASSERT_STRING_EQUAL(eligibility_rule_id(i), rule_order[i]);
        CU_ASSERT(eligibility_is_rule(rule_order[i]));
        CU_ASSERT_EQUAL(world.findings[i].verdict, VERDICT_PASS);
        CU_ASSERT_PTR_NULL(world.findings[i].remedy);
        CU_ASSERT_PTR_NULL(world.findings[i].owner);
    }
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        CU_ASSERT_FALSE(eligibility_is_rule(foreign[i]));
    CU_ASSERT(eligibility_passes(world.findings, ELIGIBILITY_RULES_MAX, &first_block));
    CU_ASSERT_PTR_NULL(first_block);
    world_finish(&world);
}

static void test_what_somebody_must_mend_is_named_before_what_only_waits(void)
{
    static const struct finding findings[] = {
        {.rule = "a", .verdict = VERDICT_WARN},
        {.rule = "b", .verdict = VERDICT_FAIL, .is_blocking = true, .waits_for = "signup"},
        {.rule = "c", .verdict = VERDICT_FAIL, .is_blocking = true, .waits_for = "code"},
        {.rule = "d", .verdict = VERDICT_FAIL, .is_blocking = true},
        {.rule = "e", .verdict = VERDICT_UNKNOWN, .is_blocking = true},
    };
    static const struct {
        size_t count;
        const char *rule;
    } cases[] = {{0, NULL}, {1, NULL}, {2, "b"}, {3, "b"}, {4, "d"}, {5, "d"}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct finding *block;
        CU_ASSERT_EQUAL(eligibility_passes(findings, cases[i].count, &block), !cases[i].rule);
        CU_ASSERT(is_text(block ? block->rule : NULL, cases[i].rule));
    }
}

/* What each rule reads is asked for on the side it is read on, and nothing else is but, of the
 * source, what the audit compares. */
static void test_exactly_the_fields_that_rules_read_are_asked_for(void)
{
    static const struct {
        enum node node;
        enum side side;
        const char *fields, *besides, *of_audit;
    } lists[] = {
        /* clang-format off */
        {NODE_WABA, SIDE_SOURCE, ELIGIBILITY_SOURCE_WABA_FIELDS,
         "id name owner_business_info primary_funding_id", "," AUDIT_WABA_FIELDS},
        {NODE_WABA, SIDE_DESTINATION, ELIGIBILITY_DESTINATION_WABA_FIELDS, "id name", NULL},
        {NODE_NUMBER, SIDE_SOURCE, ELIGIBILITY_SOURCE_NUMBER_FIELDS,
         "id display_phone_number verified_name new_display_name", "," AUDIT_NUMBER_FIELDS},
        {NODE_NUMBER, SIDE_DESTINATION, ELIGIBILITY_DESTINATION_NUMBER_FIELDS,
         "id display_phone_number verified_name new_display_name status", NULL},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        char wanted[512];
        (void)snprintf(wanted, sizeof wanted, "%s", lists[i].besides);
        for (size_t j = 0; j < ELIGIBILITY_RULES_MAX; j++) {
            const struct rule *rule = &ELIGIBILITY_RULES[j];
            if (!rule->field || rule->node != lists[i].node || !(rule->side & lists[i].side) ||
                strcmp(rule->field, "message_templates") == 0)
                continue;
            CU_ASSERT(is_in_words(lists[i].fields, rule->field));
            size_t length = strlen(wanted);
            (void)snprintf(wanted + length, sizeof wanted - length, " %s", rule->field);
        }
        char list[1024];
        (void)snprintf(list, sizeof list, "%s", lists[i].fields);
        if (lists[i].of_audit) {
            char *tail = strstr(list, lists[i].of_audit);
            CU_ASSERT_PTR_NOT_NULL_FATAL(tail);
            CU_ASSERT_STRING_EQUAL(tail, lists[i].of_audit);
            *tail = '\0';
        }
        for (char *rest, *field = strtok_r(list, ",", &rest); field;
             field = strtok_r(NULL, ",", &rest)) {
            CU_ASSERT(is_in_words(wanted, field));
        }
    }
    CU_ASSERT_STRING_EQUAL(ELIGIBILITY_TEMPLATE_FIELDS, "status,quality_score");
}

static void test_every_rule_names_its_page_of_metas_documents(void)
{
    static const char keys[] = "MIG-ES MIG-PROG ES-IMPL CREDIT REG PHONE ERR PRICE TPL";

    for (size_t i = 0; i < ELIGIBILITY_RULES_MAX; i++)
        CU_ASSERT(is_in_words(keys, eligibility_rule_source(i)));
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
        {"a value changes its own rule alone", test_a_value_changes_its_own_rule_alone},
        {"every documented value has a reading and a case",
         test_every_documented_value_has_a_reading_and_a_case},
        {"every list of readings is of a documented enumeration",
         test_every_list_of_readings_is_of_a_documented_enumeration},
        {"every field has three undocumented values",
         test_every_field_has_three_undocumented_values},
        {"each failing value has a remedy of its own",
         test_each_failing_value_has_a_remedy_of_its_own},
        {"registrations are counted by our own records",
         test_registrations_are_counted_by_our_own_records},
        {"a good number passes and rules keep the contract's order",
         test_a_good_number_passes_and_rules_keep_the_contracts_order},
        {"what somebody must mend is named before what only waits",
         test_what_somebody_must_mend_is_named_before_what_only_waits},
        {"exactly the fields that rules read are asked for",
         test_exactly_the_fields_that_rules_read_are_asked_for},
        {"every rule names its page of Meta's documents",
         test_every_rule_names_its_page_of_metas_documents},
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
