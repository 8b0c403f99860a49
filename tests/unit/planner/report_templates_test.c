/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report_templates.h"

#include <CUnit/Basic.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/planner/report_fixture.h"

/* clang-format off */
static const struct template_row lune_rows[] = {
    {.name = "copied_one", .language = "en", .source_status = "APPROVED", .source_category = "UTILITY", .source_quality = "GREEN", .destination_status = "APPROVED", .destination_category = "UTILITY", .qualifies = "automatic", .result = "copied", .is_usable = true, .usable_at = FIXTURE_READ_AT},
    {.name = "promo_may", .language = "fr", .source_status = "APPROVED", .source_category = "MARKETING", .source_quality = "RED", .qualifies = "none", .result = "not_qualified", .reason = "quality", .reason_text = "RED"},
    {.name = "refused_one", .language = "en", .source_status = "APPROVED", .source_category = "UTILITY", .source_quality = "GREEN", .qualifies = "automatic", .result = "given_up", .reason = "refused", .reason_text = "=Formatting \"error\"", .refusal = "=Formatting \"error\""},
};
/* clang-format on */

static struct template_customer customers[] = {
    {.customer = "bakery-lune",
     .customer_name = "Bakery Lune",
     .source_waba_id = "800100",
     .destination_waba_id = "900100",
     .source_read_at = FIXTURE_READ_AT,
     .rows = lune_rows,
     .row_count = 3},
    {.customer = "closed", .unread = "the token may not see it"},
};

static struct report_templates templates = {
    .is_listed = true, .customers = customers, .customer_count = 2};
static struct report_number numbers[FIXTURE_NUMBERS];
static struct report report;

static void make(void)
{
    report = fixture_book;
    memcpy(numbers, fixture_numbers, sizeof numbers);
    numbers[0].template_downtime = (struct template_downtime){true, false, 90};
    numbers[1].template_downtime = (struct template_downtime){true, true, 7200};
    report.numbers = numbers;
    report.templates = &templates;
    templates.counts = (struct template_counts){0};
    template_count_customer(&templates.counts, &customers[0]);
}

static struct json_object *at(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;

    CU_ASSERT_TRUE_FATAL(json_object_object_get_ex(object, key, &value));
    return value;
}

static void test_the_json_has_a_summary_each_template_and_each_downtime(void)
{
    char *text = fixture_written(report_write, &report, REPORT_JSON, 80);
    struct json_object *json = json_tokener_parse(text);

    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    struct json_object *summary = at(at(json, "summary"), "templates");
    CU_ASSERT_EQUAL(json_object_get_int(at(summary, "templates")), 3);
    CU_ASSERT_EQUAL(json_object_get_int(at(at(summary, "by_result"), "not_qualified")), 1);
    CU_ASSERT_EQUAL(json_object_get_int(at(summary, "for_customer")), 2);
    struct json_object *downtime = at(summary, "downtime_seconds");
    CU_ASSERT_EQUAL(json_object_get_int(at(downtime, "median")), 90);
    CU_ASSERT_EQUAL(json_object_get_int(at(downtime, "worst")), 7200);
    CU_ASSERT_EQUAL(json_object_get_int(at(downtime, "open")), 1);
    struct json_object *list = at(json, "templates");
    CU_ASSERT_EQUAL(json_object_array_length(list), 2);
    struct json_object *refused =
        json_object_array_get_idx(at(json_object_array_get_idx(list, 0), "templates"), 2);
    CU_ASSERT_STRING_EQUAL(json_object_get_string(at(refused, "reason_text")),
                           "=Formatting \"error\"");
    CU_ASSERT_STRING_EQUAL(json_object_get_string(at(at(refused, "to_do"), "owner")), "customer");
    CU_ASSERT_PTR_NULL(at(refused, "destination"));
    struct json_object *number = json_object_array_get_idx(at(json, "numbers"), 1);
    CU_ASSERT_EQUAL(json_object_get_int(at(number, "template_downtime_seconds")), 7200);
    CU_ASSERT_TRUE(json_object_get_boolean(at(number, "template_downtime_open")));
    number = json_object_array_get_idx(at(json, "numbers"), 2);
    CU_ASSERT_PTR_NULL(at(number, "template_downtime_seconds"));
    json_object_put(json);
    free(text);
}

static void test_a_status_has_the_counts_alone(void)
{
    struct report_templates counted = {.counts = templates.counts};
    struct report status = report;

    status.templates = &counted;
    char *text = fixture_written(report_write, &status, REPORT_JSON, 80);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"by_result\""));
    CU_ASSERT_PTR_NULL(strstr(text, "\"to_do\""));
    free(text);
    text = fixture_written(report_write, &status, REPORT_TABLE, 80);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Templates: 3 on the old account:"));
    CU_ASSERT_PTR_NULL(strstr(text, "promo_may"));
    free(text);
}

static void test_a_report_without_templates_has_no_word_of_them(void)
{
    static const enum report_format formats[] = {REPORT_TABLE, REPORT_JSON};

    for (size_t i = 0; i < 2; i++) {
        char *text = fixture_written(report_write, &fixture_book, formats[i], 80);
        CU_ASSERT_PTR_NULL(strstr(text, "emplates\":"));
        CU_ASSERT_PTR_NULL(strstr(text, "Templates:"));
        free(text);
    }
}

static void test_the_table_lists_what_there_is_to_do(void)
{
    static const char *const parts[] = {
        "Template downtime: median 1 min 30 s, worst 2 h, of 2 numbers",
        "promo_may (fr, MARKETING): RED",
        "refused_one (en, UTILITY):",
        "Create it again on the new account and submit it.",
        "the token may not see it",
    };
    const char *widest;

    char *text = fixture_written(report_write, &report, REPORT_TABLE, 100);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!strstr(text, parts[i]))
            fprintf(stderr, "\nmissing: %s\n%s\n", parts[i], text);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, parts[i]));
    }
    CU_ASSERT_PTR_NULL(strstr(text, "copied_one"));
    CU_ASSERT_TRUE(fixture_widest_line(text, &widest) <= 100);
    free(text);
}

static void test_a_number_s_story_has_them_too(void)
{
    char *text = fixture_written(report_write_number, &report, REPORT_TABLE, 80);

    CU_ASSERT_PTR_NOT_NULL(strstr(text, "promo_may"));
    free(text);
}

static void test_the_csv_has_a_safe_row_a_template(void)
{
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    report_templates_csv(&templates, stream);
    (void)fclose(stream);
    CU_ASSERT_EQUAL(fixture_count(text, "\n"), 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "bakery-lune,promo_may,fr,MARKETING,not_qualified"));
    CU_ASSERT_PTR_NULL(strstr(text, ",=Formatting"));
    CU_ASSERT_PTR_NULL(strstr(text, ",\"=Formatting"));
    free(text);
}

int main(void)
{
    static const struct fixture_test tests[] = {
        {"the json has a summary, each template and each downtime",
         test_the_json_has_a_summary_each_template_and_each_downtime},
        {"a status has the counts alone", test_a_status_has_the_counts_alone},
        {"a report without templates has no word of them",
         test_a_report_without_templates_has_no_word_of_them},
        {"the table lists what there is to do", test_the_table_lists_what_there_is_to_do},
        {"a number's story has them too", test_a_number_s_story_has_them_too},
        {"the csv has a safe row a template", test_the_csv_has_a_safe_row_a_template},
    };

    make();
    return fixture_run("report_templates", tests, sizeof tests / sizeof tests[0]);
}
