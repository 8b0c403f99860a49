/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/template_kinds.h"

#include <stdlib.h>
#include <string.h>

#include "tests/simulator/copying.h"

#define QUALITY_MS ((int64_t)24 * 3600000)  /* Meta, the migration guides: UNKNOWN for 24 hours */
#define ARCHIVE_MS ((int64_t)28 * 86400000) /* Meta, "Template archival": deleted after 28 days */
#define ROLE_STEP 25                        /* between the kinds of ids: its own, a copy, … */

/* `share` is of a hundred in a usual mixture. The first thirteen are what Meta's list shows; the
 * others are APPROVED and GREEN, and something becomes of their copies. */
/* clang-format off */
static const struct template_kind {
    const char *name, *status, *score, *rejected_reason;
    enum fate fate;
    unsigned share;
} kinds[] = {
    {"approved_green",   "APPROVED",         "GREEN",   "NONE", FATE_NONE, 58},
    {"approved_unknown", "APPROVED",         "UNKNOWN", "NONE", FATE_NONE, 15},
    {"approved_yellow",  "APPROVED",         "YELLOW",  "NONE", FATE_NONE, 5},
    {"approved_red",     "APPROVED",         "RED",     "NONE", FATE_NONE, 2},
    {"rejected",         "REJECTED",         "UNKNOWN", "INVALID_FORMAT", FATE_NONE, 6},
    {"paused",           "PAUSED",           "RED",     "NONE", FATE_NONE, 3},
    {"pending",          "PENDING",          "UNKNOWN", "NONE", FATE_NONE, 4},
    {"disabled",         "DISABLED",         "RED",     "NONE", FATE_NONE, 2},
    {"archived",         "ARCHIVED",         "GREEN",   "NONE", FATE_NONE, 3},
    {"in_appeal",        "IN_APPEAL",        "UNKNOWN", "ABUSIVE_CONTENT", FATE_NONE, 1},
    {"limit_exceeded",   "LIMIT_EXCEEDED",   "UNKNOWN", "NONE", FATE_NONE, 0},
    {"pending_deletion", "PENDING_DELETION", "GREEN",   "NONE", FATE_NONE, 1},
    {"deleted",          "DELETED",          "GREEN",   "NONE", FATE_NONE, 0},
    {"already_there",    "APPROVED",         "GREEN",   "NONE", FATE_ALREADY_THERE, 0},
    {"with_flow",        "APPROVED",         "GREEN",   "NONE", FATE_FLOW, 0},
    {"fails_once",       "APPROVED",         "GREEN",   "NONE", FATE_FAILS_ONCE, 0},
    {"fails_always",     "APPROVED",         "GREEN",   "NONE", FATE_FAILS_ALWAYS, 0},
    {"rejected_later",   "APPROVED",         "GREEN",   "NONE", FATE_REJECTED, 0},
    {"recategorised",    "APPROVED",         "GREEN",   "NONE", FATE_RECATEGORISED, 0},
    {"paused_later",     "APPROVED",         "GREEN",   "NONE", FATE_PAUSED, 0},
    {"archived_later",   "APPROVED",         "GREEN",   "NONE", FATE_ARCHIVED, 0},
    {"yellow_later",     "APPROVED",         "GREEN",   "NONE", FATE_YELLOW, 0},
    {"no_data",          "APPROVED",         "GREEN",   "NONE", FATE_NO_DATA, 0},
};
static const char *const categories[] = {"UTILITY", "MARKETING", "AUTHENTICATION"};
/* clang-format on */
_Static_assert(sizeof kinds / sizeof kinds[0] == TEMPLATE_KINDS, "a count for each kind");
_Static_assert(TEMPLATE_KINDS <= ROLE_STEP, "two digits of an id for kind and role");

/* ---- counts ---- */

static void add_mix(int count, uint16_t counts[TEMPLATE_KINDS])
{
    int left = count;
    for (unsigned kind = 1; kind < TEMPLATE_KINDS; kind++) {
        int some = count * (int)kinds[kind].share / 100;
        counts[kind] = (uint16_t)(counts[kind] + some);
        left -= some;
    }
    counts[0] = (uint16_t)(counts[0] + left);
}

enum status template_kinds_read(json_object *json, uint16_t counts[TEMPLATE_KINDS],
                                struct fault *fault)
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
        bool is_mix = strcmp(name, "mix") == 0;
        if ((i == TEMPLATE_KINDS && !is_mix) || count < 0 || count > TEMPLATES_OF_A_KIND_MAX)
            return fault_set(fault, STATUS_INVALID,
                             "templates: %s: no such kind, or not 0 to %d of it", name,
                             TEMPLATES_OF_A_KIND_MAX);
        if (is_mix)
            add_mix(count, counts);
        else
            counts[i] = (uint16_t)(counts[i] + count);
    }
    return STATUS_OK;
}

/* ---- which one ---- */

/* What a destination has of its own has names of its own, but for what is there already. */
static bool is_own_named(const struct waba *waba, unsigned kind)
{
    return !waba->is_source && kinds[kind].fate != FATE_ALREADY_THERE;
}

struct template template_own(const struct waba *waba, unsigned kind, unsigned number)
{
    return (struct template){waba, kind, number, is_own_named(waba, kind), NULL};
}

static uint64_t waba_digits(const struct waba *waba)
{
    return UINT64_C(8000000000) + index_hash(waba->id) % 1000000000U;
}

