/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/body.h"

#include <errno.h>
#include <json-c/json.h>
#include <json-c/json_visit.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fault.h"
#include "base/utf8.h"

/* json-c takes NaN, Infinity, 1e999999 and "1.", and would write them again as they came. */
static int check_value(struct json_object *value, int flags, struct json_object *parent,
                       const char *key, size_t *index, void *self)
{
    (void)flags, (void)parent, (void)key, (void)index, (void)self;
    if (json_object_is_type(value, json_type_double)) {
        if (!isfinite(json_object_get_double(value)))
            return JSON_C_VISIT_RETURN_ERROR;
        json_object_set_serializer(value, NULL, NULL, NULL);
    }
    if (json_object_is_type(value, json_type_string) &&
        strlen(json_object_get_string(value)) != (size_t)json_object_get_string_len(value))
        return JSON_C_VISIT_RETURN_ERROR;
    return JSON_C_VISIT_RETURN_CONTINUE;
}

/* json-c stops at the value's end, whatever follows it. */
static bool is_blank(const char *at, const char *end)
{
    while (at < end && strchr(" \t\r\n", *at) != NULL && *at != '\0')
        at++;
    return at >= end;
}

/* At least as many as the values there are: commas in texts count too. */
static bool has_too_many_values(const char *text, size_t bytes)
{
    size_t count = 0;

    if (bytes <= BODY_VALUES_MAX)
        return false;
    for (size_t i = 0; i < bytes; i++)
        count += text[i] == ',' || text[i] == '[' || text[i] == '{';
    return count > BODY_VALUES_MAX;
}

struct json_object *body_parse(const char *text, size_t bytes)
{
    if (bytes >= INT_MAX || has_too_many_values(text, bytes) || !utf8_is_valid(text, bytes))
        return NULL;
    struct json_tokener *tokener = json_tokener_new_ex(BODY_DEPTH_MAX);
    BUG_UNLESS(tokener != NULL && "there is memory");
    /* With its NUL, so that a number at the very end is known to end. */
    BODY_OWNED *body = json_tokener_parse_ex(tokener, text, (int)bytes + 1);
    bool is_whole = json_tokener_get_error(tokener) == json_tokener_success &&
                    is_blank(text + json_tokener_get_parse_end(tokener), text + bytes);
    json_tokener_free(tokener);
    if (!is_whole || body == NULL || json_c_visit(body, 0, check_value, NULL) != 0)
        return NULL;
    return json_object_get(body);
}

struct json_object *body_get(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;

    if (!json_object_is_type(object, json_type_object))
        return NULL;
    return json_object_object_get_ex(object, key, &value) ? value : NULL;
}

const char *body_text(struct json_object *object, const char *key)
{
    struct json_object *value = body_get(object, key);

    if (!json_object_is_type(value, json_type_string) && !json_object_is_type(value, json_type_int))
        return NULL;
    const char *text = json_object_get_string(value);
    return text != NULL && text[0] != '\0' ? text : NULL;
}

bool body_text_is(struct json_object *object, const char *key, const char *text)
{
    const char *found = body_text(object, key);

    return found != NULL && text != NULL && strcmp(found, text) == 0;
}

static bool parse_integer(const char *text, int64_t *value)
{
    char *end;

    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0)
        return false;
    *value = number;
    return true;
}

bool body_integer(struct json_object *object, const char *key, int64_t *value)
{
    struct json_object *found = body_get(object, key);

    if (json_object_is_type(found, json_type_int)) {
        *value = json_object_get_int64(found);
        return true;
    }
    if (json_object_is_type(found, json_type_double)) {
        double number = json_object_get_double(found);
        if (!(number > -1e15 && number < 1e15)) /* NaN too */
            return false;
        *value = (int64_t)number;
        return true;
    }
    return json_object_is_type(found, json_type_string) &&
           parse_integer(json_object_get_string(found), value);
}

static bool is_boolean(struct json_object *value, bool wanted)
{
    if (json_object_is_type(value, json_type_boolean))
        return (bool)json_object_get_boolean(value) == wanted;
    return json_object_is_type(value, json_type_string) &&
           strcasecmp(json_object_get_string(value), wanted ? "true" : "false") == 0;
}

bool body_is_true(struct json_object *object, const char *key)
{
    return is_boolean(body_get(object, key), true);
}

bool body_is_false(struct json_object *object, const char *key)
{
    return is_boolean(body_get(object, key), false);
}

struct json_object *body_list(struct json_object *body)
{
    struct json_object *list = body_get(body, "data");

    return json_object_is_type(list, json_type_array) ? list : NULL;
}

size_t body_length(struct json_object *list)
{
    return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

struct json_object *body_at(struct json_object *list, size_t i)
{
    return json_object_array_get_idx(list, i);
}

bool body_has_next_page(struct json_object *body)
{
    return body_text(body_get(body, "paging"), "next") != NULL;
}

const char *body_next_cursor(struct json_object *body)
{
    if (!body_has_next_page(body))
        return NULL;
    return body_text(body_get(body_get(body, "paging"), "cursors"), "after");
}

void body_release(struct json_object **object)
{
    json_object_put(*object);
    *object = NULL;
}
