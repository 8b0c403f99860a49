/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/params.h"

#include <string.h>

static const struct param_spec *find_spec(const struct param_spec *specs, const char *name)
{
    for (; specs->name; specs++) {
        if (strcmp(specs->name, name) == 0)
            return specs;
    }
    return NULL;
}

static bool is_word(const char *text, const char *words)
{
    size_t length = strlen(text);
    for (const char *at = words; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL) {
        if (strncmp(at, text, length) == 0 && (at[length] == '|' || at[length] == '\0'))
            return length > 0;
    }
    return false;
}

static bool is_all(const char *text, const char *characters, size_t least, size_t most)
{
    size_t length = strlen(text);
    return length >= least && length <= most && strspn(text, characters) == length;
}

static bool is_json(const char *text, enum json_type type)
{
    json_object *json = json_tokener_parse(text);
    bool is_type = json_object_is_type(json, type);
    json_object_put(json);
    return is_type;
}

/* What is wrong with the value, or NULL. A JSON body says its types; a query has only text. */
static const char *trouble_with(const struct param *param, const struct param_spec *spec)
{
    static const char digits[] = "0123456789";
    const char *text = param->text;
    bool is_text = !param->json || json_object_is_type(param->json, json_type_string);
    switch (spec->type) {
    case PARAM_TEXT:
        return is_text && *text ? NULL : "must be a string that is not empty";
    case PARAM_DIGITS:
        return is_text && is_all(text, digits, 1, 20) ? NULL : "must be a string of digits";
    case PARAM_PIN:
        return is_text && is_all(text, digits, 6, 6) ? NULL : "must be 6 digits long";
    case PARAM_CURRENCY:
        return is_text && is_all(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 3, 3)
                   ? NULL
                   : "must be a currency code of 3 letters";
    case PARAM_WORD:
        return is_text && is_word(text, spec->words) ? NULL : "is none of the known values";
    case PARAM_NUMBER:
        return is_all(text, digits, 1, 9) ? NULL : "must be a number";
    case PARAM_FLAG:
        return is_word(text, "true|false|1|0") ? NULL : "must be true or false";
    case PARAM_OBJECT:
        if (param->json)
            return json_object_is_type(param->json, json_type_object) ? NULL : "must be an object";
        return is_json(text, json_type_object) ? NULL : "must be an object";
    case PARAM_LIST:
        if (param->json)
            return json_object_is_type(param->json, json_type_array) ? NULL : "must be an array";
        return text[0] == '[' && text[strlen(text) - 1] == ']' ? NULL : "must be an array";
    }
    return NULL;
}

static bool check_one(struct exchange *exchange, const struct param *param,
                      const struct param_spec *specs)
{
    if (strcmp(param->name, "locale") == 0)
        return true;
    const struct param_spec *spec = find_spec(specs, param->name);
    if (!spec) {
        exchange_refuse(exchange, 100, 0, "(#100) Unknown parameter: %.60s", param->name);
        return false;
    }
    const struct param *first = exchange_param(exchange, param->name);
    if (first != param) {
        exchange_refuse(exchange, 100, 0, "(#100) Param %s was given twice", param->name);
        return false;
    }
    const char *trouble = trouble_with(param, spec);
    if (trouble)
        exchange_refuse(exchange, 100, 0, "(#100) Param %s %s", param->name, trouble);
    return trouble == NULL;
}

bool params_check(struct exchange *exchange, const struct param_spec *specs)
{
    for (unsigned i = 0; i < exchange->param_count; i++) {
        if (!check_one(exchange, &exchange->params[i], specs))
            return false;
    }
    for (; specs->name; specs++) {
        if (specs->is_required && !exchange_param(exchange, specs->name)) {
            exchange_refuse(exchange, 100, 0, "(#100) The parameter %s is required", specs->name);
            return false;
        }
    }
    return true;
}
