/* SPDX-License-Identifier: PostgreSQL */
#include "tests/unit/planner/report_fixture.h"

#include <CUnit/Basic.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* 300 characters and more, one word of them longer than a narrow line. */
#define LONG_REMEDY                                                                                                               \
    "Open WhatsApp Manager → Phone numbers → the number, then read "                                                          \
    "https://www.example.com/a/very/long/address/that/no/terminal/line/of/eighty/columns/can/"                                    \
    "ever/hold/in/one/piece/so/it/must/be/broken/somewhere/without/leaving/the/line and do what "                                 \
    "it says; 请在商务管理平台中关闭两步验证然后点击电子邮件中的链接确认此操作 before the night " \
    "begins, because nothing can move until then 🦷🦷🦷."

/* clang-format off */
static const struct report_finding two_step_findings[] = {
    {"business_verified", "pass", "api", "business_verification_status", "\"verified\"", FIXTURE_READ_AT, NULL, NULL, false, NULL, false, NULL, false},
    {"two_step_off", "fail", "api", "is_pin_enabled", "true", FIXTURE_READ_AT, "customer", FIXTURE_TWO_STEP_REMEDY, false, NULL, true, NULL, false},
    {"number_verified", "unknown", "none", NULL, NULL, NULL, NULL, FIXTURE_LATER_REMEDY, false, NULL, false, NULL, false},
};
static const struct report_finding two_findings[] = {
    {"name_approved", "fail", "api", "name_status", "\"DECLINED\"", FIXTURE_READ_AT, "customer", FIXTURE_NAME_REMEDY, false, NULL, true, NULL, false},
    {"two_step_off", "fail", "api", "is_pin_enabled", "true", FIXTURE_READ_AT, "customer", FIXTURE_TWO_STEP_REMEDY, false, NULL, true, NULL, false},
    {"webhooks_subscribed", "warn", "api", "subscribed_apps", "[]", FIXTURE_READ_AT, "partner", "Not shown.", true, NULL, false, NULL, false},
};
static const struct report_finding unknown_findings[] = {
    {"two_step_off", "unknown", "none", NULL, NULL, NULL, "partner", LONG_REMEDY, false, NULL, true, NULL, false},
    {"business_verified", "pass", "attested", NULL, NULL, "2026-11-20", NULL, NULL, false, NULL, false, NULL, false},
};
#define POINT3(list) {&(list)[0], &(list)[1], &(list)[2]}
const struct report_finding *const fixture_two_step_list[] = POINT3(two_step_findings);
static const struct report_finding *const two_list[] = POINT3(two_findings);
static const struct report_finding *const unknown_list[] = {&unknown_findings[0], &unknown_findings[1]};
const struct report_error fixture_error = {
    "register_number", 100, 2388103, "Cannot migrate phone number", "No app is\nsubscribed \033[31m\"here\"",
    "AbC\\1", "needs_person", "2026-11-23T01:02:00Z", "partner", "Subscribe the app."};
const struct report_attempt fixture_attempts[] = {
    {"register_number", "send", "2026-11-23T01:01:00Z", "POST /v26.0/610100/register {\"pin\":\"<secret>\"}",
     "in_doubt", "the connection was cut", 0, 30000, NULL, "night-1", NULL, "2026-11-23T01:01:40Z", "no answer was recorded", "2026-11-23T01:03:00Z"},
    {"register_number", "look", "2026-11-23T01:02:00Z", "GET /v26.0/610100?fields=status",
     "needs_person", NULL, 400, 345, "AbC\\1", "night-2", "{\"error\":{}}", NULL, NULL, NULL},
};

#define LUNE .customer = "bakery-lune", .customer_name = "Bakery Lune"
#define DENTAL .customer = "dental", .customer_name = "牙科诊所 Zähne é 🦷 & Co\r\nNext\033[2J\xff"
const struct report_number fixture_numbers[] = {
    {.number = "+33123456701", LUNE, .state = "done", .step = "finished_step", .eligible = 1},
    {.number = "+33123456702", LUNE, .state = "blocked", .step = "check", .eligible = 0,
     .findings = fixture_two_step_list, .finding_count = 3},
    {.number = "+33123456703", LUNE, .state = "blocked", .step = "check", .eligible = 0,
     .findings = two_list, .finding_count = 3},
    {.number = "+33123456704", LUNE, .state = "blocked", .step = "check", .eligible = 0,
     .findings = fixture_two_step_list, .finding_count = 3},
    {.number = "+33123456705", LUNE, .state = "ready", .step = "register_number", .eligible = 1},
    {.number = "+33123456706", LUNE, .state = "waiting", .step = "settle_templates", .eligible = 1,
     .waiting_for = "time", .not_before = "2026-11-24T01:00:00Z"},
    {.number = "+33123456707", LUNE, .state = "failed", .step = "register_number", .eligible = 1,
     .error = &fixture_error, .attempts = fixture_attempts, .attempt_count = 2},
    {.number = "+4930123451", DENTAL, .state = "blocked", .step = "check", .eligible = 0,
     .note = "注意 a note of its own", .findings = unknown_list, .finding_count = 2},
    {.number = "+4930123452", DENTAL, .state = "waiting", .step = "signup", .eligible = -1,
     .waiting_for = "signup"},
    {.number = "+4930123453", .customer = "florist", .customer_name = "=HYPERLINK(\"http://x\")",
     .state = "done", .step = "done", .eligible = 1, .note = "@SUM(1)"},
};
/* clang-format on */
_Static_assert(sizeof fixture_numbers / sizeof fixture_numbers[0] == FIXTURE_NUMBERS,
               "the header says how many there are");

