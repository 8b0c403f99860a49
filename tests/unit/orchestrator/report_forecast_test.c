/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/report_forecast.h"

#include "jobs/budget.h"
#include "tests/unit/base/suite.h"

#define PATH "embedded_signup"

static struct report foretell(const struct forecast_tally *tally)
{
    struct report report = {0};

    report_forecast(&report, tally, 100, 10, 0);
    return report;
}

static void one_customers_calls_are_those_of_its_path(void)
{
    /* clang-format off */
    static const struct {
        const char *what;
        struct forecast_traits traits;
        struct forecast_numbers numbers;
        int64_t platform, waba, credit_line, registration;
    } cases[] = {
        /* both reads, the subscription; register and confirm a number */
        {"the least", {0}, {1, 0, 0}, 0, 3 + 1, 0, 1},
        {"three numbers share the WABA's steps", {0}, {3, 0, 0}, 0, 3 + 1, 0, 3},
        {"a page is confirmed at a time", {0}, {101, 0, 0}, 0, 3 + 2, 0, 101},
        {"a code is exchanged", {.has_signup_code = true}, {1, 0, 0}, 1, 4, 0, 1},
        {"a line shared at once: assign, share, verify both",
         {.has_credit_line = true}, {1, 0, 0}, 0, 4 + 1 + 1, 2, 1},
        {"a line shared in parts: look up, share, attach, verify both",
         {.has_credit_line = true, .has_line_in_parts = true}, {1, 0, 0}, 2, 4 + 1, 2, 1},
        {"a storage region for one of two", {0}, {2, 1, 0}, 1, 3 + 1, 0, 2},
        {"a source read within the hour is not read again", {.has_fresh_source = true}, {1, 0, 0}, 0, 2 + 1, 0, 1},
        {"nobody moves", {.has_credit_line = true}, {0, 0, 0}, 0, 0, 0, 0},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct forecast_tally tally;
        forecast_tally_init(&tally);
        forecast_tally_add_customer(&tally, PATH, &cases[i].traits, &cases[i].numbers);
        struct report report = foretell(&tally);
        const struct forecast_budget *budgets = report.forecast.budgets;
        bool is_right = budgets[BUDGET_PLATFORM].calls == cases[i].platform &&
                        budgets[BUDGET_WABA].calls == cases[i].waba &&
                        budgets[BUDGET_CREDIT_LINE].calls == cases[i].credit_line &&
                        budgets[BUDGET_REGISTRATION].calls == cases[i].registration &&
                        report.forecast.registrations == cases[i].registration;
        if (!is_right)
            fprintf(stderr, "\n    %s: %lld platform, %lld waba, %lld credit line, %lld\n",
                    cases[i].what, (long long)budgets[BUDGET_PLATFORM].calls,
                    (long long)budgets[BUDGET_WABA].calls,
                    (long long)budgets[BUDGET_CREDIT_LINE].calls,
                    (long long)budgets[BUDGET_REGISTRATION].calls);
        CU_ASSERT(is_right);
    }
}

/* Both reads and the subscription; for each number its own calls; only a new one is made (1), sent
 * a code (2) and verified (3). */
static void only_new_numbers_are_made_and_verified(void)
{
    static const struct forecast_traits none;
    struct forecast_tally tally;

    forecast_tally_init(&tally);
    forecast_tally_add_customer(&tally, "programmatic", &none,
                                &(struct forecast_numbers){.all = 5, .with_region = 1, .new = 2});
    CU_ASSERT_EQUAL(tally.input.budgets[BUDGET_PLATFORM].calls, 2 * 3 + 1);
    CU_ASSERT_EQUAL(tally.input.budgets[BUDGET_WABA].calls, 3 + 1);
    CU_ASSERT_EQUAL(tally.input.registrations, 5);
    /* of one number: the region, made, asked, verified, registered, confirmed */
    CU_ASSERT_EQUAL(tally.chain_of_number, 6);
    forecast_tally_init(&tally);
    forecast_tally_add_reads(&tally, "programmatic", true);
    CU_ASSERT_EQUAL(tally.input.budgets[BUDGET_WABA].calls, 2);
}

static void an_apps_quota_adds_up_and_a_wabas_does_not(void)
{
    static const struct forecast_traits line = {.has_credit_line = true};
    struct forecast_tally tally;

    forecast_tally_init(&tally);
    for (int i = 0; i < 6000; i++)
        forecast_tally_add_customer(&tally, PATH, &line,
                                    &(struct forecast_numbers){.all = i == 7 ? 20 : 1});
    struct report report = foretell(&tally);
    const struct forecast_budget *budgets = report.forecast.budgets;
    CU_ASSERT_EQUAL(budgets[BUDGET_CREDIT_LINE].busiest_calls, 12000);
    CU_ASSERT_EQUAL(budgets[BUDGET_WABA].busiest_calls, 5 + 1);
    CU_ASSERT_EQUAL(budgets[BUDGET_REGISTRATION].busiest_calls, 1);
    /* 12,000 calls at 5,000 an hour: two whole hours of waiting. */
    check_text(report.forecast.bottleneck, "credit_line");
    CU_ASSERT(report.forecast.seconds >= 7200);
}

static void whoever_may_not_move_is_read_all_the_same(void)
{
    struct forecast_tally tally;

    forecast_tally_init(&tally);
    forecast_tally_add_reads(&tally, PATH, false);
    CU_ASSERT_EQUAL(tally.input.budgets[BUDGET_WABA].calls, 1);
    forecast_tally_add_reads(&tally, PATH, true);
    CU_ASSERT_EQUAL(tally.input.budgets[BUDGET_WABA].calls, 3);
    CU_ASSERT_EQUAL(tally.input.registrations, 0);
}

static void steps_that_are_left_count_alone(void)
{
    static const struct forecast_traits none;
    struct forecast_tally tally;

    forecast_tally_init(&tally);
    struct forecast_steps steps = {.all = 30, .of_one = 5, .pages = 6};
    forecast_tally_add(&tally, "register_number", &none, &steps);
    forecast_tally_add(&tally, "confirm_number", &none, &steps);
    forecast_tally_add(&tally, "no_such_step", &none, &steps);
    struct report report = foretell(&tally);
    CU_ASSERT_EQUAL(report.forecast.calls, 36);
    CU_ASSERT_EQUAL(report.forecast.registrations, 30);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"one customer's calls are those of its path", one_customers_calls_are_those_of_its_path},
        {"only new numbers are made and verified", only_new_numbers_are_made_and_verified},
        {"an app's quota adds up, and a WABA's does not",
         an_apps_quota_adds_up_and_a_wabas_does_not},
        {"whoever may not move is read all the same", whoever_may_not_move_is_read_all_the_same},
        {"steps that are left count alone", steps_that_are_left_count_alone},
        CU_TEST_INFO_NULL,
    };

    return run_suite("report_forecast", tests);
}
