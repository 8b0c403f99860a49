/* SPDX-License-Identifier: PostgreSQL */
/* The edges of a WABA that a read may expand: its numbers (order, filters) and its apps. */
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/denials.h"
#include "tests/simulator/fields.h"

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

static uint64_t phone_id_at(const void *items, size_t place)
{
    const struct phone *const *phones = items;
    return strtoull(phones[place]->id, NULL, 10);
}

static json_object *render_phone(const struct world *world, struct exchange *exchange,
                                 const void *items, size_t place, const struct field *fields)
{
    struct phone *const *phones = items;
    struct node node = {.kind = NODE_PHONE, .phone = phones[place]};
    return fields_render(world, exchange, &node, fields);
}

/* Those this token may see. */
static size_t collect_phones(const struct world *world, struct exchange *exchange,
                             const struct waba *waba, const struct phone ***phones)
{
    size_t count = 0;
    *phones = arena_alloc(exchange->arena, (waba->phone_count + 1) * sizeof **phones);
    for (size_t i = 0; i < waba->phone_count; i++) {
        struct node node = {.kind = NODE_PHONE, .phone = waba->phones[i]};
        if (!node.phone->is_unreadable && world_may_read(world, exchange->token, &node))
            (*phones)[count++] = node.phone;
    }
    return count;
}

json_object *fields_list_phones(const struct world *world, struct exchange *exchange,
                                const struct waba *waba, const struct listing *listing)
{
    static int (*const comparers[])(const void *, const void *) = {
        by_onboarded, by_onboarded_oldest, by_created, by_created_oldest};
    struct subject subject = {NODE_PHONE, waba->is_source, waba->customer};
    enum order order;
    const struct phone **phones;
    if (!fields_check(world, exchange, &subject, listing->fields) ||
        !read_order(exchange, listing->sort, &order))
        return NULL;
    size_t count = collect_phones(world, exchange, waba, &phones);
    if (count)
        qsort(phones, count, sizeof *phones, comparers[order]);
    if (!filter_phones(exchange, listing->filtering, phones, &count))
        return NULL;
    struct listing_items items = {.list =
                                      arena_printf(exchange->arena, "%s/%d", waba->id, (int)order),
                                  .node_id = waba->id,
                                  .edge = "phone_numbers",
                                  .limit_max = 100,
                                  .count = count,
                                  .items = phones,
                                  .id_at = phone_id_at,
                                  .render = render_phone};
    return listing_page(world, exchange, listing, &items);
}

/* ---- apps ---- */

static void add_app(json_object *data, const char *id, const char *name, const char *link,
                    const char *override_uri)
{
    json_object *item = json_object_new_object(), *app = json_object_new_object();
    json_object_object_add(app, "link", json_object_new_string(link));
    json_object_object_add(app, "name", json_object_new_string(name));
    json_object_object_add(app, "id", json_object_new_string(id));
    json_object_object_add(item, "whatsapp_business_api_data", app);
    if (override_uri)
        json_object_object_add(item, "override_callback_uri", json_object_new_string(override_uri));
    json_object_array_add(data, item);
}

json_object *fields_list_subscribed_apps(const struct world *world, const struct waba *waba)
{
    json_object *json = json_object_new_object(), *data = json_object_new_array();
    if (waba->customer->foreign_app_subscribed)
        add_app(data, WORLD_FOREIGN_APP_ID, "Another partner's app", "https://other.example/",
                NULL);
    if (waba->is_subscribed)
        add_app(data, world->app_id, "Partner app", "https://partner.example/", waba->override_uri);
    json_object_object_add(json, "data", data);
    return json;
}
