/* SPDX-License-Identifier: PostgreSQL */
/* What came along is told from what did not, field by field. */
#include "planner/audit.h"

#include <CUnit/CUnit.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/base/suite.h"

#define LIMIT "whatsapp_business_manager_messaging_limit"
#define LIMIT_IS(tier) "\"" LIMIT "\":\"" tier "\""
#define PROFILE(fields) "\"whatsapp_business_profile\":{\"data\":[{" fields "}]}"
#define NESTED(fields) PROFILE("\"business_profile\":{" fields "}")
#define STORED(fields) "\"settings\":{\"storage_configuration\":{" fields "}}"
#define IN_GERMANY \
    STORED("\"status\":\"IN_COUNTRY_STORAGE_ENABLED\",\"data_localization_region\":\"DE\"")
#define HOOKS(fields) "\"webhook_configuration\":{" fields "}"

/* Nodes without their ids; NULL: not read. */
struct row {
    const char *sentence;
    const char *field;
    const char *before, *after;
    enum audit_verdict verdict;
    const char *owner;  /* NULL: nobody */
    const char *remedy; /* a part of it; NULL: none is wanted */
    const char *waba, *override, *region;
};

/* clang-format off */
static const struct row rows[] = {
    {"a name that stayed", "verified_name", "\"verified_name\":\"Lune\"", "\"verified_name\":\"Lune\"", AUDIT_KEPT, .remedy = NULL},
    {"a name that did not", "verified_name", "\"verified_name\":\"Lune\"", "\"verified_name\":\"Luna\"", AUDIT_CHANGED, "customer", .remedy = "request the old name"},
    {"a source that was not read", "verified_name", NULL, "\"verified_name\":\"Lune\"", AUDIT_NOT_READABLE, NULL, .remedy = "could not be read"},
    {"a name that the source did not show", "verified_name", "", "\"verified_name\":\"Lune\"", AUDIT_NOT_READABLE, NULL, .remedy = "of the old account"},
    {"a name that the destination does not show", "verified_name", "\"verified_name\":\"Lune\"", "\"_left_out\":[\"verified_name\"]", AUDIT_NOT_READABLE, NULL, .remedy = "of the new account"},
    {"a name approved as it was", "name_status", "\"name_status\":\"APPROVED\"", "\"name_status\":\"APPROVED\"", AUDIT_KEPT, .remedy = NULL},
    {"a name reviewed anew", "name_status", "\"name_status\":\"APPROVED\"", "\"name_status\":\"PENDING_REVIEW\"", AUDIT_CHANGED, "customer", .remedy = "request a review"},
    {"a name approved since", "name_status", "\"name_status\":\"AVAILABLE_WITHOUT_REVIEW\"", "\"name_status\":\"APPROVED\"", AUDIT_CHANGED, NULL, .remedy = "stands better"},
    {"a word that nobody has documented is no better", "name_status", "\"name_status\":\"APPROVED\"", "\"name_status\":\"WHATEVER\"", AUDIT_CHANGED, "customer", .remedy = "request a review"},
    {"nor is what comes after one", "name_status", "\"name_status\":\"WHATEVER\"", "\"name_status\":\"APPROVED\"", AUDIT_CHANGED, "customer", .remedy = "request a review"},
    {"a quality that stayed", "quality_rating", "\"quality_rating\":\"YELLOW\"", "\"quality_rating\":\"YELLOW\"", AUDIT_KEPT, .remedy = NULL},
    {"NA is UNKNOWN", "quality_rating", "\"quality_rating\":\"NA\"", "\"quality_rating\":\"UNKNOWN\"", AUDIT_KEPT, .remedy = NULL},
    {"a quality that fell", "quality_rating", "\"quality_rating\":\"GREEN\"", "\"quality_rating\":\"YELLOW\"", AUDIT_CHANGED, "partner", .remedy = "Insights"},
    {"a quality that is forgotten", "quality_rating", "\"quality_rating\":\"GREEN\"", "\"quality_rating\":\"NA\"", AUDIT_CHANGED, "partner", .remedy = "Insights"},
    {"a quality that rose", "quality_rating", "\"quality_rating\":\"RED\"", "\"quality_rating\":\"GREEN\"", AUDIT_CHANGED, NULL, .remedy = "stands better"},
    {"a limit that stayed", LIMIT, LIMIT_IS("TIER_2K"), LIMIT_IS("TIER_2K"), AUDIT_KEPT, .remedy = NULL},
    {"a limit that fell", LIMIT, LIMIT_IS("TIER_2K"), LIMIT_IS("TIER_250"), AUDIT_CHANGED, "customer", .remedy = "portfolio"},
    {"a limit that the portfolio raised", LIMIT, LIMIT_IS("TIER_2K"), LIMIT_IS("TIER_10K"), AUDIT_CHANGED_AS_DOCUMENTED, NULL, .remedy = "raises it by itself"},
    {"a limit that the WABA alone showed", LIMIT, "", LIMIT_IS("TIER_250"), AUDIT_CHANGED, "customer", "portfolio", .waba = LIMIT_IS("TIER_2K")},
    {"a limit of an unknown word", LIMIT, LIMIT_IS("TIER_2K"), LIMIT_IS("UNTIERED"), AUDIT_CHANGED, "customer", .remedy = "portfolio"},
    {"a badge that stayed", "is_official_business_account", "\"is_official_business_account\":true", "\"is_official_business_account\":true", AUDIT_KEPT, .remedy = NULL},
    {"a badge that was lost", "is_official_business_account", "\"is_official_business_account\":true", "\"is_official_business_account\":false", AUDIT_CHANGED, "customer", .remedy = "badge"},
    {"a badge that was given", "is_official_business_account", "\"is_official_business_account\":false", "\"is_official_business_account\":true", AUDIT_CHANGED, NULL, .remedy = "stands better"},
    {"a throughput that stayed", "throughput", "\"throughput\":{\"level\":\"HIGH\"}", "\"throughput\":{\"level\":\"HIGH\"}", AUDIT_KEPT, .remedy = NULL},
    {"a throughput that fell", "throughput", "\"throughput\":{\"level\":\"HIGH\"}", "\"throughput\":{\"level\":\"STANDARD\"}", AUDIT_CHANGED, "partner", .remedy = "throughput is lower"},
    {"webhooks of the same app", "webhook_configuration", HOOKS("\"application\":\"https://a\""), HOOKS("\"application\":\"https://a\""), AUDIT_KEPT, .remedy = NULL},
    {"webhooks of the new partner's app", "webhook_configuration", HOOKS("\"application\":\"https://a\""), HOOKS("\"application\":\"https://b\""), AUDIT_CHANGED_AS_DOCUMENTED, NULL, .remedy = "new partner"},
    {"a callback of the customer's own that is gone", "webhook_configuration", HOOKS("\"phone_number\":\"https://c\""), HOOKS("\"application\":\"https://b\""), AUDIT_CHANGED, "partner", .remedy = "under `webhook`"},
    {"one of the WABA", "webhook_configuration", HOOKS("\"whatsapp_business_account\":\"https://c\""), HOOKS("\"application\":\"https://b\""), AUDIT_CHANGED, "partner", .remedy = "under `webhook`"},
    {"one that moved from the number to the WABA", "webhook_configuration", HOOKS("\"phone_number\":\"https://c\""), HOOKS("\"whatsapp_business_account\":\"https://c\""), AUDIT_CHANGED_AS_DOCUMENTED, NULL, .remedy = "new partner"},
    {"the callback that the manifest names", "webhook_configuration", NULL, HOOKS("\"whatsapp_business_account\":\"https://w\""), AUDIT_CHANGED_AS_DOCUMENTED, NULL, "new partner", .override = "https://w"},
    {"another than the manifest names", "webhook_configuration", NULL, HOOKS("\"application\":\"https://b\""), AUDIT_CHANGED, "partner", "subscribed_apps", .override = "https://w"},
    {"one of the number itself, before the manifest's", "webhook_configuration", NULL, HOOKS("\"phone_number\":\"https://c\",\"whatsapp_business_account\":\"https://w\""), AUDIT_CHANGED, "partner", "subscribed_apps", .override = "https://w"},
    {"two-step verification comes on", "is_pin_enabled", "\"is_pin_enabled\":false", "\"is_pin_enabled\":true", AUDIT_CHANGED_AS_DOCUMENTED, NULL, .remedy = "pins export"},
    {"whatever it was", "is_pin_enabled", NULL, "\"is_pin_enabled\":true", AUDIT_CHANGED_AS_DOCUMENTED, NULL, .remedy = "pins export"},
    {"it was on", "is_pin_enabled", "\"is_pin_enabled\":true", "\"is_pin_enabled\":true", AUDIT_KEPT, .remedy = NULL},
    {"it is off", "is_pin_enabled", "\"is_pin_enabled\":false", "\"is_pin_enabled\":false", AUDIT_CHANGED, "partner", .remedy = "Set one"},
    {"a number that can send", "health_status", "\"health_status\":{\"can_send_message\":\"AVAILABLE\",\"entities\":[1]}", "\"health_status\":{\"can_send_message\":\"AVAILABLE\"}", AUDIT_KEPT, .remedy = NULL},
    {"a number that can send less", "health_status", "\"health_status\":{\"can_send_message\":\"AVAILABLE\"}", "\"health_status\":{\"can_send_message\":\"LIMITED\"}", AUDIT_CHANGED, "customer", .remedy = "send less"},
    {"a profile that stayed, however it is wrapped", "whatsapp_business_profile", PROFILE("\"about\":\"Bread\",\"email\":\"\",\"messaging_product\":\"whatsapp\""), NESTED("\"about\":\"Bread\",\"websites\":[]"), AUDIT_KEPT, .remedy = NULL},
    {"a picture's URL is never the same", "whatsapp_business_profile", PROFILE("\"profile_picture_url\":\"https://p/1\""), PROFILE("\"profile_picture_url\":\"https://p/2\""), AUDIT_KEPT, .remedy = NULL},
    {"a picture that is gone", "whatsapp_business_profile", PROFILE("\"profile_picture_url\":\"https://p/1\""), PROFILE(""), AUDIT_CHANGED, "partner", .remedy = "old values"},
    {"a profile that changed", "whatsapp_business_profile", PROFILE("\"about\":\"Bread\",\"websites\":[\"https://b\"]"), PROFILE("\"about\":\"Bread\""), AUDIT_CHANGED, "partner", .remedy = "old values"},
    {"a profile that Graph does not expand", "whatsapp_business_profile", "", "", AUDIT_NOT_READABLE, NULL, .remedy = "of the new account"},
    {"no storage setting on either side", "settings", STORED("\"status\":\"IN_COUNTRY_STORAGE_DISABLED\""), STORED(""), AUDIT_KEPT, .remedy = NULL},
    {"a storage setting that is gone", "settings", IN_GERMANY, STORED("\"status\":\"IN_COUNTRY_STORAGE_DISABLED\""), AUDIT_CHANGED, "partner", .remedy = "still to move"},
    {"one that the manifest brought along", "settings", IN_GERMANY, IN_GERMANY, AUDIT_KEPT, .remedy = NULL, .region = "DE"},
    {"one that the manifest brings", "settings", NULL, IN_GERMANY, AUDIT_CHANGED_AS_DOCUMENTED, NULL, "where the manifest says", .region = "DE"},
    {"one that the manifest wished for otherwise", "settings", IN_GERMANY, IN_GERMANY, AUDIT_CHANGED, "partner", "where the manifest says", .region = "CH"},
};
/* clang-format on */

