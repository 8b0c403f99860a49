/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/templates.h"

#include <json-c/json.h>
#include <string.h>

#include "jobs/step.h"

/* What Graph has accepted, and what an answer was lost of, may be on its way: no duration is
 * published. What it refused may be a fault of the moment. */
#define ACCEPTED_PAUSE_MS (INT64_C(60) * 60 * 1000)
#define LOST_PAUSE_MS (INT64_C(5) * 60 * 1000)
#define REFUSED_PAUSE_MS (INT64_C(30) * 1000)
#define PAGES_MAX 100 /* of a source whose list is not known */
#define LIST_FIELDS "id,name,language,status,category,quality_score,rejected_reason"
#define ERROR_LIMIT 2388019
#define ERROR_OTHER_BUSINESS 2388103

/* What is known */

static int64_t figure(struct json_object *json, const char *key, int64_t otherwise)
{
    int64_t value;

    return body_integer(json, key, &value) ? value : otherwise;
}

void templates_view(const struct facts *facts, struct template_view *view)
{
    struct json_object *json =
        facts->templates != NULL ? json_tokener_parse(facts->templates) : NULL;

    *view = (struct template_view){
        .json = json,
        .source_total = figure(json, "source_total", -1),
        .missing = figure(json, "missing", 0),
        .due = figure(json, "due", 0),
        .asked = figure(json, "asked", 0),
        .refused = figure(json, "refused", 0),
        .there = figure(json, "there", 0),
        .due_ms = figure(json, "due_ms", 0),
        .settles_ms = figure(json, "settles_ms", 0),
        .read_ms = figure(json, "destination_read_ms", 0),
        .wait_ms = figure(json, "wait_ms", 0),
        .settle_ms = figure(json, "settle_ms", 0),
        .is_empty = body_is_true(json, "is_empty"),
        .is_copying_before = body_is_true(json, "is_copying_before"),
    };
}

void templates_finish(struct template_view *view)
{
    body_release(&view->json);
}

enum outcome templates_compare(const struct facts *facts, templates_decide *decide,
                               struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    struct template_view view;

    templates_view(facts, &view);
    enum outcome outcome = decide(facts, &view, memo, reply);
    templates_finish(&view);
    return outcome;
}

static void set_count(struct json_object *memo, const char *key, int64_t count)
{
    json_object_object_add(memo, key, json_object_new_int64(count));
}

static int64_t count_of(struct json_object *memo)
{
    int64_t count = step_memo_count(memo, "count");

    return count > 0 && count < TEMPLATES_CALL_MAX ? count : TEMPLATES_CALL_MAX;
}

static int64_t divided_up(int64_t value, int64_t by)
{
    return (value + by - 1) / by;
}

void templates_learn_news(struct reply *reply, struct json_object *news)
{
    reply_learn(reply, LEARNED_TEMPLATE_NEWS, false, NULL, NULL,
                json_object_to_json_string_ext(news, JSON_C_TO_STRING_PLAIN), NULL);
    json_object_put(news);
}

/* How to go on */

static void forget_list(struct json_object *memo)
{
    json_object_object_del(memo, "after");
    json_object_object_del(memo, "pages");
    json_object_object_del(memo, "is_doubted");
}

static enum outcome go_on(struct json_object *memo, const char *phase, const char *note,
                          struct reply *reply)
{
    step_remember(reply, memo);
    return reply_next(reply, phase, note);
}

/* Pages name what does not qualify, too, and what is there already. They are Meta's own way where
 * nothing is there and no call is spared by naming ids; and the only one where the source's list is
 * not known. */
static bool suits_pages(const struct template_view *view, struct json_object *memo)
{
    int64_t count = count_of(memo);

    if (body_is_true(memo, "is_by_ids"))
        return false;
    return view->source_total < 0 ||
           (view->is_empty && view->asked == 0 && view->due == view->missing &&
            divided_up(view->source_total, count) <= divided_up(view->due, count));
}

enum outcome templates_ask(const struct template_view *view, struct json_object *memo,
                           struct reply *reply)
{
    bool has_flows = body_length(body_get(view->json, "flows")) > 0;

