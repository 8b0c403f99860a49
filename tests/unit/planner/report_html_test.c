/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report.h"

#include <CUnit/Basic.h>
#include <json-c/json.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "planner/language.h"
#include "planner/report_page.h"
#include "planner/report_text.h"

#define READ_AT "2026-11-23T01:00:00Z"
#define REMEDY "Turn two-step verification off in WhatsApp Manager."

/* clang-format off */
static const char *const hostile[] = {
    "</script><script>alert(1)</script>",
    "</ScRiPt\t><img src=x onerror=alert(1)>",
    "<!--<script>",
    "]]></style><!doctype html>",
    "\"}]},\\\"'`${1}\\u003cscript\\u003e",
    "&lt;script&gt; &amp; &",
    "right to left \xE2\x80\xAEgnp.exe \xE2\x81\xA6 and \xE2\x80\x8F marks",
    "separators \xE2\x80\xA8 and \xE2\x80\xA9 end",
    "controls \x01\x1b[31m\x7f \xC2\x85 end",
    "bytes \xff\xfe\xC0\xBC\xED\xA0\x80 end",
    "牙科诊所 Zähne 🦷",
};
#define HOSTILE (sizeof hostile / sizeof hostile[0])

static const struct report_finding two_step = {
    "two_step_off", "fail", "api", "is_pin_enabled", "true", READ_AT, "customer", REMEDY, false, NULL, true, NULL, false};
static const struct report_finding two_step_later = {
    "two_step_off", "fail", "api", "is_pin_enabled", "true", "2026-11-23T01:00:09Z", "customer", REMEDY, false, NULL, true, NULL, false};
static const struct report_finding verified = {
    "business_verified", "pass", "api", "business_verification_status", "\"verified\"", READ_AT, NULL, NULL, false, NULL, false, NULL, false};
static const struct report_finding past = {
    "business_verified", "fail", "api", "business_verification_status", "\"pending\"", READ_AT, "meta", "Wait.", false, NULL, true, READ_AT, true};
static const struct report_finding headroom = {
    "template_headroom", "warn", "api", "_templates", "{}", READ_AT, NULL, "Some are copied by hand.", true, NULL, false, NULL, false};
static const struct report_finding *const first_list[] = {&verified, &two_step, &headroom};
static const struct report_finding *const second_list[] = {&verified, &two_step_later, &past};

static const struct report_number numbers[] = {
    {.number = "+33123456701", .customer = "bakery-lune", .customer_name = "Bakery Lune", .language = "fr_FR",
     .state = "blocked", .step = "check", .eligible = 0, .findings = first_list, .finding_count = 3},
    {.number = "+33123456702", .customer = "bakery-lune", .customer_name = "Bakery Lune", .language = "fr_FR",
     .state = "blocked", .step = "check", .eligible = 0, .findings = second_list, .finding_count = 3},
    {.number = "+33123456703", .customer = "bakery-lune", .customer_name = "Bakery Lune", .language = "fr_FR",
     .state = "done", .step = "confirm_number", .eligible = 1, .findings = first_list, .finding_count = 3},
    {.number = "+4930123451", .customer = "dental", .state = "waiting", .step = "await_signup", .eligible = -1,
     .waiting_for = "signup"},
};
/* clang-format on */

static const struct report book = {
    .batch = "acme-book",
    .generated_at = READ_AT,
    .title = "check (dry run)",
    .numbers = numbers,
    .number_count = sizeof numbers / sizeof numbers[0],
};

/* Release with free(). Not inlined for the reason given in report_test.c. */
static __attribute__((noinline)) char *written(const struct report *report)
{
    char *text = NULL;
    size_t bytes = 0;
    struct fault fault = FAULT_NONE;
    FILE *stream = open_memstream(&text, &bytes);

    CU_ASSERT_EQUAL(report_write(report, REPORT_HTML, 80, stream, &fault), STATUS_OK);
    (void)fclose(stream);
    CU_ASSERT_EQUAL(strlen(text), bytes);
    return text;
}

#define DATA_BEGINS "id=\"data\">"

