/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/fields.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define FIELDS_DEPTH_MAX 4

struct reader {
    struct exchange *exchange;
    const char *at;
};

static const char *read_word(struct reader *reader)
{
    const char *start = reader->at;
    while (isalnum((unsigned char)*reader->at) || *reader->at == '_')
        reader->at++;
    return reader->at == start
               ? NULL
               : arena_copy_bytes(reader->exchange->arena, start, (size_t)(reader->at - start));
}

/* ".limit(50)", ".after(CURSOR)" */
static bool read_modifier(struct reader *reader, struct field *field)
{
    reader->at++;
    const char *name = read_word(reader);
    const char *stop = *reader->at == '(' ? strchr(reader->at, ')') : NULL;
    if (!name || !stop)
        return false;
    char *value =
        arena_copy_bytes(reader->exchange->arena, reader->at + 1, (size_t)(stop - reader->at - 1));
    reader->at = stop + 1;
    if (strcmp(name, "limit") == 0)
        field->limit = value;
    else if (strcmp(name, "after") == 0)
        field->after = value;
    else
        return false;
    return true;
}

static bool read_fields(struct reader *reader, struct field **first, int depth)
{
    struct field **last = first;
    for (;;) {
        struct field *field = arena_alloc(reader->exchange->arena, sizeof *field);
        field->name = read_word(reader);
        if (!field->name || depth > FIELDS_DEPTH_MAX)
            return false;
        while (*reader->at == '.') {
            if (!read_modifier(reader, field))
                return false;
        }
        if (*reader->at == '{') {
            const char *start = ++reader->at;
            if (!read_fields(reader, &field->children, depth + 1) || *reader->at != '}')
                return false;
            field->children_text =
                arena_copy_bytes(reader->exchange->arena, start, (size_t)(reader->at - start));
            reader->at++;
        }
        *last = field;
        last = &field->next;
        if (*reader->at != ',')
            return true;
        reader->at++;
    }
}

const struct field *fields_parse(struct exchange *exchange, const char *text)
{
    struct reader reader = {exchange, text};
    struct field *fields = NULL;
    if (read_fields(&reader, &fields, 0) && *reader.at == '\0')
        return fields;
    exchange_refuse(exchange, 100, 0,
                    "(#100) Syntax error at character %zu of the fields parameter: %.60s",
                    (size_t)(reader.at - text), text);
    return NULL;
}

bool fields_phone_staged(const struct phone *phone, const char *name, json_object **value)
{
    const struct line *line = phone->line;
    if (phone->waba->is_source)
        return json_object_object_get_ex(line->fields, name, value);
    if (json_object_object_get_ex(line->destination_fields, name, value))
        return true;
    /* What is said of a number itself holds on both sides: a name awaits review wherever it stands.
     * How it is connected is its node's own. */
    return strcmp(name, "platform_type") != 0 && strcmp(name, "status") != 0 &&
           strcmp(name, "is_pin_enabled") != 0 && strcmp(name, "code_verification_status") != 0 &&
           strcmp(name, "webhook_configuration") != 0 &&
           json_object_object_get_ex(line->fields, name, value);
}

const char *fields_phone_text(const struct phone *phone, const char *name)
{
    json_object *value;
    if (fields_phone_staged(phone, name, &value))
        return value ? json_object_get_string(value) : "NONE";
    if (strcmp(name, "name_status") == 0)
        return "APPROVED";
    if (strcmp(name, "account_mode") == 0)
        return "LIVE";
    if (strcmp(name, "quality_rating") == 0)
        return "GREEN";
    if (strcmp(name, "is_on_biz_app") == 0)
        return "false";
    if (strcmp(name, "platform_type") == 0)
        return phone->waba->is_source || phone->is_registered ? "CLOUD_API" : "NOT_APPLICABLE";
    return "NONE";
}
