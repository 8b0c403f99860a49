/* SPDX-License-Identifier: PostgreSQL */
#include "planner/report.h"

#include <errno.h>
#include <string.h>

#include "planner/report_parts.h"
#include "planner/report_text.h"

const char *const report_states[REPORT_STATES] = {"pending", "blocked", "waiting", "ready",
                                                  "running", "done",    "failed",  "cancelled"};

size_t report_state_index(const char *state)
{
    size_t i = 0;

    while (i < REPORT_STATES && (!state || strcmp(state, report_states[i]) != 0))
        i++;
    return i;
}

static size_t state_of(const struct report_number *number)
{
    return report_state_index(number->state);
}

size_t report_standing(const struct report_number *number)
{
    size_t state = state_of(number);

    if (number->eligible == 1 && (state == REPORT_PENDING || state == REPORT_BLOCKED))
        return REPORT_READY;
    if (number->eligible == 0 && (state == REPORT_PENDING || state == REPORT_READY))
        return REPORT_BLOCKED;
    return state;
}

static void count(const struct report_number *numbers, size_t number_count,
                  size_t (*place)(const struct report_number *), struct report_counts *counts)
{
    *counts = (struct report_counts){0};
    for (size_t i = 0; i < number_count; i++) {
        counts->by_state[place(&numbers[i])]++;
        counts->eligible += numbers[i].eligible == 1;
        counts->not_eligible += numbers[i].eligible == 0;
    }
}

void report_count(const struct report_number *numbers, size_t number_count,
                  struct report_counts *counts)
{
    count(numbers, number_count, state_of, counts);
}

void report_count_standings(const struct report_number *numbers, size_t number_count,
                            struct report_counts *counts)
{
    count(numbers, number_count, report_standing, counts);
}

const char *report_change_name(enum report_change change)
{
    static const char *const names[] = {
        [REPORT_CHANGE_UNCHANGED] = "unchanged",
        [REPORT_CHANGE_NEWLY_ELIGIBLE] = "newly_eligible",
        [REPORT_CHANGE_NEWLY_BLOCKED] = "newly_blocked",
        [REPORT_CHANGE_NEW] = "new",
    };

    return names[change];
}

bool report_is_over(const struct report_number *number)
{
    size_t state = state_of(number);

    return state == REPORT_DONE || state == REPORT_CANCELLED;
}

bool report_is_blocking(const struct report_finding *finding)
{
    return finding->is_blocking && !finding->is_past;
}

/* A warning that somebody can act on. An unknown that Graph would let pass is nobody's work: it
 * would send people to ask for what changes nothing tonight. */
static bool is_advice(const struct report_finding *finding)
{
    return !finding->is_past && !finding->is_blocking && finding->owner && finding->remedy &&
           strcmp(finding->verdict, "warn") == 0;
}

static struct report_act act_of_error(const struct report_error *error)
{
    struct report_act act = {
        .error = error, .owner = error->owner, .remedy = error->remedy, .is_blocking = true};

    if (!act.remedy) {
        act.owner = act.owner ? act.owner : "partner";
        act.remedy = "Read its story with `wabamigrate report --number NUMBER`, then decide: "
                     "`wabamigrate retry` or `wabamigrate cancel`.";
    }
    return act;
}

/* For a wait that no finding explains. An unlisted word has no remedy of ours: the note says why.
 */
static struct report_act act_of_wait(const char *waiting_for)
{
    static const struct report_act acts[] = {
        {.waiting_for = "signup",
         .owner = "customer",
         .remedy = "Go through Embedded Signup on the partner's page with this number."},
        {.waiting_for = "code",
         .owner = "customer",
         .remedy = "Tell the partner the code that WhatsApp sent to the number."},
        {.waiting_for = "credential",
         .owner = "partner",
         .remedy = "A token is missing, refused or expired. Renew it where the manifest says it is "
                   "found, and run again; `wabamigrate doctor` says which one."},
        {.waiting_for = "time", .remedy = "Nothing to do: a later run goes on by itself."},
    };

    struct report_act act = {.waiting_for = waiting_for};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (strcmp(waiting_for, acts[i].waiting_for) == 0)
            act = acts[i];
    }
    act.is_blocking = true;
    return act;
}

static size_t add_findings(const struct report_number *number,
                           bool (*is_chosen)(const struct report_finding *), bool is_blocking,
                           struct report_act acts[REPORT_ACTS_MAX], size_t count)
{
    for (size_t i = 0; i < number->finding_count && count < REPORT_ACTS_MAX; i++) {
        const struct report_finding *finding = number->findings[i];
        if (is_chosen(finding) && !finding->is_fixable)
            acts[count++] = (struct report_act){.finding = finding,
                                                .owner = finding->owner,
                                                .remedy = finding->remedy,
                                                .is_blocking = is_blocking};
    }
    return count;
}