/* The text between two marks of the page. Release with free(). */
static char *part_of(const char *page, const char *from, const char *to)
{
    const char *begin = strstr(page, from);
    const char *end = begin ? strstr(begin + strlen(from), to) : NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(end);
    begin += strlen(from);
    return strndup(begin, (size_t)(end - begin));
}

/* Release with json_object_put(). */
static struct json_object *data_of(const struct report *report)
{
    char *page = written(report);
    char *text = part_of(page, DATA_BEGINS, "</script>");
    struct json_object *data = json_tokener_parse(text);

    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    free(text);
    free(page);
    return data;
}

static struct json_object *of(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;

    CU_ASSERT_TRUE(json_object_object_get_ex(object, key, &value));
    return value;
}

static struct json_object *at(struct json_object *list, size_t place)
{
    return json_object_array_get_idx(list, place);
}

static int64_t figure_at(struct json_object *list, size_t place)
{
    return json_object_get_int64(at(list, place));
}

static const char *text_at(struct json_object *data, int64_t place)
{
    return place ? json_object_get_string(at(of(data, "texts"), (size_t)place - 1)) : NULL;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *found = text; (found = strcasestr(found, part)) != NULL; found++)
        count++;
    return count;
}

/* Every field a stranger may have written says `text`. */
static void fill_with(const char *text, struct report *report, struct report_number *number,
                      struct report_error *error, struct report_finding *finding,
                      struct report_look *look)
{
    *finding = (struct report_finding){text, "fail", "attested", text, text, text, text,
                                       text, false,  text,       true, NULL, false};
    *error = (struct report_error){text, 1, 2, text, text, text, text, text, text, text};
    *number = (struct report_number){.number = text,
                                     .customer = text,
                                     .customer_name = text,
                                     .language = text,
                                     .state = text,
                                     .step = text,
                                     .waiting_for = text,
                                     .not_before = text,
                                     .note = text,
                                     .finding_count = 1,
                                     .error = error};
    *look = (struct report_look){.at = text, .command = text};
    *report = (struct report){
        .batch = text,
        .generated_at = text,
        .title = text,
        .numbers = number,
        .number_count = 1,
        .has_forecast = true,
        .forecast = {.bottleneck = text, .budgets = {{.name = text}}, .budget_count = 1},
        .looks = look,
        .look_count = 1,
        .since = text};
}

static void test_no_text_of_the_data_leaves_its_block(void)
{
    char *plain = written(&book);
    size_t scripts = count_of(plain, "<script"), ends = count_of(plain, "</script");

    for (size_t i = 0; i < HOSTILE; i++) {
        struct report report;
        struct report_number number;
        struct report_error error;
        struct report_finding finding;
        struct report_look look;
        const struct report_finding *const findings[] = {&finding};
        fill_with(hostile[i], &report, &number, &error, &finding, &look);
        number.findings = findings;

        char *page = written(&report);
        CU_ASSERT_EQUAL(count_of(page, "<script"), scripts);
        CU_ASSERT_EQUAL(count_of(page, "</script"), ends);
        CU_ASSERT_EQUAL(count_of(page, "<img"), 0);
        CU_ASSERT_EQUAL(count_of(page, "</style"), 1);
        CU_ASSERT_EQUAL(count_of(page, "<!"), 1);
        char *data = part_of(page, DATA_BEGINS, "</script>");
        CU_ASSERT_EQUAL(strcspn(data, "<>&\x01\x1b\x7f\xff\xfe"), strlen(data));
        CU_ASSERT_PTR_NULL(strstr(data, "\xE2\x80\xA8"));
        CU_ASSERT_PTR_NULL(strstr(data, "\xE2\x80\xA9"));
        CU_ASSERT_PTR_NULL(strstr(data, "\xE2\x80\xAE"));
        free(data);
        free(page);
    }
    free(plain);
}