    json_object_object_del(memo, "looks");
    forget_list(memo);
    if (has_flows)
        return go_on(memo, "flows", NULL, reply);
    if (suits_pages(view, memo))
        return go_on(memo, "migrate", NULL, reply);
    json_object_object_add(memo, "is_by_ids", json_object_new_boolean(true));
    return go_on(memo, "again", NULL, reply);
}

static int64_t at_most(int64_t value, int64_t ceiling)
{
    return value < ceiling ? value : ceiling;
}

enum outcome templates_wait(const struct template_view *view, int64_t now_ms,
                            const int64_t *pauses_ms, size_t pause_count, int64_t limit_ms,
                            struct json_object *memo, struct reply *reply)
{
    int64_t looks = step_memo_count(memo, "looks");
    bool has_nothing_to_see = view->refused == view->missing;
    size_t place = looks > 0 ? (size_t)looks - 1 : 0;

    set_count(memo, "looks", looks + 1);
    forget_list(memo);
    if (looks == 0 && !has_nothing_to_see)
        return go_on(memo, "look", NULL, reply);
    int64_t pause_ms = pauses_ms[place < pause_count ? place : pause_count - 1];
    if (view->due_ms > now_ms)
        pause_ms =
            has_nothing_to_see ? view->due_ms - now_ms : at_most(pause_ms, view->due_ms - now_ms);
    step_remember(reply, memo);
    reply->note = arena_printf(reply->arena, "%lld templates are not on the destination yet",
                               (long long)view->missing);
    reply->next_phase = has_nothing_to_see ? "compare" : "look";
    reply->wait_ms = at_most(pause_ms, limit_ms);
    return reply->outcome = OUTCOME_WAIT_TIME;
}

/* Lists */

static void copy_text(struct json_object *from, const char *key, struct json_object *to,
                      const char *name)
{
    const char *text = body_text(from, key);

    if (text != NULL)
        json_object_object_add(to, name, json_object_new_string(text));
}

static void add_flow(struct json_object *flows, struct json_object *button)
{
    const char *id = body_text(button, "flow_id");

    if (id != NULL)
        json_object_array_add(flows, json_object_new_string(id));
}

/* The flows that a template's buttons open; NULL where there is none. Owned by the caller. */
static struct json_object *flows_of(struct json_object *template)
{
    struct json_object *components = body_get(template, "components");
    struct json_object *flows = json_object_new_array();

    for (size_t i = 0; i < body_length(components); i++) {
        struct json_object *buttons = body_get(body_at(components, i), "buttons");
        for (size_t b = 0; b < body_length(buttons); b++)
            add_flow(flows, body_at(buttons, b));
    }
    if (json_object_array_length(flows) > 0)
        return flows;
    json_object_put(flows);
    return NULL;
}

/* As LEARNED_TEMPLATES_PAGE has it; owned by the caller. */
static struct json_object *read_page(struct json_object *list, bool *has_flows)
{
    struct json_object *page = json_object_new_array();

    for (size_t i = 0; i < body_length(list); i++) {
        struct json_object *template = body_at(list, i), *row;
        struct json_object *flows = flows_of(template);
        if (body_text(template, "id") == NULL || body_text(template, "name") == NULL ||
            body_text(template, "language") == NULL) {
            json_object_put(flows);
            continue;
        }
        row = json_object_new_object();
        copy_text(template, "id", row, "id");
        copy_text(template, "name", row, "name");
        copy_text(template, "language", row, "language");
        copy_text(template, "status", row, "status");
        copy_text(template, "category", row, "category");
        copy_text(body_get(template, "quality_score"), "score", row, "quality");
        copy_text(template, "rejected_reason", row, "rejected_reason");
        if (flows != NULL) {
            *has_flows = true;
            json_object_object_add(row, "flows", flows);
        }
        json_object_array_add(page, row);
    }
    return page;
}

void templates_add_page(const struct facts *facts, struct request *request, const char *fields,
                        unsigned limit)
{
    BODY_OWNED *memo = step_memo(facts);
    int64_t smaller = step_memo_count(memo, "limit");

    request_add_text(request, REQUEST_QUERY, "fields", fields);
    request_add_text(
        request, REQUEST_QUERY, "limit",
        arena_printf(request->arena, "%lld", (long long)(smaller > 0 ? smaller : (int64_t)limit)));
    step_add_page(facts, request);
}

