/* SPDX-License-Identifier: PostgreSQL */
#include "planner/template_book.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "planner/place_index.h"

struct entry {
    struct template_row row;
    const char *source_id;
    unsigned source_round, destination_round; /* of the reading it was last seen in; 0: never */
    int refusals;
    int64_t ask_after_ms; /* not again before */
    const char *flow_ids; /* ",71,72,", those its buttons open; NULL: none */
};

struct flow {
    const char *source_id, *name; /* name NULL: not told yet */
    int asks;
    bool is_over; /* copied, or refused */
};

struct template_book {
    struct arena *arena;
    struct entry *entries;
    size_t count, room;
    struct place_index by_name, by_id;
    struct flow *flows;
    size_t flow_count;
    unsigned rounds[2]; /* readings begun; [1]: of the source */
    bool is_read[2];
    const char *unread;
    struct template_row *rows;
};

struct template_book *template_book_create(void)
{
    struct template_book *book = memory_take(sizeof *book);

    *book = (struct template_book){.arena = arena_create()};
    return book;
}

void template_book_destroy(struct template_book *book)
{
    if (!book)
        return;
    place_index_finish(&book->by_name);
    place_index_finish(&book->by_id);
    free(book->entries);
    free(book->flows);
    free(book->rows);
    arena_destroy(book->arena);
    free(book);
}

static bool is_named(const struct entry *entry, const char *name, const char *language)
{
    return strcmp(entry->row.name, name) == 0 && strcmp(entry->row.language, language) == 0;
}

static uint64_t hash_of(const char *name, const char *language)
{
    uint64_t hash = hash_text(name) * 31 + hash_text(language);

    return hash ? hash : 1;
}

/* Two of the same hash are told apart by their texts: the next key is tried. */
static struct entry *find(const struct template_book *book, const char *name, const char *language,
                          uint64_t *free_key)
{
    for (uint64_t key = hash_of(name, language);; key = key + 1 ? key + 1 : 1) {
        const struct place_entry *place = place_index_find(&book->by_name, key);
        if (!place) {
            *free_key = key;
            return NULL;
        }
        if (is_named(&book->entries[place->tag], name, language))
            return &book->entries[place->tag];
    }
}

static struct entry *find_or_make(struct template_book *book, const char *name,
                                  const char *language)
{
    uint64_t key;
    struct entry *entry = find(book, name, language, &key);

    if (entry)
        return entry;
    if (book->count == book->room) {
        book->room = book->room ? 2 * book->room : 256;
        book->entries = memory_resize(book->entries, book->room * sizeof *book->entries);
    }
    (void)place_index_put(&book->by_name, key, 0, (uint32_t)book->count);
    entry = &book->entries[book->count++];
    *entry = (struct entry){.row = {.name = arena_copy_text(book->arena, name),
                                    .language = arena_copy_text(book->arena, language)}};
    return entry;
}

/* ---- pages ---- */

static struct json_object *member(struct json_object *object, const char *key)
{
    struct json_object *value;

    return json_object_is_type(object, json_type_object) &&
                   json_object_object_get_ex(object, key, &value)
               ? value
               : NULL;
}

