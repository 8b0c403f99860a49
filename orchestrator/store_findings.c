/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_findings.h"

#include "sql/statements.h"

void store_findings_init(struct store_findings *findings)
{
    pg_columns_init(&findings->columns, 13);
}

void store_findings_add(struct store_findings *findings, const char *number,
                        const struct finding *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct finding *finding = &list[i];
        struct pg_array *array = findings->columns.arrays;
        pg_array_add_text(array++, number);
        pg_array_add_text(array++, finding->rule);
        pg_array_add_text(array++, verdict_name(finding->verdict));
        pg_array_add_text(array++, evidence_name(finding->evidence));
        pg_array_add_text(array++, finding->field);
        pg_array_add_text(array++, finding->value);
        pg_array_add_text(array++, finding->owner);
        pg_array_add_text(array++, finding->remedy);
        pg_array_add_text(array++, finding->waits_for);
        pg_array_add_bool(array++, finding->is_blocking);
        pg_array_add_bool(array++, finding->is_fixable);
        pg_array_add_text(array++, finding->read_at);
        pg_array_add_text(array, finding->attested_by);
    }
}

void store_findings_send(struct store_findings *findings, const char *batch, store_send *send,
                         void *self)
{
    pg_columns_send(&findings->columns, SQL_FINDING_RECORD, batch, NULL, send, self);
}

void store_findings_finish(struct store_findings *findings)
{
    pg_columns_finish(&findings->columns);
}
