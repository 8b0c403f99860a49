/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/turn.h"

#include "tests/unit/base/suite.h"

static void a_turn_is_by_eightfolds(void)
{
    static const struct {
        int64_t numbers;
        int turn;
    } cases[] = {{0, 0},  {1, 0},   {7, 0},   {8, 1},     {63, 1},
                 {64, 2}, {511, 2}, {512, 3}, {10000, 3}, {1000000000, 3}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_EQUAL(turn_of(cases[i].numbers), cases[i].turn);
}

static void what_comes_first_is_decided_in_this_order(void)
{
    /* Each has one thing that is worth more than all that comes after. */
    static const struct turn_step steps[] = {
        {0, 7, 1, 9, 9}, {1, 1, 1, 9, 8}, {1, 2, 5, 9, 7},
        {1, 2, 4, 1, 6}, {1, 2, 4, 2, 3}, {1, 2, 4, 2, 4},
    };
    size_t count = sizeof steps / sizeof steps[0];

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int result = turn_compare(&steps[i], &steps[j]);
            CU_ASSERT_EQUAL((result > 0) - (result < 0), (i > j) - (i < j));
        }
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"a turn is by eightfolds", a_turn_is_by_eightfolds},
        {"what comes first is decided in this order", what_comes_first_is_decided_in_this_order},
        CU_TEST_INFO_NULL,
    };

    return run_suite("turn", tests);
}