static void test_every_text_comes_out_as_it_went_in_made_harmless(void)
{
    for (size_t i = 0; i < HOSTILE; i++) {
        struct report report;
        struct report_number number;
        struct report_error error;
        struct report_finding finding;
        struct report_look look;
        fill_with(hostile[i], &report, &number, &error, &finding, &look);
        number.finding_count = 0;
        char *harmless = report_text_take_harmless(hostile[i]);

        struct json_object *data = data_of(&report);
        CU_ASSERT_STRING_EQUAL(json_object_get_string(of(data, "batch")), harmless);
        struct json_object *customer = at(of(data, "customers"), 0);
        CU_ASSERT_STRING_EQUAL(json_object_get_string(at(customer, 1)), harmless);
        CU_ASSERT_STRING_EQUAL(text_at(data, figure_at(customer, 2)), harmless);
        CU_ASSERT_STRING_EQUAL(json_object_get_string(at(at(at(customer, 3), 0), 0)), harmless);
        json_object_put(data);
        free(harmless);
    }
}

static void assert_policy_names(const char *page, const char *source, const char *text)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    char encoded[64], wanted[128];

    (void)crypto_hash_sha256(digest, (const unsigned char *)text, strlen(text));
    (void)sodium_bin2base64(encoded, sizeof encoded, digest, sizeof digest,
                            sodium_base64_VARIANT_ORIGINAL);
    (void)snprintf(wanted, sizeof wanted, "%s-src 'sha256-%s';", source, encoded);
    char *policy = part_of(page, "\"Content-Security-Policy\" content=\"", "\"");
    CU_ASSERT_PTR_NOT_NULL(strstr(policy, wanted));
    CU_ASSERT_PTR_NOT_NULL(strstr(policy, "default-src 'none';"));
    CU_ASSERT_PTR_NULL(strstr(policy, "unsafe"));
    free(policy);
}

static void test_the_policy_lets_this_script_and_this_style_run_and_nothing_else(void)
{
    char *page = written(&book);
    char *script = part_of(page, "<script>", "</script>");
    char *style = part_of(page, "<style>", "</style>");

    assert_policy_names(page, "script", script);
    assert_policy_names(page, "style", style);
    CU_ASSERT_EQUAL(count_of(page, "<script>"), 1);
    CU_ASSERT_EQUAL(count_of(page, "<style>"), 1);
    CU_ASSERT_EQUAL(count_of(script, "innerHTML"), 0);
    CU_ASSERT_EQUAL(count_of(page, "http://") + count_of(page, "https://"),
                    count_of(page, "http://www.w3.org/2000/svg"));
    free(style);
    free(script);
    free(page);
}

static void test_numbers_are_grouped_by_customer_and_share_what_stands_in_their_way(void)
{
    struct json_object *data = data_of(&book);
    struct json_object *customers = of(data, "customers");
    struct json_object *kinds = of(data, "kinds");

    CU_ASSERT_EQUAL(json_object_array_length(customers), 2);
    struct json_object *lune = at(at(customers, 0), 3);
    CU_ASSERT_EQUAL(json_object_array_length(lune), 3);
    /* The act, then the hint; the second was read nine seconds later. */
    CU_ASSERT_EQUAL(json_object_array_length(kinds), 3);
    struct json_object *first = at(at(lune, 0), 3), *second = at(at(lune, 1), 3);
    CU_ASSERT_EQUAL(json_object_array_length(first), 4);
    CU_ASSERT_EQUAL(json_object_array_length(second), 2);
    CU_ASSERT_EQUAL(figure_at(first, 0), figure_at(second, 0));
    CU_ASSERT_STRING_EQUAL(text_at(data, figure_at(first, 1)), READ_AT);
    CU_ASSERT_STRING_EQUAL(text_at(data, figure_at(second, 1)), "2026-11-23T01:00:09Z");
    struct json_object *act = at(kinds, (size_t)figure_at(first, 0) - 1);
    CU_ASSERT_STRING_EQUAL(text_at(data, figure_at(act, 1)), "two_step_off");
    CU_ASSERT_STRING_EQUAL(text_at(data, figure_at(act, 6)), "customer");
    CU_ASSERT_STRING_EQUAL(text_at(data, figure_at(act, 7)), REMEDY);
    CU_ASSERT_EQUAL(figure_at(act, 9), 1);
    CU_ASSERT_EQUAL(figure_at(at(kinds, (size_t)figure_at(first, 2) - 1), 9), 2);
    /* What has moved has nothing in its way; and zeros at the end are left out. */
    CU_ASSERT_EQUAL(json_object_array_length(at(lune, 2)), 4);
    CU_ASSERT_EQUAL(figure_at(at(lune, 2), 3), 0);
    /* A wait that no finding explains. */
    struct json_object *dental = at(at(at(customers, 1), 3), 0);
    struct json_object *wait = at(kinds, (size_t)figure_at(at(dental, 3), 0) - 1);
    CU_ASSERT_EQUAL(figure_at(wait, 0), 1);
    CU_ASSERT_STRING_EQUAL(text_at(data, figure_at(wait, 1)), "signup");
    json_object_put(data);
}

