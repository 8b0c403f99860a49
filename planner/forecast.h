/* SPDX-License-Identifier: PostgreSQL */
/* forecast -- how many calls, seconds and nights a book will take. Pure arithmetic. */
#ifndef WABAMIGRATE_PLANNER_FORECAST_H
#define WABAMIGRATE_PLANNER_FORECAST_H

#include <stdint.h>

struct forecast_input {
    int64_t eligible_numbers;   /* numbers that will move */
    int64_t eligible_customers; /* customers with at least one of them */
    int64_t calls_per_customer; /* calls of the steps of a WABA still to be made, from the path's
                                   table */
    int64_t calls_per_number;   /* calls of the steps of a number */
    int64_t latency_ms;         /* measured mean of a call; 0 means unknown (then 300) */
    int64_t concurrency;
    int64_t window_ms; /* how long a night's window is; 0: no limit */
};

struct forecast {
    int64_t calls, seconds, nights;
};

struct forecast forecast_make(const struct forecast_input *input);

#endif
