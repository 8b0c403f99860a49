/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report.h"

#include <CUnit/Basic.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/planner/report_fixture.h"

static void test_the_story_tells_findings_then_attempts_in_their_order(void)
{
    struct report_number number = fixture_numbers[6];
    struct report report = fixture_book;

    number.findings = fixture_two_step_list;
    number.finding_count = 3;
    report.numbers = &number;
    report.number_count = 1;
    char *text = fixture_written(report_write_number, &report, REPORT_TABLE, 120);
    CU_ASSERT(fixture_comes_before(text, "+33123456707", "What to do"));
    CU_ASSERT(
        fixture_comes_before(text, "partner: Subscribe the app.", "Error at register_number"));
    CU_ASSERT(fixture_comes_before(text, "fbtrace_id AbC\\1", "Findings"));
    CU_ASSERT(fixture_comes_before(
        text, "two_step_off — is_pin_enabled is true (api, " FIXTURE_READ_AT ")", "Attempts"));
    CU_ASSERT(fixture_comes_before(text, "2026-11-23T01:01:00Z register_number / send",
                                   "2026-11-23T01:02:00Z register_number / look"));
    CU_ASSERT(fixture_comes_before(text, "POST /v26.0/610100/register {\"pin\":\"<secret>\"}",
                                   "in doubt since 2026-11-23T01:01:40Z: no answer was recorded"));
    CU_ASSERT(fixture_comes_before(text, "in doubt since", "no answer, in_doubt, 30000 ms"));
    CU_ASSERT(fixture_comes_before(text,
                                   "came at 2026-11-23T01:03:00Z, when the step was no longer",
                                   "register_number / look"));
    CU_ASSERT(
        fixture_comes_before(text, "the connection was cut", "GET /v26.0/610100?fields=status"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "HTTP 400, needs_person, 345 ms — fbtrace_id AbC\\1"));
    free(text);
}

/* clang-format off */
static const struct report_finding history[] = {
    {"two_step_off", "unknown", "none", "is_pin_enabled", NULL, NULL, "partner", "Ask.", false, NULL, true, "2026-11-18T01:00:00Z", true},
    {"name_approved", "fail", "api", "name_status", "\"DECLINED\"", "2026-11-19T01:00:00Z", "customer", "Choose another.", false, NULL, true, "2026-11-18T01:00:00Z", true},
    {"payment_method", "warn", "attested", NULL, NULL, "2026-09-01", "customer", "Ask again.", false, "the shop's manager", false, "2026-11-18T01:00:00Z", false},
    {"two_step_off", "fail", "api", "is_pin_enabled", "true", "2026-11-21T01:00:00Z", "customer", "Turn it off.", false, NULL, true, "2026-11-20T01:00:00Z", true},
    {"name_approved", "pass", "api", "name_status", "\"APPROVED\"", FIXTURE_READ_AT, NULL, NULL, false, NULL, false, "2026-11-21T01:00:00Z", false},
    {"two_step_off", "pass", "api", "is_pin_enabled", "false", FIXTURE_READ_AT, NULL, NULL, false, NULL, false, "2026-11-22T01:00:00Z", false},
};
static const struct report_finding *const history_list[] = {
    &history[0], &history[1], &history[2], &history[3], &history[4], &history[5]};

static const char told[] =
    "Findings\n"
    "  pass     two_step_off — is_pin_enabled is false (api, " FIXTURE_READ_AT ") since 2026-11-22T01:00:00Z\n"
    "           was fail — is_pin_enabled is true (api, 2026-11-21T01:00:00Z) from 2026-11-20T01:00:00Z until 2026-11-22T01:00:00Z\n"
    "           was unknown — is_pin_enabled was not read (none) from 2026-11-18T01:00:00Z until 2026-11-20T01:00:00Z\n"
    "  pass     name_approved — name_status is \"APPROVED\" (api, " FIXTURE_READ_AT ") since 2026-11-21T01:00:00Z\n"
    "           was fail — name_status is \"DECLINED\" (api, 2026-11-19T01:00:00Z) from 2026-11-18T01:00:00Z until 2026-11-21T01:00:00Z\n"
    "  warn     payment_method (attested 2026-09-01) by the shop's manager since 2026-11-18T01:00:00Z\n"
    "           Ask again.\n";
/* clang-format on */

static void test_the_story_tells_every_rules_answers_the_last_one_first(void)
{
    struct report_number number = fixture_numbers[4];
    struct report report = fixture_book;

    number.findings = history_list;
    number.finding_count = sizeof history / sizeof history[0];
    report.numbers = &number;
    report.number_count = 1;
    char *text = fixture_written(report_write_number, &report, REPORT_TABLE, 160);
    if (!strstr(text, told))
        fprintf(stderr, "%s\n", text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, told));
    /* What a rule once said is nobody's work any more; a warning is told apart. */
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "What to do\n  customer (a warning): Ask again.\n\nFindings"));
    free(text);
}

int main(void)
{
    /* clang-format off */
    static const struct fixture_test tests[] = {
        {"the story tells findings, then attempts in their order", test_the_story_tells_findings_then_attempts_in_their_order},
        {"the story tells every rule's answers, the last one first", test_the_story_tells_every_rules_answers_the_last_one_first},
    };
    /* clang-format on */

    return fixture_run("report_story", tests, sizeof tests / sizeof tests[0]);
}
