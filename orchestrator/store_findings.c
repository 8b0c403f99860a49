/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "sql/statements.h"

#define FINDING_COLUMNS 13
#define ASSESSMENT_COLUMNS 4
#define DIGEST_COLUMN 1
#define DIGEST_BYTES 17

void store_findings_init(struct store_findings *findings, const PGresult *known)
{
    findings->known = known;
    pg_columns_init(&findings->findings, FINDING_COLUMNS);
    pg_columns_init(&findings->assessments, ASSESSMENT_COLUMNS);
}

/* Tells this number's answers from its own earlier ones. When
 * something was read is no answer; the day of a confirmation is. */
static void digest(const struct finding *list, size_t count, char text[DIGEST_BYTES])
{
    uint64_t hash = HASH_START;

    for (size_t i = 0; i < count; i++) {
        const struct finding *finding = &list[i];
        hash = hash_field(hash, finding->rule);
        hash = hash_field(hash, verdict_name(finding->verdict));
        hash = hash_field(hash, evidence_name(finding->evidence));
        hash = hash_field(hash, finding->field);
        hash = hash_field(hash, finding->value);
        hash = hash_field(hash, finding->owner);
        hash = hash_field(hash, finding->remedy);
        hash = hash_field(hash, finding->waits_for);
        hash = hash_field(hash, finding->attested_by);
        hash = hash_field(hash, finding->is_blocking ? "blocking" : "");
        if (finding->evidence == EVIDENCE_ATTESTED)
            hash = hash_field(hash, finding->read_at);
    }
    (void)snprintf(text, DIGEST_BYTES, "%016" PRIx64, hash);
}

int store_findings_row(const PGresult *rows, const char *number)
{
    int low = 0, high = rows ? PQntuples(rows) : 0;

    while (low < high) {
        int middle = low + (high - low) / 2;
        int order = strcmp(PQgetvalue(rows, middle, 0), number);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static void add_assessment(struct store_findings *findings, const char *number,
                           const struct finding *list, size_t count, const char *text)
{
    struct pg_array *array = findings->assessments.arrays;
    const char *read_at = NULL;
    const struct finding *block;
    const char *standing = "eligible";

    for (size_t i = 0; i < count; i++) {
        const char *at = list[i].evidence == EVIDENCE_API ? list[i].read_at : NULL;
        if (at && (!read_at || strcmp(at, read_at) > 0))
            read_at = at;
    }
    pg_array_add_text(array++, number);
    pg_array_add_text(array++, text);
    if (!eligibility_passes(list, count, &block))
        standing = block->waits_for ? "waiting" : "blocked";
    pg_array_add_text(array++, standing);
    pg_array_add_text(array, read_at);
}

static void add_finding(struct store_findings *findings, const char *number,
                        const struct finding *finding)
{
    struct pg_array *array = findings->findings.arrays;

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

void store_findings_add(struct store_findings *findings, const char *number,
                        const struct finding *list, size_t count)
{
    char text[DIGEST_BYTES];
    int row = store_findings_row(findings->known, number);

    if (count == 0)
        return;
    digest(list, count, text);
    add_assessment(findings, number, list, count, text);
    if (row >= 0 && strcmp(PQgetvalue(findings->known, row, DIGEST_COLUMN), text) == 0)
        return;
    for (size_t i = 0; i < count; i++)
        add_finding(findings, number, &list[i]);
}

void store_findings_send(struct store_findings *findings, const char *batch, store_send *send,
                         void *self)
{
    /* The findings first: what an assessment says is there must be there. */
    pg_columns_send(&findings->findings, SQL_FINDING_RECORD, batch, NULL, send, self);
    pg_columns_send(&findings->assessments, SQL_ASSESSMENT_RECORD, batch, NULL, send, self);
}
