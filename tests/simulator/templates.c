/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/templates.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/simulator/copying.h"
#include "tests/simulator/denials.h"
#include "tests/simulator/flows.h"
#include "tests/simulator/node_rows.h"
#include "tests/simulator/template_kinds.h"

/* ---- one template ---- */

#define TEMPLATE_TEXT(field, value)                                                   \
    static json_object *template_##field(const struct view *view, const void *object) \
    {                                                                                 \
        const struct template *template = object;                                     \
        const char *text = value;                                                     \
        (void)view;                                                                   \
        (void)template;                                                               \
        return text ? json_object_new_string(text) : NULL;                            \
    }
TEMPLATE_TEXT(shown_id, arena_printf(view->exchange->arena, "%" PRIu64, template_id(template)))
TEMPLATE_TEXT(shown_name, template_name(view->exchange->arena, template))
TEMPLATE_TEXT(shown_language, template_language(template))
TEMPLATE_TEXT(status, template_look(view->world, template).status)
TEMPLATE_TEXT(category, template_look(view->world, template).category)
TEMPLATE_TEXT(previous, template_look(view->world, template).previous_category)
TEMPLATE_TEXT(rejected, template_look(view->world, template).rejected_reason)
TEMPLATE_TEXT(format, "POSITIONAL")
#undef TEMPLATE_TEXT

static json_object *template_score(const struct view *view, const void *object)
{
    struct template_look look = template_look(view->world, object);
    json_object *json = json_object_new_object();
    json_object_object_add(json, "score", json_object_new_string(look.score));
    json_object_object_add(json, "date", json_object_new_int64(look.score_ms / 1000));
    return json;
}

/* Meta, "Flows": a button names the flow it opens, by the id that it has on this account. */
static void add_flow_button(const struct view *view, const struct template *template,
                            json_object *components)
{
    struct flow flow;
    if (!flows_find_of(template->waba, template, &flow))
        return;
    json_object *json = json_object_new_object(), *buttons = json_object_new_array();
    json_object *button = json_object_new_object();
    const char *id = arena_printf(view->exchange->arena, "%" PRIu64, flow_id(&flow));
    json_object_object_add(button, "type", json_object_new_string("FLOW"));
    json_object_object_add(button, "text", json_object_new_string("Open"));
    json_object_object_add(button, "flow_id", json_object_new_string(id));
    json_object_object_add(button, "flow_action", json_object_new_string("navigate"));
    json_object_array_add(buttons, button);
    json_object_object_add(json, "type", json_object_new_string("BUTTONS"));
    json_object_object_add(json, "buttons", buttons);
    json_object_array_add(components, json);
}

static json_object *template_components(const struct view *view, const void *object)
{
    json_object *json = json_object_new_array(), *body = json_object_new_object();
    const struct template *template = object;
    json_object_object_add(body, "type", json_object_new_string("BODY"));
    json_object_object_add(body, "text", json_object_new_string("Your order is on its way."));
    json_object_array_add(json, body);
    if (template->kind == TEMPLATE_KIND_WITH_FLOW)
        add_flow_button(view, template, json);
    return json;
}

/* clang-format off */
const struct field_row TEMPLATE_ROWS[] = {
    {"id",                true,  template_shown_id},
    {"name",              true,  template_shown_name},
    {"parameter_format",  true,  template_format},
    {"components",        true,  template_components},
    {"language",          true,  template_shown_language},
    {"status",            true,  template_status},
    {"category",          true,  template_category},
    {"previous_category", false, template_previous},
    {"quality_score",     false, template_score},
    {"rejected_reason",   false, template_rejected},
    {NULL, false, NULL},
};
/* clang-format on */

/* ---- filters ---- */

enum filter { BY_STATUS, BY_CATEGORY, BY_LANGUAGE, BY_NAME, BY_SCORE, FILTERS };
static const char *const filter_names[FILTERS + 1] = {"status", "category",      "language",
                                                      "name",   "quality_score", NULL};
static const char *const filter_words[FILTERS] = {
    "APPROVED|ARCHIVED|DELETED|DISABLED|IN_APPEAL|LIMIT_EXCEEDED|PAUSED|PENDING|PENDING_DELETION|"
    "REJECTED",
    "AUTHENTICATION|MARKETING|UTILITY", NULL, NULL, "GREEN|RED|UNKNOWN|YELLOW"};

