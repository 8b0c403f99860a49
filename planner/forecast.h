/* SPDX-License-Identifier: PostgreSQL */
/*
 * forecast -- how many calls, registrations, seconds and nights a book will take, and what bounds
 * it. Pure arithmetic on calls by budget; whose calls they are is told by the job kinds' own phase
 * tables (jobs/budget.h), which the engine counts by too.
 */
#ifndef WABAMIGRATE_PLANNER_FORECAST_H
#define WABAMIGRATE_PLANNER_FORECAST_H

#include <stddef.h>
#include <stdint.h>

#define FORECAST_BUDGETS_MAX 8

/* One quota: all its calls, and the one subject (app, WABA, number) that has most of them. */
struct forecast_budget {
    const char *name;      /* "waba" */
    int64_t calls;         /* of all subjects together */
    int64_t busiest_calls; /* of the subject that uses most of its own quota */
    int64_t limit;         /* calls a window and subject; 0: no limit is known */
    int64_t window_ms;
};

struct forecast_input {
    struct forecast_budget budgets[FORECAST_BUDGETS_MAX];
    size_t budget_count;
    int64_t registrations;
    int64_t chain_calls; /* of the longest way of one number, one call after the other */
    int64_t latency_ms;  /* measured mean of a call; 0 means unknown (then 300) */
    int64_t concurrency;
    int64_t window_ms; /* how long a night's window is; 0: no limit */
};

struct forecast {
    int64_t calls, registrations, seconds, nights;
    struct forecast_budget budgets[FORECAST_BUDGETS_MAX];
    int64_t budget_seconds[FORECAST_BUDGETS_MAX]; /* what each quota alone would take */
    size_t budget_count;
    /* What it is that takes the time: a budget's name, "concurrency", or "latency" (one number's
     * own chain of calls). */
    const char *bottleneck;
};

struct forecast forecast_make(const struct forecast_input *input);

#endif
