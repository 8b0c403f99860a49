/* SPDX-License-Identifier: PostgreSQL */
/*
 * A number's business profile.
 *
 * Meta's OpenAPI description has the fields, their limits and the verticals; it puts them in an
 * object of their own, {"data":[{"business_profile":{…}}]}, where Meta's pages show them in
 * {"data":[{…}]} at once: a scenario chooses. Whether a profile comes along when its number moves
 * is not said anywhere (U): here it does, unless a loss is put in, and a number that is not
 * registered yet has none. Without `fields` only messaging_product is shown (U).
 */
#include <string.h>

#include "tests/simulator/calls.h"
#include "tests/simulator/losses.h"

static const char *const known[] = {"about",    "address",  "description",         "email",
                                    "websites", "vertical", "profile_picture_url", NULL};

static void add_text(json_object *json, const char *name, const char *text)
{
    json_object_object_add(json, name, json_object_new_string(text));
}

/* What it is without anybody having said anything. */
static json_object *make_up(const struct line *line, struct arena *arena)
{
    json_object *json = json_object_new_object(), *websites = json_object_new_array();
    const char *id = line->customer->id;
    add_text(json, "about", "We are here for you.");
    add_text(json, "description", arena_printf(arena, "%s, at your service", line->customer->name));
    add_text(json, "email", arena_printf(arena, "hello@%s.example", id));
    add_text(json, "vertical", "RETAIL");
    json_object_array_add(websites,
                          json_object_new_string(arena_printf(arena, "https://%s.example/", id)));
    json_object_object_add(json, "websites", websites);
    add_text(json, "profile_picture_url",
             arena_printf(arena, "https://pps.whatsapp.net/v/%016llx",
                          (unsigned long long)index_hash(line->number.text)));
    return json;
}

static void lay_over(json_object *json, json_object *over)
{
    if (!over)
        return;
    json_object_object_foreach(over, name, value)
        json_object_object_add(json, name, json_object_get(value));
}

static json_object *profile_of(const struct world *world, const struct phone *phone,
                               struct arena *arena)
{
    bool is_there = phone->waba->is_source || phone->is_registered;
    json_object *json = is_there ? make_up(phone->line, arena) : json_object_new_object();
    if (is_there)
        lay_over(json, phone->line->profile);
    if (losses_show_on(world, phone, LOSS_CHANGED_PROFILE)) {
        add_text(json, "about", "Hey there! I am using WhatsApp.");
        json_object_object_del(json, "websites");
    }
    lay_over(json, phone->profile);
    return json;
}

static bool is_known(const char *name)
{
    for (size_t i = 0; known[i]; i++) {
        if (strcmp(known[i], name) == 0)
            return true;
    }
    return strcmp(name, "messaging_product") == 0;
}

/* Those of `profile` that are asked for; NULL after having refused one that is none. */
static json_object *pick(struct exchange *exchange, json_object *profile, const char *text)
{
    json_object *json = json_object_new_object();
    char *names = arena_copy_text(exchange->arena, text ? text : ""), *state = NULL;
    for (char *name = strtok_r(names, ",", &state); name; name = strtok_r(NULL, ",", &state)) {
        json_object *value;
        if (!is_known(name)) {
            exchange_refuse(exchange, 100, 0,
                            "(#100) Tried accessing nonexisting field (%.60s) on node type "
                            "(WhatsAppBusinessProfile)",
                            name);
            json_object_put(json);
            return NULL;
        }
        if (json_object_object_get_ex(profile, name, &value))
            json_object_object_add(json, name, json_object_get(value));
    }
    add_text(json, "messaging_product", "whatsapp");
    return json;
}

json_object *call_profile(const struct world *world, struct exchange *exchange,
                          const struct phone *phone, const char *names)
{
    json_object *profile = profile_of(world, phone, exchange->arena);
    json_object *picked = pick(exchange, profile, names);
    json_object_put(profile);
    if (!picked)
        return NULL;
    json_object *json = json_object_new_object(), *data = json_object_new_array();
    if (world->profile_nested) {
        json_object *outer = json_object_new_object();
        json_object_object_add(outer, "business_profile", picked);
        picked = outer;
    }
    json_object_array_add(data, picked);
    json_object_object_add(json, "data", data);
    return json;
}

void call_read_profile(struct world *world, struct exchange *exchange)
{
    json_object *json =
        call_profile(world, exchange, exchange->node->phone, exchange_text(exchange, "fields"));
    if (json)
        exchange_answer(exchange, json);
}

/* ---- writing ---- */

/* Meta's OpenAPI description. */
static const struct {
    const char *name;
    size_t characters;
} limits[] = {{"about", 139}, {"address", 256}, {"description", 256}, {"email", 128}};

static bool is_short_enough(struct exchange *exchange, json_object *websites)
{
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        const char *text = exchange_text(exchange, limits[i].name);
        if (text && strlen(text) > limits[i].characters) {
            exchange_refuse(exchange, 100, 0, "(#100) Param %s must be at most %zu characters long",
                            limits[i].name, limits[i].characters);
            return false;
        }
    }
    size_t count = websites ? json_object_array_length(websites) : 0;
    bool is_fine = count <= 2;
    for (size_t i = 0; is_fine && i < count; i++) {
        const char *text = json_object_get_string(json_object_array_get_idx(websites, i));
        is_fine = strlen(text) <= 256 && strncmp(text, "http", 4) == 0;
    }
    if (!is_fine)
        exchange_refuse(exchange, 100, 0,
                        "(#100) Param websites must be at most 2 URLs of at most 256 characters");
    return is_fine;
}

void call_write_profile(struct world *world, struct exchange *exchange)
{
    struct phone *phone = exchange->node->phone;
    json_object *websites = call_read_list(exchange, "websites");
    (void)world;
    if (!exchange->error_code && is_short_enough(exchange, websites)) {
        if (!phone->profile)
            phone->profile = json_object_new_object();
        for (size_t i = 0; known[i]; i++) {
            const char *text = exchange_text(exchange, known[i]);
            if (text && strcmp(known[i], "websites") != 0)
                add_text(phone->profile, known[i], text);
        }
        const char *picture = exchange_text(exchange, "profile_picture_handle");
        if (picture)
            add_text(phone->profile, "profile_picture_url",
                     arena_printf(exchange->arena, "https://pps.whatsapp.net/v/%016llx",
                                  (unsigned long long)index_hash(picture)));
        if (websites)
            json_object_object_add(phone->profile, "websites", json_object_get(websites));
        exchange_answer_success(exchange);
    }
    json_object_put(websites);
}
