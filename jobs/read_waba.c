/* SPDX-License-Identifier: PostgreSQL */
/*
 * read_source, read_destination: a WABA, all its numbers and the count of its templates, in as few
 * calls as there are pages. What is longer than the first answer is read page by page: the numbers,
 * then the templates.
 *
 * The source is often not ours to read: then its facts are forgotten, its numbers are asked for by
 * their ids where there is a token for that (jobs/read_ids.h), and the eligibility rules fall back
 * on what the customer attests. That is never a reason to stop.
 *
 * The memo: what jobs/read_fields.h keeps; "after" (where the page begins); "templates" (those
 * counted so far) and "templates_after" (where to go on with them when the numbers are read).
 */
#include <json-c/json.h>
#include <string.h>

#include "jobs/job_table.h"
#include "jobs/read_fields.h"
#include "jobs/read_ids.h"
#include "jobs/step.h"

#define PAGE_ITEMS "100"
/* Two fields of each are asked for: as many as Meta's own sample asks for. */
#define PAGE_TEMPLATES "1000"

static const char *waba_id(const struct facts *facts, bool is_source)
{
    return is_source ? facts->source_waba_id : facts->destination_waba_id;
}

static enum step_token token_of(bool is_source)
{
    return is_source ? STEP_TOKEN_SOURCE : STEP_TOKEN_CUSTOMER;
}

/* Requests */

/* Field expansion folds the numbers and the templates into the read of their WABA. */
static const char *folded_fields(const struct read_fields *read)
{
    const char *templates = read_fields_list(read, READ_TEMPLATES);
    const char *fields =
        arena_printf(read->arena, "%s,phone_numbers.limit(" PAGE_ITEMS "){%s}",
                     read_fields_list(read, READ_WABA), read_fields_list(read, READ_NUMBERS));

    if (templates == NULL)
        return fields;
    return arena_printf(read->arena, "%s," READ_FIELDS_TEMPLATES ".limit(" PAGE_ITEMS "){%s}",
                        fields, templates);
}

static enum outcome build_waba(const struct facts *facts, struct request *request,
                               struct reply *reply, bool is_source)
{
    BODY_OWNED *memo = step_memo(facts);
    const struct read_fields read = {facts, reply->arena, memo, is_source};
    const char *id = waba_id(facts, is_source);

    if (id == NULL && is_source)
        return reply_done(reply, "no source WABA is given; what matters there must be attested");
    if (id == NULL)
        return reply_wait_person(reply, "signup", "customer",
                                 "Go through Embedded Signup with the link from the partner; the "
                                 "number stays in service meanwhile.");
    if (is_source && facts->source_token == NULL && facts->system_token == NULL) {
        reply_learn(reply, LEARNED_UNREADABLE, true, id, NULL, NULL, NULL);
        return reply_done(reply, "there is no token to read the source WABA with");
    }
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version, id, NULL);
    request_add_text(request, REQUEST_QUERY, "fields", folded_fields(&read));
    return step_send(facts, request, reply, token_of(is_source));
}

static enum outcome build_list(const struct facts *facts, struct request *request,
                               struct reply *reply, bool is_source, const char *edge,
                               enum read_part part)
{
    BODY_OWNED *memo = step_memo(facts);
    const struct read_fields read = {facts, reply->arena, memo, is_source};
    const char *id = waba_id(facts, is_source);
    const char *fields = read_fields_list(&read, part);

    /* Without a WABA or a place to go on from, the first phase says what to do. */
    if (id == NULL || fields == NULL || body_text(memo, "after") == NULL)
        return reply_next(reply, "waba", NULL);
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version, id, edge);
    request_add_text(request, REQUEST_QUERY, "fields", fields);
    request_add_text(request, REQUEST_QUERY, "limit",
                     part == READ_TEMPLATES ? PAGE_TEMPLATES : PAGE_ITEMS);
    step_add_page(facts, request);
    return step_send(facts, request, reply, token_of(is_source));
}

static enum outcome build_page(const struct facts *facts, struct request *request,
                               struct reply *reply, bool is_source)
{
    return build_list(facts, request, reply, is_source, "phone_numbers", READ_NUMBERS);
}

static enum outcome build_templates(const struct facts *facts, struct request *request,
                                    struct reply *reply, bool is_source)
{
    return build_list(facts, request, reply, is_source, READ_FIELDS_TEMPLATES, READ_TEMPLATES);
}

/* Templates */

