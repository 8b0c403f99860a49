/* SPDX-License-Identifier: PostgreSQL */
#include "planner/forecast.h"

#define UNKNOWN_LATENCY_MS 300

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

/*
 * With all slots busy the book takes calls x latency / concurrency. It never takes less than one
 * number's own chain: its customer's steps, then its own, one after the other. Waits for people and
 * for Meta's quotas are not in it: they are not ours to foresee.
 */
static int64_t working_ms(const struct forecast_input *input, int64_t calls)
{
    int64_t latency_ms = input->latency_ms > 0 ? input->latency_ms : UNKNOWN_LATENCY_MS;
    int64_t shared_ms = divided_up(times(calls, latency_ms), at_least(input->concurrency, 1));
    int64_t chain =
        plus(at_least(input->calls_per_customer, 0), at_least(input->calls_per_number, 0));
    int64_t chain_ms = times(chain < calls ? chain : calls, latency_ms);

    return at_least(shared_ms, chain_ms);
}

struct forecast forecast_make(const struct forecast_input *input)
{
    struct forecast forecast = {0};

    forecast.calls =
        plus(times(at_least(input->eligible_customers, 0), at_least(input->calls_per_customer, 0)),
             times(at_least(input->eligible_numbers, 0), at_least(input->calls_per_number, 0)));
    if (forecast.calls == 0)
        return forecast;
    forecast.seconds = divided_up(working_ms(input, forecast.calls), 1000);
    forecast.nights = 1;
    if (input->window_ms > 0)
        forecast.nights = divided_up(times(forecast.seconds, 1000), input->window_ms);
    return forecast;
}