/* Seventeen digits: ten of the WABA's, two of kind and role, five of its own. */
uint64_t template_id(const struct template *template)
{
    unsigned role = !template->copy ? 0 : template->is_own_named ? 2 : 1;
    return (waba_digits(template->waba) * 100 + template->kind + role * ROLE_STEP) * 100000 +
           template->number;
}

bool template_from_id(const struct world *world, const struct waba *waba, const char *id,
                      struct template *template)
{
    uint64_t digits = strtoull(id, NULL, 10);
    unsigned number = (unsigned)(digits % 100000), field = (unsigned)(digits / 100000 % 100);
    unsigned kind = field % ROLE_STEP, role = field / ROLE_STEP;
    if (strspn(id, "0123456789") != strlen(id) || digits / 10000000 != waba_digits(waba) ||
        kind >= TEMPLATE_KINDS || role > 2 || number == 0)
        return false;
    *template = template_own(waba, kind, number);
    if (role == 0)
        return number <= waba->templates[kind];
    template->is_own_named = role == 2;
    template->copy = copying_find(waba, template);
    return template->copy && template_is_there(world, template);
}

bool template_is_named_on(const struct waba *waba, const struct template *template)
{
    return is_own_named(waba, template->kind) == template->is_own_named &&
           template->number <= waba->templates[template->kind] &&
           strcmp(kinds[template->kind].status, "DELETED") != 0;
}

static bool is_translation(const struct template *template)
{
    return template->number % 4 == 3;
}

const char *template_name(struct arena *arena, const struct template *template)
{
    return arena_printf(arena, "%s%s_%u", template->is_own_named ? "own_" : "",
                        kinds[template->kind].name, template->number - is_translation(template));
}

const char *template_language(const struct template *template)
{
    return is_translation(template) ? "fr" : "en_US";
}

/* ---- what it shows ---- */

enum fate template_fate(const struct world *world, const struct template *template)
{
    const struct copying_rules *rules = &world->copying;
    enum fate fate = kinds[template->kind].fate;
    if (fate != FATE_NONE || !rules->has_shares)
        return fate;
    uint64_t lot = index_mix(index_hash(template->waba->id) ^ index_mix(rules->seed));
    lot = index_mix(lot + template->kind * UINT64_C(100000) + template->number);
    double draw = index_fraction(lot), passed = 0;
    for (unsigned i = 1; i < FATES_SHARED; i++) {
        passed += rules->shares[i];
        if (draw < passed)
            return (enum fate)i;
    }
    return FATE_NONE;
}

static const char *category_of(const struct template *template)
{
    return categories[(template->number + template->kind) % 3];
}

static const char *other_category(const struct template *template)
{
    return categories[(template->number + template->kind + 1) % 3];
}

/* Meta, the migration guides: a copy has its source's status, then its category is checked and some
 * become REJECTED; its quality is UNKNOWN for 24 hours, and then computed where there is data. That
 * a check may change the category rather than reject, and which reason the node shows, is
 * undocumented (U). */
static void look_as_copy(const struct world *world, const struct template *template,
                         struct template_look *look)
{
    const struct copying_rules *rules = &world->copying;
    int64_t age_ms = world_now_ms(world) - template->copy->there_ms;
    enum fate fate = template->copy->fate;
    look->score = "UNKNOWN";
    look->score_ms = template->copy->there_ms;
    if (fate == FATE_RECATEGORISED && age_ms >= rules->check_ms) {
        look->previous_category = look->category;
        look->category = other_category(template);
    }
    if (fate == FATE_REJECTED && age_ms >= rules->check_ms) {
        look->status = "REJECTED";
        look->rejected_reason = "TAG_CONTENT_MISMATCH";
    } else if (age_ms >= QUALITY_MS && fate != FATE_NO_DATA) {
        look->score = fate == FATE_YELLOW ? "YELLOW" : kinds[template->kind].score;
        look->score_ms += QUALITY_MS;
    }
    if (fate == FATE_PAUSED && age_ms >= rules->pause_ms) {
        look->status = "PAUSED";
        look->score = "RED";
        look->score_ms = template->copy->there_ms + rules->pause_ms;
    } else if (fate == FATE_ARCHIVED && age_ms >= rules->archive_ms) {
        look->status = "ARCHIVED";
    }
}

struct template_look template_look(const struct world *world, const struct template *template)
{
    const struct template_kind *kind = &kinds[template->kind];
    struct template_look look = {.status = kind->status,
                                 .score = kind->score,
                                 .category = category_of(template),
                                 .rejected_reason = kind->rejected_reason,
                                 .score_ms = template->waba->created_ms +
                                             (int64_t) template->number * 3600000};
    if (template->copy)
        look_as_copy(world, template, &look);
    else if (template->number % 7 == 6)
        /* Some were put into another category by Meta; the others have no earlier one. */
        look.previous_category = categories[template->kind % 3];
    return look;
}

bool template_is_there(const struct world *world, const struct template *template)
{
    const struct copy *copy = template->copy;
    if (!copy)
        return true;
    int64_t age_ms = world_now_ms(world) - copy->there_ms;
    return copy->by != COPIED_BY_NOBODY && age_ms >= 0 &&
           (copy->fate != FATE_ARCHIVED || age_ms < world->copying.archive_ms + ARCHIVE_MS);
}
