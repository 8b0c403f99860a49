/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/job.h"

#include <json-c/json.h>
#include <string.h>

const char *outcome_name(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_SEND:
        return "send";
    case OUTCOME_DONE:
        return "done";
    case OUTCOME_NEXT:
        return "next";
    case OUTCOME_RETRY:
        return "retry";
    case OUTCOME_WAIT_TIME:
        return "wait_time";
    case OUTCOME_WAIT_PERSON:
        return "wait_person";
    case OUTCOME_FAILED:
        return "failed";
    case OUTCOME_UNSURE:
        return "unsure";
    }
    return "failed";
}

/* How a kind decides. */

static void learn(struct reply *reply, const struct learned *learned)
{
    struct learned **end = &reply->learned;

    while (*end != NULL)
        end = &(*end)->next;
    *end = arena_alloc(reply->arena, sizeof **end);
    **end = *learned;
}

void reply_learn(struct reply *reply, enum learned_type type, bool is_source, const char *id,
                 const char *digits, const char *json, struct secret *secret)
{
    learn(reply, &(struct learned){.type = type,
                                   .is_source = is_source,
                                   .id = arena_copy_text(reply->arena, id),
                                   .digits = arena_copy_text(reply->arena, digits),
                                   .json = arena_copy_text(reply->arena, json),
                                   .secret = secret});
}

void reply_learn_confirmed(struct reply *reply, const char *id, struct json_object *node)
{
    const char *json = json_object_to_json_string_ext(node, JSON_C_TO_STRING_PLAIN);

    learn(reply, &(struct learned){.type = LEARNED_CONFIRMED,
                                   .id = arena_copy_text(reply->arena, id),
                                   .json = arena_copy_text(reply->arena, json),
                                   .node = node});
}

enum outcome reply_done(struct reply *reply, const char *note)
{
    reply->note = note;
    reply->memo = ""; /* a finished step needs none, and a second life begins without one */
    return reply->outcome = OUTCOME_DONE;
}

enum outcome reply_next(struct reply *reply, const char *phase, const char *note)
{
    reply->next_phase = phase;
    reply->note = note;
    return reply->outcome = OUTCOME_NEXT;
}

static void explain(struct reply *reply, const char *title, const char *owner, const char *remedy)
{
    struct error_rule *rule = arena_alloc(reply->arena, sizeof *rule);

    *rule = (struct error_rule){.class = ERROR_PERSON,
                                .scope = ERROR_SCOPE_STEP,
                                .owner = arena_copy_text(reply->arena, owner),
                                .remedy = arena_copy_text(reply->arena, remedy)};
    reply->has_error = true;
    reply->error =
        (struct graph_error){.title = arena_copy_text(reply->arena, title), .rule = rule};
}

enum outcome reply_wait_person(struct reply *reply, const char *waiting_for, const char *owner,
                               const char *remedy)
{
    explain(reply, NULL, owner, remedy);
    reply->waiting_for = waiting_for;
    return reply->outcome = OUTCOME_WAIT_PERSON;
}

enum outcome reply_failed(struct reply *reply, const char *title, const char *owner,
                          const char *remedy)
{
    explain(reply, title, owner, remedy);
    return reply->outcome = OUTCOME_FAILED;
}

void reply_finish(struct reply *reply)
{
    for (struct learned *learned = reply->learned; learned != NULL; learned = learned->next) {
        secret_destroy(learned->secret);
        learned->secret = NULL;
        json_object_put(learned->node);
        learned->node = NULL;
    }
}

static void reset(struct reply *reply, struct arena *arena)
{
    *reply = (struct reply){.arena = arena, .outcome = OUTCOME_RETRY};
}

enum outcome job_build(const struct job_phase *phase, const struct facts *facts,
                       struct arena *arena, struct request *request, struct reply *reply)
{
    reset(reply, arena);
    *request = (struct request){.arena = arena};
    enum outcome outcome = phase->build(facts, request, reply);
    BUG_UNLESS(outcome != OUTCOME_SEND || phase->type != PHASE_LOCAL);
    BUG_UNLESS(outcome != OUTCOME_RETRY && outcome != OUTCOME_UNSURE);
    return reply->outcome = outcome;
}

/* What an answer means when the kind has nothing of its own to say. */

/* The request may or may not have been carried out: an effect must be looked up, a read is
 * repeated. */
static void doubt(const struct job_phase *phase, struct reply *reply, const char *note)
{
    reply->note = note;
    reply->outcome = phase->type == PHASE_EFFECT ? OUTCOME_UNSURE : OUTCOME_RETRY;
    reply->next_phase = phase->type == PHASE_EFFECT ? phase->in_doubt : NULL;
}

/* Codes after which Meta may have carried the request out all the same; any other error is a
 * refusal. */
static bool may_have_been_applied(const struct graph_error *error)
{
    bool is_known = error->rule->code >= 0;
    return error->code == 1 || error->code == 2 || error->code == 131000 || error->code == 131016 ||
           error->http_status >= 500 || !is_known;
}