static struct json_object *node(const char *fields)
{
    char text[1024];

    if (!fields)
        return NULL;
    (void)snprintf(text, sizeof text, "{\"id\":\"1\"%s%s}", *fields ? "," : "", fields);
    struct json_object *json = json_tokener_parse(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    return json;
}

static const struct audit_finding *find(const struct audit_finding *findings, size_t count,
                                        const char *field)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(findings[i].field, field) == 0)
            return &findings[i];
    }
    return NULL;
}

static bool is_same_text(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) == 0 : left == right;
}

static void check_row(const struct row *row, struct arena *arena)
{
    struct audit_finding findings[AUDIT_FIELDS_MAX];
    struct json_object *before = node(row->before), *after = node(row->after),
                       *waba = node(row->waba);
    struct audit_facts facts = {.number_before = before,
                                .waba_before = waba,
                                .number_after = after,
                                .webhook_override_callback_uri = row->override,
                                .data_localization_region = row->region};
    size_t count = audit_compare(&facts, arena, findings);
    const struct audit_finding *finding = find(findings, count, row->field);

    CU_ASSERT_PTR_NOT_NULL_FATAL(finding);
    bool is_right =
        finding->verdict == row->verdict && is_same_text(finding->owner, row->owner) &&
        (row->remedy ? finding->remedy && strstr(finding->remedy, row->remedy) : !finding->remedy);
    if (!is_right)
        fprintf(stderr, "\n  %s: %s, %s, %s (before %s, after %s)\n", row->sentence,
                audit_verdict_name(finding->verdict), finding->owner ? finding->owner : "nobody",
                finding->remedy ? finding->remedy : "-", finding->before ? finding->before : "-",
                finding->after ? finding->after : "-");
    CU_ASSERT(is_right);
    json_object_put(before);
    json_object_put(after);
    json_object_put(waba);
}

