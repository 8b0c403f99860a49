/* SPDX-License-Identifier: PostgreSQL */
/*
 * The memo: "ids" (those not settled yet, comma separated), "known" and "read" (how many there
 * were, how many could be read); "suspects" (so many of the first ids have one among them that was
 * refused, and Graph did not say which), "size" (ask for no more at once); "refusals" and "singles"
 * (requests, and requests of one id, refused in a row).
 */
#include "jobs/read_ids.h"

#include <ctype.h>
#include <json-c/json.h>
#include <string.h>

#include "jobs/read_fields.h"
#include "jobs/step.h"

#define IDS_A_REQUEST 50 /* Graph's limit */
#define SINGLES_MAX 3
/* With this many refusals in a row it is not an id here and there: smaller requests find out what
 * can be read sooner. */
#define REFUSALS_MAX 3

/* Some of the ids still to be read: the first of the memo's. */
struct batch {
    const char *ids, *rest; /* both in the arena */
    int64_t count;
};

bool read_ids_are_known(const struct facts *facts)
{
    const char *ids = facts->source_phone_number_ids;

    return facts->source_token != NULL && ids != NULL && ids[strspn(ids, ",")] != '\0';
}

/* The first id of a list, and the list behind it. */
static const char *take_id(const char **list, struct arena *arena)
{
    *list += strspn(*list, ",");
    size_t length = strcspn(*list, ",");
    const char *id = arena_copy_bytes(arena, *list, length);

    *list += length;
    return length > 0 ? id : NULL;
}

static void set_count(struct json_object *memo, const char *key, int64_t count)
{
    json_object_object_add(memo, key, json_object_new_int64(count));
}

void read_ids_begin(const struct facts *facts, struct reply *reply, const char *note)
{
    BODY_OWNED *memo = json_object_new_object();
    const char *list = facts->source_phone_number_ids;
    int64_t count = 0;

    step_memo_text(memo, "ids", list);
    while (take_id(&list, reply->arena) != NULL)
        count++;
    set_count(memo, "known", count);
    step_remember(reply, memo);
    (void)reply_next(reply, READ_IDS_PHASE, note);
}

static int64_t batch_size(struct json_object *memo)
{
    int64_t size = step_memo_count(memo, "size");
    int64_t suspects = step_memo_count(memo, "suspects");

    if (size == 0 || size > IDS_A_REQUEST)
        size = IDS_A_REQUEST;
    /* Where one id was refused alone, one more tells whether any of the others can be read. */
    if (suspects == 1 || step_memo_count(memo, "singles") > 0)
        return 1;
    return suspects > 0 && suspects / 2 < size ? suspects / 2 : size;
}

static struct batch next_batch(struct json_object *memo, struct arena *arena)
{
    struct batch batch = {.ids = "", .rest = arena_copy_text(arena, body_text(memo, "ids"))};
    const char *id;

    while (batch.rest != NULL && batch.count < batch_size(memo) &&
           (id = take_id(&batch.rest, arena)) != NULL) {
        batch.ids = arena_printf(arena, "%s%s%s", batch.ids, batch.count > 0 ? "," : "", id);
        batch.count++;
    }
    return batch;
}

static void finish(struct json_object *memo, struct reply *reply)
{
    (void)reply_done(reply,
                     arena_printf(reply->arena,
                                  "the source WABA cannot be read; %lld of %lld numbers could be, "
                                  "by their ids",
                                  (long long)step_memo_count(memo, "read"),
                                  (long long)step_memo_count(memo, "known")));
}

/* On with what is left of the ids. */
static void go_on(struct json_object *memo, const char *ids, struct reply *reply, const char *note)
{
    if (ids[strspn(ids, ",")] == '\0') {
        finish(memo, reply);
        return;
    }
    step_memo_text(memo, "ids", ids);
    step_remember(reply, memo);
    (void)reply_next(reply, READ_IDS_PHASE, note);
}

enum outcome read_ids_build(const struct facts *facts, struct request *request, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    const struct read_fields read = {facts, reply->arena, memo, true};
    const struct batch batch = next_batch(memo, reply->arena);

    if (batch.count == 0)
        return reply_next(reply, "waba", NULL);
    request_begin(request, reply->arena, REQUEST_GET, facts->graph_version, NULL, NULL);
    request_add_text(request, REQUEST_QUERY, "ids", batch.ids);
    request_add_text(request, REQUEST_QUERY, "fields", read_fields_list(&read, READ_NUMBERS));
    return step_send(facts, request, reply, STEP_TOKEN_SOURCE);
}