static void wait_for_time(const struct graph_error *error, struct reply *reply)
{
    reply->outcome = OUTCOME_WAIT_TIME;
    reply->is_throttled = error->rule->class == ERROR_THROTTLED;
    reply->park_scope = reply->is_throttled ? error->rule->scope : ERROR_SCOPE_STEP;
}

static void retry(const struct job_phase *phase, const struct graph_error *error,
                  struct reply *reply)
{
    reply->tries_max = error->rule->tries_max;
    if (phase->type == PHASE_EFFECT && may_have_been_applied(error))
        doubt(phase, reply, "Meta failed while working on it; what came of it must be looked up");
    else
        reply->outcome = OUTCOME_RETRY;
}

static void decide_by_table(const struct job_phase *phase, const struct answer *answer,
                            struct reply *reply)
{
    const struct graph_error *error = &reply->error;

    reply->wait_ms = answer->retry_after_ms > 0 ? answer->retry_after_ms : error->rule->wait_ms;
    switch (error->rule->class) {
    case ERROR_RETRY:
        retry(phase, error, reply);
        break;
    case ERROR_WAIT:
    case ERROR_THROTTLED:
        wait_for_time(error, reply);
        break;
    case ERROR_CREDENTIAL:
        reply->outcome = OUTCOME_WAIT_PERSON;
        reply->waiting_for = "credential";
        reply->is_credential_refused = true;
        break;
    case ERROR_DONE:
        /* "Already done" is believed only when a read confirms it. */
        if (phase->type == PHASE_EFFECT)
            doubt(phase, reply, "Meta says that it is done already; that must be looked up");
        else
            reply->outcome = OUTCOME_FAILED;
        break;
    case ERROR_PERSON:
    case ERROR_PERMANENT:
        reply->outcome = OUTCOME_FAILED;
        break;
    }
}

static void answer_error(const struct job_phase *phase, const struct facts *facts,
                         const struct answer *answer, const struct graph_error *error,
                         struct reply *reply)
{
    if (phase->error != NULL && phase->error(facts, error, reply))
        return;
    reply->has_error = true;
    reply->error = *error;
    decide_by_table(phase, answer, reply);
}

/* No envelope and no success: a proxy's page, an empty 502, JSON of somebody else. What Graph has
 * not answered is no answer: nobody knows whether Graph was asked. */
static void answer_status(const struct job_phase *phase, const struct answer *answer,
                          struct reply *reply)
{
    bool is_success = answer->http_status >= 200 && answer->http_status <= 299;

    reply->has_error = true;
    graph_error_from_status(answer->http_status, reply->arena, &reply->error);
    reply->wait_ms = answer->retry_after_ms;
    if (is_success)
        doubt(phase, reply, "the answer is not JSON");
    else if (answer->http_status >= 500)
        doubt(phase, reply, "the server failed without a readable answer");
    else if (answer->http_status >= 300 && answer->http_status <= 399)
        doubt(phase, reply, "the answer is a redirect, which is never followed");
    else if (answer->http_status == 429)
        reply->outcome = OUTCOME_RETRY;
    else
        doubt(phase, reply, "something other than Graph seems to have answered");
}

static void answer_success(const struct job_phase *phase, const struct facts *facts,
                           struct json_object *body, struct reply *reply)
{
    phase->answer(facts, body, reply);
    BUG_UNLESS(reply->outcome != OUTCOME_SEND && reply->outcome != OUTCOME_UNSURE);
    if (reply->outcome == OUTCOME_RETRY)
        doubt(phase, reply, reply->note != NULL ? reply->note : "the answer is not as expected");
}

void job_answer(const struct job_phase *phase, const struct facts *facts,
                const struct answer *answer, struct arena *arena, struct reply *reply)
{
    struct graph_error error;

    BUG_UNLESS(phase->type != PHASE_LOCAL);
    reset(reply, arena);
    if (answer->transport == TRANSPORT_UNSENT) {
        reply->is_unsent = true;
        reply->note = arena_copy_text(arena, answer->transport_error);
        return;
    }
    if (answer->transport == TRANSPORT_LOST)
        doubt(phase, reply, arena_copy_text(arena, answer->transport_error));
    else if (graph_error_read(answer->body, answer->http_status, arena, &error))
        answer_error(phase, facts, answer, &error, reply);
    else if (answer->body == NULL || answer->http_status < 200 || answer->http_status > 299)
        answer_status(phase, answer, reply);
    else
        answer_success(phase, facts, answer->body, reply);
}

bool job_is_answered(const struct answer *answer, struct arena *arena)
{
    struct graph_error error;

    if (answer->transport != TRANSPORT_OK || !json_object_is_type(answer->body, json_type_object))
        return false;
    if (!graph_error_read(answer->body, answer->http_status, arena, &error))
        return answer->http_status >= 200 && answer->http_status <= 299;
    /* A wait of its own makes it a matter of this one step. */
    return error.rule->class != ERROR_RETRY || error.rule->wait_ms > 0;
}
