/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report.h"

#include <CUnit/Basic.h>
#include <json-c/json.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define READ_AT "2026-11-23T01:00:00Z"
#define TWO_STEP_REMEDY "Turn two-step verification off in WhatsApp Manager."
#define NAME_REMEDY "Choose another display name."
#define LATER_REMEDY "It is read once the number is there."

/* 300 characters and more, one word of them longer than a narrow line. */
#define LONG_REMEDY                                                                                                               \
    "Open WhatsApp Manager → Phone numbers → the number, then read "                                                          \
    "https://www.example.com/a/very/long/address/that/no/terminal/line/of/eighty/columns/can/"                                    \
    "ever/hold/in/one/piece/so/it/must/be/broken/somewhere/without/leaving/the/line and do what "                                 \
    "it says; 请在商务管理平台中关闭两步验证然后点击电子邮件中的链接确认此操作 before the night " \
    "begins, because nothing can move until then 🦷🦷🦷."

/* clang-format off */
static const struct report_finding two_step_findings[] = {
    {"business_verified", "pass", "api", "business_verification_status", "\"verified\"", READ_AT, NULL, NULL, false, NULL, false},
    {"two_step_off", "fail", "api", "is_pin_enabled", "true", READ_AT, "customer", TWO_STEP_REMEDY, false, NULL, false},
    {"number_verified", "unknown", "none", NULL, NULL, NULL, NULL, LATER_REMEDY, false, NULL, false},
};
static const struct report_finding two_findings[] = {
    {"name_approved", "fail", "api", "name_status", "\"DECLINED\"", READ_AT, "customer", NAME_REMEDY, false, NULL, false},
    {"two_step_off", "fail", "api", "is_pin_enabled", "true", READ_AT, "customer", TWO_STEP_REMEDY, false, NULL, false},
    {"webhooks_subscribed", "fail", "api", "subscribed_apps", "[]", READ_AT, "partner", "Not shown.", true, NULL, false},
};
static const struct report_finding unknown_findings[] = {
    {"two_step_off", "unknown", "none", NULL, NULL, NULL, "partner", LONG_REMEDY, false, NULL, false},
    {"business_verified", "pass", "attested", NULL, NULL, "2026-11-20", NULL, NULL, false, NULL, false},
};
static const struct report_error error = {
    "register_number", 100, 2388103, "Cannot migrate phone number", "No app is\nsubscribed \033[31m\"here\"",
    "AbC\\1", "needs_person", "2026-11-23T01:02:00Z", "partner", "Subscribe the app."};
static const struct report_attempt attempts[] = {
    {"register_number", "send", "2026-11-23T01:01:00Z", "POST /v26.0/610100/register {\"pin\":\"<secret>\"}",
     "in_doubt", "the connection was cut", 0, 30000, NULL, "night-1", NULL},
    {"register_number", "look", "2026-11-23T01:02:00Z", "GET /v26.0/610100?fields=status",
     "needs_person", NULL, 400, 345, "AbC\\1", "night-2", "{\"error\":{}}"},
};

#define LUNE .customer = "bakery-lune", .customer_name = "Bakery Lune"
#define DENTAL .customer = "dental", .customer_name = "牙科诊所 Zähne é 🦷 & Co\r\nNext\033[2J\xff"
static const struct report_number numbers[] = {
    {.number = "+33123456701", LUNE, .state = "done", .step = "finished_step", .eligible = 1},
    {.number = "+33123456702", LUNE, .state = "blocked", .step = "check", .eligible = 0,
     .findings = two_step_findings, .finding_count = 3},
    {.number = "+33123456703", LUNE, .state = "blocked", .step = "check", .eligible = 0,
     .findings = two_findings, .finding_count = 3},
    {.number = "+33123456704", LUNE, .state = "blocked", .step = "check", .eligible = 0,
     .findings = two_step_findings, .finding_count = 3},
    {.number = "+33123456705", LUNE, .state = "ready", .step = "register_number", .eligible = 1},
    {.number = "+33123456706", LUNE, .state = "waiting", .step = "settle_templates", .eligible = 1,
     .waiting_for = "time", .not_before = "2026-11-24T01:00:00Z"},
    {.number = "+33123456707", LUNE, .state = "failed", .step = "register_number", .eligible = 1,
     .error = &error, .attempts = attempts, .attempt_count = 2},
    {.number = "+4930123451", DENTAL, .state = "blocked", .step = "check", .eligible = 0,
     .note = "注意 a note of its own", .findings = unknown_findings, .finding_count = 2},
    {.number = "+4930123452", DENTAL, .state = "waiting", .step = "signup", .eligible = -1,
     .waiting_for = "signup"},
    {.number = "+4930123453", .customer = "florist", .customer_name = "=HYPERLINK(\"http://x\")",
     .state = "done", .step = "done", .eligible = 1, .note = "@SUM(1)"},
};
/* clang-format on */
#define NUMBERS (sizeof numbers / sizeof numbers[0])

