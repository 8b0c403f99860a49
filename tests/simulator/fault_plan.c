/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/fault_plan.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct {
    const char *name;
    bool is_before, is_withheld;
} kinds[FAULT_KIND_COUNT + 1] = {
    [FAULT_KIND_NONE]      = {"none",            false, false},
    [FAULT_RESET_BEFORE]   = {"reset_before",    true,  true},
    [FAULT_RESET_AFTER]    = {"reset_after",     false, true},
    [FAULT_TIMEOUT_BEFORE] = {"timeout_before",  true,  true},
    [FAULT_TIMEOUT_AFTER]  = {"timeout_after",   false, true},
    [FAULT_HTTP_500]       = {"http_500",        true,  false},
    [FAULT_HTTP_500_AFTER] = {"http_500_after",  false, false},
    [FAULT_HTTP_503_HTML]  = {"http_503_html",   true,  false},
    [FAULT_TRUNCATED_JSON] = {"truncated_json",  false, true},
    [FAULT_THROTTLE]       = {"throttle",        true,  false},
    [FAULT_ERROR]          = {"error",           true,  false},
    [FAULT_KIND_COUNT]     = {"timeout",         false, false},
};
/* clang-format on */

const char *fault_kind_name(enum fault_kind kind)
{
    return kinds[kind].name;
}

bool fault_kind_parse(const char *name, enum fault_kind *kind)
{
    for (unsigned i = 1; name && i <= FAULT_KIND_COUNT; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *kind = (enum fault_kind)i;
            return true;
        }
    }
    return false;
}

bool fault_kind_is_before(enum fault_kind kind)
{
    return kinds[kind].is_before;
}

bool fault_kind_is_withheld(enum fault_kind kind)
{
    return kinds[kind].is_withheld;
}

void fault_plan_finish(struct fault_plan *plan)
{
    for (size_t i = 0; i < plan->counters.capacity; i++)
        free(plan->counters.slots[i].value);
    index_finish(&plan->counters);
}

void fault_plan_clear(struct fault_plan *plan)
{
    plan->planned = NULL;
    plan->has_rates = false;
    memset(plan->rates, 0, sizeof plan->rates);
}

static enum status read_rates(struct fault_plan *plan, json_object *json, struct fault *fault)
{
    double total = 0;
    json_object_object_foreach(json, name, value)
    {
        enum fault_kind kind;
        if (!fault_kind_parse(name, &kind) || kind == FAULT_ERROR)
            return fault_set(fault, STATUS_INVALID, "faults.rates: %s is no kind of fault", name);
        plan->rates[kind] = json_object_get_double(value);
        total += plan->rates[kind];
        if (plan->rates[kind] < 0 || total > 1)
            return fault_set(fault, STATUS_INVALID,
                             "faults.rates: %s: rates lie between 0 and 1, and so does their sum",
                             name);
    }
    plan->has_rates = total > 0;
    return STATUS_OK;
}

