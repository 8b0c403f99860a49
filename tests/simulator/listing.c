/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/fields.h"

#define LIMIT_USUAL 25
#define CURSOR_LENGTH 24

/* A cursor names the last item of its page and is bound to the list it came from; base64 of it all,
 * so that nobody is tempted to read it. */
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static const char *make_cursor(struct arena *arena, const char *list, uint64_t id)
{
    char seed[160], *cursor = arena_alloc(arena, CURSOR_LENGTH + 1), *to = cursor;
    snprintf(seed, sizeof seed, "cursor/%s/%" PRIu64, list, id);
    uint64_t sum = index_hash(seed);
    uint64_t hidden = id ^ index_mix(index_hash(list));
    memcpy(to, "QVFI", 4);
    to += 4;
    for (int i = 0; i < 11; i++, hidden >>= 6)
        *to++ = alphabet[hidden & 63];
    for (int i = 0; i < 6; i++, sum >>= 6)
        *to++ = alphabet[sum & 63];
    memcpy(to, "ZD", 3);
    return cursor;
}

static bool read_cursor(struct arena *arena, const char *list, const char *cursor, uint64_t *id)
{
    uint64_t hidden = 0;
    if (strlen(cursor) < 15)
        return false;
    for (int i = 10; i >= 0; i--) {
        const char *at = strchr(alphabet, cursor[4 + i]);
        if (!at)
            return false;
        hidden = hidden << 6 | (uint64_t)(at - alphabet);
    }
    *id = hidden ^ index_mix(index_hash(list));
    return strcmp(make_cursor(arena, list, *id), cursor) == 0;
}

bool listing_read(struct exchange *exchange, struct listing *listing)
{
    *listing = (struct listing){.limit = exchange_text(exchange, "limit"),
                                .after = exchange_text(exchange, "after"),
                                .before = exchange_text(exchange, "before"),
                                .sort = exchange_text(exchange, "sort"),
                                .filtering = exchange_text(exchange, "filtering"),
                                .fields_text = exchange_text(exchange, "fields")};
    if (listing->fields_text)
        listing->fields = fields_parse(exchange, listing->fields_text);
    return !listing->fields_text || listing->fields;
}

static bool read_limit(struct exchange *exchange, const char *text, size_t most, size_t *limit)
{
    *limit = LIMIT_USUAL;
    if (!text)
        return true;
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (strspn(text, "0123456789") == 0 || *end != '\0' || value < 1 || value > most) {
        exchange_refuse(exchange, 100, 0,
                        "(#100) Param limit must be a number between 1 and %zu, got %.20s", most,
                        text);
        return false;
    }
    *limit = value;
    return true;
}

static bool find_cursor(struct exchange *exchange, const struct listing_items *items,
                        const char *cursor, size_t *place)
{
    uint64_t id;
    bool is_ours = read_cursor(exchange->arena, items->list, cursor, &id);
    for (size_t i = 0; is_ours && i < items->count; i++) {
        if (items->id_at(items->items, i) == id) {
            *place = i;
            return true;
        }
    }
    exchange_refuse(exchange, 100, 0, "(#100) Invalid cursors values");
    return false;
}

static bool find_range(struct exchange *exchange, const struct listing *listing,
                       const struct listing_items *items, size_t *first, size_t *last)
{
    size_t limit, place;
    if (!read_limit(exchange, listing->limit, items->limit_max, &limit))
        return false;
    *first = 0;
    if (listing->after) {
        if (!find_cursor(exchange, items, listing->after, &place))
            return false;
        *first = place + 1;
    }
    *last = *first + limit < items->count ? *first + limit : items->count;
    if (listing->before && !listing->after) {
        if (!find_cursor(exchange, items, listing->before, &place))
            return false;
        *last = place;
        *first = place > limit ? place - limit : 0;
    }
    return true;
}

/* ---- the paging object ---- */

static const char *encode(struct arena *arena, const char *text)
{
    char *encoded = arena_alloc(arena, strlen(text) * 3 + 1), *to = encoded;
    for (; *text; text++) {
        if (strchr(alphabet, *text) || *text == '.')
            *to++ = *text;
        else
            to += sprintf(to, "%%%02X", (unsigned char)*text);
    }
    return encoded;
}

static const char *add_to_link(struct arena *arena, const char *link, const char *name,
                               const char *value)
{
    return value ? arena_printf(arena, "%s%s=%s&", link, name, encode(arena, value)) : link;
}

static const char *next_link(struct exchange *exchange, const struct listing *listing,
                             const struct listing_items *items, const char *after)
{
    struct arena *arena = exchange->arena;
    const char *link = arena_printf(arena, "%s/%s/%s/%s?", exchange->origin, exchange->version,
                                    items->node_id, items->edge);
    link = add_to_link(arena, link, "fields", listing->fields_text);
    link = add_to_link(arena, link, "limit", listing->limit);
    link = add_to_link(arena, link, "sort", listing->sort);
    link = add_to_link(arena, link, "filtering", listing->filtering);
    for (const char *const *name = items->repeated; name && *name; name++)
        link = add_to_link(arena, link, *name, exchange_text(exchange, *name));
    return arena_printf(arena, "%safter=%s", link, after);
}

static json_object *paging(struct exchange *exchange, const struct listing *listing,
                           const struct listing_items *items, size_t first, size_t last)
{
    struct arena *arena = exchange->arena;
    json_object *json = json_object_new_object(), *cursors = json_object_new_object();
    const char *before = make_cursor(arena, items->list, items->id_at(items->items, first));
    const char *after = make_cursor(arena, items->list, items->id_at(items->items, last - 1));
    json_object_object_add(cursors, "before", json_object_new_string(before));
    json_object_object_add(cursors, "after", json_object_new_string(after));
    json_object_object_add(json, "cursors", cursors);
    if (last < items->count)
        json_object_object_add(json, "next",
                               json_object_new_string(next_link(exchange, listing, items, after)));
    return json;
}

static json_object *render(const struct world *world, struct exchange *exchange,
                           const struct listing *listing, const struct listing_items *items,
                           size_t first, size_t last)
{
    json_object *data = json_object_new_array();
    for (size_t i = first; i < last; i++) {
        json_object *item = items->render(world, exchange, items->items, i, listing->fields);
        if (!item) {
            json_object_put(data);
            return NULL;
        }
        json_object_array_add(data, item);
    }
    return data;
}

json_object *listing_page(const struct world *world, struct exchange *exchange,
                          const struct listing *listing, const struct listing_items *items)
{
    size_t first, last;
    if (!find_range(exchange, listing, items, &first, &last))
        return NULL;
    json_object *data = render(world, exchange, listing, items, first, last);
    if (!data)
        return NULL;
    json_object *json = json_object_new_object();
    json_object_object_add(json, "data", data);
    if (last > first)
        json_object_object_add(json, "paging", paging(exchange, listing, items, first, last));
    return json;
}
