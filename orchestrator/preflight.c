/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/preflight.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "jobs/request.h"
#include "orchestrator/history.h"

#define TRIES 3
#define PAUSE_MS 500

struct flight {
    struct preflight *preflight;
    const struct facts *facts;
    const char *url;
    struct fault *fault;
    enum status status;
    bool is_landed, may_retry;
    struct arena *arena;
};

static const char *member(struct json_object *object, const char *name)
{
    struct json_object *value;

    return json_object_object_get_ex(object, name, &value) && value ? json_object_get_string(value)
                                                                    : NULL;
}

/* What registering and the WABA's edges need; Meta grants no more than the app has. */
static void find_missing_scopes(struct json_object *data, struct preflight *preflight)
{
    static const char *const needed[] = {"whatsapp_business_management",
                                         "whatsapp_business_messaging"};
    const char *scopes = member(data, "scopes");

    for (size_t i = 0; scopes && i < sizeof needed / sizeof needed[0]; i++) {
        if (strstr(scopes, needed[i]))
            continue;
        size_t used = strlen(preflight->missing_scopes);
        snprintf(preflight->missing_scopes + used, sizeof preflight->missing_scopes - used, "%s%s",
                 used ? ", " : "", needed[i]);
    }
}

static enum status refuse(struct flight *flight, const char *why)
{
    return fault_set(
        flight->fault, STATUS_CREDENTIAL,
        "Graph refuses the partner's token (partner.system_token): %s; make a new token "
        "for the system user in Meta Business Suite and put it where the manifest points",
        why);
}

static enum status read_token(struct flight *flight, struct json_object *body)
{
    struct json_object *data;

    if (!json_object_object_get_ex(body, "data", &data))
        return fault_set(flight->fault, STATUS_CREDENTIAL,
                         "%s answers JSON, but not as the Graph API does; check --graph-url",
                         flight->url);
    const char *is_valid = member(data, "is_valid");
    if (!is_valid || strcmp(is_valid, "true") != 0)
        return refuse(flight, "it is not valid any more");
    const char *expires = member(data, "expires_at");
    flight->preflight->expires_at_s = expires ? strtoll(expires, NULL, 10) : 0;
    find_missing_scopes(data, flight->preflight);
    return STATUS_OK;
}

static enum status read_error(struct flight *flight, const struct graph_error *error)
{
    const char *why = error->message ? error->message : "no reason given";

    if (error->rule->class == ERROR_RETRY || error->rule->class == ERROR_WAIT) {
        flight->may_retry = true;
        return fault_set(flight->fault, STATUS_CREDENTIAL, "Graph is not available: %s; try later",
                         why);
    }
    if (error->rule->class == ERROR_THROTTLED)
        return fault_set(flight->fault, STATUS_CREDENTIAL,
                         "Graph has throttled this app: %s; try again in an hour", why);
    return refuse(flight, why);
}

static void on_answer(void *self, void *context, const struct graph_answer *answer)
{
    struct flight *flight = self;
    struct graph_error error;

    (void)context;
    flight->is_landed = true;
    flight->may_retry = false;
    flight->preflight->ms = answer->ms;
    history_clean_error(flight->facts, answer->answer.body);
    if (answer->answer.transport != TRANSPORT_OK) {
        flight->may_retry = true;
        flight->status = fault_set(flight->fault, STATUS_CREDENTIAL,
                                   "Graph cannot be reached at %s: %s; check --graph-url and the "
                                   "network",
                                   flight->url, answer->answer.transport_error);
    } else if (graph_error_read(answer->answer.body, answer->answer.http_status, flight->arena,
                                &error)) {
        flight->status = read_error(flight, &error);
    } else if (!answer->answer.body) {
        flight->may_retry = answer->answer.http_status >= 500;
        flight->status =
            fault_set(flight->fault, STATUS_CREDENTIAL,
                      "%s answers HTTP %d without JSON: this is not the Graph API; check "
                      "--graph-url, and proxies on the way",
                      flight->url, answer->answer.http_status);
    } else {
        flight->status = read_token(flight, answer->answer.body);
    }
}

