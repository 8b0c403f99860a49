/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/copying.h"

#include <string.h>

#include "tests/simulator/fields.h"
#include "tests/simulator/flows.h"
#include "tests/simulator/template_kinds.h"

/* ---- the book of copies ---- */

static unsigned family_of(const struct template *template)
{
    return template->kind + (template->is_own_named ? TEMPLATE_KINDS : 0);
}

struct copy *copying_find(const struct waba *waba, const struct template *template)
{
    unsigned family = family_of(template);
    if (!waba->copies || template->number > waba->copies->room[family])
        return NULL;
    return waba->copies->of_kind[family][template->number - 1];
}

static struct copy **grow(struct world *world, struct copy **old, size_t count, size_t room)
{
    struct copy **grown = arena_alloc(world->arena, room * sizeof(struct copy *));
    if (count)
        memcpy(grown, old, count * sizeof(struct copy *));
    return grown;
}

static struct copy *find_or_make(struct world *world, struct waba *waba,
                                 const struct template *template)
{
    struct copy *copy = copying_find(waba, template);
    if (copy)
        return copy;
    if (!waba->copies)
        waba->copies = arena_alloc(world->arena, sizeof *waba->copies);
    struct copies *copies = waba->copies;
    unsigned family = family_of(template), most = template->waba->templates[template->kind];
    if (template->number > copies->room[family]) {
        unsigned room = template->number > most ? template->number : most;
        copies->of_kind[family] = grow(world, copies->of_kind[family], copies->room[family], room);
        copies->room[family] = room;
    }
    if (copies->count == copies->capacity) {
        copies->capacity = copies->capacity ? copies->capacity * 2 : 8;
        copies->in_order = grow(world, copies->in_order, copies->count, copies->capacity);
    }
    copy = arena_alloc(world->arena, sizeof *copy);
    *copy = (struct copy){.source = template->waba,
                          .kind = template->kind,
                          .number = template->number,
                          .is_own_named = template->is_own_named,
                          .fate = template_fate(world, template),
                          .source_id = template_id(template)};
    copies->of_kind[family][template->number - 1] = copy;
    copies->in_order[copies->count++] = copy;
    return copy;
}

static struct template as_template(const struct waba *waba, const struct copy *copy)
{
    return (struct template){waba, copy->kind, copy->number, copy->is_own_named, copy};
}

size_t copying_collect(const struct world *world, struct arena *arena, const struct waba *waba,
                       struct template **templates)
{
    size_t count = 0, most = 1 + (waba->copies ? waba->copies->count : 0);
    for (unsigned kind = 0; kind < TEMPLATE_KINDS; kind++)
        most += waba->templates[kind];
    *templates = arena_alloc(arena, most * sizeof **templates);
    for (unsigned kind = 0; kind < TEMPLATE_KINDS; kind++) {
        for (unsigned number = 1; number <= waba->templates[kind]; number++)
            (*templates)[count++] = template_own(waba, kind, number);
    }
    for (size_t i = 0; waba->copies && i < waba->copies->count; i++) {
        struct template one = as_template(waba, waba->copies->in_order[i]);
        if (template_is_there(world, &one))
            (*templates)[count++] = one;
    }
    return count;
}

/* ---- what qualifies, and what fits ---- */

bool copying_qualifies(const struct world *world, const struct template *template, bool for_call)
{
    struct template_look look = template_look(world, template);
    return strcmp(look.status, "APPROVED") == 0 &&
           (strcmp(look.score, "GREEN") == 0 || (for_call && strcmp(look.score, "UNKNOWN") == 0));
}

static bool has_approved_name(const struct waba *waba)
{
    for (size_t i = 0; waba && i < waba->phone_count; i++) {
        if (strcmp(fields_phone_text(waba->phones[i], "name_status"), "APPROVED") == 0)
            return true;
    }
    return false;
}

/* A portfolio here is a customer: its two WABAs are all it has. */
unsigned copying_limit(const struct world *world, const struct waba *waba)
{
    const struct customer *customer = waba->customer;
    bool is_verified = strcmp(waba->verification_status, "verified") == 0;
    bool is_named = has_approved_name(customer->source) || has_approved_name(customer->destination);
    return is_verified && is_named ? world->copying.limit_verified
                                   : world->copying.limit_unverified;
}

