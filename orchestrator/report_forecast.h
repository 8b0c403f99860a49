/* SPDX-License-Identifier: PostgreSQL */
/*
 * report_forecast -- adds up the calls of the steps still to go, by budget, from the job kinds' own
 * phase tables, and hands them to the planner's forecast.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_REPORT_FORECAST_H
#define WABAMIGRATE_ORCHESTRATOR_REPORT_FORECAST_H

#include <stdbool.h>
#include <stdint.h>

#include "planner/report.h"

/* What decides which phases of a step are gone through. */
struct forecast_traits {
    bool has_signup_code, has_credit_line, has_line_in_parts, has_webhook_override,
        has_storage_region, has_new_number, has_templates, has_templates_before;
    bool has_fresh_source; /* a run has read the source within the hour, and does not read it again
                            */
};

/* How many of a customer's numbers are to move, and how many of those have a trait of their own. */
struct forecast_numbers {
    int64_t all, with_region, new;
};

struct forecast_tally {
    struct forecast_input input;
    int64_t chain_of_waba, chain_of_number;
};

void forecast_tally_init(struct forecast_tally *tally);
/* So many steps of a kind are to go, `of_one` of them of the customer that has most; a customer's
 * fill so many pages of JOB_PAGE_NUMBERS, in sum. */
struct forecast_steps {
    int64_t all, of_one, pages;
};

void forecast_tally_add(struct forecast_tally *tally, const char *kind,
                        const struct forecast_traits *traits, const struct forecast_steps *steps);
/* A customer whose `numbers` have all steps of `path` ahead of them. */
void forecast_tally_add_customer(struct forecast_tally *tally, const char *path,
                                 const struct forecast_traits *traits,
                                 const struct forecast_numbers *numbers);

/* A customer none of whose numbers may move: it is read all the same, so that it can be told when
 * it may. */
void forecast_tally_add_reads(struct forecast_tally *tally, const char *path, bool has_destination);

/* What a run asks before anything else (orchestrator/preflight.h). */
void forecast_tally_add_preflight(struct forecast_tally *tally, bool finds_system_user);

/* Fills report->forecast. `latency_ms`: measured mean of a call, 0 where unknown; `window_ms` 0: no
 * window. */
void report_forecast(struct report *report, const struct forecast_tally *tally, int64_t latency_ms,
                     int64_t concurrency, int64_t window_ms);

#endif
