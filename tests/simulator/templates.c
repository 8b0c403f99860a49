/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/templates.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/simulator/denials.h"
#include "tests/simulator/node_rows.h"

/* clang-format off */
static const struct template_kind {
    const char *name, *status, *score, *rejected_reason;
} kinds[] = {
    {"approved_green",   "APPROVED",         "GREEN",   "NONE"},
    {"approved_unknown", "APPROVED",         "UNKNOWN", "NONE"},
    {"approved_yellow",  "APPROVED",         "YELLOW",  "NONE"},
    {"approved_red",     "APPROVED",         "RED",     "NONE"},
    {"rejected",         "REJECTED",         "UNKNOWN", "INVALID_FORMAT"},
    {"paused",           "PAUSED",           "RED",     "NONE"},
    {"pending",          "PENDING",          "UNKNOWN", "NONE"},
    {"disabled",         "DISABLED",         "RED",     "NONE"},
    {"archived",         "ARCHIVED",         "GREEN",   "NONE"},
    {"in_appeal",        "IN_APPEAL",        "UNKNOWN", "ABUSIVE_CONTENT"},
    {"limit_exceeded",   "LIMIT_EXCEEDED",   "UNKNOWN", "NONE"},
    {"pending_deletion", "PENDING_DELETION", "GREEN",   "NONE"},
    {"deleted",          "DELETED",          "GREEN",   "NONE"},
};
static const char *const categories[] = {"UTILITY", "MARKETING", "AUTHENTICATION"};
static const char *const languages[] = {"en_US", "fr"};
/* clang-format on */
_Static_assert(sizeof kinds / sizeof kinds[0] == TEMPLATE_KINDS, "a count for each kind");

enum status templates_read(json_object *json, uint16_t counts[TEMPLATE_KINDS], struct fault *fault)
{
    memset(counts, 0, TEMPLATE_KINDS * sizeof *counts);
    if (!json_object_is_type(json, json_type_object))
        return fault_set(fault, STATUS_INVALID, "templates are counted by kind, as an object");
    json_object_object_foreach(json, name, value)
    {
        size_t i = 0;
        while (i < TEMPLATE_KINDS && strcmp(kinds[i].name, name) != 0)
            i++;
        int count = json_object_get_int(value);
        if (i == TEMPLATE_KINDS || count < 0 || count > TEMPLATES_OF_A_KIND_MAX)
            return fault_set(fault, STATUS_INVALID,
                             "templates: %s: no such kind, or not 0 to %d of it", name,
                             TEMPLATES_OF_A_KIND_MAX);
        counts[i] = (uint16_t)count;
    }
    return STATUS_OK;
}

/* ---- one template ---- */

/* Seventeen digits: nine of the WABA's, two of the kind's, five of its own. */
static uint64_t id_of(const struct template *template)
{
    uint64_t waba = index_hash(template->waba->id) % 1000000000U;
    return ((UINT64_C(8000000000) + waba) * 100 + template->kind) * 100000 + template->number;
}

static const char *category_of(const struct template *template)
{
    return categories[(template->number + template->kind) % 3];
}

static const char *language_of(const struct template *template)
{
    return languages[template->number % 4 == 3];
}

static const char *name_of(struct arena *arena, const struct template *template)
{
    return arena_printf(arena, "%s_%u", kinds[template->kind].name, template->number);
}

#define TEMPLATE_TEXT(field, value)                                                   \
    static json_object *template_##field(const struct view *view, const void *object) \
    {                                                                                 \
        const struct template *template = object;                                     \
        (void)view;                                                                   \
        (void)template;                                                               \
        return json_object_new_string(value);                                         \
    }
TEMPLATE_TEXT(id, arena_printf(view->exchange->arena, "%" PRIu64, id_of(template)))
TEMPLATE_TEXT(name, name_of(view->exchange->arena, template))
TEMPLATE_TEXT(language, language_of(template))
TEMPLATE_TEXT(status, kinds[template->kind].status)
TEMPLATE_TEXT(category, category_of(template))
TEMPLATE_TEXT(rejected, kinds[template->kind].rejected_reason)
TEMPLATE_TEXT(format, "POSITIONAL")
#undef TEMPLATE_TEXT

static json_object *template_previous(const struct view *view, const void *object)
{
    const struct template *template = object;
    (void)view;
    /* Some were put into another category by Meta; the others have no earlier one. */
    return template->number % 7 == 6 ? json_object_new_string(categories[template->kind % 3])
                                     : NULL;
}

static json_object *template_score(const struct view *view, const void *object)
{
    const struct template *template = object;
    int64_t date = template->waba->created_ms / 1000 + (int64_t) template->number * 3600;
    json_object *json = json_object_new_object();
    (void)view;
    json_object_object_add(json, "score", json_object_new_string(kinds[template->kind].score));
    json_object_object_add(json, "date", json_object_new_int64(date));
    return json;
}

static json_object *template_components(const struct view *view, const void *object)
{
    json_object *json = json_object_new_array(), *body = json_object_new_object();
    (void)view;
    (void)object;
    json_object_object_add(body, "type", json_object_new_string("BODY"));
    json_object_object_add(body, "text", json_object_new_string("Your order is on its way."));
    json_object_array_add(json, body);
    return json;
}

/* clang-format off */
const struct field_row TEMPLATE_ROWS[] = {
    {"id",                true,  template_id},
    {"name",              true,  template_name},
    {"parameter_format",  true,  template_format},
    {"components",        true,  template_components},
    {"language",          true,  template_language},
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

static bool passes(struct arena *arena, const struct template *template,
                   const char *const filters[FILTERS])
{
    const struct template_kind *kind = &kinds[template->kind];
    return (!filters[BY_STATUS] || is_listed(filters[BY_STATUS], kind->status)) &&
           (!filters[BY_SCORE] || is_listed(filters[BY_SCORE], kind->score)) &&
           (!filters[BY_CATEGORY] || is_listed(filters[BY_CATEGORY], category_of(template))) &&
           (!filters[BY_LANGUAGE] || is_listed(filters[BY_LANGUAGE], language_of(template))) &&
           (!filters[BY_NAME] || strcmp(filters[BY_NAME], name_of(arena, template)) == 0);
}

/* ---- the edge ---- */

static uint64_t template_id_at(const void *items, size_t place)
{
    return id_of((const struct template *)items + place);
}

static json_object *render_template(const struct world *world, struct exchange *exchange,
                                    const void *items, size_t place, const struct field *fields)
{
    struct template template = ((const struct template *)items)[place];
    struct node node = {.kind = NODE_TEMPLATE, .template = &template};
    return fields_render(world, exchange, &node, fields);
}

static size_t collect(struct arena *arena, const struct waba *waba,
                      const char *const filters[FILTERS], struct template **templates)
{
    size_t count = 0, most = 1;
    for (unsigned kind = 0; kind < TEMPLATE_KINDS; kind++)
        most += waba->templates[kind];
    *templates = arena_alloc(arena, most * sizeof **templates);
    for (unsigned kind = 0; kind < TEMPLATE_KINDS; kind++) {
        for (unsigned number = 1; number <= waba->templates[kind]; number++) {
            struct template one = {waba, kind, number};
            if (passes(arena, &one, filters))
                (*templates)[count++] = one;
        }
    }
    return count;
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
    size_t count = collect(exchange->arena, waba, filters, &templates);
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
