/* SPDX-License-Identifier: PostgreSQL */
/* A WABA's numbers, page by page: order, filters, opaque cursors. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/fields.h"
#include "tests/simulator/listing.h"

/* A cursor names the last item of its page and is bound to the list it came from; base64 of it all,
 * so that nobody is tempted to read it. */
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const char *listing_cursor(struct arena *arena, const char *list, const char *id)
{
    char seed[160], *cursor = arena_alloc(arena, 64), *to = cursor;
    snprintf(seed, sizeof seed, "cursor/%s/%s", list, id);
    uint64_t sum = index_hash(seed), number = strtoull(id, NULL, 10);
    uint64_t hidden = number ^ index_mix(index_hash(list));
    memcpy(to, "QVFI", 4);
    to += 4;
    for (int i = 0; i < 11; i++, hidden >>= 6)
        *to++ = alphabet[hidden & 63];
    for (int i = 0; i < 6; i++, sum >>= 6)
        *to++ = alphabet[sum & 63];
    memcpy(to, "ZD", 3);
    return cursor;
}

const char *listing_cursor_id(struct arena *arena, const char *list, const char *cursor)
{
    uint64_t hidden = 0;
    if (strlen(cursor) != 23)
        return NULL;
    for (int i = 10; i >= 0; i--) {
        const char *at = strchr(alphabet, cursor[4 + i]);
        if (!at)
            return NULL;
        hidden = hidden << 6 | (uint64_t)(at - alphabet);
    }
    hidden ^= index_mix(index_hash(list));
    const char *id = arena_printf(arena, "%" PRIu64, hidden);
    return strcmp(listing_cursor(arena, list, id), cursor) == 0 ? id : NULL;
}

bool listing_limit(struct exchange *exchange, const char *text, size_t otherwise, size_t *limit)
{
    *limit = otherwise;
    if (!text)
        return true;
    char *end;
    long value = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < 1 || value > 100) {
        exchange_refuse(exchange, 100, 0,
                        "(#100) Param limit must be a number between 1 and 100, got %.20s", text);
        return false;
    }
    *limit = (size_t)value;
    return true;
}

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

json_object *listing_paging(struct exchange *exchange, const struct listing_page *page)
{
    struct arena *arena = exchange->arena;
    json_object *paging = json_object_new_object(), *cursors = json_object_new_object();
    const char *before = listing_cursor(arena, page->list, page->first_id);
    const char *after = listing_cursor(arena, page->list, page->last_id);
    json_object_object_add(cursors, "before", json_object_new_string(before));
    json_object_object_add(cursors, "after", json_object_new_string(after));
    json_object_object_add(paging, "cursors", cursors);
    if (page->has_next) {
        const char *link = arena_printf(arena, "%s/%s/%s/%s?", exchange->origin, exchange->version,
                                        page->node_id, page->edge);
        link = add_to_link(arena, link, "fields", page->fields);
        link = add_to_link(arena, link, "limit", page->limit);
        link = add_to_link(arena, link, "sort", page->sort);
        link = add_to_link(arena, link, "filtering", page->filtering);
        link = arena_printf(arena, "%safter=%s", link, after);
        json_object_object_add(paging, "next", json_object_new_string(link));
    }
    return paging;
}

/* ---- order ---- */

enum order { NEWEST_ONBOARDED, OLDEST_ONBOARDED, NEWEST_CREATED, OLDEST_CREATED };

static int compare_times(int64_t left, int64_t right, const struct phone *a, const struct phone *b)
{
    if (left != right)
        return left < right ? 1 : -1;
    return strcmp(a->id, b->id);
}

static int by_onboarded(const void *left, const void *right)
{
    const struct phone *a = *(struct phone *const *)left, *b = *(struct phone *const *)right;
    return compare_times(a->onboarded_ms, b->onboarded_ms, a, b);
}

static int by_onboarded_oldest(const void *left, const void *right)
{
    return by_onboarded(right, left);
}

static int by_created(const void *left, const void *right)
{
    const struct phone *a = *(struct phone *const *)left, *b = *(struct phone *const *)right;
    return compare_times(a->created_ms, b->created_ms, a, b);
}

static int by_created_oldest(const void *left, const void *right)
{
    return by_created(right, left);
}

/* clang-format off */
static const struct {
    const char *name;
    enum order order;
} orders[] = {
    {"last_onboarded_time_descending", NEWEST_ONBOARDED}, {"last_onboarded_time.desc", NEWEST_ONBOARDED},
    {"last_onboarded_time_ascending",  OLDEST_ONBOARDED}, {"last_onboarded_time.asc",  OLDEST_ONBOARDED},
    {"creation_time_descending",       NEWEST_CREATED},   {"creation_time.desc",       NEWEST_CREATED},
    {"creation_time_ascending",        OLDEST_CREATED},   {"creation_time.asc",        OLDEST_CREATED},
};
/* clang-format on */

/* Meta's page writes ['last_onboarded_time_ascending'], its description last_onboarded_time.asc. */
static bool read_order(struct exchange *exchange, const char *text, enum order *order)
{
    *order = NEWEST_ONBOARDED;
    if (!text)
        return true;
    const char *start = text + strspn(text, "['\"");
    size_t length = strcspn(start, "]'\"");
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (strlen(orders[i].name) == length && strncmp(orders[i].name, start, length) == 0) {
            *order = orders[i].order;
            return true;
        }
    }
    exchange_refuse(exchange, 100, 0, "(#100) Param sort does not take %.60s", text);
    return false;
}

/* ---- filters ---- */

