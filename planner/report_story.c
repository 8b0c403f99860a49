/* SPDX-License-Identifier: PostgreSQL */
/* report_story -- one number from its findings to its last attempt, for the auditor. */
#include <string.h>

#include "base/clock.h"
#include "planner/report_moved.h"
#include "planner/report_parts.h"
#include "planner/report_templates.h"
#include "planner/report_text.h"

#define VERDICT_COLUMNS 9
#define INDENT 4

static void write_place(struct report_pen *pen, const struct report_number *number)
{
    report_pen_words(pen, 2, number->number);
    report_pen_words(pen, 2, "—");
    report_pen_words(pen, 2, number->customer_name ? number->customer_name : number->customer);
    report_pen_printf(pen, 2, "(%s):", number->customer ? number->customer : "");
    report_pen_words(pen, 2, number->state);
    if (number->step)
        report_pen_printf(pen, 2, "at %s", number->step);
    if (number->eligible >= 0)
        report_pen_words(pen, 2, number->eligible ? "— eligible" : "— not eligible");
    if (number->waiting_for)
        report_pen_printf(pen, 2, "— waits for %s", number->waiting_for);
    if (number->not_before)
        report_pen_printf(pen, 2, "— not before %s", number->not_before);
    report_pen_end(pen);
    if (number->note) {
        report_pen_words(pen, 0, number->note);
        report_pen_end(pen);
    }
}

static void write_acts(struct report_pen *pen, const struct report_number *number)
{
    struct report_act acts[REPORT_ACTS_MAX];
    size_t count = report_acts(number, acts);

    if (count == 0)
        return;
    report_pen_end(pen);
    report_pen_words(pen, 0, "What to do");
    report_pen_end(pen);
    for (size_t i = 0; i < count; i++) {
        report_pen_indent(pen, 2);
        if (acts[i].owner)
            report_pen_printf(pen, INDENT, "%s%s:", acts[i].owner,
                              acts[i].is_blocking ? "" : " (a warning)");
        report_pen_words(pen, INDENT, acts[i].remedy ? acts[i].remedy : "see the note");
        report_pen_end(pen);
    }
}

static void write_error(struct report_pen *pen, const struct report_error *error)
{
    struct report_act act = {.error = error};
    char cause[REPORT_CAUSE_BYTES];

    if (!error)
        return;
    report_act_cause(&act, cause);
    report_pen_end(pen);
    report_pen_printf(pen, 2, "Error at %s:", error->step ? error->step : "an unknown step");
    report_pen_words(pen, 2, cause);
    report_pen_words(pen, 2, error->details);
    if (error->class_name)
        report_pen_printf(pen, 2, "(class %s)", error->class_name);
    report_pen_words(pen, 2, error->at);
    if (error->fbtrace_id)
        report_pen_printf(pen, 2, "fbtrace_id %s", error->fbtrace_id);
    report_pen_end(pen);
}

/* "(api, 2026-11-23T01:00:00Z)", "(attested 2026-09-01) by the shop's manager", "(none)" */
static void write_evidence(struct report_pen *pen, unsigned hang,
                           const struct report_finding *finding)
{
    const char *gap = strcmp(finding->evidence, "attested") == 0 ? " " : ", ";
    const char *at = finding->read_at;

    report_pen_printf(pen, hang, "(%s%s%s)", finding->evidence, at ? gap : "", at ? at : "");
    if (finding->attested_by) {
        report_pen_words(pen, hang, "by");
        report_pen_words(pen, hang, finding->attested_by);
    }
}

static void write_reading(struct report_pen *pen, unsigned hang,
                          const struct report_finding *finding)
{
    bool is_read = strcmp(finding->evidence, "none") != 0;

    if (finding->field && (finding->value || is_read)) {
        report_pen_printf(pen, hang, "— %s is", finding->field);
        report_pen_words(pen, hang, finding->value ? finding->value : "absent");
    } else if (finding->field) {
        report_pen_printf(pen, hang, "— %s was not read", finding->field);
    }
    write_evidence(pen, hang, finding);
}

static void write_present(struct report_pen *pen, const struct report_finding *finding)
{
    unsigned hang = 2 + VERDICT_COLUMNS;

    report_pen_indent(pen, 2);
    report_pen_cell(pen, VERDICT_COLUMNS, finding->verdict);
    report_pen_words(pen, hang, finding->rule);
    write_reading(pen, hang, finding);
    if (finding->is_fixable && strcmp(finding->verdict, "pass") != 0)
        report_pen_words(pen, hang, "the run mends it by itself");
    if (finding->found_at)
        report_pen_printf(pen, hang, "since %s", finding->found_at);
    report_pen_end(pen);
    if (finding->remedy && !report_is_blocking(finding)) {
        report_pen_indent(pen, hang);
        report_pen_words(pen, hang, finding->remedy);
        report_pen_end(pen);
    }
}

