/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report.h"

#include <CUnit/Basic.h>
#include <string.h>

#include "planner/report_parts.h"
#include "tests/unit/planner/report_fixture.h"

static void test_a_number_stands_where_the_check_found_it(void)
{
    static const struct {
        const char *state;
        int eligible;
        enum report_state standing;
    } cases[] = {
        {"pending", -1, REPORT_PENDING},    {"pending", 0, REPORT_BLOCKED},
        {"pending", 1, REPORT_READY},       {"blocked", -1, REPORT_BLOCKED},
        {"blocked", 0, REPORT_BLOCKED},     {"blocked", 1, REPORT_READY},
        {"waiting", 0, REPORT_WAITING},     {"waiting", 1, REPORT_WAITING},
        {"ready", -1, REPORT_READY},        {"ready", 0, REPORT_BLOCKED},
        {"ready", 1, REPORT_READY},         {"running", 0, REPORT_RUNNING},
        {"done", 0, REPORT_DONE},           {"failed", 1, REPORT_FAILED},
        {"cancelled", 1, REPORT_CANCELLED}, {"a new word", 1, REPORT_STATES},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report_number number = {.state = cases[i].state, .eligible = cases[i].eligible};
        CU_ASSERT_EQUAL(report_standing(&number), cases[i].standing);
    }
}

/* clang-format off */
static const struct report_finding kinds[] = {
    {"waba_currency", "warn", "api", "currency", "\"INR\"", FIXTURE_READ_AT, "partner", "Mind the date.", false, NULL, false, NULL, false},
    {"two_step_off", "fail", "api", "is_pin_enabled", "true", FIXTURE_READ_AT, "customer", "Turn it off.", false, NULL, true, NULL, false},
    {"webhooks_subscribed", "warn", "api", "subscribed_apps", "[]", FIXTURE_READ_AT, "partner", "The run does it.", true, NULL, false, NULL, false},
    {"number_verified", "unknown", "none", NULL, NULL, NULL, NULL, "It is read later.", false, NULL, false, NULL, false},
    {"payment_method", "unknown", "none", NULL, NULL, NULL, "customer", "Say it.", false, NULL, true, NULL, false},
    {"name_approved", "fail", "api", "name_status", "\"DECLINED\"", FIXTURE_READ_AT, "customer", "It was so.", false, NULL, true, "2026-11-20T01:00:00Z", true},
    {"template_headroom", "warn", "api", "templates", "3", FIXTURE_READ_AT, NULL, "Nobody need act.", false, NULL, false, NULL, false},
    {"cloud_api", "unknown", "none", "platform_type", NULL, NULL, "partner", "Give a token.", false, NULL, false, NULL, false},
};
/* clang-format on */

static void test_acts_are_the_error_what_blocks_then_warnings_with_an_owner(void)
{
    static const char *const remedies[] = {"Subscribe the app.", "Turn it off.", "Say it.",
                                           "Mind the date."};
    const struct report_finding *list[sizeof kinds / sizeof kinds[0]];
    struct report_act acts[REPORT_ACTS_MAX];
    struct report_number number = {.state = "failed",
                                   .eligible = 0,
                                   .waiting_for = "signup",
                                   .findings = list,
                                   .finding_count = sizeof list / sizeof list[0],
                                   .error = &fixture_error};

    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        list[i] = &kinds[i];
    CU_ASSERT_EQUAL_FATAL(report_acts(&number, acts), 4);
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_STRING_EQUAL(acts[i].remedy, remedies[i]);
        CU_ASSERT_EQUAL(acts[i].is_blocking, i < 3);
    }
    number.state = "done";
    CU_ASSERT_EQUAL(report_acts(&number, acts), 0);
}

static void test_a_wait_that_nothing_explains_is_an_act_unless_it_may_move(void)
{
    static const struct {
        const char *state;
        int eligible;
        size_t count;
    } cases[] = {{"waiting", 0, 1}, {"waiting", 1, 1}, {"blocked", 0, 1}, {"blocked", 1, 0}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report_act acts[REPORT_ACTS_MAX];
        struct report_number number = {
            .state = cases[i].state, .eligible = cases[i].eligible, .waiting_for = "code"};
        CU_ASSERT_EQUAL(report_acts(&number, acts), cases[i].count);
    }
}

static void test_a_cause_names_its_evidence_where_it_is_not_graphs(void)
{
    static const struct {
        const char *verdict, *evidence, *value, *read_at, *cause;
    } cases[] = {
        {"fail", "api", "true", FIXTURE_READ_AT, "rule"},
        {"fail", "api", "\"DECLINED\"", FIXTURE_READ_AT, "rule (DECLINED)"},
        {"unknown", "api", "\"A_NEW_WORD\"", FIXTURE_READ_AT, "rule (A_NEW_WORD)"},
        {"unknown", "api", "7", FIXTURE_READ_AT, "rule (7)"},
        {"unknown", "none", NULL, NULL, "rule (not known: no access)"},
        {"fail", "none", NULL, NULL, "rule"},
        {"warn", "attested", NULL, "2026-09-01", "rule (attested 2026-09-01, old)"},
        {"fail", "attested", NULL, "2026-11-20", "rule (attested 2026-11-20)"},
        {"unknown", "attested", NULL, NULL, "rule (attested)"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report_finding finding = {.rule = "rule",
                                         .verdict = cases[i].verdict,
                                         .evidence = cases[i].evidence,
                                         .value = cases[i].value,
                                         .read_at = cases[i].read_at};
        struct report_act act = {.finding = &finding};
        char cause[REPORT_CAUSE_BYTES];
        report_act_cause(&act, cause);
        CU_ASSERT_STRING_EQUAL(cause, cases[i].cause);
    }
}

static void test_a_full_disk_is_reported(void)
{
    FILE *full = fopen("/dev/full", "w");
    struct fault fault = FAULT_NONE;

    CU_ASSERT_PTR_NOT_NULL_FATAL(full);
    CU_ASSERT_EQUAL(report_write(&fixture_book, REPORT_JSON, 80, full, &fault), STATUS_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.message, "could not be written"));
    (void)fclose(full);
}

int main(void)
{
    /* clang-format off */
    static const struct fixture_test tests[] = {
        {"a number stands where the check found it", test_a_number_stands_where_the_check_found_it},
        {"acts are the error, what blocks, then warnings with an owner", test_acts_are_the_error_what_blocks_then_warnings_with_an_owner},
        {"a wait that nothing explains is an act unless it may move", test_a_wait_that_nothing_explains_is_an_act_unless_it_may_move},
        {"a cause names its evidence where it is not Graph's", test_a_cause_names_its_evidence_where_it_is_not_graphs},
        {"a full disk is reported", test_a_full_disk_is_reported},
    };
    /* clang-format on */

    return fixture_run("report", tests, sizeof tests / sizeof tests[0]);
}
