/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/budget.h"

#define HOUR_MS (INT64_C(60) * 60 * 1000)

/* clang-format off */
const struct budget_limit BUDGETS[BUDGET_COUNT] = {
    [BUDGET_PLATFORM]     = {"platform",     "app",    0,    0,    HOUR_MS},
    [BUDGET_WABA]         = {"waba",         "WABA",   5000, 200,  HOUR_MS},
    [BUDGET_CREDIT_LINE]  = {"credit_line",  "app",    5000, 5000, HOUR_MS},
    [BUDGET_REGISTRATION] = {"registration", "number", 10,   10,   72 * HOUR_MS},
};
/* clang-format on */
