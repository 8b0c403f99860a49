/* SPDX-License-Identifier: PostgreSQL */
/* report_forecast -- what a report's numbers that are still to move will take: calls, seconds,
 * nights. */
#ifndef WABAMIGRATE_ORCHESTRATOR_REPORT_FORECAST_H
#define WABAMIGRATE_ORCHESTRATOR_REPORT_FORECAST_H

#include <stdint.h>

#include "planner/report.h"

/* Fills the report's forecast from its numbers (sorted by customer): all that are neither finished
 * nor blocked, so those too that still wait for a signup. `latency_ms`: mean of a call, 0 when not
 * measured. `window_ms`: a night's, 0 for no limit. */
void report_forecast(struct report *report, int64_t latency_ms, int64_t concurrency,
                     int64_t window_ms);

#endif