static void test_verdicts_are_counted_by_rule_for_what_is_still_to_move(void)
{
    static const struct {
        const char *rule;
        int64_t verdicts[4]; /* pass, warn, unknown, fail */
    } cases[] = {
        {"business_verified", {2, 0, 0, 0}},
        {"two_step_off", {0, 0, 0, 2}},
        {"template_headroom", {0, 1, 0, 0}},
    };
    struct json_object *data = data_of(&book);
    struct json_object *rules = of(data, "rules");

    CU_ASSERT_EQUAL(json_object_array_length(rules), sizeof cases / sizeof cases[0]);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CU_ASSERT_STRING_EQUAL(text_at(data, figure_at(at(rules, i), 0)), cases[i].rule);
        for (size_t j = 0; j < 4; j++)
            CU_ASSERT_EQUAL(figure_at(at(rules, i), j + 1), cases[i].verdicts[j]);
    }
    json_object_put(data);
}

static void test_one_numbers_story_has_its_past_and_its_attempts(void)
{
    static const struct report_attempt attempts[] = {
        {"register_number", "send", READ_AT, "POST /v26.0/1/register", "in_doubt", "cut", 0, 30000,
         NULL, "night-1", NULL, READ_AT, "gone", READ_AT}};
    static const struct report_finding *const findings[] = {&past};
    const struct report_number number = {.number = "+33",
                                         .customer = "one",
                                         .state = "running",
                                         .eligible = 1,
                                         .findings = findings,
                                         .finding_count = 1,
                                         .attempts = attempts,
                                         .attempt_count = 1};
    struct report report = book;
    struct json_object *story = NULL;

    struct json_object *data = data_of(&report);
    CU_ASSERT_FALSE(json_object_object_get_ex(data, "story", &story));
    json_object_put(data);

    report.numbers = &number;
    report.number_count = 1;
    data = data_of(&report);
    struct json_object *finding = at(of(of(data, "story"), "findings"), 0);
    CU_ASSERT_STRING_EQUAL(text_at(data, figure_at(finding, 2)), READ_AT);
    CU_ASSERT_EQUAL(figure_at(finding, 3), 1);
    struct json_object *attempt = at(of(of(data, "story"), "attempts"), 0);
    CU_ASSERT_STRING_EQUAL(text_at(data, figure_at(attempt, 3)), "POST /v26.0/1/register");
    CU_ASSERT_EQUAL(figure_at(attempt, 6), 30000);
    CU_ASSERT_STRING_EQUAL(text_at(data, figure_at(attempt, 12)), "gone");
    /* What the rule said once stands in nobody's way. */
    CU_ASSERT_EQUAL(figure_at(at(at(at(of(data, "customers"), 0), 3), 0), 3), 0);
    json_object_put(data);
}

static void test_an_empty_book_is_a_page_too(void)
{
    struct report report = {.batch = "empty", .generated_at = READ_AT, .is_offline = true};
    struct json_object *data = data_of(&report);

    CU_ASSERT_EQUAL(json_object_array_length(of(data, "customers")), 0);
    CU_ASSERT_TRUE(json_object_get_boolean(of(data, "offline")));
    json_object_put(data);
}

