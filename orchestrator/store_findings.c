/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "sql/statements.h"

#define ASSESSMENT_COLUMNS 5
#define FINDINGS_BYTES_MAX (16u * 1024 * 1024)
#define DIGEST_COLUMN 1
#define DIGEST_BYTES 17

void store_findings_init(struct store_findings *findings, const PGresult *known)
{
    findings->known = known;
    pg_columns_init(&findings->assessments, ASSESSMENT_COLUMNS);
    pg_columns_set_binary(&findings->assessments, ASSESSMENT_COLUMNS - 1);
    buffer_init(&findings->text, FINDINGS_BYTES_MAX);
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

static void add_finding(struct buffer *text, const struct finding *finding)
{
    buffer_add_member(text, "{\"rule\":", finding->rule);
    buffer_add_member(text, ",\"verdict\":", verdict_name(finding->verdict));
    buffer_add_member(text, ",\"evidence\":", evidence_name(finding->evidence));
    buffer_add_member(text, ",\"field\":", finding->field);
    if (finding->value) { /* JSON already */
        buffer_add(text, ",\"value\":");
        buffer_add(text, finding->value);
    }
    buffer_add_member(text, ",\"owner\":", finding->owner);
    buffer_add_member(text, ",\"remedy\":", finding->remedy);
    buffer_add_member(text, ",\"waits_for\":", finding->waits_for);
    if (finding->is_blocking)
        buffer_add(text, ",\"is_blocking\":true");
    if (finding->is_fixable)
        buffer_add(text, ",\"is_fixable\":true");
    buffer_add_member(text, ",\"read_at\":", finding->read_at);
    buffer_add_member(text, ",\"attested_by\":", finding->attested_by);
    buffer_add(text, "}");
}

/* As sql/schema/017_findings.sql has them. Valid until the next call. */
static const char *findings_text(struct buffer *text, const struct finding *list, size_t count)
{
    buffer_clear(text);
    for (size_t i = 0; i < count; i++) {
        buffer_add(text, i == 0 ? "[" : ",");
        add_finding(text, &list[i]);
    }
    buffer_add(text, "]");
    return buffer_text(text);
}

/* When Graph was last read for it. */
static const char *last_read(const struct finding *list, size_t count)
{
    const char *read_at = NULL;

    for (size_t i = 0; i < count; i++) {
        const char *at = list[i].evidence == EVIDENCE_API ? list[i].read_at : NULL;
        if (at && (!read_at || strcmp(at, read_at) > 0))
            read_at = at;
    }
    return read_at;
}

static const char *standing(const struct finding *list, size_t count)
{
    const struct finding *block;

    if (eligibility_passes(list, count, &block))
        return "eligible";
    return block->waits_for ? "waiting" : "blocked";
}

void store_findings_add(struct store_findings *findings, const char *number,
                        const struct finding *list, size_t count)
{
    struct pg_array *array = findings->assessments.arrays;
    char text[DIGEST_BYTES];
    int row = store_findings_row(findings->known, number);

    if (count == 0)
        return;
    digest(list, count, text);
    bool is_known = row >= 0 && strcmp(PQgetvalue(findings->known, row, DIGEST_COLUMN), text) == 0;
    pg_array_add_text(array++, number);
    pg_array_add_text(array++, text);
    pg_array_add_text(array++, standing(list, count));
    pg_array_add_text(array++, last_read(list, count));
    pg_array_add_text(array, is_known ? NULL : findings_text(&findings->text, list, count));
}

void store_findings_send(struct store_findings *findings, const char *batch, store_send *send,
                         void *self)
{
    pg_columns_send(&findings->assessments, SQL_ASSESSMENT_RECORD, batch, NULL, send, self);
    buffer_finish(&findings->text);
}
