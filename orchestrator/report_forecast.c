/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/report_forecast.h"

#include <string.h>

#include "jobs/job.h"
#include "jobs/path.h"
#include "planner/forecast.h"

static void count_calls(struct forecast_input *input)
{
    const struct path *path = path_find("embedded_signup");

    for (size_t i = 0; i < path->step_count; i++) {
        const struct job_kind *kind = job_find(path->steps[i].kind);
        *(kind->subject == SUBJECT_WABA ? &input->calls_per_customer : &input->calls_per_number) +=
            path->steps[i].calls;
    }
}

static bool is_to_move(const struct report_number *number)
{
    static const char *const states[] = {"ready", "running", "pending", "waiting"};

    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(number->state, states[i]) == 0)
            return true;
    }
    return false;
}

void report_forecast(struct report *report, int64_t latency_ms, int64_t concurrency,
                     int64_t window_ms)
{
    struct forecast_input input = {
        .latency_ms = latency_ms, .concurrency = concurrency, .window_ms = window_ms};
    const char *last = NULL;

    count_calls(&input);
    for (size_t i = 0; i < report->number_count; i++) {
        const struct report_number *number = &report->numbers[i];
        if (!is_to_move(number))
            continue;
        input.eligible_numbers++;
        if (!last || strcmp(last, number->customer) != 0)
            input.eligible_customers++;
        last = number->customer;
    }
    struct forecast forecast = forecast_make(&input);
    report->forecast_calls = forecast.calls;
    report->forecast_seconds = forecast.seconds;
    report->forecast_nights = forecast.nights;
}