static const struct report book = {
    .batch = "acme-book",
    .generated_at = READ_AT,
    .title = "check (dry run)",
    .numbers = numbers,
    .number_count = NUMBERS,
    .calls_made = 9,
    .forecast_calls = 12,
    .forecast_seconds = 40,
    .forecast_nights = 1,
    .with_findings = true,
};

typedef enum status (*writer)(const struct report *report, enum report_format format,
                              unsigned width, FILE *stream, struct fault *fault);

/* Release with free(). Not inlined: gcc 12 at -O3 takes what open_memstream leaves in `text` for
 * the address of `text` and warns of a dangling pointer. */
static __attribute__((noinline)) char *written(writer write, const struct report *report,
                                               enum report_format format, unsigned width)
{
    char *text = NULL;
    size_t bytes = 0;
    struct fault fault = FAULT_NONE;
    FILE *stream = open_memstream(&text, &bytes);

    CU_ASSERT_EQUAL(write(report, format, width, stream, &fault), STATUS_OK);
    (void)fclose(stream);
    return text;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        count++;
    return count;
}

static bool comes_before(const char *text, const char *first, const char *second)
{
    const char *at_first = strstr(text, first);
    const char *at_second = strstr(text, second);

    return at_first && at_second && at_first < at_second;
}

static struct json_object *at(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;

    if (!json_object_object_get_ex(object, key, &value)) {
        fprintf(stderr, "there is no %s\n", key);
        CU_FAIL("a key is missing");
    }
    return value;
}

static const char *text_at(struct json_object *object, const char *key)
{
    struct json_object *value = at(object, key);

    return value ? json_object_get_string(value) : NULL;
}

static bool same_text(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) == 0 : left == right;
}

static void check_findings(struct json_object *list, const struct report_number *number)
{
    CU_ASSERT_EQUAL(json_object_array_length(list), number->finding_count);
    for (size_t i = 0; i < number->finding_count; i++) {
        struct json_object *object = json_object_array_get_idx(list, i);
        const struct report_finding *finding = &number->findings[i];
        struct json_object *value = finding->value ? json_tokener_parse(finding->value) : NULL;
        CU_ASSERT(same_text(text_at(object, "rule"), finding->rule));
        CU_ASSERT(same_text(text_at(object, "verdict"), finding->verdict));
        CU_ASSERT(same_text(text_at(object, "evidence"), finding->evidence));
        CU_ASSERT(same_text(text_at(object, "field"), finding->field));
        CU_ASSERT(json_object_equal(at(object, "value"), value));
        CU_ASSERT(same_text(text_at(object, "read_at"), finding->read_at));
        CU_ASSERT(same_text(text_at(object, "owner"), finding->owner));
        CU_ASSERT(same_text(text_at(object, "remedy"), finding->remedy));
        CU_ASSERT_EQUAL(json_object_get_boolean(at(object, "fixable")), finding->is_fixable);
        json_object_put(value);
    }
}

static void check_number(struct json_object *object, const struct report_number *number)
{
    struct json_object *eligible = at(object, "eligible");

    CU_ASSERT(same_text(text_at(object, "number"), number->number));
    CU_ASSERT(same_text(text_at(object, "customer"), number->customer));
    CU_ASSERT(same_text(text_at(object, "state"), number->state));
    CU_ASSERT(same_text(text_at(object, "step"), number->step));
    CU_ASSERT(same_text(text_at(object, "waiting_for"), number->waiting_for));
    CU_ASSERT(same_text(text_at(object, "not_before"), number->not_before));
    CU_ASSERT(same_text(text_at(object, "note"), number->note));
    CU_ASSERT_EQUAL(eligible == NULL, number->eligible < 0);
    if (eligible) {
        CU_ASSERT(json_object_is_type(eligible, json_type_boolean));
        CU_ASSERT_EQUAL(json_object_get_boolean(eligible), number->eligible);
    }
    check_findings(at(object, "findings"), number);
    CU_ASSERT_EQUAL(at(object, "error") == NULL, number->error == NULL);
}

