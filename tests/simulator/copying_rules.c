/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/copying_rules.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */
static const char *const fate_names[FATES_SHARED] = {
    NULL, "rejected_later", "recategorised", "paused_later", "archived_later", "yellow_later",
    "no_data", "fails_once", "fails_always"};
static const struct {
    const char *name;
    size_t at;
    int64_t unit_ms;
} times[] = {
    {"delay_s",           offsetof(struct copying_rules, delay_ms),          1000},
    {"each_ms",           offsetof(struct copying_rules, each_ms),           1},
    {"register_delay_s",  offsetof(struct copying_rules, register_delay_ms), 1000},
    {"register_each_ms",  offsetof(struct copying_rules, register_each_ms),  1},
    {"check_s",           offsetof(struct copying_rules, check_ms),          1000},
    {"pause_s",           offsetof(struct copying_rules, pause_ms),          1000},
    {"archive_s",         offsetof(struct copying_rules, archive_ms),        1000},
};
/* clang-format on */

const char *copying_rules_fate_name(enum fate fate)
{
    return fate < FATES_SHARED ? fate_names[fate] : NULL;
}

void copying_rules_init(struct copying_rules *rules)
{
    *rules = (struct copying_rules){.check_ms = 600000,
                                    .pause_ms = (int64_t)36 * 3600000,
                                    .archive_ms = (int64_t)48 * 3600000,
                                    .limit_unverified = 250,
                                    .limit_verified = 6000};
}

static enum status read_shares(struct copying_rules *rules, json_object *json, struct fault *fault)
{
    json_object_object_foreach(json, name, value)
    {
        unsigned fate = 1;
        while (fate < FATES_SHARED && strcmp(fate_names[fate], name) != 0)
            fate++;
        double share = json_object_get_double(value);
        if (fate == FATES_SHARED || share < 0 || share > 1)
            return fault_set(fault, STATUS_INVALID,
                             "shares: %s: nothing that becomes of a copy, or not 0 to 1", name);
        rules->shares[fate] = share;
        rules->has_shares = true;
    }
    return STATUS_OK;
}

static enum status read_limits(struct copying_rules *rules, json_object *json, struct fault *fault)
{
    json_object_object_foreach(json, name, value)
    {
        if (strcmp(name, "unverified") == 0)
            rules->limit_unverified = (unsigned)json_object_get_int(value);
        else if (strcmp(name, "verified") == 0)
            rules->limit_verified = (unsigned)json_object_get_int(value);
        else
            return fault_set(fault, STATUS_INVALID, "limits: unknown key %s", name);
    }
    return STATUS_OK;
}

/* The place of a word among those that may stand there; -1: none of them. */
static int word_of(json_object *value, const char *const *words)
{
    for (int i = 0; words[i]; i++) {
        if (value && strcmp(words[i], json_object_get_string(value)) == 0)
            return i;
    }
    return -1;
}

static bool read_word(struct copying_rules *rules, const char *name, json_object *value, int *word)
{
    static const char *const failed[] = {"map", "list", NULL};
    static const char *const ids[] = {"source", "destination", NULL};
    static const char *const repeats[] = {"failed", "migrated", "skipped", NULL};
    static const char *const pages[] = {"all", "qualifying", NULL};
    if (strcmp(name, "failed_as") == 0)
        rules->failed_as_list = (*word = word_of(value, failed)) == 1;
    else if (strcmp(name, "ids") == 0)
        rules->ids_of_destination = (*word = word_of(value, ids)) == 1;
    else if (strcmp(name, "pages_of") == 0)
        rules->pages_of_qualifying = (*word = word_of(value, pages)) == 1;
    else if (strcmp(name, "repeats") == 0)
        rules->repeats = (*word = word_of(value, repeats)) > 0 ? (enum repeats) * word : 0;
    else
        return false;
    return true;
}

static bool read_number(struct copying_rules *rules, const char *name, json_object *value)
{
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        if (strcmp(times[i].name, name) == 0) {
            *(int64_t *)((char *)rules + times[i].at) =
                json_object_get_int64(value) * times[i].unit_ms;
            return true;
        }
    }
    if (strcmp(name, "seed") == 0)
        rules->seed = (uint64_t)json_object_get_int64(value);
    else if (strcmp(name, "ms_per_template") == 0)
        rules->ms_per_template = (unsigned)json_object_get_int(value);
    else if (strcmp(name, "call_limit_ms") == 0)
        rules->call_limit_ms = (unsigned)json_object_get_int(value);
    else
        return false;
    return true;
}

enum status copying_rules_read(struct copying_rules *rules, json_object *json, struct fault *fault)
{
    json_object_object_foreach(json, name, value)
    {
        int word = 0;
        enum status status = STATUS_OK;
        if (strcmp(name, "shares") == 0)
            status = read_shares(rules, value, fault);
        else if (strcmp(name, "limits") == 0)
            status = read_limits(rules, value, fault);
        else if (!read_number(rules, name, value) && !read_word(rules, name, value, &word) &&
                 name[0] != '_')
            status = fault_set(fault, STATUS_INVALID, "unknown key %s", name);
        if (word < 0)
            status = fault_set(fault, STATUS_INVALID, "%s does not take this word", name);
        if (status != STATUS_OK) {
            fault_prefix(fault, "copying: ");
            return status;
        }
    }
    return STATUS_OK;
}
