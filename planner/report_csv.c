/* SPDX-License-Identifier: PostgreSQL */
/*
 * report_csv -- one row a number, the JSON's names as columns. Line breaks in cells become spaces:
 * a row is a line, for tools that know no quotes.
 *
 * No byte order mark: scripts are promised that the first column is `number` and RFC 4180 knows no
 * mark, while LibreOffice reads UTF-8 without one. Excel takes a double-clicked file without a mark
 * for the machine's old code page: there it is opened by Data > From Text/CSV.
 *
 * Our own number stays bare, "+33123456789": a spreadsheet takes it for a signed number, never for
 * a formula, and keeps every digit (E.164 has 15 at most, a double holds 15), but shows it without
 * its plus. An apostrophe or ="..." would keep the plus and break every script that reads the file.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "planner/csv.h"
#include "planner/report_moved.h"
#include "planner/report_parts.h"
#include "planner/report_text.h"

/* What a cell may hold. Past it, an entry is left out: Excel itself stops at 32,767 characters. */
#define LIST_BYTES_MAX 32000

/* clang-format off */
static const char *const columns[] = {
    "number", "customer", "state", "step", "eligible", "waiting_for", "not_before", "findings",
    "remedy", "error_step", "error_code", "error_subcode", "error_title", "error_details",
    "error_fbtrace_id", "error_class", "error_at", "owner", "note", "customer_name",
    "remedies", "change", "attested", "language", "owners", "template_downtime_seconds",
    "template_downtime_open", "audit", "cutover_from", "cutover_until", "cutover_meta_from",
    "cutover_meta_until", "cutover",
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

/* "two_step_off=fail;name_approved=unknown" */
static void list_findings(const struct report_number *number, struct buffer *list)
{
    for (size_t i = 0; i < number->finding_count; i++) {
        const struct report_finding *finding = number->findings[i];
        if (finding->is_past || strcmp(finding->verdict, "pass") == 0)
            continue;
        if (buffer_printf(list, "%s%s=%s", list->length > 0 ? ";" : "", finding->rule,
                          finding->verdict) != STATUS_OK)
            return;
    }
}

static bool is_repeated(const struct report_act *acts, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        bool is_same_owner =
            strcmp(acts[i].owner ? acts[i].owner : "", acts[at].owner ? acts[at].owner : "") == 0;
        if (is_same_owner && acts[i].remedy && strcmp(acts[i].remedy, acts[at].remedy) == 0)
            return true;
    }
    return false;
}

/* "customer: Turn two-step verification off. | partner: Subscribe the app.": all there is to do,
 * each once, most urgent first. */
static void list_remedies(const struct report_act *acts, size_t count, struct buffer *list)
{
    for (size_t i = 0; i < count; i++) {
        if (!acts[i].remedy || is_repeated(acts, i))
            continue;
        if (buffer_printf(list, "%s%s%s%s", list->length > 0 ? " | " : "",
                          acts[i].owner ? acts[i].owner : "", acts[i].owner ? ": " : "",
                          acts[i].remedy) != STATUS_OK)
            return;
    }
}

/* "customer;meta": everybody who must act, each once; `owner` is the first of them. */
static void list_owners(const struct report_act *acts, size_t count, struct buffer *list)
{
    for (size_t i = 0; i < count; i++) {
        bool is_listed = !acts[i].owner || !acts[i].is_blocking;
        for (size_t j = 0; j < i && !is_listed; j++)
            is_listed =
                acts[j].is_blocking && acts[j].owner && strcmp(acts[j].owner, acts[i].owner) == 0;
        if (!is_listed &&
            buffer_printf(list, "%s%s", list->length > 0 ? ";" : "", acts[i].owner) != STATUS_OK)
            return;
    }
}

