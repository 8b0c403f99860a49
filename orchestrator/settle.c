/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/settle.h"

#include <json-c/json.h>
#include <string.h>

int64_t settle_backoff_ceiling_ms(int tries)
{
    int64_t ceiling_ms = SETTLE_BACKOFF_FIRST_MS;

    for (int i = 0; i < tries && ceiling_ms < SETTLE_BACKOFF_MAX_MS; i++)
        ceiling_ms *= 2;
    return ceiling_ms < SETTLE_BACKOFF_MAX_MS ? ceiling_ms : SETTLE_BACKOFF_MAX_MS;
}

static void put_text(json_object *row, const char *name, const char *text)
{
    if (text)
        json_object_object_add(row, name, json_object_new_string(text));
}

/* The error as the report and the database keep it; the contract names its keys. */
static json_object *describe_error(const struct task *task, const char *now)
{
    const struct graph_error *error = &task->reply.error;
    json_object *row = json_object_new_object();

    put_text(row, "step", task->kind->name);
    json_object_object_add(row, "code", json_object_new_int64(error->code));
    json_object_object_add(row, "subcode", json_object_new_int64(error->subcode));
    put_text(row, "title", error->title ? error->title : error->message);
    put_text(row, "details", error->details ? error->details : error->user_message);
    put_text(row, "fbtrace_id", error->fbtrace_id);
    put_text(row, "class", error->rule ? error_class_name(error->rule->class) : NULL);
    put_text(row, "at", now);
    put_text(row, "owner", error->rule ? error->rule->owner : NULL);
    put_text(row, "remedy", error->rule ? error->rule->remedy : NULL);
    return row;
}

static json_object *describe_exhaustion(const struct task *task, const char *now)
{
    json_object *row = json_object_new_object();
    const char *why = task->reply.note ? task->reply.note : "no usable answer came back";

    put_text(row, "step", task->kind->name);
    json_object_object_add(row, "code", json_object_new_int64(0));
    json_object_object_add(row, "subcode", json_object_new_int64(0));
    put_text(row, "title", "Graph gave no usable answer, again and again");
    put_text(row, "details", why);
    put_text(row, "class", "retry");
    put_text(row, "at", now);
    put_text(row, "owner", "partner");
    put_text(row, "remedy",
             "Look at the attempts of this number (`wabamigrate report --number`), check Meta's "
             "status page and your network, then `wabamigrate retry`.");
    return row;
}

/* A doubt outlives it: whoever retries the step must still find out what became of the request. */
static void fail(struct task *task, json_object *error)
{
    task->settlement.state = "failed";
    task->settlement.error = error;
    task->settlement.is_in_doubt = task->is_in_doubt;
}

static bool is_try(const struct task *task)
{
    return !task->is_outage && !task->reply.is_unsent;
}

static bool has_tries_left(const struct task *task)
{
    unsigned limit = task->reply.tries_max ? task->reply.tries_max : SETTLE_TRIES_MAX;

    return (unsigned)task->tries + 1 < limit;
}

static void retry(struct task *task, uint32_t random, const char *now)
{
    struct settlement *settlement = &task->settlement;

    settlement->is_try = is_try(task);
    if (settlement->is_try && !has_tries_left(task)) {
        fail(task,
             task->reply.has_error ? describe_error(task, now) : describe_exhaustion(task, now));
        return;
    }
    /* Full jitter: anywhere below the ceiling, so that a thousand steps that failed together do not
     * come back together. What the peer asked for is a floor. */
    int64_t ceiling_ms = settle_backoff_ceiling_ms(task->tries);
    int64_t jitter_ms = (int64_t)((uint64_t)random * (uint64_t)ceiling_ms >> 32);
    settlement->state = "ready";
    settlement->wait_ms = task->reply.wait_ms + jitter_ms;
    settlement->is_in_doubt = task->is_in_doubt;
}

static void go_on(struct task *task, const char *now)
{
    struct settlement *settlement = &task->settlement;
    const struct job_phase *next = job_find_phase(task->kind, task->reply.next_phase);

    BUG_UNLESS(next);
    if (task->is_in_doubt && next->type == PHASE_EFFECT && task->tries >= SETTLE_TRIES_MAX) {
        fail(task, describe_exhaustion(task, now));
        return;
    }
    settlement->state = "ready";
    settlement->phase = next->name;
    /* A look-up of several pages is in doubt until it says what to do. */
    settlement->is_in_doubt = task->is_in_doubt && next->type == PHASE_READ;
}

static void wait_time(struct task *task)
{
    struct settlement *settlement = &task->settlement;

    settlement->state = "ready";
    settlement->wait_ms = task->reply.wait_ms;
    settlement->is_in_doubt = task->is_in_doubt;
    if (task->reply.next_phase)
        settlement->phase = task->reply.next_phase;
    if (task->reply.is_throttled) {
        settlement->parks_app = task->reply.park_scope == ERROR_SCOPE_APP;
        settlement->parks_waba = task->reply.park_scope == ERROR_SCOPE_WABA;
        settlement->park_ms = task->reply.wait_ms;
    }
}

static void doubt(struct task *task)
{
    struct settlement *settlement = &task->settlement;

    BUG_UNLESS(task->phase->in_doubt);
    settlement->state = "ready";
    settlement->phase = task->phase->in_doubt;
    settlement->is_in_doubt = true;
    settlement->is_try = is_try(task);
}

/* A wait is no error, unless Graph gave one; what to do is its note. */
static void wait_person(struct task *task, const char *now)
{
    const struct reply *reply = &task->reply;

    if (!reply->has_error)
        return;
    if (reply->error.code != 0)
        task->settlement.error = describe_error(task, now);
    if (!task->settlement.note && reply->error.rule)
        task->settlement.note = reply->error.rule->remedy;
}

void settle_decide(struct task *task, uint32_t random, const char *now)
{
    struct settlement *settlement = &task->settlement;
    const struct reply *reply = &task->reply;

    settlement->phase = task->phase->name;
    settlement->memo = reply->memo;
    settlement->note = reply->note;
    switch (reply->outcome) {
    case OUTCOME_DONE:
        settlement->state = "done";
        break;
    case OUTCOME_NEXT:
        go_on(task, now);
        break;
    case OUTCOME_RETRY:
        retry(task, random, now);
        break;
    case OUTCOME_WAIT_TIME:
        wait_time(task);
        break;
    case OUTCOME_WAIT_PERSON:
        /* A verdict of the rules says "blocked" already. */
        if (!settlement->state)
            settlement->state = "waiting";
        settlement->waiting_for = reply->waiting_for;
        settlement->is_in_doubt = task->is_in_doubt;
        wait_person(task, now);
        break;
    case OUTCOME_FAILED:
        fail(task, describe_error(task, now));
        /* Kept for the person who has mended it and tries again. */
        if (reply->error.rule && reply->error.rule->class == ERROR_PERSON)
            settlement->wait_ms = reply->wait_ms;
        break;
    case OUTCOME_UNSURE:
        doubt(task);
        break;
    case OUTCOME_SEND:
        BUG_UNLESS(false && "a built request is not an outcome");
    }
}