static void write_past(struct report_pen *pen, const struct report_finding *finding,
                       const char *until)
{
    unsigned hang = 4 + VERDICT_COLUMNS;

    report_pen_indent(pen, 2 + VERDICT_COLUMNS);
    report_pen_printf(pen, hang, "was %s", finding->verdict);
    write_reading(pen, hang, finding);
    if (finding->found_at)
        report_pen_printf(pen, hang, "from %s", finding->found_at);
    if (until)
        report_pen_printf(pen, hang, "until %s", until);
    report_pen_end(pen);
}

/* A rule's answers, the last one first: how it stands, then how it came there. Findings come in the
 * order they were made. */
static void write_rule(struct report_pen *pen, const struct report_number *number, size_t first)
{
    const char *until = NULL;

    for (size_t i = number->finding_count; i-- > first;) {
        const struct report_finding *finding = number->findings[i];
        if (strcmp(finding->rule, number->findings[first]->rule) != 0)
            continue;
        if (finding->is_past)
            write_past(pen, finding, until);
        else
            write_present(pen, finding);
        until = finding->found_at;
    }
}

static bool is_first_of_rule(const struct report_number *number, size_t at)
{
    size_t i = 0;

    while (strcmp(number->findings[i]->rule, number->findings[at]->rule) != 0)
        i++;
    return i == at;
}

static void write_findings(struct report_pen *pen, const struct report_number *number)
{
    report_pen_end(pen);
    report_pen_words(pen, 0, number->finding_count > 0 ? "Findings" : "Findings: none yet");
    report_pen_end(pen);
    for (size_t i = 0; i < number->finding_count; i++) {
        if (is_first_of_rule(number, i))
            write_rule(pen, number, i);
    }
}

/* In the order of what happened: the doubt, then what was heard of it after all. What settled it is
 * the next attempt. */
static void write_taken(struct report_pen *pen, const struct report_attempt *attempt)
{
    if (!attempt->taken_at)
        return;
    report_pen_indent(pen, INDENT);
    report_pen_printf(pen, INDENT + 2, "in doubt since %s:", attempt->taken_at);
    report_pen_words(pen, INDENT + 2, attempt->taken_why);
    report_pen_end(pen);
}

static void write_answer(struct report_pen *pen, const struct report_attempt *attempt)
{
    report_pen_indent(pen, INDENT);
    if (attempt->http_status)
        report_pen_printf(pen, INDENT + 2, "HTTP %lld,", (long long)attempt->http_status);
    else
        report_pen_words(pen, INDENT + 2, "no answer,");
    report_pen_printf(pen, INDENT + 2, "%s, %lld ms", attempt->outcome ? attempt->outcome : "open",
                      (long long)attempt->ms);
    if (attempt->fbtrace_id)
        report_pen_printf(pen, INDENT + 2, "— fbtrace_id %s", attempt->fbtrace_id);
    if (attempt->worker)
        report_pen_printf(pen, INDENT + 2, "— worker %s", attempt->worker);
    if (attempt->late_at)
        report_pen_printf(pen, INDENT + 2,
                          "— came at %s, when the step was no longer this worker's: refused, and "
                          "kept here",
                          attempt->late_at);
    report_pen_end(pen);
}

static void write_line(struct report_pen *pen, const char *text)
{
    if (!text)
        return;
    report_pen_indent(pen, INDENT);
    report_pen_words(pen, INDENT + 2, text);
    report_pen_end(pen);
}

static void write_attempt(struct report_pen *pen, const struct report_attempt *attempt)
{
    report_pen_indent(pen, 2);
    report_pen_words(pen, INDENT, attempt->at);
    report_pen_words(pen, INDENT, attempt->step);
    if (attempt->phase)
        report_pen_printf(pen, INDENT, "/ %s", attempt->phase);
    report_pen_end(pen);
    write_line(pen, attempt->request);
    write_taken(pen, attempt);
    write_answer(pen, attempt);
    write_line(pen, attempt->note);
    write_line(pen, attempt->answer);
}

static void write_attempts(struct report_pen *pen, const struct report_number *number)
{
    report_pen_end(pen);
    report_pen_words(pen, 0, number->attempt_count > 0 ? "Attempts" : "Attempts: none yet");
    report_pen_end(pen);
    for (size_t i = 0; i < number->attempt_count; i++)
        write_attempt(pen, &number->attempts[i]);
}

/* Those of its WABA, and for how long the number was without them. */
static void write_templates(struct report_pen *pen, const struct report *report)
{
    report_templates_lines(pen, report);
    report_templates_lists(pen, report->templates);
    if (report->templates)
        report_pen_end(pen);
}

void report_story_write(const struct report *report, unsigned width, FILE *stream)
{
    struct report_pen pen;

    report_pen_init(&pen, stream, width);
    for (size_t i = 0; i < report->number_count; i++) {
        if (i > 0)
            report_pen_end(&pen);
        write_place(&pen, &report->numbers[i]);
        write_acts(&pen, &report->numbers[i]);
        write_error(&pen, report->numbers[i].error);
        write_findings(&pen, &report->numbers[i]);
        write_templates(&pen, report);
        report_moved_story(&pen, &report->numbers[i]);
        write_attempts(&pen, &report->numbers[i]);
    }
}
