/* SPDX-License-Identifier: PostgreSQL */
#include <stdlib.h>

#include "jobs/budget.h"
#include "tests/unit/base/suite.h"

static void what_is_kept_is_a_part_of_what_is_allowed(void)
{
    for (int i = 0; i < BUDGET_COUNT; i++) {
        enum budget budget = (enum budget)i;
        CU_ASSERT_EQUAL(budget_allowance(budget, true), BUDGETS[i].calls);
        CU_ASSERT_EQUAL(budget_allowance(budget, false), BUDGETS[i].calls - BUDGETS[i].kept);
        CU_ASSERT(BUDGETS[i].kept >= 0 && BUDGETS[i].kept <= BUDGETS[i].calls);
        CU_ASSERT(budget_memory_ms(budget) >= BUDGETS[i].window_ms);
    }
    CU_ASSERT_EQUAL(budget_allowance(BUDGET_REGISTRATION, false), 8);
    CU_ASSERT_EQUAL(budget_allowance(BUDGET_REGISTRATION, true), 10);
    CU_ASSERT_EQUAL(BUDGETS[BUDGET_REGISTRATION].window_ms, INT64_C(72) * 3600 * 1000);
}

static void a_note_says_how_many_are_spent_and_offers_only_what_there_is(void)
{
    static const struct {
        int64_t spent;
        const char *begins; /* NULL: nothing waits yet */
        bool offers;
    } cases[] = {
        {0, NULL, false},
        {7, NULL, false},
        {8, "8 of the 10 ", true},
        {9, "9 of the 10 ", true},
        {10, "All 10 ", false},
        {12, "All 10 ", false},
        {BUDGET_REFUSED, "Meta takes no registration ", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *note = budget_registration_note(cases[i].spent);
        if (!cases[i].begins) {
            CU_ASSERT_PTR_NULL(note);
            continue;
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(note);
        CU_ASSERT_EQUAL(strncmp(note, cases[i].begins, strlen(cases[i].begins)), 0);
        CU_ASSERT_EQUAL(strstr(note, "--spend-last-registrations") != NULL, cases[i].offers);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"what is kept is a part of what is allowed", what_is_kept_is_a_part_of_what_is_allowed},
        {"a note says how many are spent, and offers only what there is",
         a_note_says_how_many_are_spent_and_offers_only_what_there_is},
        CU_TEST_INFO_NULL,
    };

    return run_suite("budget", tests);
}
