/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/registration_terms.h"

#include <inttypes.h>
#include <stdio.h>

#include "jobs/budget.h"

void registration_terms_init(struct registration_terms *terms, bool with_kept)
{
    snprintf(terms->allowance, sizeof terms->allowance, "%" PRId64,
             budget_allowance(BUDGET_REGISTRATION, with_kept));
    snprintf(terms->memory_ms, sizeof terms->memory_ms, "%" PRId64,
             budget_memory_ms(BUDGET_REGISTRATION));
    pg_array_init(&terms->array);
    for (int64_t spent = 1; spent <= BUDGETS[BUDGET_REGISTRATION].calls; spent++)
        pg_array_add_text(&terms->array, budget_registration_note(spent));
    pg_array_add_text(&terms->array, budget_registration_note(BUDGET_REFUSED));
    terms->notes = pg_array_literal(&terms->array);
}

void registration_terms_finish(struct registration_terms *terms)
{
    pg_array_finish(&terms->array);
    terms->notes = NULL;
}
