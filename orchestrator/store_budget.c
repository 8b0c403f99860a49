/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/store_budget.h"

#include <string.h>

#include "jobs/read_ids.h"
#include "sql/statements.h"

/* So near its limit a quota is left alone until it has had time to recover: calling on while
 * throttled lengthens the block. Our own reckoning stops before; this is for what it cannot see. */
#define PERCENT_PARKED 100
#define PARK_MS (INT64_C(5) * 60 * 1000)
#define IDS_A_REQUEST 50

/* One word on one budget. */
struct note {
    const char *scope, *subject;
    int answered, returned; /* calls; returned below 0: more were made than reserved */
    int percent;            /* -1: nothing said */
    int64_t park_ms;
    bool has_registered;
    const char *header; /* NULL or "": nothing to keep */
};

unsigned budget_calls_max(const struct job_phase *phase)
{
    if (phase->type == PHASE_LOCAL)
        return 0;
    return strcmp(phase->name, READ_IDS_PHASE) == 0 ? IDS_A_REQUEST : 1;
}

enum budget_lane budget_lane_of(const struct job_kind *kind, const struct job_phase *phase)
{
    if (phase->type == PHASE_LOCAL)
        return LANE_APP;
    switch (phase->budget) {
    case BUDGET_WABA:
        return kind->is_of_source ? LANE_SOURCE : LANE_DESTINATION;
    case BUDGET_CREDIT_LINE:
        return LANE_CREDIT_LINE;
    case BUDGET_PLATFORM:
    case BUDGET_REGISTRATION: /* a number's registrations have a ledger of their own */
    case BUDGET_COUNT:
        break;
    }
    return LANE_APP;
}

static void add(struct pg_columns *columns, const struct note *note)
{
    struct pg_array *array = columns->arrays;

    if (!note->subject || !*note->subject)
        return;
    pg_array_add_text(array++, note->scope);
    pg_array_add_text(array++, note->subject);
    pg_array_add_i64(array++, note->answered);
    pg_array_add_i64(array++, note->returned);
    if (note->percent < 0)
        pg_array_add_text(array++, NULL);
    else
        pg_array_add_i64(array++, note->percent);
    pg_array_add_i64(array++, note->park_ms);
    pg_array_add_bool(array++, note->has_registered);
    pg_array_add_text(array, note->header && *note->header ? note->header : NULL);
}

static const char *destination_of(const struct task *task)
{
    return task->facts.destination_waba_id ? task->facts.destination_waba_id
                                           : task->facts.source_waba_id;
}

/* The WABA or the credit line whose budget the phase uses; false: the app's alone. */
static bool find_own(const struct task *task, struct note *own)
{
    switch (budget_lane_of(task->kind, task->phase)) {
    case LANE_SOURCE:
        own->scope = "waba";
        own->subject = task->facts.source_waba_id;
        break;
    case LANE_DESTINATION:
        own->scope = "waba";
        own->subject = destination_of(task);
        break;
    case LANE_CREDIT_LINE:
        own->scope = "credit_line";
        own->subject = task->facts.app_id;
        break;
    case LANE_APP:
        own->scope = own->subject = "";
        return false;
    }
    return true;
}

static int64_t park_for(const struct usage *usage)
{
    if (usage->regain_ms > 0)
        return usage->regain_ms;
    return usage->percent >= PERCENT_PARKED ? PARK_MS : 0;
}

/* Whose a word of the header is: its keys may be ids of WABAs or of businesses. */
static void place_usage(const struct task *task, const struct note *own, const struct usage *usage,
                        struct note *note)
{
    const char *id = usage->object_id;
    const struct facts *facts = &task->facts;
    bool is_partner = facts->partner_business_id && strcmp(id, facts->partner_business_id) == 0;
    bool is_customer = facts->business_id && strcmp(id, facts->business_id) == 0;

    *note = (struct note){.scope = "waba",
                          .subject = id,
                          .percent = usage->percent,
                          .park_ms = park_for(usage),
                          .header = usage->text};
    if (is_partner) {
        note->scope = "credit_line";
        note->subject = facts->app_id;
    } else if (is_customer && *own->scope) {
        note->scope = own->scope;
        note->subject = own->subject;
    }
}

static void add_usages(struct pg_columns *columns, const struct task *task, const struct note *own)
{
    const struct task_usage *usage = task->usage;

    if (!usage)
        return;
    if (usage->app.percent > 0)
        add(columns, &(struct note){.scope = "app",
                                    .subject = task->facts.app_id,
                                    .percent = usage->app.percent,
                                    .park_ms = park_for(&usage->app),
                                    .header = usage->app.text});
    for (size_t i = 0; i < usage->business_count; i++) {
        struct note note;
        place_usage(task, own, &usage->business[i], &note);
        add(columns, &note);
    }
}

static void add_parks(struct pg_columns *columns, const struct task *task, const struct note *own)
{
    const struct settlement *settlement = &task->settlement;

    if (settlement->parks_app)
        add(columns, &(struct note){.scope = "app",
                                    .subject = task->facts.app_id,
                                    .percent = -1,
                                    .park_ms = settlement->park_ms});
    if (settlement->parks_waba)
        add(columns, &(struct note){.scope = *own->scope ? own->scope : "waba",
                                    .subject = *own->scope ? own->subject : destination_of(task),
                                    .percent = -1,
                                    .park_ms = settlement->park_ms});
}

/* The kind that registers numbers has come to its end: the WABA has one. */
static bool has_registered(const struct task *task)
{
    bool registers = false;

    for (size_t i = 0; i < task->kind->phase_count; i++)
        registers |= task->kind->phases[i].budget == BUDGET_REGISTRATION;
    return registers && strcmp(task->settlement.state, "done") == 0;
}

static void add_task(struct pg_columns *columns, const struct task *task)
{
    bool was_called = task->was_sent && !task->is_rider;
    struct note own = {.percent = -1};

    own.answered = !was_called ? 0 : task->calls_reserved > 1 ? task->calls_reserved : 1;
    own.returned = task->calls_reserved - own.answered;
    bool has_called = own.answered > 0 || own.returned != 0;
    if (find_own(task, &own) && has_called)
        add(columns, &own);
    if (has_called)
        add(columns, &(struct note){.scope = "app",
                                    .subject = task->facts.app_id,
                                    .answered = own.answered,
                                    .returned = own.returned,
                                    .percent = -1});
    if (has_registered(task))
        add(columns, &(struct note){.scope = "waba",
                                    .subject = destination_of(task),
                                    .percent = -1,
                                    .has_registered = true});
    add_parks(columns, task, &own);
    add_usages(columns, task, &own);
}

void store_budget_note(const struct task_queue *group, store_send *send, void *self)
{
    struct pg_columns columns;

    pg_columns_init(&columns, 8);
    for (const struct task *task = group->first; task; task = task->next)
        add_task(&columns, task);
    pg_columns_send(&columns, SQL_BUDGET_NOTE, NULL, NULL, send, self);
}