static void each_field_is_judged_by_its_rule(void)
{
    struct arena *arena = arena_create();

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(&rows[i], arena);
    arena_destroy(arena);
}

static void every_field_is_always_told(void)
{
    struct arena *arena = arena_create();
    struct audit_finding findings[AUDIT_FIELDS_MAX];
    struct audit_facts facts = {0};

    CU_ASSERT_EQUAL(audit_compare(&facts, arena, findings), AUDIT_FIELDS_MAX);
    for (size_t i = 0; i < AUDIT_FIELDS_MAX; i++)
        CU_ASSERT_EQUAL(findings[i].verdict, AUDIT_NOT_READABLE);
    arena_destroy(arena);
}

static void a_change_says_what_was_and_what_is(void)
{
    struct arena *arena = arena_create();
    struct audit_finding findings[AUDIT_FIELDS_MAX], again[AUDIT_FIELDS_MAX];
    struct json_object *before =
        node("\"verified_name\":\"L\\\"une\",\"throughput\":{\"level\":\"HIGH\"}");
    struct json_object *after =
        node("\"verified_name\":\"Luna\",\"throughput\":{\"level\":\"HIGH\"}");
    struct audit_facts facts = {.number_before = before, .number_after = after};
    size_t count = audit_compare(&facts, arena, findings);
    const char *text = audit_write(findings, count, arena);

    CU_ASSERT_EQUAL(audit_read(text, arena, again), count);
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_STRING_EQUAL(again[i].field, findings[i].field);
        CU_ASSERT_EQUAL(again[i].verdict, findings[i].verdict);
        CU_ASSERT(is_same_text(again[i].before, findings[i].before));
        CU_ASSERT(is_same_text(again[i].after, findings[i].after));
        CU_ASSERT(is_same_text(again[i].owner, findings[i].owner));
        CU_ASSERT(is_same_text(again[i].remedy, findings[i].remedy));
        CU_ASSERT(is_same_text(again[i].source, findings[i].source));
    }
    CU_ASSERT_STRING_EQUAL(find(again, count, "verified_name")->before, "\"L\\\"une\"");
    CU_ASSERT_STRING_EQUAL(find(again, count, "throughput")->before, "\"HIGH\"");
    CU_ASSERT_EQUAL(audit_read(NULL, arena, again), 0);
    CU_ASSERT_EQUAL(audit_read("{\"field\":1}", arena, again), 0);
    CU_ASSERT_EQUAL(audit_read("[1,{\"field\":\"a\",\"verdict\":\"odd\"}]", arena, again), 0);
    json_object_put(before);
    json_object_put(after);
    arena_destroy(arena);
}

static void certificates_are_never_asked_for(void)
{
    CU_ASSERT_PTR_NULL(strstr(AUDIT_CONFIRMED_FIELDS, "certificate"));
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"each field is judged by its rule", each_field_is_judged_by_its_rule},
        {"every field is always told", every_field_is_always_told},
        {"a change says what was and what is", a_change_says_what_was_and_what_is},
        {"certificates are never asked for", certificates_are_never_asked_for},
        CU_TEST_INFO_NULL};

    return run_suite("audit", tests);
}