void preflight_build(const struct facts *partner, struct arena *arena, struct request *request)
{
    request_begin(request, arena, REQUEST_GET, partner->graph_version, "debug_token", NULL);
    request_add_secret(request, REQUEST_QUERY, "input_token", partner->system_token);
    request->token = partner->system_token;
}

static enum status fly(struct graph *graph, const struct batch_facts *batch, struct flight *flight)
{
    struct request request;

    preflight_build(&batch->facts, flight->arena, &request);
    flight->is_landed = false;
    enum status status = graph_send(graph, &request, false, GRAPH_ANY_TIME, flight, flight->fault);
    while (status == STATUS_OK && !flight->is_landed) {
        graph_collect(graph);
        if (!flight->is_landed)
            graph_wait(graph, NULL, 0, 100);
    }
    return status == STATUS_OK ? flight->status : status;
}

struct lookup {
    const struct job_phase *phase;
    const struct facts *facts;
    struct reply reply;
    struct arena *arena;
    bool is_landed;
};

static void on_lookup(void *self, void *context, const struct graph_answer *answer)
{
    struct lookup *lookup = self;

    (void)context;
    job_answer(lookup->phase, lookup->facts, &answer->answer, lookup->arena, &lookup->reply);
    lookup->is_landed = true;
}

/* The very phase that assign_system_user would ask with for each WABA. What goes wrong here is met
 * there again, with its number and its history, so it is not an error now. */
static void find_system_user(const struct graph_settings *settings, const struct batch_facts *batch,
                             struct preflight *preflight)
{
    struct graph *graph = NULL;
    struct request request;
    struct lookup lookup = {.facts = &batch->facts, .arena = arena_create()};

    lookup.reply.arena = lookup.arena;
    lookup.phase = job_find_phase(job_find("assign_system_user"), "find_user");
    memset(&request, 0, sizeof request);
    if (graph_create(settings, on_lookup, &lookup, &graph, NULL) == STATUS_OK &&
        job_build(lookup.phase, lookup.facts, lookup.arena, &request, &lookup.reply) ==
            OUTCOME_SEND &&
        graph_send(graph, &request, false, GRAPH_ANY_TIME, NULL, NULL) == STATUS_OK) {
        while (!lookup.is_landed) {
            graph_collect(graph);
            if (!lookup.is_landed)
                graph_wait(graph, NULL, 0, 100);
        }
    }
    for (const struct learned *fact = lookup.reply.learned; fact; fact = fact->next) {
        if (fact->type == LEARNED_SYSTEM_USER)
            snprintf(preflight->system_user_id, sizeof preflight->system_user_id, "%s", fact->id);
    }
    reply_finish(&lookup.reply);
    graph_destroy(graph);
    arena_destroy(lookup.arena);
}

enum status preflight_run(const struct graph_settings *settings, const struct batch_facts *batch,
                          bool may_find_system_user, struct preflight *preflight,
                          struct fault *fault)
{
    struct graph *graph = NULL;
    struct flight flight = {
        .preflight = preflight, .facts = &batch->facts, .url = settings->url, .fault = fault};

    memset(preflight, 0, sizeof *preflight);
    flight.arena = arena_create();
    enum status status = graph_create(settings, on_answer, &flight, &graph, fault);
    for (int i = 0; status == STATUS_OK && i < TRIES; i++) {
        enum status flown = fly(graph, batch, &flight);
        if (flown == STATUS_OK || !flight.may_retry || i + 1 == TRIES) {
            status = flown;
            break;
        }
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
    }
    graph_destroy(graph);
    arena_destroy(flight.arena);
    const struct facts *facts = &batch->facts;
    if (status == STATUS_OK && may_find_system_user && facts->credit_line_id &&
        !facts->system_user_id)
        find_system_user(settings, batch, preflight);
    return status;
}