static void count_template(struct json_object *counts, const char *key)
{
    json_object_object_add(counts, key, json_object_new_int64(step_memo_count(counts, key) + 1));
}

/* Adds a page to the memo's counts: APPROVED and GREEN is copied by Meta itself, APPROVED and
 * UNKNOWN by a call only. */
static void count_templates(struct json_object *memo, struct json_object *list)
{
    static const char *const keys[] = {"total", "approved_green", "approved_unknown"};
    struct json_object *counts = json_object_new_object();

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        json_object_object_add(
            counts, keys[i],
            json_object_new_int64(step_memo_count(body_get(memo, "templates"), keys[i])));
    for (size_t i = 0; i < body_length(list); i++) {
        struct json_object *quality = body_get(body_at(list, i), "quality_score");
        bool is_approved = body_text_is(body_at(list, i), "status", "APPROVED");
        count_template(counts, "total");
        if (is_approved && body_text_is(quality, "score", "GREEN"))
            count_template(counts, "approved_green");
        if (is_approved && body_text_is(quality, "score", "UNKNOWN"))
            count_template(counts, "approved_unknown");
    }
    json_object_object_add(memo, "templates", counts);
}

static void learn_templates(const struct read_fields *read, struct reply *reply)
{
    BODY_OWNED *own = json_object_new_object();
    struct json_object *left_out = read_fields_left_out(read, READ_WABA);

    if (read_fields_list(read, READ_TEMPLATES) != NULL)
        json_object_object_add(own, "_templates",
                               json_object_get(body_get(read->memo, "templates")));
    if (left_out != NULL)
        json_object_object_add(own, "_left_out", left_out);
    reply_learn(reply, LEARNED_TEMPLATES, read->is_source, waba_id(read->facts, read->is_source),
                NULL, json_object_to_json_string_ext(own, JSON_C_TO_STRING_PLAIN), NULL);
}

/* The WABA and its numbers are known: that the rest cannot be read is no reason to stop. */
static void leave_templates_out(const struct read_fields *read, struct reply *reply)
{
    read_fields_drop(read, READ_FIELDS_TEMPLATES);
    learn_templates(read, reply);
    (void)reply_done(reply, "the templates cannot all be read, and stay uncounted");
}

/* After the numbers: the templates that did not fit into the first answer. */
static void go_on_with_templates(struct json_object *memo, struct reply *reply)
{
    const char *after = body_text(memo, "templates_after");

    if (after == NULL) {
        (void)reply_done(reply, NULL);
        return;
    }
    step_memo_text(memo, "after", after);
    json_object_object_del(memo, "templates_after");
    step_remember(reply, memo);
    (void)reply_next(reply, "templates", NULL);
}

static void answer_templates(const struct facts *facts, struct json_object *body,
                             struct reply *reply, bool is_source)
{
    BODY_OWNED *memo = step_memo(facts);
    const struct read_fields read = {facts, reply->arena, memo, is_source};

    if (body_list(body) == NULL) {
        step_unclear(reply, "the answer holds no list");
        return;
    }
    count_templates(memo, body_list(body));
    if (step_next_memo_page(memo, reply, "templates", body))
        return;
    learn_templates(&read, reply);
    (void)reply_done(reply, NULL);
}

/* The WABA and its numbers */

static void learn_numbers(const struct read_fields *read, struct reply *reply,
                          struct json_object *numbers)
{
    struct json_object *list = body_list(numbers);

    read_fields_learn(read, reply);
    for (size_t i = 0; i < body_length(list); i++)
        (void)read_fields_learn_number(read, body_at(list, i), reply);
    if (!step_next_memo_page(read->memo, reply, "page", numbers))
        go_on_with_templates(read->memo, reply);
}

/* What the first answer says of the templates: all there is to say, or where to go on. */
static void fold_templates(const struct read_fields *read, struct json_object *templates,
                           struct json_object *own)
{
    json_object_object_del(read->memo, "templates");
    json_object_object_del(read->memo, "templates_after");
    if (read_fields_list(read, READ_TEMPLATES) == NULL)
        return;
    /* A WABA without templates has no list at all. */
    count_templates(read->memo, body_list(templates));
    if (!body_has_next_page(templates)) {
        json_object_object_add(own, "_templates",
                               json_object_get(body_get(read->memo, "templates")));
        json_object_object_del(read->memo, "templates");
    } else if (body_next_cursor(templates) != NULL) {
        step_memo_text(read->memo, "templates_after", body_next_cursor(templates));
    } else {
        read_fields_drop(read, READ_FIELDS_TEMPLATES);
    }
}

