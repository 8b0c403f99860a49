/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/budget.h"

#include <stddef.h>

#define MINUTE_MS (INT64_C(60) * 1000)
#define HOUR_MS (60 * MINUTE_MS)

/* clang-format off */
const struct budget_limit BUDGETS[BUDGET_COUNT] = {
    [BUDGET_PLATFORM]     = {"platform",     "app",    0,    200,  HOUR_MS,      0, MINUTE_MS, 15},
    [BUDGET_WABA]         = {"waba",         "WABA",   5000, 200,  HOUR_MS,      0, MINUTE_MS, 15},
    [BUDGET_CREDIT_LINE]  = {"credit_line",  "app",    5000, 5000, HOUR_MS,      0, MINUTE_MS, 15},
    [BUDGET_REGISTRATION] = {"registration", "number", 10,   10,   72 * HOUR_MS, 2, 5 * MINUTE_MS, 0},
};

/* Whole texts, without a figure to fill in, so that each can be translated. */
static const struct {
    const char *owner; /* who can do something about it */
    const char *text;
} notes[] = {
    {"meta",
     "Meta takes no registration of this number for now (133016): it waits until 72 hours after the last one, and goes on by itself."},
    {"partner",
     "8 of the 10 registrations that Meta allows a number in 72 hours are spent, and the last 2 are kept for a person. Read why the others failed (`wabamigrate report --number NUMBER`); then `wabamigrate run --spend-last-registrations` spends them now. Without it the number goes on by itself when the oldest is 72 hours old."},
    {"partner",
     "9 of the 10 registrations that Meta allows a number in 72 hours are spent, and the last one is kept for a person. Read why the others failed (`wabamigrate report --number NUMBER`); then `wabamigrate run --spend-last-registrations` spends it now. Without it the number goes on by itself when the two oldest are 72 hours old."},
    {"meta",
     "All 10 registrations that Meta allows a number in 72 hours are spent, and an 11th would block the number for as long again: it waits until enough of them are 72 hours old, and goes on by itself."},
};
/* clang-format on */

int64_t budget_allowance(enum budget budget, bool with_kept)
{
    return BUDGETS[budget].calls - (with_kept ? 0 : BUDGETS[budget].kept);
}

int64_t budget_memory_ms(enum budget budget)
{
    return BUDGETS[budget].window_ms + BUDGETS[budget].margin_ms;
}

const char *budget_registration_note(int64_t spent)
{
    int64_t allowance = budget_allowance(BUDGET_REGISTRATION, false);
    int64_t calls = BUDGETS[BUDGET_REGISTRATION].calls;

    if (spent == BUDGET_REFUSED)
        return notes[0].text;
    if (spent < allowance)
        return NULL;
    return notes[1 + (spent < calls ? spent : calls) - allowance].text;
}
