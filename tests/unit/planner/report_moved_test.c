/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report_moved.h"

#include <CUnit/Basic.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/planner/report_fixture.h"

/* clang-format off */
static const struct audit_finding findings[] = {
    {"verified_name", AUDIT_CHANGED, "\"Lune\"", "\"Luna\"", "customer", "Request the old name.", "MIG-ES"},
    {"throughput", AUDIT_KEPT, "\"HIGH\"", "\"HIGH\"", NULL, NULL, NULL},
    {"is_pin_enabled", AUDIT_CHANGED_AS_DOCUMENTED, "false", "true", NULL, "Nothing to do.", "REG"},
    {"settings", AUDIT_NOT_READABLE, NULL, NULL, NULL, "Look at it.", "LOCAL"},
};
/* clang-format on */

static const struct cutover cutover = {.path = "embedded_signup",
                                       .sent_ms = INT64_C(1795917605120),
                                       .after_ms = INT64_C(1795917605200),
                                       .before_date_ms = INT64_C(1795917605000),
                                       .after_date_ms = INT64_C(1795917605000)};
static struct report_number numbers[FIXTURE_NUMBERS];
static struct report report;

static void make(void)
{
    report = fixture_book;
    memcpy(numbers, fixture_numbers, sizeof numbers);
    numbers[0].audit = findings;
    numbers[0].audit_count = sizeof findings / sizeof findings[0];
    numbers[0].cutover = &cutover;
    numbers[1].audit = findings + 1;
    numbers[1].audit_count = 2;
    report.numbers = numbers;
    report.with_moved = true;
}

static void expect(fixture_writer write, enum report_format format, const char *const *parts,
                   size_t count)
{
    char *text = fixture_written(write, &report, format, 100);

    for (size_t i = 0; i < count; i++) {
        if (!strstr(text, parts[i]))
            fprintf(stderr, "\n  lacks %s:\n%s\n", parts[i], text);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, parts[i]));
    }
    free(text);
}

static void test_the_table_names_what_changed_and_when_each_moved(void)
{
    static const char *const parts[] = {
        "Audit: 1 number kept, 1 changed: verified_name 1",
        "Changed as Meta says: is_pin_enabled 2",
        "Not readable: settings 1",
        "verified_name was \"Lune\" and is \"Luna\"",
        "customer: Request the old name.",
        "Cut-over of 1 number, for billing: until then the old partner pays",
        " between 2026-11-29T02:00:05.120Z",
        "MIG-ES: A message delivered before the move",
    };

    make();
    expect(report_write, REPORT_TABLE, parts, sizeof parts / sizeof parts[0]);
}

static void test_the_story_has_every_field_and_both_rules(void)
{
    static const char *const parts[] = {
        "Audit: what came along",
        "kept                  throughput \"HIGH\"",
        "changed               verified_name was \"Lune\" and is \"Luna\"",
        "not_readable          settings was not known and is not known",
        "Cut-over, for billing",
        "MIG-PROG: A message sent before the move",
    };

    make();
    expect(report_write_number, REPORT_TABLE, parts, sizeof parts / sizeof parts[0]);
}

static void test_the_csv_has_a_row_a_number(void)
{
    static const char *const parts[] = {
        "verified_name=changed;is_pin_enabled=changed_as_documented;settings=not_readable,"
        "2026-11-29T02:00:05.120Z,2026-11-29T02:00:05.200Z,2026-11-29T02:00:05.000Z,"
        "2026-11-29T02:00:06.000Z,\"moved between "};

    make();
    expect(report_write, REPORT_CSV, parts, 1);
}

static void test_the_json_has_the_keys(void)
{
    struct json_object *value;

    make();
    char *text = fixture_written(report_write, &report, REPORT_JSON, 80);
    struct json_object *json = json_tokener_parse(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    struct json_object *number =
        json_object_array_get_idx(json_object_object_get(json, "numbers"), 0);
    struct json_object *audit = json_object_object_get(number, "audit");
    CU_ASSERT_EQUAL(json_object_array_length(audit), 4);
    value = json_object_array_get_idx(audit, 0);
    CU_ASSERT_STRING_EQUAL(json_object_get_string(json_object_object_get(value, "before")), "Lune");
    CU_ASSERT_STRING_EQUAL(json_object_get_string(json_object_object_get(value, "owner")),
                           "customer");
    value = json_object_object_get(number, "cutover");
    CU_ASSERT_STRING_EQUAL(json_object_get_string(json_object_object_get(value, "meta_until")),
                           "2026-11-29T02:00:06.000Z");
    value = json_object_object_get(json_object_object_get(json, "summary"), "audit");
    CU_ASSERT_EQUAL(json_object_get_int(json_object_object_get(value, "numbers")), 2);
    CU_ASSERT_EQUAL(json_object_get_int(json_object_object_get(value, "changed")), 1);
    CU_ASSERT_EQUAL(json_object_get_int(json_object_object_get(value, "cutovers")), 1);
    json_object_put(json);
    free(text);
}

static void test_a_report_that_has_not_asked_has_no_word_of_it(void)
{
    static const enum report_format formats[] = {REPORT_TABLE, REPORT_JSON};

    for (size_t i = 0; i < 2; i++) {
        char *text = fixture_written(report_write, &fixture_book, formats[i], 80);
        CU_ASSERT_PTR_NULL(strstr(text, "udit"));
        CU_ASSERT_PTR_NULL(strstr(text, "utover"));
        free(text);
    }
}

int main(void)
{
    static const struct fixture_test tests[] = {
        {"the table names what changed and when each moved",
         test_the_table_names_what_changed_and_when_each_moved},
        {"the story has every field and both rules", test_the_story_has_every_field_and_both_rules},
        {"the csv has a row a number", test_the_csv_has_a_row_a_number},
        {"the json has the keys", test_the_json_has_the_keys},
        {"a report that has not asked has no word of it",
         test_a_report_that_has_not_asked_has_no_word_of_it},
    };

    return fixture_run("report_moved", tests, sizeof tests / sizeof tests[0]);
}
