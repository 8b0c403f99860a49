/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/report_forecast.h"

#include <string.h>

#include "jobs/job.h"
#include "jobs/path.h"

_Static_assert((int)BUDGET_COUNT <= FORECAST_BUDGETS_MAX, "the forecast holds every budget");

static const struct forecast_steps one_step = {.all = 1, .of_one = 1, .pages = 1};

void forecast_tally_init(struct forecast_tally *tally)
{
    *tally = (struct forecast_tally){.input = {.budget_count = BUDGET_COUNT}};
    for (size_t i = 0; i < BUDGET_COUNT; i++)
        tally->input.budgets[i] = (struct forecast_budget){
            .name = BUDGETS[i].name, .limit = BUDGETS[i].calls, .window_ms = BUDGETS[i].window_ms};
}

static bool is_gone_through(enum usual usual, const struct forecast_traits *traits)
{
    switch (usual) {
    case USUAL_NEVER:
    case USUAL_COUNT:
        return false;
    case USUAL_ALWAYS:
    case USUAL_FOR_A_PAGE:
        return true;
    case USUAL_WITH_SIGNUP_CODE:
        return traits->has_signup_code;
    case USUAL_WITH_CREDIT_LINE:
        return traits->has_credit_line;
    case USUAL_WITH_LINE_IN_PARTS:
        return traits->has_credit_line && traits->has_line_in_parts;
    case USUAL_WITH_LINE_AT_ONCE:
        return traits->has_credit_line && !traits->has_line_in_parts;
    case USUAL_WITH_WEBHOOK_OVERRIDE:
        return traits->has_webhook_override;
    case USUAL_WITH_STORAGE_REGION:
        return traits->has_storage_region;
    case USUAL_WITH_NEW_NUMBER:
        return traits->has_new_number;
    case USUAL_WITH_TEMPLATES:
        return traits->has_templates;
    case USUAL_WITH_TEMPLATES_BEFORE:
        return traits->has_templates_before;
    }
    return false;
}

/* An app's quota is used up by all its calls together; a WABA's by its own; a number registers
 * once, whatever the others do. */
static int64_t busiest(enum budget budget, int64_t steps, int64_t of_one)
{
    switch (budget) {
    case BUDGET_WABA:
        return of_one;
    case BUDGET_REGISTRATION:
        return 0;
    case BUDGET_PLATFORM:
    case BUDGET_CREDIT_LINE:
    case BUDGET_COUNT:
        break;
    }
    return steps;
}

/* `steps` requests of this phase, `of_one` of them of the customer that has most. */
static void add_phase(struct forecast_tally *tally, const struct job_kind *kind,
                      const struct job_phase *phase, int64_t steps, int64_t of_one)
{
    struct forecast_budget *budget = &tally->input.budgets[phase->budget];

    if (steps <= 0)
        return;
    budget->calls += steps;
    budget->busiest_calls += busiest(phase->budget, steps, of_one);
    if (phase->budget == BUDGET_REGISTRATION) {
        tally->input.registrations += steps;
        budget->busiest_calls = 1;
    }
    *(kind->subject == SUBJECT_WABA ? &tally->chain_of_waba : &tally->chain_of_number) += 1;
}

static int64_t pages_of(int64_t numbers)
{
    return (numbers + JOB_PAGE_NUMBERS - 1) / JOB_PAGE_NUMBERS;
}

void forecast_tally_add(struct forecast_tally *tally, const char *kind_name,
                        const struct forecast_traits *traits, const struct forecast_steps *steps)
{
    const struct job_kind *kind = job_find(kind_name);

    for (size_t i = 0; kind && i < kind->phase_count; i++) {
        bool is_for_a_page = kind->phases[i].usual == USUAL_FOR_A_PAGE;
        if (is_gone_through(kind->phases[i].usual, traits))
            add_phase(tally, kind, &kind->phases[i], is_for_a_page ? steps->pages : steps->all,
                      is_for_a_page ? pages_of(steps->of_one) : steps->of_one);
    }
}

