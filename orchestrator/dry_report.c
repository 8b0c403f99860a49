/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/dry_report.h"

#include <stdlib.h>
#include <string.h>

#include "orchestrator/report_forecast.h"
#include "orchestrator/store_report.h"

static bool is_state(const struct dry_number *number, const char *state)
{
    return number->state && strcmp(number->state, state) == 0;
}

static void describe(const struct dry_book *book, const struct dry_number *number,
                     struct report_number *row)
{
    const struct dry_customer *customer = &book->customers[number->customer];
    const char *language =
        customer->settings.language ? customer->settings.language : book->defaults.language;

    *row = (struct report_number){
        .number = number->number,
        .customer = customer->key,
        .customer_name = customer->name,
        .language = language,
        .state = number->state             ? number->state
                 : number->is_eligible     ? "ready"
                 : number->block_waits_for ? "waiting"
                                           : "blocked",
        .step = number->step    ? number->step
                : number->state ? "done"
                                : "check",
        .eligible = number->is_eligible || is_state(number, "done"),
        .waiting_for = number->state || number->is_eligible ? NULL
                       : number->block_waits_for            ? number->block_waits_for
                                                            : number->blocked_by,
        .not_before = !number->state && !number->is_eligible && number->block_waits_for &&
                              strcmp(number->block_waits_for, "time") == 0
                          ? number->registration_free_at
                          : NULL,
        .error = store_report_error(book->arena, number->error),
        .findings = number->findings,
        .finding_count = number->finding_count,
    };
}

static int compare_rows(const void *left, const void *right)
{
    const struct report_number *a = left, *b = right;
    int order = strcmp(a->customer, b->customer);

    return order != 0 ? order : strcmp(a->number, b->number);
}

/* A WABA does with its templates what the first asks for that is not content with less. */
static void add_templates(struct forecast_traits *traits, const char *plan)
{
    bool is_before = plan && strcmp(plan, "before_register") == 0;

    traits->has_templates_before |= is_before;
    traits->has_templates |= is_before || (plan && strcmp(plan, "after_register") == 0);
}

/* What will be called for: all steps of the numbers that nothing holds up, as if from the start.
 * For a batch that is on its way `report` knows better. */
static void tally(const struct dry_book *book, struct forecast_tally *tally)
{
    const struct facts *facts = &book->batch.facts;
    const char *method = facts->credit_method;

    forecast_tally_init(tally);
    for (size_t c = 0; c < book->customer_count; c++) {
        const struct dry_customer *customer = &book->customers[c];
        struct forecast_traits traits = {
            .has_signup_code = customer->has_signup_code ||
                               (!customer->token_ref && !customer->business_token_sealed),
            .has_credit_line = facts->credit_line_id != NULL,
            .has_line_in_parts = method && strcmp(method, "sharing_then_attach") == 0,
            .has_webhook_override = customer->has_webhook_override,
            .has_fresh_source = customer->has_fresh_source,
        };
        const char *templates =
            customer->settings.templates ? customer->settings.templates : book->defaults.templates;
        add_templates(&traits, templates ? templates : "before_register");
        bool has_region =
            customer->settings.data_localization_region || book->defaults.data_localization_region;
        struct forecast_numbers numbers = {0};
        int64_t still_asked = 0;
        for (size_t i = customer->first_number; i != DRY_NONE; i = book->numbers[i].next) {
            const struct dry_number *number = &book->numbers[i];
            bool is_moving = number->state ? is_state(number, "running")
                                           : number->is_eligible || number->block_waits_for;
            if (!number->is_chosen)
                continue;
            still_asked += !number->state || is_state(number, "failed");
            if (!is_moving)
                continue;
            numbers.all++;
            numbers.with_region += has_region || number->has_region;
            numbers.new += number->phone_number_id == NULL;
            add_templates(&traits, number->templates);
        }
        if (numbers.all > 0)
            forecast_tally_add_customer(tally, dry_book_path(book, customer), &traits, &numbers);
        else if (still_asked > 0)
            forecast_tally_add_reads(tally, dry_book_path(book, customer),
                                     customer->destination_waba_id != NULL);
    }
    if (tally->input.budgets[BUDGET_WABA].calls > 0)
        forecast_tally_add_preflight(tally, facts->credit_line_id && !facts->system_user_id);
}

void dry_report_make(const struct dry_book *book, const struct options *options, const char *now,
                     int64_t calls, int64_t latency_ms, struct report *report,
                     struct report_number **rows)
{
    struct forecast_tally to_go;
    size_t count = 0;

    *rows = arena_alloc(book->arena, (book->number_count + 1) * sizeof **rows);
    for (size_t i = 0; i < book->number_count; i++) {
        if (book->numbers[i].is_chosen)
            describe(book, &book->numbers[i], &(*rows)[count++]);
    }
    qsort(*rows, count, sizeof **rows, compare_rows);
    *report = (struct report){
        .batch = book->batch.name,
        .generated_at = now,
        .title = book->is_offline ? "check (offline)" : "check (dry run)",
        .numbers = *rows,
        .number_count = count,
        .calls_made = calls,
        .with_findings = true,
        .is_offline = book->is_offline,
    };
    tally(book, &to_go);
    report_forecast(report, &to_go, latency_ms, options->concurrency, options->for_ms);
}

int dry_report_exit_code(const struct dry_book *book, const struct options *options)
{
    for (size_t i = 0; i < book->number_count; i++) {
        const struct dry_number *number = &book->numbers[i];
        if (!number->is_chosen || dry_number_is_over(number))
            continue;
        if (!number->is_eligible || is_state(number, "failed") ||
            (options->fail_on == (int)VERDICT_WARN && number->has_warning))
            return EXIT_SOME_FAILED;
    }
    return EXIT_ALL_DONE;
}