bool templates_halve_page(const struct facts *facts, const struct graph_error *error,
                          const char *phase, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    int64_t limit = step_memo_count(memo, "limit");

    if (error->code != 1 || error->message == NULL ||
        strcasestr(error->message, "reduce the amount of data") == NULL)
        return false;
    limit = (limit > 0 ? limit : TEMPLATES_LIST_LIMIT) / 2;
    if (limit < 1)
        return false;
    set_count(memo, "limit", limit);
    (void)go_on(memo, phase, "Graph finds the page too long; asking for half of it", reply);
    return true;
}

/* The destination's list */

static bool knows_destination(const struct facts *facts, struct reply *reply)
{
    return step_knows(reply, facts->destination_waba_id, "The destination WABA is not known",
                      "Send the customer the signup link, or set destination_waba_id, then retry.");
}

static bool knows_both(const struct facts *facts, struct reply *reply)
{
    return knows_destination(facts, reply) &&
           step_knows(reply, facts->source_waba_id, "The source WABA is not known",
                      "Set source_waba_id in the manifest, then retry.");
}

enum outcome templates_build_destination(const struct facts *facts, struct request *request,
                                         struct reply *reply)
{
    if (!knows_destination(facts, reply))
        return reply->outcome;
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version,
                  facts->destination_waba_id, "message_templates");
    templates_add_page(facts, request, LIST_FIELDS, TEMPLATES_LIST_LIMIT);
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

static void learn_page(struct json_object *page, bool is_source, bool is_first, bool is_last,
                       bool is_before, struct reply *reply)
{
    BODY_OWNED *json = json_object_new_object();

    json_object_object_add(json, "list", page);
    json_object_object_add(json, "is_first", json_object_new_boolean(is_first));
    json_object_object_add(json, "is_last", json_object_new_boolean(is_last));
    json_object_object_add(json, "is_before", json_object_new_boolean(is_before));
    reply_learn(reply, LEARNED_TEMPLATES_PAGE, is_source, NULL, NULL,
                json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN), NULL);
}

void templates_learn_none(const struct template_list *list, struct reply *reply)
{
    learn_page(json_object_new_array(), list->is_source, true, true, list->is_before, reply);
}

bool templates_learn_list(struct json_object *memo, struct json_object *body,
                          const struct template_list *list, struct reply *reply)
{
    bool is_first = body_text(memo, "after") == NULL, has_flows = false;

    if (body_list(body) == NULL) {
        step_unclear(reply, "the answer holds no list");
        return false;
    }
    bool goes_on = step_next_memo_page(memo, reply, list->phase, body);
    if (goes_on && reply->outcome != OUTCOME_NEXT)
        return false;
    struct json_object *page = read_page(body_list(body), &has_flows);
    if (has_flows)
        json_object_object_add(memo, "has_flows", json_object_new_boolean(true));
    if (goes_on)
        step_remember(reply, memo);
    learn_page(page, list->is_source, is_first, !goes_on, list->is_before, reply);
    return !goes_on;
}

enum outcome templates_build_look(const struct facts *facts, struct request *request,
                                  struct reply *reply)
{
    return templates_build_destination(facts, request, reply);
}

/* The first `count` of those that could be asked for: what a call by ids names. */
static struct json_object *ids_to_ask(const struct template_view *view, int64_t count)
{
    struct json_object *ids = body_get(view->json, "ids"), *some = json_object_new_array();

    for (size_t i = 0; i < body_length(ids) && (int64_t)i < count; i++)
        json_object_array_add(some, json_object_get(body_at(ids, i)));
    return some;
}

