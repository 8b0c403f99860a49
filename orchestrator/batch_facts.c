/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/batch_facts.h"

#include "planner/audit.h"
#include "planner/eligibility.h"

void batch_facts_set_fields(struct facts *facts)
{
    facts->source_waba_fields = ELIGIBILITY_SOURCE_WABA_FIELDS;
    facts->source_number_fields = ELIGIBILITY_SOURCE_NUMBER_FIELDS;
    facts->destination_waba_fields = ELIGIBILITY_DESTINATION_WABA_FIELDS;
    facts->destination_number_fields = ELIGIBILITY_DESTINATION_NUMBER_FIELDS;
    facts->confirmed_number_fields = AUDIT_CONFIRMED_FIELDS;
    facts->template_fields = ELIGIBILITY_TEMPLATE_FIELDS;
}
