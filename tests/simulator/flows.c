/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/flows.h"

#include <inttypes.h>
#include <string.h>

#include "tests/simulator/denials.h"
#include "tests/simulator/node_rows.h"

/* A source whose templates use flows has one at least. */
static unsigned count_of(const struct waba *waba)
{
    if (waba->flows == 0 && waba->templates[TEMPLATE_KIND_WITH_FLOW] > 0)
        return 1;
    return waba->flows;
}

/* Seventeen digits: ten of the WABA's, two of the role, five of its own. */
uint64_t flow_id(const struct flow *flow)
{
    uint64_t waba = UINT64_C(5000000000) + index_hash(flow->waba->id) % 1000000000U;
    unsigned role = !flow->copy ? 0 : flow->is_own_named ? 2 : 1;
    return (waba * 100 + role) * 100000 + flow->number;
}

const char *flow_name(struct arena *arena, const struct flow *flow)
{
    return arena_printf(arena, "%sflow_%u", flow->is_own_named ? "own_" : "", flow->number);
}

size_t flows_collect(struct arena *arena, const struct waba *waba, struct flow **flows)
{
    size_t count = 0, most = count_of(waba) + 1;
    for (const struct flow_copy *copy = waba->flow_copies; copy; copy = copy->next)
        most++;
    *flows = arena_alloc(arena, most * sizeof **flows);
    for (unsigned number = 1; number <= count_of(waba); number++)
        (*flows)[count++] = (struct flow){waba, number, !waba->is_source, NULL};
    for (const struct flow_copy *copy = waba->flow_copies; copy; copy = copy->next) {
        if (copy->is_copied)
            (*flows)[count++] = (struct flow){waba, copy->number, copy->is_own_named, copy};
    }
    return count;
}

bool flows_find_of(const struct waba *waba, const struct template *template, struct flow *flow)
{
    /* Names are the source's own, or were made up on the WABA itself. */
    const struct waba *origin =
        template->is_own_named ? template->waba : template->waba->customer->source;
    unsigned count = count_of(origin);
    if (count == 0)
        return false;
    *flow = (struct flow){waba, (template->number - 1) % count + 1, template->is_own_named, NULL};
    if (waba == origin)
        return true;
    for (const struct flow_copy *copy = waba->flow_copies; copy; copy = copy->next) {
        if (copy->is_copied && copy->number == flow->number &&
            copy->is_own_named == flow->is_own_named) {
            flow->copy = copy;
            return true;
        }
    }
    return false;
}

/* ---- what it shows ---- */

static json_object *show_id(const struct view *view, const void *object)
{
    return json_object_new_string(arena_printf(view->exchange->arena, "%" PRIu64, flow_id(object)));
}

static json_object *show_name(const struct view *view, const void *object)
{
    return json_object_new_string(flow_name(view->exchange->arena, object));
}

/* Whether a copy is published is undocumented (U): it is what its source is. */
static json_object *show_status(const struct view *view, const void *object)
{
    (void)view;
    (void)object;
    return json_object_new_string("PUBLISHED");
}

static json_object *show_categories(const struct view *view, const void *object)
{
    json_object *json = json_object_new_array();
    (void)view;
    (void)object;
    json_object_array_add(json, json_object_new_string("APPOINTMENT_BOOKING"));
    return json;
}

static json_object *show_errors(const struct view *view, const void *object)
{
    (void)view;
    (void)object;
    return json_object_new_array();
}

/* clang-format off */
const struct field_row FLOW_ROWS[] = {
    {"id",                true, show_id},
    {"name",              true, show_name},
    {"status",            true, show_status},
    {"categories",        true, show_categories},
    {"validation_errors", true, show_errors},
    {NULL, false, NULL},
};
/* clang-format on */

/* ---- the edge ---- */

static uint64_t flow_id_at(const void *items, size_t place)
{
    return flow_id((const struct flow *)items + place);
}

static json_object *render_flow(const struct world *world, struct exchange *exchange,
                                const void *items, size_t place, const struct field *fields)
{
    struct flow flow = ((const struct flow *)items)[place];
    struct node node = {.kind = NODE_FLOW, .flow = &flow};
    return fields_render(world, exchange, &node, fields);
}

json_object *flows_list(const struct world *world, struct exchange *exchange,
                        const struct waba *waba, const struct listing *listing)
{
    struct subject subject = {NODE_FLOW, waba->is_source, waba->customer};
    struct flow *flows;
    if (!fields_check(world, exchange, &subject, listing->fields))
        return NULL;
    size_t count = flows_collect(exchange->arena, waba, &flows);
    struct listing_items items = {.list = arena_printf(exchange->arena, "%s/flows", waba->id),
                                  .node_id = waba->id,
                                  .edge = "flows",
                                  .limit_max = 100,
                                  .count = count,
                                  .items = flows,
                                  .id_at = flow_id_at,
                                  .render = render_flow};
    return listing_page(world, exchange, listing, &items);
}