static void test_the_json_gives_every_number_back(void)
{
    char *text = written(report_write, &book, REPORT_JSON, 80);
    struct json_object *root = json_tokener_parse(text);
    struct json_object *list = at(root, "numbers");

    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    CU_ASSERT_EQUAL(json_object_get_int(at(root, "schema_version")), 1);
    CU_ASSERT(same_text(text_at(root, "batch"), "acme-book"));
    CU_ASSERT(same_text(text_at(root, "generated_at"), READ_AT));
    CU_ASSERT_EQUAL(json_object_array_length(list), NUMBERS);
    for (size_t i = 0; i < NUMBERS; i++)
        check_number(json_object_array_get_idx(list, i), &numbers[i]);
    json_object_put(root);
    free(text);
}

static void test_the_json_summary_counts_states_that_are_there(void)
{
    char *text = written(report_write, &book, REPORT_JSON, 80);
    struct json_object *root = json_tokener_parse(text);
    struct json_object *expected = json_tokener_parse(
        "{\"numbers\":10,\"by_state\":{\"blocked\":4,\"waiting\":2,\"ready\":1,\"done\":2,"
        "\"failed\":1},\"eligible\":5,\"not_eligible\":4,\"calls_made\":9,"
        "\"forecast\":{\"calls\":12,\"seconds\":40,\"nights\":1}}");

    CU_ASSERT(json_object_equal(at(root, "summary"), expected));
    json_object_put(expected);
    json_object_put(root);
    free(text);
}

static void test_without_a_forecast_there_is_no_forecast_key(void)
{
    struct report report = book;
    report.forecast_calls = -1;
    report.number_count = 0;
    char *text = written(report_write, &report, REPORT_JSON, 80);
    struct json_object *root = json_tokener_parse(text);

    CU_ASSERT_PTR_NULL(strstr(text, "forecast"));
    CU_ASSERT_EQUAL(json_object_array_length(at(root, "numbers")), 0);
    CU_ASSERT_EQUAL(json_object_object_length(at(at(root, "summary"), "by_state")), 0);
    json_object_put(root);
    free(text);
}

static void test_the_json_error_is_whole(void)
{
    struct report report = book;
    report.numbers = &numbers[6];
    report.number_count = 1;
    char *text = written(report_write, &report, REPORT_JSON, 80);
    struct json_object *root = json_tokener_parse(text);
    struct json_object *object = at(json_object_array_get_idx(at(root, "numbers"), 0), "error");

    CU_ASSERT(same_text(text_at(object, "step"), error.step));
    CU_ASSERT_EQUAL(json_object_get_int64(at(object, "code")), 100);
    CU_ASSERT_EQUAL(json_object_get_int64(at(object, "subcode")), 2388103);
    CU_ASSERT(same_text(text_at(object, "title"), error.title));
    CU_ASSERT(same_text(text_at(object, "details"), error.details));
    CU_ASSERT(same_text(text_at(object, "fbtrace_id"), error.fbtrace_id));
    CU_ASSERT(same_text(text_at(object, "class"), error.class_name));
    CU_ASSERT(same_text(text_at(object, "at"), error.at));
    json_object_put(root);
    free(text);
}