static size_t length(struct json_object *list)
{
    return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

/* Ids come as text or as a number; what is neither is not told. */
static const char *text_of(struct json_object *object, const char *key)
{
    struct json_object *value = member(object, key);
    bool is_scalar =
        json_object_is_type(value, json_type_string) || json_object_is_type(value, json_type_int);
    const char *text = is_scalar ? json_object_get_string(value) : NULL;

    return text && *text ? text : NULL;
}

static const char *kept(const struct template_book *book, struct json_object *object,
                        const char *key)
{
    return arena_copy_text(book->arena, text_of(object, key));
}

/* An id that it had before stays in the index and finds nothing any more. */
static void keep_id(struct template_book *book, struct entry *entry, const char *id)
{
    uint64_t key = id ? hash_of(id, "") : 0;
    bool is_known = id && entry->source_id && strcmp(entry->source_id, id) == 0;

    entry->source_id = id;
    while (id && !is_known &&
           place_index_put(&book->by_id, key, 0, (uint32_t)(entry - book->entries)))
        key = key + 1 ? key + 1 : 1;
}

static struct flow *find_flow(const struct template_book *book, const char *source_id,
                              const char *name)
{
    for (size_t i = 0; i < book->flow_count; i++) {
        struct flow *flow = &book->flows[i];
        if (source_id ? strcmp(flow->source_id, source_id) == 0
                      : flow->name && name && strcmp(flow->name, name) == 0)
            return flow;
    }
    return NULL;
}

static void read_flows(struct template_book *book, struct entry *entry, struct json_object *ids)
{
    entry->flow_ids = NULL;
    for (size_t i = 0; i < length(ids); i++) {
        const char *id = json_object_get_string(json_object_array_get_idx(ids, i));
        if (!id)
            continue;
        entry->flow_ids =
            arena_printf(book->arena, "%s%s,", entry->flow_ids ? entry->flow_ids : ",", id);
        if (find_flow(book, id, NULL))
            continue;
        book->flows = memory_resize(book->flows, (book->flow_count + 1) * sizeof *book->flows);
        book->flows[book->flow_count++] =
            (struct flow){.source_id = arena_copy_text(book->arena, id)};
    }
}

static void read_source(struct template_book *book, struct entry *entry, struct json_object *from)
{
    struct template_row *row = &entry->row;

    keep_id(book, entry, kept(book, from, "id"));
    entry->source_round = book->rounds[1];
    row->is_source_gone = false;
    row->source_status = kept(book, from, "status");
    row->source_category = kept(book, from, "category");
    row->source_quality = kept(book, from, "quality");
    read_flows(book, entry, member(from, "flows"));
}

static void read_destination(struct template_book *book, struct entry *entry,
                             struct json_object *from)
{
    struct template_row *row = &entry->row;
    const char *status = text_of(from, "status");

    entry->destination_round = book->rounds[0];
    row->is_destination_gone = false;
    row->destination_status = arena_copy_text(book->arena, status ? status : "UNKNOWN");
    row->destination_category = kept(book, from, "category");
    row->destination_quality = kept(book, from, "quality");
    row->destination_rejected_reason = kept(book, from, "rejected_reason");
}

static void forget_source(struct template_row *row)
{
    row->is_source_gone = true;
}

static void forget_destination(struct template_row *row)
{
    row->is_destination_gone = true;
    row->destination_status = row->destination_category = row->destination_quality = NULL;
}

static void end_reading(struct template_book *book, bool is_source)
{
    unsigned round = book->rounds[is_source];

    book->is_read[is_source] = true;
    for (size_t i = 0; i < book->count; i++) {
        struct entry *entry = &book->entries[i];
        unsigned seen = is_source ? entry->source_round : entry->destination_round;
        if (seen == 0 || seen == round)
            continue;
        if (is_source)
            forget_source(&entry->row);
        else
            forget_destination(&entry->row);
    }
}

static struct json_object *parsed(const char *json)
{
    return json ? json_tokener_parse(json) : NULL;
}

static bool is_true(struct json_object *object, const char *key)
{
    return json_object_get_boolean(member(object, key));
}

void template_book_learn_page(struct template_book *book, bool is_source, const char *json)
{
    struct json_object *page = parsed(json), *list = member(page, "list");

    if (is_true(page, "is_first") || book->rounds[is_source] == 0)
        book->rounds[is_source]++;
    for (size_t i = 0; i < length(list); i++) {
        struct json_object *from = json_object_array_get_idx(list, i);
        const char *name = text_of(from, "name"), *language = text_of(from, "language");
        if (!name || !language)
            continue;
        struct entry *entry = find_or_make(book, name, language);
        if (is_source)
            read_source(book, entry, from);
        else
            read_destination(book, entry, from);
    }
    if (is_true(page, "is_last"))
        end_reading(book, is_source);
    (void)json_object_put(page);
}

bool template_book_is_read(const struct template_book *book, bool is_source)
{
    return book->is_read[is_source];
}

const char *template_book_unread(const struct template_book *book)
{
    return book->unread;
}

/* ---- what is missing ---- */

static bool is_missing(const struct entry *entry)
{
    const struct template_row *row = &entry->row;

    return entry->source_id && !row->is_source_gone && !row->destination_status &&
           !row->is_destination_gone && !row->given_up &&
           strcmp(template_qualifies(row->source_status, row->source_quality), "none") != 0;
}

size_t template_book_missing(const struct template_book *book)
{
    size_t count = 0;

    for (size_t i = 0; i < book->count; i++)
        count += is_missing(&book->entries[i]);
    return count;
}

static struct entry *find_by_id(const struct template_book *book, const char *id)
{
    for (uint64_t key = id ? hash_of(id, "") : 0; id; key = key + 1 ? key + 1 : 1) {
        const struct place_entry *place = place_index_find(&book->by_id, key);
        if (!place)
            return NULL;
        const char *known = book->entries[place->tag].source_id;
        if (known && strcmp(known, id) == 0)
            return &book->entries[place->tag];
    }
    return NULL;
}

/* ---- what a step learned ---- */

static void note_asked(struct entry *entry, int64_t until_ms)
{
    entry->row.is_asked = true;
    entry->row.refusal = NULL;
    entry->ask_after_ms = until_ms;
}

static void note_all_asked(struct template_book *book, int64_t until_ms)
{
    for (size_t i = 0; i < book->count; i++) {
        if (is_missing(&book->entries[i]))
            note_asked(&book->entries[i], until_ms);
    }
}

static void note_refused(const struct template_book *book, struct json_object *failed,
                         int64_t until_ms)
{
    if (!json_object_is_type(failed, json_type_object))
        return;
    json_object_object_foreach(failed, id, why)
    {
        struct entry *entry = find_by_id(book, id);
        if (!entry)
            continue;
        entry->row.is_asked = true;
        entry->row.refusal = arena_copy_text(book->arena, json_object_get_string(why));
        entry->ask_after_ms = until_ms;
        if (++entry->refusals >= TEMPLATE_BOOK_REFUSALS_MAX)
            entry->row.given_up = "refused";
    }
}

static void give_up(struct template_book *book, const char *why, const char *refusal)
{
    for (size_t i = 0; i < book->count; i++) {
        struct template_row *row = &book->entries[i].row;
        if (!is_missing(&book->entries[i]))
            continue;
        row->given_up = arena_copy_text(book->arena, why);
        row->refusal = refusal ? arena_copy_text(book->arena, refusal) : row->refusal;
    }
}

void template_book_learn_news(struct template_book *book, const char *json, int64_t now_ms)
{
    struct json_object *news = parsed(json), *asked = member(news, "asked");
    int64_t until_ms = now_ms + json_object_get_int64(member(news, "pause_ms"));
    int64_t refused_ms = now_ms + json_object_get_int64(member(news, "refused_pause_ms"));

    if (is_true(news, "all"))
        note_all_asked(book, until_ms);
    for (size_t i = 0; i < length(asked); i++) {
        struct entry *entry =
            find_by_id(book, json_object_get_string(json_object_array_get_idx(asked, i)));
        if (entry)
            note_asked(entry, until_ms);
    }
    note_refused(book, member(news, "failed"), refused_ms);
    if (text_of(news, "given_up"))
        give_up(book, text_of(news, "given_up"), text_of(news, "refusal"));
    if (text_of(news, "unread"))
        book->unread = kept(book, news, "unread");
    (void)json_object_put(news);
}

static void end_flows(const struct template_book *book, struct json_object *named)
{
    if (!json_object_is_type(named, json_type_object))
        return;
    json_object_object_foreach(named, name, value)
    {
        struct flow *flow = find_flow(book, NULL, name);
        (void)value;
        if (flow)
            flow->is_over = true;
    }
}

void template_book_learn_flows(struct template_book *book, const char *json)
{
    struct json_object *news = parsed(json);
    struct json_object *source = member(news, "source"), *asked = member(news, "asked");

    for (size_t i = 0; i < length(source); i++) {
        struct json_object *from = json_object_array_get_idx(source, i);
        const char *id = text_of(from, "id");
        struct flow *flow = id ? find_flow(book, id, NULL) : NULL;
        if (flow)
            flow->name = kept(book, from, "name");
    }
    for (size_t i = 0; i < length(asked); i++) {
        struct flow *flow =
            find_flow(book, NULL, json_object_get_string(json_object_array_get_idx(asked, i)));
        if (flow)
            flow->asks++;
    }
    end_flows(book, member(news, "copied"));
    end_flows(book, member(news, "failed"));
    (void)json_object_put(news);
}

/* ---- what the next step is taken up with ---- */

#define IDS_MAX 500
#define FLOW_ASKS_MAX 3

struct standing {
    int64_t source_total, missing, due, asked, refused, there, due_ms;
    struct json_object *ids;
};

static void add_missing(const struct entry *entry, int64_t now_ms, struct standing *standing)
{
    bool is_due = entry->ask_after_ms <= now_ms;

    standing->missing++;
    standing->asked += entry->row.is_asked;
    standing->refused += entry->row.refusal != NULL;
    if (entry->ask_after_ms > 0 &&
        (standing->due_ms == 0 || entry->ask_after_ms < standing->due_ms))
        standing->due_ms = entry->ask_after_ms;
    if (is_due && standing->due++ < IDS_MAX)
        (void)json_object_array_add(standing->ids, json_object_new_string(entry->source_id));
}

static void add_integer(struct json_object *object, const char *key, int64_t value)
{
    json_object_object_add(object, key, json_object_new_int64(value));
}

/* Only a template that is missing needs its flow copied. */
static bool is_flow_missed(const struct template_book *book, const struct flow *flow)
{
    char id[64];

    (void)snprintf(id, sizeof id, ",%.40s,", flow->source_id);
    for (size_t i = 0; i < book->count; i++) {
        const struct entry *entry = &book->entries[i];
        if (entry->flow_ids && strstr(entry->flow_ids, id) && is_missing(entry))
            return true;
    }
    return false;
}

static struct json_object *flows_to_copy(const struct template_book *book)
{
    struct json_object *names = json_object_new_array();

    for (size_t i = 0; i < book->flow_count; i++) {
        const struct flow *flow = &book->flows[i];
        if (flow->name && !flow->is_over && flow->asks < FLOW_ASKS_MAX &&
            is_flow_missed(book, flow))
            (void)json_object_array_add(names, json_object_new_string(flow->name));
    }
    return names;
}

bool template_book_needs_flows(const struct template_book *book)
{
    struct json_object *names = flows_to_copy(book);
    bool needs_any = json_object_array_length(names) > 0;

    (void)json_object_put(names);
    return needs_any;
}

const char *template_book_facts(const struct template_book *book, int64_t now_ms, int64_t wait_ms,
                                struct arena *arena)
{
    struct standing standing = {.ids = json_object_new_array()};
    struct json_object *facts = json_object_new_object();

    for (size_t i = 0; i < book->count; i++) {
        const struct entry *entry = &book->entries[i];
        bool is_of_source = entry->source_id && !entry->row.is_source_gone;
        standing.source_total += is_of_source;
        standing.there += is_of_source && entry->row.destination_status != NULL;
        if (is_missing(entry))
            add_missing(entry, now_ms, &standing);
    }
    if (book->is_read[1])
        add_integer(facts, "source_total", standing.source_total);
    add_integer(facts, "missing", standing.missing);
    add_integer(facts, "due", standing.due);
    add_integer(facts, "asked", standing.asked);
    add_integer(facts, "refused", standing.refused);
    add_integer(facts, "there", standing.there);
    add_integer(facts, "due_ms", standing.due_ms);
    add_integer(facts, "wait_ms", wait_ms);
    json_object_object_add(facts, "is_empty", json_object_new_boolean(standing.there == 0));
    json_object_object_add(facts, "ids", standing.ids);
    json_object_object_add(facts, "flows", flows_to_copy(book));
    const char *text =
        arena_copy_text(arena, json_object_to_json_string_ext(facts, JSON_C_TO_STRING_PLAIN));
    (void)json_object_put(facts);
    return text;
}

void template_book_remember(struct template_book *book, const struct template_row *known)
{
    uint64_t key;
    struct entry *entry = find(book, known->name, known->language, &key);

    if (!entry)
        return;
    entry->row.is_asked = known->is_asked;
    entry->row.was_there_before = known->was_there_before;
    entry->row.refusal = arena_copy_text(book->arena, known->refusal);
    entry->row.given_up = arena_copy_text(book->arena, known->given_up);
    entry->row.usable_at = arena_copy_text(book->arena, known->usable_at);
    if (known->is_destination_gone && !entry->row.destination_status)
        entry->row.is_destination_gone = true;
}

/* ---- the difference ---- */

static int compare_rows(const void *left, const void *right)
{
    const struct template_row *a = left, *b = right;
    int order = strcmp(a->name, b->name);

    return order != 0 ? order : strcmp(a->language, b->language);
}

const struct template_row *template_book_rows(struct template_book *book, size_t *count)
{
    *count = 0;
    free(book->rows);
    book->rows = memory_take((book->count + 1) * sizeof *book->rows);
    for (size_t i = 0; i < book->count; i++) {
        if (!book->entries[i].source_id)
            continue;
        book->rows[*count] = book->entries[i].row;
        template_judge(&book->rows[(*count)++]);
    }
    qsort(book->rows, *count, sizeof *book->rows, compare_rows);
    return book->rows;
}