/* The apps' first page tells whether ours is among them; where the next one is, is no fact. */
static struct json_object *without_paging(struct json_object *edge)
{
    struct json_object *own = json_object_new_object();

    json_object_object_foreach(edge, key, value)
    {
        if (strcmp(key, "paging") != 0)
            json_object_object_add(own, key, json_object_get(value));
    }
    return own;
}

/* The WABA's own fields, without its lists of numbers and templates. */
static void learn_waba(const struct read_fields *read, struct reply *reply,
                       struct json_object *body)
{
    BODY_OWNED *own = json_object_new_object();

    json_object_object_foreach(body, key, value)
    {
        bool is_apps = strcmp(key, "subscribed_apps") == 0;
        if (is_apps && json_object_is_type(value, json_type_object))
            json_object_object_add(own, key, without_paging(value));
        else if (read_fields_is_wanted(read, READ_WABA, key))
            json_object_object_add(own, key, json_object_get(value));
    }
    fold_templates(read, body_get(body, READ_FIELDS_TEMPLATES), own);
    struct json_object *left_out = read_fields_left_out(read, READ_WABA);
    if (left_out != NULL)
        json_object_object_add(own, "_left_out", left_out);
    reply_learn(reply, LEARNED_WABA, read->is_source, waba_id(read->facts, read->is_source), NULL,
                json_object_to_json_string_ext(own, JSON_C_TO_STRING_PLAIN), NULL);
}

static void answer_waba(const struct facts *facts, struct json_object *body, struct reply *reply,
                        bool is_source)
{
    BODY_OWNED *memo = step_memo(facts);
    const struct read_fields read = {facts, reply->arena, memo, is_source};

    if (!body_text_is(body, "id", waba_id(facts, is_source))) {
        step_unclear(reply, "the answer is not about the WABA asked for");
        return;
    }
    json_object_object_del(memo, "after");
    learn_waba(&read, reply, body);
    /* A WABA without numbers has no list at all. */
    learn_numbers(&read, reply, body_get(body, "phone_numbers"));
}

static void answer_page(const struct facts *facts, struct json_object *body, struct reply *reply,
                        bool is_source)
{
    BODY_OWNED *memo = step_memo(facts);
    const struct read_fields read = {facts, reply->arena, memo, is_source};

    if (body_list(body) == NULL)
        step_unclear(reply, "the answer holds no list");
    else
        learn_numbers(&read, reply, body);
}

/* Refusals */

static bool read_on_with_less(const struct facts *facts, const struct graph_error *error,
                              struct reply *reply, bool is_source, const char *phase,
                              unsigned parts)
{
    BODY_OWNED *memo = step_memo(facts);
    const struct read_fields read = {facts, reply->arena, memo, is_source};
    const char *note = read_fields_leave_out(&read, parts, error);

    if (note == NULL)
        note = read_fields_go_bare(&read, parts, error);
    if (note == NULL)
        return false;
    step_remember(reply, memo);
    (void)reply_next(reply, phase, note);
    return true;
}

static bool error_source(const struct facts *facts, const struct graph_error *error,
                         struct reply *reply)
{
    bool is_our_token = facts->source_token == NULL;
    bool is_token_refused = error->rule->class == ERROR_CREDENTIAL;

    if (!step_is_refused_access(error) && (!is_token_refused || is_our_token))
        return false;
    reply_learn(reply, LEARNED_UNREADABLE, true, facts->source_waba_id, NULL, NULL, NULL);
    if (!is_token_refused && read_ids_are_known(facts)) {
        read_ids_begin(facts, reply,
                       "the source WABA cannot be read; asking for its numbers by their ids");
        return true;
    }
    (void)reply_done(reply,
                     arena_printf(reply->arena,
                                  "the source WABA cannot be read (%s, code %lld); what matters "
                                  "there must be attested",
                                  is_token_refused ? "its token is refused" : "no access",
                                  (long long)error->code));
    return true;
}

static bool error_destination(const struct facts *facts, const struct graph_error *error,
                              struct reply *reply)
{
    (void)facts;
    if (!step_is_refused_access(error))
        return false;
    bool is_permission = error->code == 10 || error->code == 131005;
    (void)reply_wait_person(
        reply, "access", is_permission ? "partner" : "customer",
        is_permission
            ? "Grant the token whatsapp_business_management and whatsapp_business_messaging, then "
              "run again."
            : "The new account is not visible to the partner: share it with the partner's "
              "portfolio (Embedded Signup does so).");
    const struct error_rule *rule = reply->error.rule;
    reply->error = *error;
    reply->error.rule = rule;
    return true;
}