static bool passes_one(struct exchange *exchange, const struct phone *phone, json_object *filter,
                       bool *passes)
{
    json_object *field = NULL, *how_json = NULL, *value = NULL;
    json_object_object_get_ex(filter, "field", &field);
    json_object_object_get_ex(filter, "operator", &how_json);
    json_object_object_get_ex(filter, "value", &value);
    const char *name = field ? json_object_get_string(field) : "";
    const char *how = how_json ? json_object_get_string(how_json) : "";
    if (!value || strcmp(name, "account_mode") != 0 ||
        (strcmp(how, "EQUAL") != 0 && strcmp(how, "NOT_EQUAL") != 0)) {
        exchange_refuse(exchange, 100, 0,
                        "(#100) Param filtering: field %.40s with operator %.20s is not supported",
                        name, how);
        return false;
    }
    bool is_equal = strcmp(fields_phone_text(phone, name), json_object_get_string(value)) == 0;
    *passes = is_equal == (strcmp(how, "EQUAL") == 0);
    return true;
}

static bool filter_phones(struct exchange *exchange, const char *text, const struct phone **phones,
                          size_t *count)
{
    if (!text)
        return true;
    json_object *filters = json_tokener_parse(text);
    bool is_read = json_object_is_type(filters, json_type_array);
    if (!is_read)
        exchange_refuse(exchange, 100, 0, "(#100) Param filtering must be a JSON array");
    size_t kept = 0;
    for (size_t i = 0; is_read && i < *count; i++) {
        bool passes = true;
        for (size_t j = 0; is_read && passes && j < json_object_array_length(filters); j++)
            is_read =
                passes_one(exchange, phones[i], json_object_array_get_idx(filters, j), &passes);
        if (passes)
            phones[kept++] = phones[i];
    }
    *count = kept;
    json_object_put(filters);
    return is_read;
}

/* The place after the cursor's item (or, `is_before`, the place of it). */
static bool find_cursor(struct exchange *exchange, const char *list, const char *cursor,
                        const struct phone **phones, size_t count, size_t *place)
{
    const char *id = listing_cursor_id(exchange->arena, list, cursor);
    for (size_t i = 0; id && i < count; i++) {
        if (strcmp(phones[i]->id, id) == 0) {
            *place = i;
            return true;
        }
    }
    exchange_refuse(exchange, 100, 0, "(#100) Invalid cursors values");
    return false;
}

static bool find_range(struct exchange *exchange, const char *list, const struct listing *listing,
                       const struct phone **phones, size_t count, size_t *first, size_t *last)
{
    size_t limit, place;
    if (!listing_limit(exchange, listing->limit, 25, &limit))
        return false;
    *first = 0;
    if (listing->after) {
        if (!find_cursor(exchange, list, listing->after, phones, count, &place))
            return false;
        *first = place + 1;
    }
    *last = *first + limit < count ? *first + limit : count;
    if (listing->before && !listing->after) {
        if (!find_cursor(exchange, list, listing->before, phones, count, &place))
            return false;
        *last = place;
        *first = place > limit ? place - limit : 0;
    }
    return true;
}

static json_object *render_page(const struct world *world, struct exchange *exchange,
                                const struct listing *listing, const struct phone **phones,
                                size_t count)
{
    json_object *data = json_object_new_array();
    for (size_t i = 0; i < count; i++) {
        struct node node = {.kind = NODE_PHONE, .any = (void *)phones[i]};
        json_object *item = fields_render(world, exchange, &node, listing->fields);
        if (!item) {
            json_object_put(data);
            return NULL;
        }
        json_object_array_add(data, item);
    }
    return data;
}

json_object *fields_list_phones(const struct world *world, struct exchange *exchange,
                                const struct waba *waba, const struct listing *listing)
{
    static int (*const comparers[])(const void *, const void *) = {
        by_onboarded, by_onboarded_oldest, by_created, by_created_oldest};
    enum order order;
    size_t count = waba->phone_count, first, last;
    const struct phone **phones =
        arena_alloc(exchange->arena, (count ? count : 1) * sizeof(struct phone *));
    if (count)
        memcpy(phones, waba->phones, count * sizeof *phones);
    if (!read_order(exchange, listing->sort, &order))
        return NULL;
    if (count)
        qsort(phones, count, sizeof *phones, comparers[order]);
    const char *list = arena_printf(exchange->arena, "%s/%d", waba->id, (int)order);
    if (!filter_phones(exchange, listing->filtering, phones, &count) ||
        !find_range(exchange, list, listing, phones, count, &first, &last))
        return NULL;
    json_object *data = render_page(world, exchange, listing, phones + first, last - first);
    if (!data)
        return NULL;
    json_object *json = json_object_new_object();
    json_object_object_add(json, "data", data);
    if (last > first) {
        struct listing_page page = {
            list,          phones[first]->id, phones[last - 1]->id, last < count,
            waba->id,      "phone_numbers",   listing->fields_text, listing->limit,
            listing->sort, listing->filtering};
        json_object_object_add(json, "paging", listing_paging(exchange, &page));
    }
    return json;
}

json_object *fields_list_subscribed_apps(const struct world *world, const struct waba *waba)
{
    json_object *json = json_object_new_object(), *data = json_object_new_array();
    if (waba->is_subscribed) {
        json_object *item = json_object_new_object(), *app = json_object_new_object();
        json_object_object_add(app, "link", json_object_new_string("https://partner.example/"));
        json_object_object_add(app, "name", json_object_new_string("Partner app"));
        json_object_object_add(app, "id", json_object_new_string(world->app_id));
        json_object_object_add(item, "whatsapp_business_api_data", app);
        if (waba->override_uri)
            json_object_object_add(item, "override_callback_uri",
                                   json_object_new_string(waba->override_uri));
        json_object_array_add(data, item);
    }
    json_object_object_add(json, "data", data);
    return json;
}