void templates_tell_lost(const struct facts *facts, struct json_object *memo, struct reply *reply)
{
    struct template_view view;
    int64_t count = count_of(memo);

    if (!facts->is_in_doubt || body_is_true(memo, "is_doubted"))
        return;
    struct json_object *news = json_object_new_object();
    templates_view(facts, &view);
    if (body_is_true(memo, "is_by_ids"))
        json_object_object_add(news, "asked", ids_to_ask(&view, count));
    else
        json_object_object_add(news, "all", json_object_new_boolean(true));
    set_count(news, "pause_ms", LOST_PAUSE_MS);
    templates_learn_news(reply, news);
    templates_finish(&view);
    set_count(memo, "count", count > 1 ? count / 2 : 1);
    if (view.source_total >= 0)
        json_object_object_add(memo, "is_by_ids", json_object_new_boolean(true));
    else
        set_count(memo, "page", 2 * (step_memo_count(memo, "page") + 1));
    json_object_object_add(memo, "is_doubted", json_object_new_boolean(true));
}

void templates_answer_look(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    static const struct template_list destination = {.phase = "look"};
    BODY_OWNED *memo = step_memo(facts);

    if (body_list(body) != NULL)
        templates_tell_lost(facts, memo, reply);
    if (!templates_learn_list(memo, body, &destination, reply))
        return;
    forget_list(memo);
    (void)go_on(memo, "compare", NULL, reply);
}

bool templates_error_look(const struct facts *facts, const struct graph_error *error,
                          struct reply *reply)
{
    return templates_halve_page(facts, error, "look", reply);
}

/* Flows */

static void learn_flows(struct reply *reply, struct json_object *news)
{
    reply_learn(reply, LEARNED_TEMPLATE_FLOWS, false, NULL, NULL,
                json_object_to_json_string_ext(news, JSON_C_TO_STRING_PLAIN), NULL);
    json_object_put(news);
}

enum outcome templates_build_flows(const struct facts *facts, struct request *request,
                                   struct reply *reply)
{
    struct template_view view;

    templates_view(facts, &view);
    struct json_object *names = body_get(view.json, "flows");
    const char *list =
        body_length(names) > 0
            ? arena_copy_text(reply->arena,
                              json_object_to_json_string_ext(names, JSON_C_TO_STRING_PLAIN))
            : NULL;
    templates_finish(&view);
    if (list == NULL)
        return reply_next(reply, "compare", NULL);
    if (!knows_both(facts, reply))
        return reply->outcome;
    request_begin(request, reply->arena, REQUEST_POST, facts->graph_version,
                  facts->destination_waba_id, "migrate_flows");
    request_add_text(request, REQUEST_BODY, "source_waba_id", facts->source_waba_id);
    request_add_json(request, "source_flow_names", list);
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

/* {"asked":[names], "copied":{name:id}, "failed":{name:why}} */
static struct json_object *flow_news(const struct facts *facts)
{
    struct json_object *news = json_object_new_object();
    struct template_view view;

    templates_view(facts, &view);
    json_object_object_add(news, "asked", json_object_get(body_get(view.json, "flows")));
    json_object_object_add(news, "copied", json_object_new_object());
    json_object_object_add(news, "failed", json_object_new_object());
    templates_finish(&view);
    return news;
}

static void add_named(struct json_object *to, struct json_object *entry, const char *name_key,
                      const char *value_key, const char *otherwise)
{
    const char *name = body_text(entry, name_key), *value = body_text(entry, value_key);

    if (name != NULL)
        json_object_object_add(to, name, json_object_new_string(value != NULL ? value : otherwise));
}

void templates_answer_flows(const struct facts *facts, struct json_object *body,
                            struct reply *reply)
{
    struct json_object *migrated = body_get(body, "migrated_flows");
    struct json_object *failed = body_get(body, "failed_flows");

