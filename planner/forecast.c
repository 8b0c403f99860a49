/* SPDX-License-Identifier: PostgreSQL */
#include "planner/forecast.h"

#include "base/fault.h"

#define UNKNOWN_LATENCY_MS 300
#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

static int64_t at_least(int64_t value, int64_t floor)
{
    return value < floor ? floor : value;
}

/* A book too large for 64 bits is still only an estimate: it stays at the largest number. */
static int64_t times(int64_t left, int64_t right)
{
    int64_t product;

    return __builtin_mul_overflow(left, right, &product) ? INT64_MAX : product;
}

static int64_t plus(int64_t left, int64_t right)
{
    int64_t sum;

    return __builtin_add_overflow(left, right, &sum) ? INT64_MAX : sum;
}

static int64_t divided_up(int64_t value, int64_t by)
{
    return value / by + (value % by > 0);
}

/* How often the busiest subject has to wait for its quota's window to roll on. */
static int64_t waits_of(const struct forecast_budget *budget)
{
    if (budget->limit <= 0 || budget->busiest_calls <= budget->limit)
        return 0;
    return divided_up(budget->busiest_calls, budget->limit) - 1;
}

/* A quota is spent as fast as the calls go, then nothing goes until its window has rolled on. */
static int64_t budget_ms(const struct forecast_input *input, const struct forecast_budget *budget,
                         int64_t latency_ms)
{
    int64_t waits = waits_of(budget);

    if (waits == 0)
        return 0;
    int64_t rest = budget->busiest_calls - times(waits, budget->limit);
    return plus(times(waits, budget->window_ms),
                divided_up(times(rest, latency_ms), at_least(input->concurrency, 1)));
}

/* A night sees the quota once, and once more for every window of it that passes; the day between
 * two nights gives all of it back, unless its window is longer than that. */
static int64_t budget_nights(const struct forecast_input *input,
                             const struct forecast_budget *budget)
{
    int64_t waits = waits_of(budget);

    if (waits == 0 || budget->window_ms <= 0)
        return 1;
    if (budget->window_ms > DAY_MS)
        return plus(1, times(waits, divided_up(budget->window_ms, DAY_MS)));
    return divided_up(budget->busiest_calls,
                      times(budget->limit, 1 + input->window_ms / budget->window_ms));
}

/*
 * With all slots busy the book takes calls x latency / concurrency. It never takes less than one
 * number's own chain: its customer's steps, then its own, one after the other. Waits for people
 * are not in it: they are not ours to foresee.
 */
static int64_t working_ms(const struct forecast_input *input, struct forecast *forecast,
                          int64_t latency_ms)
{
    int64_t shared_ms =
        divided_up(times(forecast->calls, latency_ms), at_least(input->concurrency, 1));
    int64_t chain = at_least(input->chain_calls, 0);
    int64_t chain_ms = times(chain < forecast->calls ? chain : forecast->calls, latency_ms);

    forecast->bottleneck = shared_ms >= chain_ms ? "concurrency" : "latency";
    return at_least(shared_ms, chain_ms);
}

struct forecast forecast_make(const struct forecast_input *input)
{
    struct forecast forecast = {.registrations = at_least(input->registrations, 0),
                                .budget_count = input->budget_count};
    int64_t latency_ms = input->latency_ms > 0 ? input->latency_ms : UNKNOWN_LATENCY_MS;

    BUG_UNLESS(input->budget_count <= FORECAST_BUDGETS_MAX);
    for (size_t i = 0; i < input->budget_count; i++) {
        forecast.budgets[i] = input->budgets[i];
        forecast.calls = plus(forecast.calls, at_least(input->budgets[i].calls, 0));
    }
    if (forecast.calls == 0)
        return forecast;
    int64_t longest_ms = working_ms(input, &forecast, latency_ms);
    forecast.nights = input->window_ms > 0 ? divided_up(longest_ms, input->window_ms) : 1;
    for (size_t i = 0; i < input->budget_count; i++) {
        int64_t ms = budget_ms(input, &input->budgets[i], latency_ms);
        int64_t nights = input->window_ms > 0 ? budget_nights(input, &input->budgets[i]) : 1;
        forecast.budget_seconds[i] = divided_up(ms, 1000);
        if (ms > longest_ms) {
            longest_ms = ms;
            forecast.bottleneck = input->budgets[i].name;
        }
        forecast.nights = at_least(forecast.nights, nights);
    }
    forecast.seconds = divided_up(longest_ms, 1000);
    return forecast;
}