static void test_many_different_texts_keep_their_places(void)
{
    enum { COUNT = 3000 };
    struct report_number *many = memory_take(COUNT * sizeof *many);
    char(*notes)[32] = memory_take(COUNT * sizeof *notes);
    struct report report = book;

    for (size_t i = 0; i < COUNT; i++) {
        (void)snprintf(notes[i], sizeof notes[i], "note %zu", i / 2);
        many[i] = (struct report_number){
            .number = "+33", .customer = "one", .state = "ready", .eligible = 1, .note = notes[i]};
    }
    report.numbers = many;
    report.number_count = COUNT;
    struct json_object *data = data_of(&report);
    CU_ASSERT_EQUAL(json_object_array_length(of(data, "texts")), COUNT / 2);
    struct json_object *list = at(at(of(data, "customers"), 0), 3);
    for (size_t i = 0; i < COUNT; i++)
        CU_ASSERT_STRING_EQUAL(text_at(data, figure_at(at(list, i), 8)), notes[i]);
    json_object_put(data);
    free(notes);
    free(many);
}

static void test_every_text_of_the_script_is_listed_once(void)
{
    size_t count = 0;

    for (const char *text; (text = report_html_string(count)) != NULL; count++) {
        CU_ASSERT_NOT_EQUAL(text[0], '\0');
        for (size_t i = 0; i < count; i++)
            CU_ASSERT_STRING_NOT_EQUAL(text, report_html_string(i));
    }
    CU_ASSERT_TRUE(count > 100);
    for (size_t i = 0; REPORT_PAGE_STRINGS[i]; i++) {
        char quoted[512];
        (void)snprintf(quoted, sizeof quoted, "\"%s\"", REPORT_PAGE_STRINGS[i]);
        CU_ASSERT_PTR_NOT_NULL(strstr(REPORT_PAGE_SCRIPT, quoted));
    }
}

static void test_the_page_has_its_texts_in_every_language(void)
{
    struct json_object *data = data_of(&book);
    struct json_object *languages = of(data, "languages");

    CU_ASSERT_EQUAL(json_object_array_length(languages), LANGUAGE_COUNT - 1);
    for (size_t i = 1; i < LANGUAGE_COUNT; i++) {
        struct json_object *language = at(languages, i - 1);
        CU_ASSERT_STRING_EQUAL(json_object_get_string(of(language, "code")), LANGUAGES[i]->code);
        for (size_t j = 0; REPORT_PAGE_STRINGS[j]; j++) {
            const char *text = language_text(LANGUAGES[i], REPORT_PAGE_STRINGS[j]);
            struct json_object *found = NULL;
            bool is_there =
                json_object_object_get_ex(of(language, "strings"), REPORT_PAGE_STRINGS[j], &found);
            CU_ASSERT_EQUAL(is_there, text != REPORT_PAGE_STRINGS[j]);
            if (is_there)
                CU_ASSERT_STRING_EQUAL(json_object_get_string(found), text);
        }
    }
    json_object_put(data);
}

int main(void)
{
    /* clang-format off */
    static const struct { const char *name; CU_TestFunc run; } tests[] = {
        {"no text of the data leaves its block", test_no_text_of_the_data_leaves_its_block},
        {"every text comes out as it went in, made harmless", test_every_text_comes_out_as_it_went_in_made_harmless},
        {"the policy lets this script and this style run and nothing else", test_the_policy_lets_this_script_and_this_style_run_and_nothing_else},
        {"numbers are grouped by customer and share what stands in their way", test_numbers_are_grouped_by_customer_and_share_what_stands_in_their_way},
        {"verdicts are counted by rule for what is still to move", test_verdicts_are_counted_by_rule_for_what_is_still_to_move},
        {"one number's story has its past and its attempts", test_one_numbers_story_has_its_past_and_its_attempts},
        {"an empty book is a page too", test_an_empty_book_is_a_page_too},
        {"many different texts keep their places", test_many_different_texts_keep_their_places},
        {"every text of the script is listed once", test_every_text_of_the_script_is_listed_once},
        {"the page has its texts in every language", test_the_page_has_its_texts_in_every_language},
    };
    /* clang-format on */

    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite suite = CU_add_suite("report_html", NULL, NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        CU_add_test(suite, tests[i].name, tests[i].run);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures > 0;
}