static bool error_read(const struct facts *facts, const struct graph_error *error,
                       struct reply *reply, bool is_source, const char *phase, unsigned parts)
{
    if (read_on_with_less(facts, error, reply, is_source, phase, parts))
        return true;
    return is_source ? error_source(facts, error, reply) : error_destination(facts, error, reply);
}

static bool error_waba(const struct facts *facts, const struct graph_error *error,
                       struct reply *reply, bool is_source)
{
    return error_read(facts, error, reply, is_source, "waba",
                      READ_WABA | READ_NUMBERS | READ_TEMPLATES);
}

static bool error_page(const struct facts *facts, const struct graph_error *error,
                       struct reply *reply, bool is_source)
{
    return error_read(facts, error, reply, is_source, "page", READ_NUMBERS);
}

static bool error_templates(const struct facts *facts, const struct graph_error *error,
                            struct reply *reply, bool is_source)
{
    BODY_OWNED *memo = step_memo(facts);
    const struct read_fields read = {facts, reply->arena, memo, is_source};
    enum error_class class = error->rule->class;
    bool is_source_token = is_source && facts->source_token != NULL;

    if (class != ERROR_PERSON && class != ERROR_PERMANENT && class != ERROR_DONE &&
        (class != ERROR_CREDENTIAL || !is_source_token))
        return false;
    leave_templates_out(&read, reply);
    return true;
}

/* A phase of one side: the same functions, told which side it is. */
#define DEFINE_PHASE(phase, side, is_source)                                                       \
    static enum outcome build_##phase##_##side(const struct facts *facts, struct request *request, \
                                               struct reply *reply)                                \
    {                                                                                              \
        return build_##phase(facts, request, reply, is_source);                                    \
    }                                                                                              \
    static void answer_##phase##_##side(const struct facts *facts, struct json_object *body,       \
                                        struct reply *reply)                                       \
    {                                                                                              \
        answer_##phase(facts, body, reply, is_source);                                             \
    }                                                                                              \
    static bool error_##phase##_##side(const struct facts *facts, const struct graph_error *error, \
                                       struct reply *reply)                                        \
    {                                                                                              \
        return error_##phase(facts, error, reply, is_source);                                      \
    }

DEFINE_PHASE(waba, source, true)
DEFINE_PHASE(page, source, true)
DEFINE_PHASE(templates, source, true)
DEFINE_PHASE(waba, destination, false)
DEFINE_PHASE(page, destination, false)
DEFINE_PHASE(templates, destination, false)

/* clang-format off */
static const struct job_phase phases_source[] = {
    {"waba",         PHASE_READ, NULL, build_waba_source,      answer_waba_source,      error_waba_source,      BUDGET_WABA, USUAL_ALWAYS},
    {"page",         PHASE_READ, NULL, build_page_source,      answer_page_source,      error_page_source,      BUDGET_WABA, USUAL_NEVER},
    {"templates",    PHASE_READ, NULL, build_templates_source, answer_templates_source, error_templates_source, BUDGET_WABA, USUAL_NEVER},
    /* One request, but Graph counts each of its ids as a call. */
    {READ_IDS_PHASE, PHASE_READ, NULL, read_ids_build,         read_ids_answer,         read_ids_error,         BUDGET_WABA, USUAL_NEVER},
};
static const struct job_phase phases_destination[] = {
    {"waba",      PHASE_READ, NULL, build_waba_destination,      answer_waba_destination,      error_waba_destination,      BUDGET_WABA, USUAL_ALWAYS},
    {"page",      PHASE_READ, NULL, build_page_destination,      answer_page_destination,      error_page_destination,      BUDGET_WABA, USUAL_NEVER},
    {"templates", PHASE_READ, NULL, build_templates_destination, answer_templates_destination, error_templates_destination, BUDGET_WABA, USUAL_NEVER},
};
/* clang-format on */

const struct job_kind JOB_READ_SOURCE = {.name = "read_source",
                                         .subject = SUBJECT_WABA,
                                         .is_of_source = true,
                                         .phases = phases_source,
                                         .phase_count = 4};
const struct job_kind JOB_READ_DESTINATION = {.name = "read_destination",
                                              .subject = SUBJECT_WABA,
                                              .phases = phases_destination,
                                              .phase_count = 3};