/* APPROVED, ["APPROVED","PAUSED"] and ['APPROVED']: all three are seen. */
static const char *next_word(const char **text, size_t *length)
{
    static const char around[] = "[]\"' ,";
    const char *word = *text + strspn(*text, around);
    *length = strcspn(word, around);
    *text = word + *length;
    return *length ? word : NULL;
}

static bool is_listed(const char *text, const char *value)
{
    size_t length;
    for (const char *word; (word = next_word(&text, &length)) != NULL;) {
        if (strlen(value) == length && strncmp(word, value, length) == 0)
            return true;
    }
    return false;
}

static bool is_one_of(const char *words, const char *word, size_t length)
{
    for (const char *at = words; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL) {
        if (strncmp(at, word, length) == 0 && (at[length] == '|' || at[length] == '\0'))
            return true;
    }
    return false;
}

static bool read_filters(struct exchange *exchange, const char *filters[FILTERS])
{
    for (unsigned i = 0; i < FILTERS; i++) {
        filters[i] = exchange_text(exchange, filter_names[i]);
        const char *rest = filters[i];
        size_t length;
        for (const char *word; rest && filter_words[i] && (word = next_word(&rest, &length));) {
            if (!is_one_of(filter_words[i], word, length)) {
                exchange_refuse(exchange, 100, 0, "(#100) Param %s must be one of {%s}, got %.*s",
                                filter_names[i], filter_words[i], (int)length, word);
                return false;
            }
        }
    }
    return true;
}

static bool passes(const struct world *world, struct arena *arena, const struct template *template,
                   const char *const filters[FILTERS])
{
    struct template_look look = template_look(world, template);
    return (!filters[BY_STATUS] || is_listed(filters[BY_STATUS], look.status)) &&
           (!filters[BY_SCORE] || is_listed(filters[BY_SCORE], look.score)) &&
           (!filters[BY_CATEGORY] || is_listed(filters[BY_CATEGORY], look.category)) &&
           (!filters[BY_LANGUAGE] ||
            is_listed(filters[BY_LANGUAGE], template_language(template))) &&
           (!filters[BY_NAME] || strcmp(filters[BY_NAME], template_name(arena, template)) == 0);
}

/* ---- the edge ---- */

static uint64_t template_id_at(const void *items, size_t place)
{
    return template_id((const struct template *)items + place);
}

static json_object *render_template(const struct world *world, struct exchange *exchange,
                                    const void *items, size_t place, const struct field *fields)
{
    struct template template = ((const struct template *)items)[place];
    struct node node = {.kind = NODE_TEMPLATE, .template = &template};
    return fields_render(world, exchange, &node, fields);
}

static size_t collect(const struct world *world, struct arena *arena, const struct waba *waba,
                      const char *const filters[FILTERS], struct template **templates)
{
    size_t kept = 0, count = copying_collect(world, arena, waba, templates);
    for (size_t i = 0; i < count; i++) {
        if (passes(world, arena, &(*templates)[i], filters))
            (*templates)[kept++] = (*templates)[i];
    }
    return kept;
}

json_object *templates_list(const struct world *world, struct exchange *exchange,
                            const struct waba *waba, const struct listing *listing, bool is_edge)
{
    struct subject subject = {NODE_TEMPLATE, waba->is_source, waba->customer};
    const char *filters[FILTERS] = {NULL};
    struct template *templates;
    if (!fields_check(world, exchange, &subject, listing->fields) ||
        (is_edge && !read_filters(exchange, filters)))
        return NULL;
    size_t count = collect(world, exchange->arena, waba, filters, &templates);
    struct listing_items items = {.list = arena_printf(exchange->arena, "%s/templates", waba->id),
                                  .node_id = waba->id,
                                  .edge = "message_templates",
                                  .repeated = is_edge ? filter_names : NULL,
                                  .limit_max = 1000,
                                  .count = count,
                                  .items = templates,
                                  .id_at = template_id_at,
                                  .render = render_template};
    return listing_page(world, exchange, listing, &items);
}