/* "two_step_off=2026-11-20;payment_method=2026-09-01 (the shop's manager)" */
static void list_attested(const struct report_number *number, struct buffer *list)
{
    for (size_t i = 0; i < number->finding_count; i++) {
        const struct report_finding *finding = number->findings[i];
        const char *by = finding->attested_by;
        if (finding->is_past || strcmp(finding->evidence, "attested") != 0)
            continue;
        if (buffer_printf(list, "%s%s=%s%s%s%s", list->length > 0 ? ";" : "", finding->rule,
                          finding->read_at ? finding->read_at : "", by ? " (" : "", by ? by : "",
                          by ? ")" : "") != STATUS_OK)
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

static void add_downtime(struct row *row, const struct template_downtime *downtime, char text[24])
{
    (void)snprintf(text, 24, "%" PRId64, downtime->seconds);
    add(row, downtime->is_known ? text : NULL);
    add(row, downtime->is_known ? downtime->is_open ? "true" : "false" : NULL);
}

/* Four times, and the line. */
struct cutover_cells {
    char times[4][CUTOVER_TIME_BYTES];
    struct arena *arena;
};

static void add_cutover(struct row *row, const struct cutover *cutover, struct cutover_cells *cells)
{
    static const struct cutover none = {.path = NULL};
    const struct cutover *known = cutover ? cutover : &none;
    const int64_t times[] = {known->sent_ms, known->after_ms, known->before_date_ms,
                             cutover_meta_until_ms(known)};

    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        cutover_format(times[i], cells->times[i]);
        add(row, cells->times[i]);
    }
    add(row, cutover ? cutover_line(cutover, cells->arena) : NULL);
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

/* The cells that list, kept from number to number for their memory. */
struct lists {
    struct buffer findings, remedies, attested, owners, audit;
};

static void make_lists(const struct report_number *number, const struct report_act *acts,
                       size_t act_count, struct lists *lists)
{
    buffer_clear(&lists->findings);
    buffer_clear(&lists->remedies);
    buffer_clear(&lists->attested);
    buffer_clear(&lists->owners);
    buffer_clear(&lists->audit);
    list_findings(number, &lists->findings);
    list_remedies(acts, act_count, &lists->remedies);
    list_attested(number, &lists->attested);
    list_owners(acts, act_count, &lists->owners);
    report_moved_list(number, &lists->audit);
}

static void write_number(FILE *stream, const struct report_number *number, struct lists *lists)
{
    struct row row = {.is_number = {true}};
    struct report_act acts[REPORT_ACTS_MAX];
    char code[24], subcode[24], downtime[24];
    struct cutover_cells cutover = {.arena = arena_create()};

    acts[0] = (struct report_act){0};
    make_lists(number, acts, report_acts(number, acts), lists);
    add(&row, number->number);
    add(&row, number->customer);
    add(&row, number->state);
    add(&row, number->step);
    add(&row, number->eligible < 0 ? NULL : number->eligible ? "true" : "false");
    add(&row, number->waiting_for);
    add(&row, number->not_before);
    add(&row, buffer_text(&lists->findings));
    add(&row, acts[0].remedy);
    add_error(&row, number->error, code, subcode);
    add(&row, acts[0].owner);
    add(&row, number->note);
    add(&row, number->customer_name);
    add(&row, buffer_text(&lists->remedies));
    add(&row, report_change_name(number->change));
    add(&row, buffer_text(&lists->attested));
    add(&row, number->language);
    add(&row, buffer_text(&lists->owners));
    add_downtime(&row, &number->template_downtime, downtime);
    add(&row, buffer_text(&lists->audit));
    add_cutover(&row, number->cutover, &cutover);
    write_row(stream, &row);
    arena_destroy(cutover.arena);
}

void report_csv_write(const struct report *report, FILE *stream)
{
    struct lists lists;

    buffer_init(&lists.findings, LIST_BYTES_MAX);
    buffer_init(&lists.remedies, LIST_BYTES_MAX);
    buffer_init(&lists.attested, LIST_BYTES_MAX);
    buffer_init(&lists.owners, LIST_BYTES_MAX);
    buffer_init(&lists.audit, LIST_BYTES_MAX);
    csv_write_record(stream, columns, NULL, COLUMN_COUNT);
    for (size_t i = 0; i < report->number_count; i++)
        write_number(stream, &report->numbers[i], &lists);
    buffer_finish(&lists.findings);
    buffer_finish(&lists.remedies);
    buffer_finish(&lists.attested);
    buffer_finish(&lists.owners);
    buffer_finish(&lists.audit);
}
