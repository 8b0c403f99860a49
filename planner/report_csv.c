/* SPDX-License-Identifier: PostgreSQL */
/* report_csv -- one row a number, the JSON's names as columns. Line breaks in cells become spaces:
 * a row is a line, for tools that know no quotes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "planner/csv.h"
#include "planner/report_parts.h"
#include "planner/report_text.h"

#define FINDINGS_BYTES_MAX 65536

/* clang-format off */
static const char *const columns[] = {
    "number", "customer", "state", "step", "eligible", "waiting_for", "not_before", "findings",
    "remedy", "error_step", "error_code", "error_subcode", "error_title", "error_details",
    "error_fbtrace_id", "error_class", "error_at", "owner", "note", "customer_name",
};
/* clang-format on */
#define COLUMN_COUNT (sizeof columns / sizeof columns[0])

struct row {
    const char *cells[COLUMN_COUNT];
    bool is_number[COLUMN_COUNT];
    size_t count;
};

static void add(struct row *row, const char *cell)
{
    BUG_UNLESS(row->count < COLUMN_COUNT);
    row->cells[row->count++] = cell;
}

/* "two_step_off=fail;name_approved=unknown". Rules are our own words, so the ceiling is never met;
 * were it, the cell would end early. */
static void list_findings(const struct report_number *number, struct buffer *list)
{
    for (size_t i = 0; i < number->finding_count; i++) {
        const struct report_finding *finding = &number->findings[i];
        if (finding->is_past || strcmp(finding->verdict, "pass") == 0)
            continue;
        if (buffer_printf(list, "%s%s=%s", list->length > 0 ? ";" : "", finding->rule,
                          finding->verdict) != STATUS_OK)
            return;
    }
}

static void add_error(struct row *row, const struct report_error *error, char code[24],
                      char subcode[24])
{
    static const struct report_error none = {0};

    if (!error)
        error = &none;
    (void)snprintf(code, 24, "%" PRId64, error->code);
    (void)snprintf(subcode, 24, "%" PRId64, error->subcode);
    add(row, error->step);
    add(row, error->code ? code : NULL);
    add(row, error->subcode ? subcode : NULL);
    add(row, error->title);
    add(row, error->details);
    add(row, error->fbtrace_id);
    add(row, error->class_name);
    add(row, error->at);
}

static void write_row(FILE *stream, struct row *row)
{
    char *harmless[COLUMN_COUNT];

    for (size_t i = 0; i < row->count; i++)
        row->cells[i] = harmless[i] = report_text_take_harmless(row->cells[i]);
    csv_write_record(stream, row->cells, row->is_number, (unsigned)row->count);
    for (size_t i = 0; i < row->count; i++)
        free(harmless[i]);
}

static void write_number(FILE *stream, const struct report_number *number, struct buffer *findings)
{
    struct row row = {.is_number = {true}};
    struct report_act acts[REPORT_ACTS_MAX] = {{0}};
    char code[24], subcode[24];

    (void)report_acts(number, acts);
    buffer_clear(findings);
    list_findings(number, findings);
    add(&row, number->number);
    add(&row, number->customer);
    add(&row, number->state);
    add(&row, number->step);
    add(&row, number->eligible < 0 ? NULL : number->eligible ? "true" : "false");
    add(&row, number->waiting_for);
    add(&row, number->not_before);
    add(&row, buffer_text(findings));
    add(&row, acts[0].remedy);
    add_error(&row, number->error, code, subcode);
    add(&row, acts[0].owner);
    add(&row, number->note);
    add(&row, number->customer_name);
    write_row(stream, &row);
}

void report_csv_write(const struct report *report, FILE *stream)
{
    struct buffer findings;

    buffer_init(&findings, FINDINGS_BYTES_MAX);
    csv_write_record(stream, columns, NULL, COLUMN_COUNT);
    for (size_t i = 0; i < report->number_count; i++)
        write_number(stream, &report->numbers[i], &findings);
    buffer_finish(&findings);
}
