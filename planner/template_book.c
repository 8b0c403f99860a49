/* SPDX-License-Identifier: PostgreSQL */
#include "planner/template_book.h"

#include <json-c/json.h>
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
    int64_t asked_ms;
};

struct template_book {
    struct arena *arena;
    struct entry *entries;
    size_t count, room;
    struct place_index by_name, by_id;
    unsigned rounds[2]; /* readings to the end; [1]: of the source */
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

static void read_source(struct template_book *book, struct entry *entry, struct json_object *from)
{
    struct template_row *row = &entry->row;

    keep_id(book, entry, kept(book, from, "id"));
    entry->source_round = book->rounds[1] + 1;
    row->is_source_gone = false;
    row->source_status = kept(book, from, "status");
    row->source_category = kept(book, from, "category");
    row->source_quality = kept(book, member(from, "quality_score"), "score");
}

/* What stands there at the first reading stood there before we came. */
static void read_destination(struct template_book *book, struct entry *entry,
                             struct json_object *from)
{
    struct template_row *row = &entry->row;
    const char *status = text_of(from, "status");

    row->was_there_before |= book->rounds[0] == 0 && entry->destination_round == 0;
    entry->destination_round = book->rounds[0] + 1;
    row->is_destination_gone = false;
    row->destination_status = arena_copy_text(book->arena, status ? status : "UNKNOWN");
    row->destination_category = kept(book, from, "category");
    row->destination_quality = kept(book, member(from, "quality_score"), "score");
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
    unsigned round = ++book->rounds[is_source];

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

void template_book_add_page(struct template_book *book, bool is_source, const char *json,
                            bool is_last)
{
    struct json_object *page = json ? json_tokener_parse(json) : NULL;
    size_t count = json_object_is_type(page, json_type_array) ? json_object_array_length(page) : 0;

    for (size_t i = 0; i < count; i++) {
        struct json_object *from = json_object_array_get_idx(page, i);
        const char *name = text_of(from, "name"), *language = text_of(from, "language");
        if (!name || !language)
            continue;
        struct entry *entry = find_or_make(book, name, language);
        if (is_source)
            read_source(book, entry, from);
        else
            read_destination(book, entry, from);
    }
    (void)json_object_put(page);
    if (is_last)
        end_reading(book, is_source);
}

bool template_book_is_read(const struct template_book *book, bool is_source)
{
    return book->rounds[is_source] > 0;
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

size_t template_book_ask(struct template_book *book, int64_t now_ms, int64_t asked_before_ms,
                         const char **ids, size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < book->count && count < room; i++) {
        struct entry *entry = &book->entries[i];
        if (!is_missing(entry) || (entry->row.is_asked && entry->asked_ms > asked_before_ms))
            continue;
        entry->row.is_asked = true;
        entry->asked_ms = now_ms;
        ids[count++] = entry->source_id;
    }
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

void template_book_told(struct template_book *book, const char *source_id, const char *refusal)
{
    struct entry *entry = find_by_id(book, source_id);

    if (!entry)
        return;
    entry->row.is_asked = true;
    entry->row.refusal = arena_copy_text(book->arena, refusal);
    if (refusal && ++entry->refusals >= TEMPLATE_BOOK_ASKS_MAX)
        entry->row.given_up = "refused";
}

void template_book_give_up(struct template_book *book, const char *why)
{
    for (size_t i = 0; i < book->count; i++) {
        struct template_row *row = &book->entries[i].row;
        if (is_missing(&book->entries[i]))
            row->given_up = row->refusal ? "refused" : arena_copy_text(book->arena, why);
    }
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