enum status fault_plan_read(struct fault_plan *plan, json_object *json, struct fault *fault)
{
    json_object_object_foreach(json, name, value)
    {
        enum status status = STATUS_OK;
        if (strcmp(name, "seed") == 0)
            plan->seed = (uint64_t)json_object_get_int64(value);
        else if (strcmp(name, "rates") == 0)
            status = read_rates(plan, value, fault);
        else if (strcmp(name, "planned") == 0)
            for (size_t i = 0; status == STATUS_OK && i < json_object_array_length(value); i++)
                status = fault_plan_add(plan, json_object_array_get_idx(value, i), fault);
        else
            status = fault_set(fault, STATUS_INVALID, "faults: unknown key %s", name);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* A person writes "…" where a glob has "*". */
static const char *glob_of(struct arena *arena, const char *text)
{
    char *glob = arena_copy_text(arena, text), *to = glob;
    for (const char *from = glob; *from;) {
        if (strncmp(from, "\xe2\x80\xa6", 3) == 0) {
            *to++ = '*';
            from += 3;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    return glob;
}

static const char *text_of(struct arena *arena, json_object *json, const char *name)
{
    json_object *value;
    if (!json_object_object_get_ex(json, name, &value))
        return NULL;
    return arena_copy_text(arena, json_object_get_string(value));
}

static int int_of(json_object *json, const char *name, int otherwise)
{
    json_object *value;
    return json_object_object_get_ex(json, name, &value) ? json_object_get_int(value) : otherwise;
}

enum status fault_plan_add(struct fault_plan *plan, json_object *json, struct fault *fault)
{
    struct planned_fault *planned = arena_alloc(plan->arena, sizeof *planned);
    const char *match = text_of(plan->arena, json, "match");
    const char *kind = text_of(plan->arena, json, "kind");
    json_object *error;
    if (!match)
        return fault_set(fault, STATUS_INVALID,
                         "a fault needs \"match\", such as \"POST */register\"");
    if (!fault_kind_parse(kind, &planned->kind))
        return fault_set(fault, STATUS_INVALID, "%s is no kind of fault", kind ? kind : "nothing");
    const char *space = strchr(match, ' ');
    if (space && (size_t)(space - match) < sizeof planned->method) {
        memcpy(planned->method, match, (size_t)(space - match));
        match = space + 1;
    }
    planned->pattern = glob_of(plan->arena, match);
    planned->times = int_of(json, "times", 1);
    planned->skip = int_of(json, "skip", 0);
    if (json_object_object_get_ex(json, "error", &error)) {
        planned->code = int_of(error, "code", 1);
        planned->subcode = int_of(error, "subcode", 0);
        planned->title = text_of(plan->arena, error, "title");
        planned->message = text_of(plan->arena, error, "message");
    } else if (planned->kind == FAULT_ERROR) {
        return fault_set(fault, STATUS_INVALID, "a fault of kind error needs \"error\"");
    }
    struct planned_fault **last = &plan->planned;
    while (*last)
        last = &(*last)->next;
    *last = planned;
    return STATUS_OK;
}

static struct planned_fault *find_planned(struct fault_plan *plan, const char *method,
                                          const char *path)
{
    /* Patterns speak of paths without the version, so that they outlive it. */
    const char *slash = path[0] == '/' && path[1] == 'v' ? strchr(path + 1, '/') : NULL;
    const char *bare = slash ? slash : path;
    for (struct planned_fault *at = plan->planned; at; at = at->next) {
        if (at->times == 0 || (at->method[0] && strcmp(at->method, method) != 0))
            continue;
        if (fnmatch(at->pattern, bare, 0) != 0 && fnmatch(at->pattern, path, 0) != 0)
            continue;
        if (at->skip > 0) {
            at->skip--;
            continue;
        }
        if (at->times > 0)
            at->times--;
        return at;
    }
    return NULL;
}

/* How often this has been asked before; counts this time. */
static uint64_t count_call(struct fault_plan *plan, const char *method, const char *path)
{
    char key[512];
    snprintf(key, sizeof key, "%s %s", method, path);
    uint64_t *count = index_find(&plan->counters, key);
    if (!count) {
        count = memory_take(sizeof *count);
        *count = 0;
        index_put(&plan->counters, arena_copy_text(plan->arena, key), count);
    }
    return (*count)++;
}

static uint64_t draw_lot(struct fault_plan *plan, const char *method, const char *path)
{
    uint64_t nth = count_call(plan, method, path);
    uint64_t lot = index_mix(plan->seed * 0x9e3779b97f4a7c15ULL + index_hash(method));
    return index_mix(lot ^ index_mix(index_hash(path) + nth));
}

enum fault_kind fault_plan_draw(struct fault_plan *plan, const char *method, const char *path,
                                const struct planned_fault **planned, uint64_t *lot)
{
    enum fault_kind kind = FAULT_KIND_NONE;
    *lot = draw_lot(plan, method, path);
    *planned = find_planned(plan, method, path);
    if (*planned) {
        kind = (*planned)->kind;
    } else if (plan->has_rates) {
        double share = index_fraction(*lot), passed = 0;
        for (unsigned i = 1; i <= FAULT_KIND_COUNT && kind == FAULT_KIND_NONE; i++) {
            passed += plan->rates[i];
            if (share < passed)
                kind = (enum fault_kind)i;
        }
    }
    if (kind == FAULT_KIND_COUNT)
        kind = index_mix(*lot) & 1 ? FAULT_TIMEOUT_AFTER : FAULT_TIMEOUT_BEFORE;
    plan->counts[kind]++;
    return kind;
}
