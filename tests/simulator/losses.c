/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/losses.h"

#include <stdio.h>
#include <string.h>

#include "tests/simulator/fields.h"
#include "tests/simulator/world.h"

static const char *const names[LOSSES] = {"changed_name",       "lost_badge",
                                          "lowered_limit",      "changed_quality",
                                          "lowered_throughput", "changed_profile"};

static enum status find(const char *name, unsigned *loss, struct fault *fault)
{
    for (*loss = 0; *loss < LOSSES; (*loss)++) {
        if (name && strcmp(names[*loss], name) == 0)
            return STATUS_OK;
    }
    return fault_set(fault, STATUS_INVALID, "after_move: %s is nothing that can be lost",
                     name ? name : "null");
}

static enum status read_shares(struct loss_rules *rules, json_object *json, struct fault *fault)
{
    json_object_object_foreach(json, name, value)
    {
        unsigned loss;
        enum status status = find(name, &loss, fault);
        if (status != STATUS_OK)
            return status;
        rules->shares[loss] = json_object_get_double(value);
        rules->has_shares = true;
    }
    return STATUS_OK;
}

enum status losses_read_rules(struct loss_rules *rules, json_object *json, struct fault *fault)
{
    json_object_object_foreach(json, name, value)
    {
        enum status status = STATUS_OK;
        if (strcmp(name, "seed") == 0)
            rules->seed = (uint64_t)json_object_get_int64(value);
        else if (strcmp(name, "shares") == 0)
            status = read_shares(rules, value, fault);
        else
            status = fault_set(fault, STATUS_INVALID, "after_move: unknown key %s", name);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status losses_read_line(struct line *line, json_object *json, struct fault *fault)
{
    if (!json_object_is_type(json, json_type_array))
        return fault_set(fault, STATUS_INVALID, "after_move of a number is a list");
    line->losses = 0;
    for (size_t i = 0; i < json_object_array_length(json); i++) {
        unsigned loss;
        enum status status =
            find(json_object_get_string(json_object_array_get_idx(json, i)), &loss, fault);
        if (status != STATUS_OK)
            return status;
        line->losses |= 1U << loss;
    }
    return STATUS_OK;
}

bool losses_has(const struct world *world, const struct line *line, enum loss loss)
{
    const struct loss_rules *rules = &world->losses;
    if ((line->losses & (1U << loss)) != 0 || !rules->has_shares)
        return (line->losses & (1U << loss)) != 0;
    uint64_t lot = index_mix(index_hash(line->number.text) ^ index_mix(rules->seed + loss));
    return index_fraction(lot) < rules->shares[loss];
}

bool losses_show_on(const struct world *world, const struct phone *phone, enum loss loss)
{
    return !phone->waba->is_source && phone->is_registered && losses_has(world, phone->line, loss);
}

json_object *losses_json(const struct world *world, const struct line *line)
{
    json_object *json = json_object_new_array();
    for (unsigned loss = 0; loss < LOSSES; loss++) {
        if (losses_has(world, line, loss))
            json_object_array_add(json, json_object_new_string(names[loss]));
    }
    return json;
}

/* ---- what is shown ---- */

static const char *staged_or(const struct phone *phone, const char *field, const char *otherwise)
{
    json_object *value;
    bool is_staged = fields_phone_staged(phone, field, &value) && value;
    return is_staged ? json_object_get_string(value) : otherwise;
}

static json_object *show_name(const struct phone *phone)
{
    static const char added[] = " (changed)";
    const char *name = staged_or(phone, "verified_name", phone->line->customer->name);
    char text[256];
    snprintf(text, sizeof text, "%.200s%s", name, added);
    return json_object_new_string(text);
}

static json_object *show_limit(const struct phone *phone, const char *field)
{
    bool is_low = strcmp(staged_or(phone, field, "TIER_2K"), "TIER_250") == 0;
    return json_object_new_string(is_low ? "TIER_50" : "TIER_250");
}

static const char *changed_quality(const struct phone *phone)
{
    return strcmp(fields_phone_text(phone, "quality_rating"), "YELLOW") == 0 ? "RED" : "YELLOW";
}

static json_object *wrap(const char *name, const char *text)
{
    json_object *json = json_object_new_object();
    json_object_object_add(json, name, json_object_new_string(text));
    return json;
}

/* What must be there before it can be lost. */
static json_object *show_before(const struct world *world, const struct phone *phone,
                                const char *field)
{
    if (strcmp(field, "is_official_business_account") == 0 &&
        losses_has(world, phone->line, LOSS_LOST_BADGE))
        return json_object_new_boolean(true);
    if (strcmp(field, "throughput") == 0 && phone->is_registered &&
        losses_has(world, phone->line, LOSS_LOWERED_THROUGHPUT))
        return wrap("level", "HIGH");
    return NULL;
}

/* clang-format off */
static const struct {
    const char *field;
    enum loss loss;
} shown[] = {
    {"verified_name",                LOSS_CHANGED_NAME},
    {"is_official_business_account", LOSS_LOST_BADGE},
    {"whatsapp_business_manager_messaging_limit", LOSS_LOWERED_LIMIT},
    {"messaging_limit_tier",         LOSS_LOWERED_LIMIT},
    {"quality_rating",               LOSS_CHANGED_QUALITY},
    {"quality_score",                LOSS_CHANGED_QUALITY},
    {"throughput",                   LOSS_LOWERED_THROUGHPUT},
};
/* clang-format on */

json_object *losses_show(const struct world *world, const struct phone *phone, const char *field)
{
    size_t i = 0;
    while (i < sizeof shown / sizeof shown[0] && strcmp(shown[i].field, field) != 0)
        i++;
    if (i == sizeof shown / sizeof shown[0])
        return NULL;
    if (!losses_show_on(world, phone, shown[i].loss))
        return phone->waba->is_source ? show_before(world, phone, field) : NULL;
    switch (shown[i].loss) {
    case LOSS_CHANGED_NAME:
        return show_name(phone);
    case LOSS_LOST_BADGE:
        return json_object_new_boolean(false);
    case LOSS_LOWERED_LIMIT:
        return show_limit(phone, field);
    case LOSS_CHANGED_QUALITY:
        return strcmp(field, "quality_score") == 0 ? wrap("score", changed_quality(phone))
                                                   : json_object_new_string(changed_quality(phone));
    case LOSS_LOWERED_THROUGHPUT:
        return wrap("level", "STANDARD");
    default:
        return NULL;
    }
}