void read_ids_answer(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    const struct read_fields read = {facts, reply->arena, memo, true};
    const struct batch batch = next_batch(memo, reply->arena);
    int64_t count = step_memo_count(memo, "read");
    const char *ids = batch.ids, *id;

    if (!json_object_is_type(body, json_type_object)) {
        step_unclear(reply, "the answer is no object of numbers");
        return;
    }
    read_fields_learn(&read, reply);
    while ((id = take_id(&ids, reply->arena)) != NULL)
        count += read_fields_learn_number(&read, body_get(body, id), reply);
    set_count(memo, "read", count);
    /* Not among these, so among the rest of the suspects. */
    int64_t suspects = step_memo_count(memo, "suspects") - batch.count;
    set_count(memo, "suspects", suspects > 0 ? suspects : 0);
    json_object_object_del(memo, "size");
    json_object_object_del(memo, "refusals");
    json_object_object_del(memo, "singles");
    go_on(memo, batch.rest != NULL ? batch.rest : "", reply, NULL);
}

/* Whether the text names the id, as a whole word. */
static bool is_named(const char *text, const char *id)
{
    size_t length = strlen(id);

    for (const char *at = text; at != NULL && (at = strstr(at, id)) != NULL; at++) {
        if ((at == text || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[length]))
            return true;
    }
    return false;
}

/* The batch without the ids that the error names. */
static const char *without_named(const struct batch *batch, const struct graph_error *error,
                                 struct arena *arena, int64_t *named)
{
    const char *ids = batch->ids, *kept = "", *id;

    *named = 0;
    while ((id = take_id(&ids, arena)) != NULL) {
        if (is_named(error->message, id) || is_named(error->details, id))
            (*named)++;
        else
            kept = arena_printf(arena, "%s%s%s", kept, kept[0] != '\0' ? "," : "", id);
    }
    return kept;
}

/* Each refusal takes an id away or makes the next request smaller, so there is an end to them. */
static void refuse(struct json_object *memo, const struct graph_error *error, struct reply *reply)
{
    const struct batch batch = next_batch(memo, reply->arena);
    int64_t refusals = step_memo_count(memo, "refusals") + 1;
    int64_t singles = step_memo_count(memo, "singles") + (batch.count <= 1);
    int64_t named;
    const char *kept = without_named(&batch, error, reply->arena, &named);
    const char *rest = batch.rest != NULL ? batch.rest : "";

    if (batch.count <= 1)
        kept = "";
    read_fields_doubt(memo);
    if (singles >= SINGLES_MAX) {
        finish(memo, reply);
        return;
    }
    set_count(memo, "refusals", refusals);
    set_count(memo, "singles", singles);
    set_count(memo, "suspects", batch.count > 1 && named == 0 ? batch.count : 0);
    if (batch.count > 1 && named > 0 && refusals > REFUSALS_MAX)
        set_count(memo, "size", batch.count / 2);
    go_on(memo, arena_printf(reply->arena, "%s,%s", kept, rest), reply,
          named > 0 || batch.count <= 1 ? "Graph does not give every number; going on without it"
                                        : "Graph does not say which number it refuses; asking for "
                                          "fewer at once");
}

static bool names_an_id(struct json_object *memo, const struct graph_error *error,
                        struct arena *arena)
{
    const struct batch batch = next_batch(memo, arena);
    int64_t named;

    (void)without_named(&batch, error, arena, &named);
    return named > 0;
}

bool read_ids_error(const struct facts *facts, const struct graph_error *error, struct reply *reply)
{
    BODY_OWNED *memo = step_memo(facts);
    const struct read_fields read = {facts, reply->arena, memo, true};
    const char *note = NULL;

    switch (error->rule->class) {
    case ERROR_RETRY:
    case ERROR_WAIT:
    case ERROR_THROTTLED:
        return false;
    case ERROR_CREDENTIAL:
        finish(memo, reply);
        return true;
    case ERROR_PERSON:
    case ERROR_PERMANENT:
    case ERROR_DONE:
        break;
    }
    if (!step_is_refused_access(error) || !names_an_id(memo, error, reply->arena))
        note = read_fields_leave_out(&read, READ_NUMBERS, error);
    if (note == NULL) {
        refuse(memo, error, reply);
        return true;
    }
    step_remember(reply, memo);
    (void)reply_next(reply, READ_IDS_PHASE, note);
    return true;
}