static void test_json_values_keep_their_types_and_nothing_slips_in(void)
{
    static const struct {
        const char *value, *expected;
    } cases[] = {
        {"false", "false"},
        {"\"a\\\"b\"", "\"a\\\"b\""},
        {"12", "12"},
        {"[1,{\"a\":null}]", "[1,{\"a\":null}]"},
        {NULL, "null"},
        {"null", "null"},
        {"VERIFIED", "\"VERIFIED\""},
        {"true, \"remedy\": \"x\"", "true"},
        {"\"\\u0007\"", "\"\\u0007\""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report_finding finding = two_step_findings[1];
        struct report_number number = numbers[1];
        struct report report = book;
        finding.value = cases[i].value;
        number.findings = &finding;
        number.finding_count = 1;
        report.numbers = &number;
        report.number_count = 1;
        char *text = written(report_write, &report, REPORT_JSON, 80);
        struct json_object *root = json_tokener_parse(text);
        struct json_object *expected = json_tokener_parse(cases[i].expected);
        struct json_object *list =
            at(json_object_array_get_idx(at(root, "numbers"), 0), "findings");
        bool is_equal =
            json_object_equal(at(json_object_array_get_idx(list, 0), "value"), expected);
        if (!is_equal)
            fprintf(stderr, "%s\n", text);
        CU_ASSERT(is_equal);
        CU_ASSERT_EQUAL(count_of(text, "\"remedy\""), 1);
        json_object_put(expected);
        json_object_put(root);
        free(text);
    }
}

static void test_bytes_that_are_not_utf_8_leave_valid_json(void)
{
    char *text = written(report_write, &book, REPORT_JSON, 80);

    CU_ASSERT(mbstowcs(NULL, text, 0) != (size_t)-1);
    CU_ASSERT_PTR_NULL(strchr(text, '\033'));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\u001b"));
    free(text);
}

/* Cuts the next line off; NULL at the end. */
static char *next_line(char **rest)
{
    char *line = strsep(rest, "\n");

    return line && (*rest || *line) ? line : NULL;
}

/* The columns of the widest line, measured by the C library and not by the code under test. */
static int widest_line(char *text, const char **line_of_it)
{
    static char kept[4096];
    int widest = 0;

    for (char *rest = text, *line; (line = next_line(&rest)) != NULL;) {
        wchar_t wide[4096];
        size_t length = mbstowcs(wide, line, sizeof wide / sizeof wide[0]);
        int columns = length == (size_t)-1 ? -1 : wcswidth(wide, length);
        CU_ASSERT(columns >= 0); /* -1: a control character, or not UTF-8 */
        CU_ASSERT(length == 0 || wide[length - 1] != L' ');
        if (columns > widest) {
            widest = columns;
            (void)snprintf(kept, sizeof kept, "%s", line);
        }
    }
    *line_of_it = kept;
    return widest;
}

static void test_no_line_of_the_table_is_wider_than_the_terminal(void)
{
    static const unsigned widths[] = {40, 71, 72, 80, 81, 120, 200};
    static const writer writers[] = {report_write, report_write_number};

    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        for (size_t j = 0; j < 2; j++) {
            const char *line;
            char *text = written(writers[j], &book, REPORT_TABLE, widths[i]);
            int widest = widest_line(text, &line);
            if (widest > (int)widths[i])
                fprintf(stderr, "%d columns: %s\n", widest, line);
            CU_ASSERT(widest <= (int)widths[i]);
            /* And the width is made use of: the long remedy fills its lines. */
            CU_ASSERT(widest > (int)widths[i] - 12);
            free(text);
        }
    }
}

static void test_long_words_from_outside_stay_within_the_lines_too(void)
{
    char name[400], batch[400];
    struct report_number number = numbers[7];
    struct report report = book;

    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (size_t i = 0; i + 3 < sizeof batch; i += 3)
        memcpy(batch + i, "\xe7\x89\x99", 4);
    number.number = number.customer = number.customer_name = name;
    number.state = number.step = number.note = batch;
    number.waiting_for = name;
    report.batch = batch;
    report.numbers = &number;
    report.number_count = 1;
    for (unsigned width = 40; width <= 200; width += 40) {
        const char *line;
        char *text = written(report_write, &report, REPORT_TABLE, width);
        CU_ASSERT(widest_line(text, &line) <= (int)width);
        free(text);
        text = written(report_write_number, &report, REPORT_TABLE, width);
        CU_ASSERT(widest_line(text, &line) <= (int)width);
        free(text);
    }
}