    if (!json_object_is_type(migrated, json_type_array) &&
        !json_object_is_type(failed, json_type_array)) {
        step_unclear(reply, "the answer does not say which flows were copied");
        return;
    }
    struct json_object *news = flow_news(facts);
    for (size_t i = 0; i < body_length(migrated); i++)
        add_named(body_get(news, "copied"), body_at(migrated, i), "source_name", "migrated_id", "");
    for (size_t i = 0; i < body_length(failed); i++)
        add_named(body_get(news, "failed"), body_at(failed, i), "source_name", "error_message",
                  "no reason given");
    learn_flows(reply, news);
    (void)reply_next(reply, "compare", NULL);
}

/* Templates without flows go all the same; those with flows will say what they lack. */
bool templates_error_flows(const struct facts *facts, const struct graph_error *error,
                           struct reply *reply)
{
    if (error->rule->class != ERROR_PERSON && error->rule->class != ERROR_PERMANENT)
        return false;
    struct json_object *news = flow_news(facts), *names = body_get(news, "asked");
    const char *why = error->message != NULL ? error->message : "no reason given";
    for (size_t i = 0; i < body_length(names); i++)
        json_object_object_add(body_get(news, "failed"), json_object_get_string(body_at(names, i)),
                               json_object_new_string(why));
    learn_flows(reply, news);
    (void)reply_next(reply, "compare", "the flows cannot be copied; going on without them");
    return true;
}

enum outcome templates_build_flows_lookup(const struct facts *facts, struct request *request,
                                          struct reply *reply)
{
    if (!knows_destination(facts, reply))
        return reply->outcome;
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version,
                  facts->destination_waba_id, "flows");
    request_add_text(request, REQUEST_QUERY, "fields", "id,name");
    request_add_text(request, REQUEST_QUERY, "limit", "100");
    step_add_page(facts, request);
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

void templates_answer_flows_lookup(const struct facts *facts, struct json_object *body,
                                   struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    struct json_object *list = body_list(body);

    if (list == NULL) {
        step_unclear(reply, "the answer holds no list");
        return;
    }
    bool is_first = body_text(memo, "after") == NULL;
    bool goes_on = step_next_memo_page(memo, reply, "flows_lookup", body);
    if (goes_on && reply->outcome != OUTCOME_NEXT)
        return;
    struct json_object *news = flow_news(facts);
    for (size_t i = 0; i < body_length(list); i++)
        add_named(body_get(news, "copied"), body_at(list, i), "name", "id", "");
    if (!is_first) /* counted as asked for by the first page */
        json_object_object_del(news, "asked");
    learn_flows(reply, news);
    if (goes_on)
        return;
    forget_list(memo);
    (void)go_on(memo, "compare", NULL, reply);
}

/* The calls that copy */

static void begin_call(const struct facts *facts, struct request *request, struct reply *reply)
{
    request_begin(request, reply->arena, REQUEST_POST, facts->graph_version,
                  facts->destination_waba_id, "migrate_message_templates");
    request_add_text(request, REQUEST_BODY, "source_waba_id", facts->source_waba_id);
}

static const char *number_text(struct arena *arena, int64_t number)
{
    return arena_printf(arena, "%lld", (long long)number);
}

enum outcome templates_build_page(const struct facts *facts, struct request *request,
                                  struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    int64_t count = count_of(memo);

    if (!knows_both(facts, reply))
        return reply->outcome;
    begin_call(facts, request, reply);
    request_add_json(request, "page_number",
                     number_text(reply->arena, step_memo_count(memo, "page")));
    if (count < TEMPLATES_CALL_MAX)
        request_add_json(request, "count", number_text(reply->arena, count));
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

enum outcome templates_build_ids(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    struct template_view view;

    templates_view(facts, &view);
    BODY_OWNED *ids = ids_to_ask(&view, count_of(memo));
    templates_finish(&view);
    if (body_length(ids) == 0)
        return reply_next(reply, "compare", NULL);
    if (!knows_both(facts, reply))
        return reply->outcome;
    begin_call(facts, request, reply);
    request_add_json(
        request, "template_ids",
        arena_copy_text(reply->arena, json_object_to_json_string_ext(ids, JSON_C_TO_STRING_PLAIN)));
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

static const char *first_text(struct json_object *entry, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        if (body_text(entry, *keys) != NULL)
            return body_text(entry, *keys);
    }
    return NULL;
}

static void add_failure(struct json_object *to, const char *id, const char *why)
{
    if (id != NULL && id[0] != '\0')
        json_object_object_add(to, id,
                               json_object_new_string(why != NULL ? why : "no reason given"));
}

static void add_failed_entries(struct json_object *to, struct json_object *failed)
{
    json_object_object_foreach(failed, id, why)
    {
        add_failure(to, id, why != NULL ? json_object_get_string(why) : NULL);
    }
}

/* {id: why} whichever shape it came in: a map; a list of ids, of {id: why}, or of entries. */
static struct json_object *failures_of(struct json_object *failed)
{
    static const char *const ids[] = {"id", "template_id", NULL};
    static const char *const reasons[] = {"reason", "error_message", "message", "error", NULL};
    struct json_object *map = json_object_new_object();

    if (json_object_is_type(failed, json_type_object))
        add_failed_entries(map, failed);
    for (size_t i = 0; i < body_length(failed); i++) {
        struct json_object *entry = body_at(failed, i);
        const char *id = first_text(entry, ids);
        if (id != NULL)
            add_failure(map, id, first_text(entry, reasons));
        else if (json_object_is_type(entry, json_type_object))
            add_failed_entries(map, entry);
        else
            add_failure(map, json_object_get_string(entry), NULL);
    }
    return map;
}

/* What Graph said of a call: {"failed":{id:why}, "pause_ms", "refused_pause_ms"}, to which the
 * caller adds what was asked for; NULL: it did not say. */
static struct json_object *news_of(struct json_object *body, struct reply *reply)
{
    struct json_object *migrated = body_get(body, "migrated_templates");
    struct json_object *failed = body_get(body, "failed_templates"), *news;

    if (migrated == NULL && failed == NULL) {
        step_unclear(reply, "the answer does not say which templates were copied");
        return NULL;
    }
    news = json_object_new_object();
    json_object_object_add(news, "failed", failures_of(failed));
    set_count(news, "pause_ms", ACCEPTED_PAUSE_MS);
    set_count(news, "refused_pause_ms", REFUSED_PAUSE_MS);
    return news;
}

void templates_answer_page(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    int64_t page = step_memo_count(memo, "page") + 1, count = count_of(memo);
    struct template_view view;
    struct json_object *news = news_of(body, reply);

    if (news == NULL)
        return;
    templates_view(facts, &view);
    bool is_empty = body_length(body_get(body, "migrated_templates")) == 0 &&
                    json_object_object_length(body_get(news, "failed")) == 0;
    bool is_last =
        view.source_total < 0 ? is_empty || page >= PAGES_MAX : page * count >= view.source_total;
    templates_finish(&view);
    if (is_last)
        json_object_object_add(news, "all", json_object_new_boolean(true));
    templates_learn_news(reply, news);
    set_count(memo, "page", page);
    if (is_last)
        json_object_object_add(memo, "is_by_ids", json_object_new_boolean(true));
    (void)go_on(memo, is_last ? "compare" : "migrate", NULL, reply);
}

void templates_answer_ids(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    struct template_view view;
    struct json_object *news = news_of(body, reply);

    if (news == NULL)
        return;
    templates_view(facts, &view);
    json_object_object_add(news, "asked", ids_to_ask(&view, count_of(memo)));
    templates_finish(&view);
    templates_learn_news(reply, news);
    (void)reply_next(reply, "compare", NULL);
}

static const char *explanation(const struct graph_error *error)
{
    return error->user_message != NULL ? error->user_message
           : error->title != NULL      ? error->title
                                       : error->message;
}

static void give_up_for_limit(const struct graph_error *error, struct reply *reply)
{
    struct json_object *news = json_object_new_object();
    const char *why = explanation(error);

    json_object_object_add(news, "given_up", json_object_new_string("limit"));
    if (why != NULL)
        json_object_object_add(news, "refusal", json_object_new_string(why));
    templates_learn_news(reply, news);
    (void)reply_next(reply, "compare", "the destination has no room for more templates");
}

bool templates_error_write(const struct facts *facts, const struct graph_error *error,
                           struct reply *reply)
{
    if (graph_error_is(error, ERROR_LIMIT)) {
        BODY_OWNED *memo = step_memo(facts);
        json_object_object_add(memo, "is_by_ids", json_object_new_boolean(true));
        step_remember(reply, memo);
        give_up_for_limit(error, reply);
        return true;
    }
    if (!graph_error_is(error, ERROR_OTHER_BUSINESS))
        return false;
    (void)reply_failed(
        reply, "The two WABAs belong to different businesses", "partner",
        "Meta copies templates between WABAs of one business only: look at who owns the source and "
        "the destination, or set `templates` to `leave` for this customer. Then retry.");
    const struct error_rule *rule = reply->error.rule;
    reply->error = *error;
    reply->error.rule = rule;
    return true;
}