unsigned copying_taken(const struct world *world, const struct waba *waba)
{
    unsigned taken = 0;
    for (unsigned kind = 0; kind < TEMPLATE_KINDS; kind++) {
        struct template one = template_own(waba, kind, 1);
        if (strcmp(template_look(world, &one).status, "DELETED") != 0)
            taken += waba->templates[kind];
    }
    for (size_t i = 0; waba->copies && i < waba->copies->count; i++) {
        struct template one = as_template(waba, waba->copies->in_order[i]);
        taken += one.copy->by != COPIED_BY_NOBODY &&
                 (template_is_there(world, &one) || one.copy->there_ms > world_now_ms(world));
    }
    return taken;
}

bool copying_is_there(const struct world *world, const struct waba *waba,
                      const struct template *template)
{
    const struct copy *copy = copying_find(waba, template);
    if (template_is_named_on(waba, template))
        return true;
    if (!copy || copy->by == COPIED_BY_NOBODY)
        return false;
    struct template one = as_template(waba, copy);
    return copy->there_ms > world_now_ms(world) || template_is_there(world, &one);
}

/* ---- copying ---- */

static void make_copy(struct world *world, struct waba *destination, struct copy *copy,
                      enum copied_by by, unsigned order)
{
    const struct copying_rules *rules = &world->copying;
    bool is_call = by == COPIED_BY_CALL;
    copy->by = by;
    copy->copied_ms = world_now_ms(world);
    copy->there_ms = copy->copied_ms + (is_call ? rules->delay_ms : rules->register_delay_ms) +
                     (int64_t)order * (is_call ? rules->each_ms : rules->register_each_ms);
    destination->copies->copied++;
    world->templates_copied++;
}

static bool has_flow(const struct waba *destination, const struct copy *copy)
{
    struct template template = {copy->source, copy->kind, copy->number, copy->is_own_named, NULL};
    struct flow flow;
    return flows_find_of(destination, &template, &flow);
}

/* Meta's page gives two examples of reasons, "Incorrect category" and "Formatting error - dangling
 * parameter"; they are free text, and the others are made up (U). */
static const char *trouble_with(const struct waba *destination, const struct copy *copy,
                                bool is_by_ids)
{
    switch (copy->fate) {
    case FATE_FAILS_ALWAYS:
        return copy->number % 2 ? "Formatting error - dangling parameter" : "Incorrect category";
    case FATE_FAILS_ONCE:
        return is_by_ids && copy->failed > 0 ? NULL : "An unknown error occurred";
    case FATE_FLOW:
        return has_flow(destination, copy)
                   ? NULL
                   : "The flow of this template does not exist in the destination account";
    default:
        return NULL;
    }
}

const char *copying_ask(struct world *world, struct copying_call *call,
                        const struct template *template, bool *is_repeat)
{
    struct waba *destination = call->destination;
    *is_repeat = copying_is_there(world, destination, template);
    struct copy *copy = find_or_make(world, destination, template);
    copy->asked++;
    if (*is_repeat) {
        copy->asked_when_there++;
        world->templates_repeated++;
        return NULL;
    }
    const char *trouble =
        copying_qualifies(world, template, true)
            ? trouble_with(destination, copy, call->is_by_ids)
            : "Only approved templates of high or unknown quality can be migrated";
    if (!trouble && call->room == 0)
        trouble = "The account has reached its limit of message templates";
    if (trouble) {
        copy->failed++;
        return trouble;
    }
    call->room--;
    make_copy(world, destination, copy, COPIED_BY_CALL, call->order++);
    return NULL;
}

void copying_register(struct world *world, const struct waba *source, struct waba *destination)
{
    struct arena *arena = arena_create();
    struct template *templates;
    size_t count = copying_collect(world, arena, source, &templates);
    unsigned limit = copying_limit(world, destination), taken = copying_taken(world, destination);
    unsigned room = limit > taken ? limit - taken : 0, order = 0;
    for (size_t i = 0; i < count && room > 0; i++) {
        if (!copying_qualifies(world, &templates[i], false) ||
            copying_is_there(world, destination, &templates[i]))
            continue;
        struct copy *copy = find_or_make(world, destination, &templates[i]);
        if (copy->fate == FATE_FAILS_ONCE || trouble_with(destination, copy, false))
            continue;
        make_copy(world, destination, copy, COPIED_BY_REGISTRATION, order++);
        room--;
    }
    arena_destroy(arena);
}