static void test_the_table_replaces_what_could_drive_the_terminal(void)
{
    char *text = written(report_write, &book, REPORT_TABLE, 80);

    CU_ASSERT_PTR_NULL(strpbrk(text, "\033\r\t\a\b"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Next\xEF\xBF\xBD[2J\xEF\xBF\xBD"));
    free(text);
}

static void test_the_table_begins_with_counts_and_who_must_act(void)
{
    char *text = written(report_write, &book, REPORT_TABLE, 200);

    CU_ASSERT_EQUAL(strncmp(text, "acme-book check (dry run) " READ_AT, 26 + 20), 0);
    CU_ASSERT(comes_before(text, "4 blocked, 1 failed, 2 waiting, 1 ready, 2 done",
                           "Who must act: customer 4, partner 2\n"));
    CU_ASSERT(comes_before(text, "Who must act", "bakery-lune"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "9 calls made. Forecast: 12 calls, about 40 s, 1 night.\n"));
    free(text);
}

static void test_the_table_lists_what_is_not_done_most_urgent_first(void)
{
    char *text = written(report_write, &book, REPORT_TABLE, 120);

    CU_ASSERT_EQUAL(count_of(text, "+33123456701"), 0);
    CU_ASSERT_EQUAL(count_of(text, "+4930123453"), 0);
    for (size_t i = 1; i < NUMBERS - 1; i++)
        CU_ASSERT_EQUAL(count_of(text, numbers[i].number), 1);
    CU_ASSERT(comes_before(text, "+33123456702", "+33123456706"));
    CU_ASSERT(comes_before(text, "+33123456707", "+33123456706"));
    CU_ASSERT(comes_before(text, "+33123456706", "+33123456705"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "All done: florist 1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "waits for time, not before 2026-11-24T01:00:00Z"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "Cannot migrate phone number (100/2388103): No app is subscribed"));
    free(text);
}

static void test_a_remedy_stands_once_a_customer_with_its_owner(void)
{
    char *text = written(report_write, &book, REPORT_TABLE, 80);

    CU_ASSERT_EQUAL(count_of(text, TWO_STEP_REMEDY), 1);
    CU_ASSERT_EQUAL(count_of(text, "customer: " TWO_STEP_REMEDY), 1);
    CU_ASSERT_EQUAL(count_of(text, "customer: " NAME_REMEDY), 1);
    CU_ASSERT_EQUAL(count_of(text, "partner: Subscribe the app."), 1);
    CU_ASSERT_EQUAL(count_of(text, "customer: two_step_off as above"), 1);
    /* What holds nothing up, or is mended by the run, is nobody's work. */
    CU_ASSERT_EQUAL(count_of(text, LATER_REMEDY), 0);
    CU_ASSERT_EQUAL(count_of(text, "Not shown."), 0);
    /* A wait that no finding explains still says who must act. */
    CU_ASSERT_EQUAL(count_of(text, "customer: Go through Embedded Signup"), 1);
    free(text);
}

static void test_without_findings_the_table_keeps_to_where_numbers_stand(void)
{
    struct report report = book;
    report.with_findings = false;
    char *text = written(report_write, &report, REPORT_TABLE, 80);

    CU_ASSERT_EQUAL(count_of(text, TWO_STEP_REMEDY), 0);
    CU_ASSERT_EQUAL(count_of(text, "partner: Subscribe the app."), 1);
    CU_ASSERT_EQUAL(count_of(text, "+33123456702"), 1);
    free(text);
}

static void test_the_summary_counts_causes_and_names_owners(void)
{
    char *text = written(report_write, &book, REPORT_TABLE, 80);
    const char *summary = strstr(text, "What holds them up");
    static const struct {
        const char *cause, *count, *owner;
    } rows[] = {{"two_step_off ", "3", "customer"},
                {"Cannot migrate phone number (100/2388103)", "1", "partner"},
                {"name_approved (DECLINED)", "1", "customer"},
                {"two_step_off (not known)", "1", "partner"},
                {"waits for signup", "1", "customer"},
                {"waits for time", "1", "nobody"}};

    CU_ASSERT_PTR_NOT_NULL(summary);
    for (size_t i = 0; summary && i < sizeof rows / sizeof rows[0]; i++) {
        const char *row = strstr(summary, rows[i].cause);
        CU_ASSERT_PTR_NOT_NULL(row);
        if (!row)
            continue;
        size_t length = strcspn(row, "\n");
        char line[200], number[16], owner[32];
        (void)snprintf(line, sizeof line, "%.*s", (int)length, row);
        CU_ASSERT_EQUAL(sscanf(line + strlen(rows[i].cause), " %15s %31s", number, owner), 2);
        CU_ASSERT_STRING_EQUAL(number, rows[i].count);
        CU_ASSERT_STRING_EQUAL(owner, rows[i].owner);
    }
    free(text);
}

/* The columns before `part` in its line, as a terminal counts them. */
static int column_of(const char *text, const char *part)
{
    const char *at_part = strstr(text, part);
    const char *begin = at_part;
    char line[1024];
    wchar_t wide[1024];

    CU_ASSERT_PTR_NOT_NULL_FATAL(at_part);
    while (begin > text && begin[-1] != '\n')
        begin--;
    (void)snprintf(line, sizeof line, "%.*s", (int)(at_part - begin), begin);
    return wcswidth(wide, mbstowcs(wide, line, sizeof wide / sizeof wide[0]));
}

static void test_the_columns_stand_under_each_other_whatever_is_in_them(void)
{
    static const char *const titles[] = {
        "short", "请先关闭两步验证然后再试一次请先关闭两步验证然后再试一次请先关闭",
        "a title that is so long that no line of eighty columns has room for it and for more"};

    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        struct report_error long_error = error;
        struct report_number number = numbers[6];
        struct report report = book;
        long_error.title = titles[i];
        long_error.owner = "meta";
        number.number = "+123456789012345";
        number.error = &long_error;
        report.numbers = &number;
        report.number_count = 1;
        char *text = written(report_write, &report, REPORT_TABLE, 80);
        CU_ASSERT_EQUAL(column_of(text, "  meta\n"), column_of(text, "  who must act\n"));
        CU_ASSERT_EQUAL(column_of(text, "failed    "), 20);
        CU_ASSERT_EQUAL(column_of(text, "register_number  "), 30);
        free(text);
    }
}

static void test_an_empty_book_is_a_table_too(void)
{
    struct report report = book;
    report.number_count = 0;
    report.forecast_calls = -1;
    char *text = written(report_write, &report, REPORT_TABLE, 80);

    CU_ASSERT_PTR_NOT_NULL(strstr(text, "0 numbers:"));
    CU_ASSERT_PTR_NULL(strstr(text, "Who must act"));
    CU_ASSERT_PTR_NULL(strstr(text, "Forecast"));
    free(text);
}

/* In the C locale wcwidth knows ASCII only; lines must still hold what a UTF-8 terminal shows. */
static void test_the_c_locale_keeps_the_lines_as_well(void)
{
    const char *line;

    CU_ASSERT_PTR_NOT_NULL(setlocale(LC_ALL, "C"));
    char *text = written(report_write, &book, REPORT_TABLE, 80);
    CU_ASSERT_PTR_NOT_NULL(setlocale(LC_ALL, "C.UTF-8"));
    CU_ASSERT(widest_line(text, &line) <= 80);
    free(text);
}

/* A record's cells, undoing RFC 4180 and nothing else; one line a record is part of the promise. */
static size_t cells_of(char *line, char *cells[], size_t room)
{
    size_t count = 0;

    while (count < room) {
        char *to = line;
        bool is_quoted = *line == '"';
        cells[count++] = line;
        const char *from = is_quoted ? line + 1 : line;
        while (*from && (is_quoted || (*from != ',' && *from != '\r'))) {
            if (is_quoted && *from == '"' && *++from != '"')
                break;
            *to++ = *from++;
        }
        bool is_last = *from != ',';
        line = (char *)(from + 1);
        *to = '\0';
        if (is_last)
            break;
    }
    return count;
}

static const char *cell_of(char *text, size_t record, const char *column)
{
    static char cell[1024];
    char *names[64], *cells[64];
    char *header = strsep(&text, "\n");
    char *line = NULL;

    for (size_t i = 0; i < record; i++)
        line = strsep(&text, "\n");
    size_t count = cells_of(header, names, 64);
    CU_ASSERT_PTR_NOT_NULL_FATAL(line);
    CU_ASSERT_EQUAL(cells_of(line, cells, 64), count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], column) == 0) {
            (void)snprintf(cell, sizeof cell, "%s", cells[i]);
            return cell;
        }
    }
    return "(no such column)";
}

static void test_the_csv_has_one_safe_row_a_number(void)
{
    static const struct {
        size_t record; /* 1 is the first number's */
        const char *column, *expected;
    } cases[] = {
        {1, "number", "+33123456701"},
        {1, "eligible", "true"},
        {1, "findings", ""},
        {2, "findings", "two_step_off=fail;number_verified=unknown"},
        {2, "eligible", "false"},
        {2, "remedy", TWO_STEP_REMEDY},
        {2, "owner", "customer"},
        {3, "remedy", NAME_REMEDY},
        {6, "waiting_for", "time"},
        {6, "not_before", "2026-11-24T01:00:00Z"},
        {7, "state", "failed"},
        {7, "remedy", "Subscribe the app."},
        {7, "error_step", "register_number"},
        {7, "error_code", "100"},
        {7, "error_subcode", "2388103"},
        {7, "error_title", "Cannot migrate phone number"},
        {7, "error_details", "No app is subscribed \xEF\xBF\xBD[31m\"here\""},
        {7, "error_fbtrace_id", "AbC\\1"},
        {7, "error_class", "needs_person"},
        {7, "error_at", "2026-11-23T01:02:00Z"},
        {9, "eligible", ""},
        {10, "customer_name", "'=HYPERLINK(\"http://x\")"},
        {10, "note", "'@SUM(1)"},
        {10, "error_code", ""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = written(report_write, &book, REPORT_CSV, 80);
        CU_ASSERT_EQUAL(count_of(text, "\r\n"), NUMBERS + 1);
        CU_ASSERT_EQUAL(count_of(text, "\n"), NUMBERS + 1);
        const char *cell = cell_of(text, cases[i].record, cases[i].column);
        if (strcmp(cell, cases[i].expected) != 0)
            fprintf(stderr, "row %zu, %s: %s\n", cases[i].record, cases[i].column, cell);
        CU_ASSERT_STRING_EQUAL(cell, cases[i].expected);
        free(text);
    }
}

static void test_no_cell_from_outside_begins_like_a_formula(void)
{
    static const char *const attacks[] = {"=1+1",     "+1+1",  "-1+1",   "@SUM(1)",  "\t=1+1",
                                          "\r\n=1+1", " =1+1", "\v=1+1", "=1\",\"=2"};

    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        struct report_error attack = error;
        struct report_number number = numbers[6];
        struct report report = book;
        number.customer = number.customer_name = number.step = number.note = attacks[i];
        attack.title = attack.details = attack.fbtrace_id = attack.remedy = attacks[i];
        number.error = &attack;
        report.numbers = &number;
        report.number_count = 1;
        char *text = written(report_write, &report, REPORT_CSV, 80);
        char *rest = text, *cells[64];
        (void)strsep(&rest, "\n");
        size_t count = cells_of(strsep(&rest, "\n"), cells, 64);
        CU_ASSERT_EQUAL(count, 20);
        for (size_t j = 1; j < count; j++)
            CU_ASSERT(!*cells[j] || !strchr("=+-@\t\r\n ", *cells[j]));
        CU_ASSERT_STRING_EQUAL(cells[0], "+33123456707");
        free(text);
    }
}

static void test_the_story_tells_findings_then_attempts_in_their_order(void)
{
    struct report_number number = numbers[6];
    struct report report = book;

    number.findings = two_step_findings;
    number.finding_count = 3;
    report.numbers = &number;
    report.number_count = 1;
    char *text = written(report_write_number, &report, REPORT_TABLE, 120);
    CU_ASSERT(comes_before(text, "+33123456707", "What to do"));
    CU_ASSERT(comes_before(text, "partner: Subscribe the app.", "Error at register_number"));
    CU_ASSERT(comes_before(text, "fbtrace_id AbC\\1", "Findings"));
    CU_ASSERT(
        comes_before(text, "two_step_off — is_pin_enabled is true (api, " READ_AT ")", "Attempts"));
    CU_ASSERT(comes_before(text, "2026-11-23T01:01:00Z register_number / send",
                           "2026-11-23T01:02:00Z register_number / look"));
    CU_ASSERT(comes_before(text, "POST /v26.0/610100/register {\"pin\":\"<secret>\"}",
                           "no answer, in_doubt, 30000 ms"));
    CU_ASSERT(comes_before(text, "the connection was cut", "GET /v26.0/610100?fields=status"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "HTTP 400, needs_person, 345 ms — fbtrace_id AbC\\1"));
    free(text);
}

static void test_the_story_in_json_has_every_attempt(void)
{
    struct report report = book;

    report.numbers = &numbers[6];
    report.number_count = 1;
    char *text = written(report_write_number, &report, REPORT_JSON, 80);
    struct json_object *root = json_tokener_parse(text);
    struct json_object *number = json_object_array_get_idx(at(root, "numbers"), 0);
    struct json_object *list = at(number, "attempts");

    check_number(number, &numbers[6]);
    CU_ASSERT_EQUAL_FATAL(json_object_array_length(list), 2);
    for (size_t i = 0; i < 2; i++) {
        struct json_object *object = json_object_array_get_idx(list, i);
        CU_ASSERT(same_text(text_at(object, "at"), attempts[i].at));
        CU_ASSERT(same_text(text_at(object, "step"), attempts[i].step));
        CU_ASSERT(same_text(text_at(object, "phase"), attempts[i].phase));
        CU_ASSERT(same_text(text_at(object, "request"), attempts[i].request));
        CU_ASSERT(same_text(text_at(object, "outcome"), attempts[i].outcome));
        CU_ASSERT(same_text(text_at(object, "note"), attempts[i].note));
        CU_ASSERT(same_text(text_at(object, "fbtrace_id"), attempts[i].fbtrace_id));
        CU_ASSERT(same_text(text_at(object, "worker"), attempts[i].worker));
        CU_ASSERT(same_text(text_at(object, "answer"), attempts[i].answer));
        CU_ASSERT_EQUAL(json_object_get_int64(at(object, "http_status")), attempts[i].http_status);
        CU_ASSERT_EQUAL(json_object_get_int64(at(object, "ms")), attempts[i].ms);
    }
    json_object_put(root);
    free(text);
}

static void test_the_whole_books_json_has_no_attempts(void)
{
    char *text = written(report_write, &book, REPORT_JSON, 80);

    CU_ASSERT_PTR_NULL(strstr(text, "attempts"));
    free(text);
}

static void test_a_full_disk_is_reported(void)
{
    FILE *full = fopen("/dev/full", "w");
    struct fault fault = FAULT_NONE;

    CU_ASSERT_PTR_NOT_NULL_FATAL(full);
    CU_ASSERT_EQUAL(report_write(&book, REPORT_JSON, 80, full, &fault), STATUS_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "could not be written"));
    (void)fclose(full);
}

