/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/usage_header.h"

#include <json-c/json.h>
#include <string.h>

#include "jobs/body.h"

#define MINUTE_MS 60000
/* Meta's window is an hour: a longer wait than a day is a slip, and must not close a WABA for
 * years. */
#define REGAIN_MAX_MINUTES (24 * 60)

/* The highest of the three figures: any of them at 100 closes the door. */
static int read_percent(struct json_object *figures)
{
    static const char *const names[] = {"call_count", "total_cputime", "total_time"};
    int64_t highest = 0;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int64_t value;
        if (body_integer(figures, names[i], &value) && value > highest)
            highest = value;
    }
    return highest > 1000000 ? 1000000 : (int)highest;
}

static bool has_figures(struct json_object *figures)
{
    int64_t value;

    return body_integer(figures, "call_count", &value) ||
           body_integer(figures, "total_cputime", &value) ||
           body_integer(figures, "total_time", &value) ||
           body_integer(figures, "estimated_time_to_regain_access", &value);
}

static int64_t read_regain_ms(struct json_object *figures)
{
    int64_t minutes;

    if (!body_integer(figures, "estimated_time_to_regain_access", &minutes) || minutes <= 0)
        return 0;
    return (minutes > REGAIN_MAX_MINUTES ? REGAIN_MAX_MINUTES : minutes) * MINUTE_MS;
}

static bool has_unknown_keys(struct json_object *figures)
{
    static const char *const known[] = {"type", "call_count", "total_cputime", "total_time",
                                        "estimated_time_to_regain_access"};

    if (!json_object_is_type(figures, json_type_object))
        return true;
    json_object_object_foreach(figures, key, value)
    {
        size_t i = 0;
        (void)value;
        while (i < sizeof known / sizeof known[0] && strcmp(known[i], key) != 0)
            i++;
        if (i == sizeof known / sizeof known[0])
            return true;
    }
    return false;
}

static void keep_text(struct usage *usage, struct json_object *said, bool has_unknown)
{
    size_t bytes;

    if (usage->percent < USAGE_PERCENT_NOTED && usage->regain_ms == 0 && !has_unknown)
        return;
    const char *text = json_object_to_json_string_length(said, JSON_C_TO_STRING_PLAIN, &bytes);
    if (bytes < sizeof usage->text)
        memcpy(usage->text, text, bytes + 1);
}

size_t usage_read_app(const char *header, struct usage usages[1])
{
    BODY_OWNED *figures = header != NULL ? body_parse(header, strlen(header)) : NULL;

    if (!has_figures(figures))
        return 0;
    usages[0] = (struct usage){.percent = read_percent(figures)};
    usages[0].regain_ms = read_regain_ms(figures);
    keep_text(&usages[0], figures, has_unknown_keys(figures));
    return 1;
}

/* Several entries of one object (one a type) are one usage: the worst of them. */
static bool read_entries(const char *id, struct json_object *entries, struct usage *usage)
{
    bool has_any = false, has_unknown = false;

    *usage = (struct usage){.percent = 0};
    if (strlen(id) >= sizeof usage->object_id)
        return false;
    memcpy(usage->object_id, id, strlen(id));
    for (size_t i = 0; i < body_length(entries); i++) {
        struct json_object *figures = body_at(entries, i);
        int percent = read_percent(figures);
        int64_t regain_ms = read_regain_ms(figures);
        has_any = has_any || has_figures(figures);
        has_unknown = has_unknown || has_unknown_keys(figures);
        usage->percent = percent > usage->percent ? percent : usage->percent;
        usage->regain_ms = regain_ms > usage->regain_ms ? regain_ms : usage->regain_ms;
    }
    keep_text(usage, entries, has_unknown);
    return has_any;
}

size_t usage_read_business(const char *header, struct usage usages[USAGE_OBJECTS_MAX])
{
    BODY_OWNED *objects = header != NULL ? body_parse(header, strlen(header)) : NULL;
    size_t count = 0;

    if (!json_object_is_type(objects, json_type_object))
        return 0;
    json_object_object_foreach(objects, id, entries)
    {
        if (count == USAGE_OBJECTS_MAX)
            break;
        if (id[0] != '\0' && read_entries(id, entries, &usages[count]))
            count++;
    }
    return count;
}