/* Each phase of a number's step is gone through by those numbers that have what it is for. */
static void add_number_step(struct forecast_tally *tally, const struct job_kind *kind,
                            const struct forecast_traits *traits,
                            const struct forecast_numbers *numbers)
{
    for (size_t i = 0; i < kind->phase_count; i++) {
        const struct job_phase *phase = &kind->phases[i];
        int64_t count = phase->usual == USUAL_WITH_STORAGE_REGION ? numbers->with_region
                        : phase->usual == USUAL_WITH_NEW_NUMBER   ? numbers->new
                        : phase->usual == USUAL_FOR_A_PAGE        ? pages_of(numbers->all)
                        : is_gone_through(phase->usual, traits)   ? numbers->all
                                                                  : 0;
        add_phase(tally, kind, phase, count, count);
    }
}

/* An app's calls add up; of WABAs and numbers the busiest counts. */
static void add_up(struct forecast_tally *tally, const struct forecast_tally *own)
{
    for (size_t i = 0; i < BUDGET_COUNT; i++) {
        struct forecast_budget *all = &tally->input.budgets[i];
        const struct forecast_budget *one = &own->input.budgets[i];
        all->calls += one->calls;
        if (i != BUDGET_WABA && i != BUDGET_REGISTRATION)
            all->busiest_calls += one->busiest_calls;
        else if (one->busiest_calls > all->busiest_calls)
            all->busiest_calls = one->busiest_calls;
    }
    tally->input.registrations += own->input.registrations;
    if (own->chain_of_waba > tally->chain_of_waba)
        tally->chain_of_waba = own->chain_of_waba;
    if (own->chain_of_number > tally->chain_of_number)
        tally->chain_of_number = own->chain_of_number;
}

void forecast_tally_add_customer(struct forecast_tally *tally, const char *path_name,
                                 const struct forecast_traits *traits,
                                 const struct forecast_numbers *numbers)
{
    const struct path *path = path_find(path_name);
    struct forecast_tally own;

    if (!path || numbers->all <= 0)
        return;
    forecast_tally_init(&own);
    for (size_t i = 0; i < path->step_count; i++) {
        const struct path_step *step = &path->steps[i];
        const struct job_kind *kind = job_find(step->kind);
        /* What refreshes a verdict and needs nothing before it is the read of the source. */
        if (traits->has_fresh_source && step->refreshes && !step->needs[0])
            continue;
        if (kind->subject == SUBJECT_WABA)
            forecast_tally_add(&own, kind->name, traits, &one_step);
        else
            add_number_step(&own, kind, traits, numbers);
    }
    add_up(tally, &own);
}

void forecast_tally_add_reads(struct forecast_tally *tally, const char *path_name,
                              bool has_destination)
{
    static const struct forecast_traits none;
    const struct path *path = path_find(path_name);
    struct forecast_tally own;

    forecast_tally_init(&own);
    for (size_t i = 0; path && i < path->step_count; i++) {
        const struct path_step *step = &path->steps[i];
        /* What refreshes a verdict is a read; one that needs another step first is of the
         * destination. */
        if (step->refreshes && (has_destination || !step->needs[0]))
            forecast_tally_add(&own, step->kind, &none, &one_step);
    }
    add_up(tally, &own);
}

void forecast_tally_add_preflight(struct forecast_tally *tally, bool finds_system_user)
{
    struct forecast_budget *budget = &tally->input.budgets[BUDGET_PLATFORM];
    int64_t calls = finds_system_user ? 2 : 1;

    budget->calls += calls;
    budget->busiest_calls += calls;
}

void report_forecast(struct report *report, const struct forecast_tally *tally, int64_t latency_ms,
                     int64_t concurrency, int64_t window_ms)
{
    struct forecast_input input = tally->input;

    input.chain_calls = tally->chain_of_waba + tally->chain_of_number;
    input.latency_ms = latency_ms;
    input.concurrency = concurrency;
    input.window_ms = window_ms;
    report->forecast = forecast_make(&input);
    report->has_forecast = true;
}