int main(void)
{
    /* clang-format off */
    static const struct { const char *name; CU_TestFunc run; } tests[] = {
        {"the json gives every number back", test_the_json_gives_every_number_back},
        {"the json summary counts states that are there", test_the_json_summary_counts_states_that_are_there},
        {"without a forecast there is no forecast key", test_without_a_forecast_there_is_no_forecast_key},
        {"the json error is whole", test_the_json_error_is_whole},
        {"json values keep their types and nothing slips in", test_json_values_keep_their_types_and_nothing_slips_in},
        {"bytes that are not utf-8 leave valid json", test_bytes_that_are_not_utf_8_leave_valid_json},
        {"no line of the table is wider than the terminal", test_no_line_of_the_table_is_wider_than_the_terminal},
        {"long words from outside stay within the lines too", test_long_words_from_outside_stay_within_the_lines_too},
        {"the table replaces what could drive the terminal", test_the_table_replaces_what_could_drive_the_terminal},
        {"the table begins with counts and who must act", test_the_table_begins_with_counts_and_who_must_act},
        {"the table lists what is not done, most urgent first", test_the_table_lists_what_is_not_done_most_urgent_first},
        {"a remedy stands once a customer with its owner", test_a_remedy_stands_once_a_customer_with_its_owner},
        {"without findings the table keeps to where numbers stand", test_without_findings_the_table_keeps_to_where_numbers_stand},
        {"the summary counts causes and names owners", test_the_summary_counts_causes_and_names_owners},
        {"the columns stand under each other whatever is in them", test_the_columns_stand_under_each_other_whatever_is_in_them},
        {"an empty book is a table too", test_an_empty_book_is_a_table_too},
        {"the C locale keeps the lines as well", test_the_c_locale_keeps_the_lines_as_well},
        {"the csv has one safe row a number", test_the_csv_has_one_safe_row_a_number},
        {"no cell from outside begins like a formula", test_no_cell_from_outside_begins_like_a_formula},
        {"the story tells findings, then attempts in their order", test_the_story_tells_findings_then_attempts_in_their_order},
        {"the story in json has every attempt", test_the_story_in_json_has_every_attempt},
        {"the whole book's json has no attempts", test_the_whole_books_json_has_no_attempts},
        {"a full disk is reported", test_a_full_disk_is_reported},
    };
    /* clang-format on */

    if (!setlocale(LC_ALL, "C.UTF-8") || CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite suite = CU_add_suite("report", NULL, NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        CU_add_test(suite, tests[i].name, tests[i].run);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures > 0;
}
