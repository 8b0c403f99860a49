/* SPDX-License-Identifier: PostgreSQL */
/*
 * list_templates: what the source has, before anything is copied: every template, and the names of
 * the flows that some of them open.
 *
 * The source is often not ours to read. That is never a reason to stop: then templates are copied
 * page by page, unseen, and the difference cannot be told.
 *
 * The memo: "has_flows" (a template opens one), "is_bare" (Graph refused a field: ask for the
 * fewest), "limit", "after" and "pages" (of a list).
 */
#include <json-c/json.h>

#include "jobs/job_table.h"
#include "jobs/step.h"
#include "jobs/templates.h"

#define FIELDS "id,name,language,status,category,quality_score,components"
#define FIELDS_BARE "id,name,language,status,category,quality_score"

static const struct template_list source_list = {.phase = "source", .is_source = true};

static enum outcome cannot_read(const char *why, struct reply *reply)
{
    struct json_object *news = json_object_new_object();

    json_object_object_add(news, "unread", json_object_new_string(why));
    templates_learn_news(reply, news);
    return reply_done(reply, arena_printf(reply->arena,
                                          "the source's templates cannot be read (%s): they are "
                                          "copied unseen, and what is missing cannot be told",
                                          why));
}

/* What read_source has just found spares the list: there is none, or the WABA is closed to us. */
static enum outcome decide_without(const struct facts *facts, struct reply *reply)
{
    BODY_OWNED *known = facts->templates != NULL ? json_tokener_parse(facts->templates) : NULL;
    int64_t count;

    if (body_is_true(known, "is_source_closed"))
        return cannot_read("the source WABA cannot be read", reply);
    if (!body_integer(known, "source_counted", &count) || count != 0)
        return OUTCOME_SEND;
    templates_learn_none(&source_list, reply);
    return reply_done(reply, "the source has no templates");
}

static enum outcome build_source(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);

    if (facts->source_waba_id == NULL)
        return cannot_read("no source WABA is given", reply);
    if (facts->source_token == NULL && facts->system_token == NULL)
        return cannot_read("there is no token for it", reply);
    if (decide_without(facts, reply) != OUTCOME_SEND)
        return reply->outcome;
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version, facts->source_waba_id,
                  "message_templates");
    templates_add_page(facts, request, body_is_true(memo, "is_bare") ? FIELDS_BARE : FIELDS,
                       TEMPLATES_LIST_LIMIT);
    return step_send(facts, request, reply, STEP_TOKEN_SOURCE);
}

static void answer_source(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);

    if (!templates_learn_list(memo, body, &source_list, reply))
        return;
    if (!body_is_true(memo, "has_flows")) {
        (void)reply_done(reply, NULL);
        return;
    }
    reply->memo = "";
    (void)reply_next(reply, "flows", NULL);
}

/* Whether the token or the access is what is wrong, and not the moment. */
static bool is_closed(const struct facts *facts, const struct graph_error *error)
{
    enum error_class class = error->rule->class;

    return class == ERROR_PERSON || class == ERROR_PERMANENT || class == ERROR_DONE ||
           (class == ERROR_CREDENTIAL && facts->source_token != NULL);
}

static bool error_source(const struct facts *facts, const struct graph_error *error,
                         struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);

    if (templates_halve_page(facts, error, "source", reply))
        return true;
    if (!is_closed(facts, error))
        return false;
    if (error->code == 100 && !step_is_refused_access(error) && !body_is_true(memo, "is_bare")) {
        json_object_object_add(memo, "is_bare", json_object_new_boolean(true));
        step_remember(reply, memo);
        (void)reply_next(reply, "source", "Graph refuses a field; asking for fewer");
        return true;
    }
    (void)cannot_read(arena_printf(reply->arena, "code %lld", (long long)error->code), reply);
    return true;
}

static enum outcome build_flows(const struct facts *facts, struct request *request,
                                struct reply *reply)
{
    if (facts->source_waba_id == NULL)
        return cannot_read("no source WABA is given", reply);
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version, facts->source_waba_id,
                  "flows");
    request_add_text(request, REQUEST_QUERY, "fields", "id,name");
    request_add_text(request, REQUEST_QUERY, "limit", "100");
    step_add_page(facts, request);
    return step_send(facts, request, reply, STEP_TOKEN_SOURCE);
}

static void answer_flows(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    BODY_OWNED *news = json_object_new_object();

    if (body_list(body) == NULL) {
        step_unclear(reply, "the answer holds no list");
        return;
    }
    bool goes_on = step_next_memo_page(memo, reply, "flows", body);
    if (goes_on && reply->outcome != OUTCOME_NEXT)
        return;
    json_object_object_add(news, "source", json_object_get(body_list(body)));
    reply_learn(reply, LEARNED_TEMPLATE_FLOWS, true, NULL, NULL,
                json_object_to_json_string_ext(news, JSON_C_TO_STRING_PLAIN), NULL);
    if (!goes_on)
        (void)reply_done(reply, NULL);
}

static bool error_flows(const struct facts *facts, const struct graph_error *error,
                        struct reply *reply)
{
    if (!is_closed(facts, error))
        return false;
    (void)reply_done(reply, "the source's flows cannot be read: they stay where they are");
    return true;
}

/* clang-format off */
static const struct job_phase phases[] = {
    {"source", PHASE_READ, NULL, build_source, answer_source, error_source, BUDGET_WABA,     USUAL_WITH_TEMPLATES},
    {"flows",  PHASE_READ, NULL, build_flows,  answer_flows,  error_flows,  BUDGET_PLATFORM, USUAL_NEVER},
};
/* clang-format on */

const struct job_kind JOB_LIST_TEMPLATES = {.name = "list_templates",
                                            .subject = SUBJECT_WABA,
                                            .is_of_source = true,
                                            .phases = phases,
                                            .phase_count = 2};