const struct report fixture_book = {
    .batch = "acme-book",
    .generated_at = FIXTURE_READ_AT,
    .title = "check (dry run)",
    .numbers = fixture_numbers,
    .number_count = FIXTURE_NUMBERS,
    .calls_made = 9,
    .has_forecast = true,
    .forecast = {.calls = 12, .seconds = 40, .nights = 1},
    .with_findings = true,
};

/* clang-format off */
static const struct report_finding payment_old =
    {"payment_method", "warn", "attested", NULL, NULL, "2026-09-01", "customer", "Ask about the payment method again.", false, "the shop's manager", false, NULL, false};
static const struct report_finding payment_fresh =
    {"payment_method", "pass", "attested", NULL, NULL, "2026-11-20", NULL, NULL, false, NULL, false, NULL, false};
static const struct report_finding pin_unread =
    {"two_step_off", "unknown", "none", "is_pin_enabled", NULL, NULL, "partner", "Ask the customer about two-step verification.", false, NULL, true, NULL, false};
static const struct report_finding signup_missing =
    {"signup_captured", "fail", "none", NULL, NULL, NULL, "customer", "Send the customer the signup page.", false, NULL, true, NULL, false};

static const struct report_finding *const fresh_list[] = {&payment_fresh, &two_findings[2]};
static const struct report_finding *const signup_list[] = {&signup_missing};
static const struct report_finding *const old_list[] = {&payment_old};
static const struct report_finding *const blocked_list[] = {&payment_old, &two_step_findings[1]};
static const struct report_finding *const unread_list[] = {&pin_unread};

#define FINDINGS(list) .findings = (list), .finding_count = sizeof(list) / sizeof(list)[0]
static const struct report_number night_numbers[] = {
    {.number = "+390000001", .customer = "a-cafe", .state = "ready", .step = "check", .eligible = 1,
     FINDINGS(fresh_list), .change = REPORT_CHANGE_UNCHANGED},
    {.number = "+390000002", .customer = "a-cafe", .state = "ready", .step = "check", .eligible = 1,
     .change = REPORT_CHANGE_NEW},
    {.number = "+390000003", .customer = "b-cafe", .state = "waiting", .step = "check", .eligible = 0,
     .waiting_for = "signup", FINDINGS(signup_list), .change = REPORT_CHANGE_UNCHANGED},
    {.number = "+390000004", .customer = "c-cafe", .state = "ready", .step = "check", .eligible = 1,
     FINDINGS(old_list), .change = REPORT_CHANGE_UNCHANGED},
    /* The batch keeps it as blocked, the check has found it eligible. */
    {.number = "+390000005", .customer = "d-cafe", .state = "blocked", .step = "check", .eligible = 1,
     .waiting_for = "two_step_off", .change = REPORT_CHANGE_NEWLY_ELIGIBLE},
    {.number = "+390000006", .customer = "e-cafe", .language = "fr_FR", .state = "blocked", .step = "check", .eligible = 0,
     .waiting_for = "two_step_off", FINDINGS(blocked_list), .change = REPORT_CHANGE_NEWLY_BLOCKED},
    /* And the other way round. */
    {.number = "+390000007", .customer = "e-cafe", .state = "ready", .step = "check", .eligible = 0,
     FINDINGS(unread_list), .change = REPORT_CHANGE_UNCHANGED},
    {.number = "+390000008", .customer = "e-cafe", .state = "ready", .step = "check", .eligible = 1,
     .change = REPORT_CHANGE_UNCHANGED},
};
_Static_assert(sizeof night_numbers / sizeof night_numbers[0] == FIXTURE_NIGHT_NUMBERS,
               "the header says how many there are");

#define HOUR_MS (INT64_C(60) * 60 * 1000)
const struct report fixture_night = {
    .batch = "cafes",
    .generated_at = FIXTURE_READ_AT,
    .title = "check (dry run)",
    .numbers = night_numbers,
    .number_count = FIXTURE_NIGHT_NUMBERS,
    .calls_made = 4123,
    .has_forecast = true,
    .forecast = {.calls = 25200, .registrations = 4000, .seconds = 8123, .nights = 2,
                 .budgets = {{"waba", 18000, 220, 5000, HOUR_MS},
                             {"credit_line", 3200, 3200, 2500, HOUR_MS},
                             {"registration", 4000, 1, 10, 72 * HOUR_MS},
                             {"platform", 0, 0, 0, HOUR_MS}},
                 .budget_seconds = {0, 3700, 0, 0},
                 .budget_count = 4,
                 .bottleneck = "credit_line"},
    .with_findings = true,
    .since = "2026-11-22T01:00:00Z",
    .gone = 2,
};
/* clang-format on */

/* Release with free(). Not inlined: gcc 12 at -O3 takes what open_memstream leaves in `text` for
 * the address of `text` and warns of a dangling pointer. */
__attribute__((noinline)) char *fixture_written(fixture_writer write, const struct report *report,
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

size_t fixture_count(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        count++;
    return count;
}

bool fixture_comes_before(const char *text, const char *first, const char *second)
{
    const char *at_first = strstr(text, first);
    const char *at_second = strstr(text, second);

    return at_first && at_second && at_first < at_second;
}

/* Cuts the next line off; NULL at the end. */
static char *next_line(char **rest)
{
    char *line = strsep(rest, "\n");

    return line && (*rest || *line) ? line : NULL;
}

/* The columns of the widest line, measured by the C library and not by the code under test. */
int fixture_widest_line(char *text, const char **line_of_it)
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

int fixture_run(const char *suite_name, const struct fixture_test *tests, size_t test_count)
{
    if (!setlocale(LC_ALL, "C.UTF-8") || CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite suite = CU_add_suite(suite_name, NULL, NULL);
    for (size_t i = 0; i < test_count; i++)
        CU_add_test(suite, tests[i].name, tests[i].run);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures > 0;
}
