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

void report_count(const struct report_number *numbers, size_t number_count,
                  struct report_counts *counts)
{
    *counts = (struct report_counts){0};
    for (size_t i = 0; i < number_count; i++) {
        counts->by_state[report_state_index(numbers[i].state)]++;
        counts->eligible += numbers[i].eligible == 1;
        counts->not_eligible += numbers[i].eligible == 0;
    }
}

static bool is_state(const struct report_number *number, const char *state)
{
    return number->state && strcmp(number->state, state) == 0;
}

bool report_is_over(const struct report_number *number)
{
    return is_state(number, "done") || is_state(number, "cancelled");
}

bool report_is_blocking(const struct report_finding *finding)
{
    if (finding->is_past)
        return false;
    if (finding->is_fixable)
        return false;
    return strcmp(finding->verdict, "fail") == 0 ||
           (strcmp(finding->verdict, "unknown") == 0 && finding->owner);
}

static struct report_act act_of_error(const struct report_error *error)
{
    struct report_act act = {.error = error, .owner = error->owner, .remedy = error->remedy};

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
         .remedy = "Tell the code that WhatsApp sent to the number; it is fed with `wabamigrate "
                   "code NUMBER CODE`."},
        {.waiting_for = "credential",
         .owner = "partner",
         .remedy = "A token is missing, refused or expired. Renew it where the manifest says it is "
                   "found, and run again; `wabamigrate doctor` says which one."},
        {.waiting_for = "time", .remedy = "Nothing to do: a later run goes on by itself."},
    };

    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (strcmp(waiting_for, acts[i].waiting_for) == 0)
            return acts[i];
    }
    return (struct report_act){.waiting_for = waiting_for};
}

size_t report_acts(const struct report_number *number, struct report_act acts[REPORT_ACTS_MAX])
{
    size_t count = 0;

    if (report_is_over(number))
        return 0;
    if (number->error)
        acts[count++] = act_of_error(number->error);
    for (size_t i = 0; i < number->finding_count && count < REPORT_ACTS_MAX; i++) {
        const struct report_finding *finding = &number->findings[i];
        if (report_is_blocking(finding))
            acts[count++] = (struct report_act){
                .finding = finding, .owner = finding->owner, .remedy = finding->remedy};
    }
    if (count == 0 && number->waiting_for)
        acts[count++] = act_of_wait(number->waiting_for);
    return count;
}

#define VALUE_BYTES_MAX 60
#define TITLE_BYTES_MAX 140

/* "name_approved (DECLINED)", "two_step_off (not known)"; a rule that fails on a plain true or
 * false says it all by its name. */
static void cause_of_finding(const struct report_finding *finding, char cause[REPORT_CAUSE_BYTES])
{
    bool is_unknown = strcmp(finding->verdict, "unknown") == 0;
    const char *value = finding->value ? finding->value : "not known";
    size_t length = strlen(value);
    bool is_quoted = length >= 2 && value[0] == '"' && value[length - 1] == '"';

    if (!is_quoted && !is_unknown) {
        (void)snprintf(cause, REPORT_CAUSE_BYTES, "%s", finding->rule);
        return;
    }
    if (is_quoted) {
        value++;
        length -= 2;
    }
    length = report_text_fit(value, length < VALUE_BYTES_MAX ? length : VALUE_BYTES_MAX);
    (void)snprintf(cause, REPORT_CAUSE_BYTES, "%s (%.*s)", finding->rule, (int)length, value);
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

static enum status finished(FILE *stream, struct fault *fault)
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
    }
    return finished(stream, fault);
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
    }
    return finished(stream, fault);
}