size_t report_acts(const struct report_number *number, struct report_act acts[REPORT_ACTS_MAX])
{
    size_t count = 0;

    if (report_is_over(number))
        return 0;
    if (number->error)
        acts[count++] = act_of_error(number->error);
    count = add_findings(number, report_is_blocking, true, acts, count);
    if (count == 0 && number->waiting_for && report_standing(number) != REPORT_READY)
        acts[count++] = act_of_wait(number->waiting_for);
    return add_findings(number, is_advice, false, acts, count);
}

#define VALUE_BYTES_MAX 60
#define TITLE_BYTES_MAX 140

/* "DECLINED" of "\"DECLINED\""; *length 0 where the value is not a text. */
static const char *bare_text(const char *value, int *length)
{
    size_t bytes = value ? strlen(value) : 0;

    *length = 0;
    if (bytes < 2 || value[0] != '"' || value[bytes - 1] != '"')
        return "";
    bytes -= 2;
    *length = (int)report_text_fit(value + 1, bytes < VALUE_BYTES_MAX ? bytes : VALUE_BYTES_MAX);
    return value + 1;
}

/* "name_approved (DECLINED)", "two_step_off (not known: no access)", "payment_method (attested
 * 2026-09-01, old)"; a rule that fails on a plain true or false says it all by its name. An
 * attestation that warns is one that has grown old. */
static void cause_of_finding(const struct report_finding *finding, char cause[REPORT_CAUSE_BYTES])
{
    bool is_unknown = strcmp(finding->verdict, "unknown") == 0;
    int length;
    const char *value = bare_text(finding->value, &length);

    if (strcmp(finding->evidence, "attested") == 0)
        (void)snprintf(cause, REPORT_CAUSE_BYTES, "%s (attested%s%.40s%s)", finding->rule,
                       finding->read_at ? " " : "", finding->read_at ? finding->read_at : "",
                       strcmp(finding->verdict, "warn") == 0 ? ", old" : "");
    else if (length > 0)
        (void)snprintf(cause, REPORT_CAUSE_BYTES, "%s (%.*s)", finding->rule, length, value);
    else if (is_unknown && finding->value)
        (void)snprintf(cause, REPORT_CAUSE_BYTES, "%s (%.*s)", finding->rule,
                       (int)report_text_fit(finding->value, VALUE_BYTES_MAX), finding->value);
    else if (is_unknown)
        (void)snprintf(cause, REPORT_CAUSE_BYTES, "%s (not known: no access)", finding->rule);
    else
        (void)snprintf(cause, REPORT_CAUSE_BYTES, "%s", finding->rule);
}

static void cause_of_error(const struct report_error *error, char cause[REPORT_CAUSE_BYTES])
{
    const char *title = error->title        ? error->title
                        : error->class_name ? error->class_name
                                            : "failed";
    int length = (int)report_text_fit(title, TITLE_BYTES_MAX);

    if (error->code && error->subcode)
        (void)snprintf(cause, REPORT_CAUSE_BYTES, "%.*s (%lld/%lld)", length, title,
                       (long long)error->code, (long long)error->subcode);
    else if (error->code)
        (void)snprintf(cause, REPORT_CAUSE_BYTES, "%.*s (%lld)", length, title,
                       (long long)error->code);
    else
        (void)snprintf(cause, REPORT_CAUSE_BYTES, "%.*s", length, title);
}

void report_act_cause(const struct report_act *act, char cause[REPORT_CAUSE_BYTES])
{
    if (act->finding)
        cause_of_finding(act->finding, cause);
    else if (act->error)
        cause_of_error(act->error, cause);
    else
        (void)snprintf(cause, REPORT_CAUSE_BYTES, "waits for %s", act->waiting_for);
}

enum status report_written(FILE *stream, struct fault *fault)
{
    if (fflush(stream) == 0 && !ferror(stream))
        return STATUS_OK;
    return fault_set(fault, STATUS_IO, "the report could not be written: %s", strerror(errno));
}

enum status report_write(const struct report *report, enum report_format format, unsigned width,
                         FILE *stream, struct fault *fault)
{
    switch (format) {
    case REPORT_TABLE:
        report_table_write(report, width, stream);
        break;
    case REPORT_JSON:
        report_json_write(report, false, stream);
        break;
    case REPORT_CSV:
        report_csv_write(report, stream);
        break;
    case REPORT_HTML:
        report_html_write(report, stream);
        break;
    }
    return report_written(stream, fault);
}

enum status report_write_number(const struct report *report, enum report_format format,
                                unsigned width, FILE *stream, struct fault *fault)
{
    switch (format) {
    case REPORT_TABLE:
        report_story_write(report, width, stream);
        break;
    case REPORT_JSON:
        report_json_write(report, true, stream);
        break;
    case REPORT_CSV:
        report_csv_write(report, stream);
        break;
    case REPORT_HTML:
        report_html_write(report, stream);
        break;
    }
    return report_written(stream, fault);
}
