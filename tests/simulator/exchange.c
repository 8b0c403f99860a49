/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/exchange.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void exchange_finish(struct exchange *exchange)
{
    json_object_put(exchange->query);
    json_object_put(exchange->body);
    json_object_put(exchange->json);
    arena_destroy(exchange->arena);
}

static void push_param(struct exchange *exchange, enum param_place place, const char *name,
                       const char *text, json_object *json)
{
    if (exchange->param_count == EXCHANGE_PARAMS_MAX)
        return;
    exchange->params[exchange->param_count++] =
        (struct param){place, arena_copy_text(exchange->arena, name),
                       arena_copy_text(exchange->arena, text), json};
}

void exchange_add_param(struct exchange *exchange, enum param_place place, const char *name,
                        const char *text)
{
    json_object **into = place == PARAM_IN_QUERY ? &exchange->query : &exchange->body;
    if (!*into)
        *into = json_object_new_object();
    json_object_object_add(*into, name, json_object_new_string(text));
    push_param(exchange, place, name, text, NULL);
}

void exchange_add_header(struct exchange *exchange, const char *name, const char *value)
{
    for (unsigned i = 0; i < exchange->header_count; i++) {
        if (strcmp(exchange->headers[i].name, name) == 0) {
            exchange->headers[i].value = value;
            return;
        }
    }
    if (exchange->header_count < EXCHANGE_HEADERS_MAX)
        exchange->headers[exchange->header_count++] = (struct header){name, value};
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    int lower = tolower((unsigned char)digit);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static char *percent_decode(struct arena *arena, const char *text, size_t count)
{
    char *out = arena_copy_bytes(arena, text, count);
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] == '%' && i + 2 < count && hex_value(text[i + 1]) >= 0 &&
            hex_value(text[i + 2]) >= 0) {
            out[length++] = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out[length++] = text[i] == '+' ? ' ' : text[i];
        }
    }
    out[length] = '\0';
    return out;
}

static void read_form(struct exchange *exchange)
{
    const char *at = exchange->bytes, *end = exchange->bytes + exchange->byte_count;
    while (at < end) {
        const char *stop = memchr(at, '&', (size_t)(end - at));
        if (!stop)
            stop = end;
        const char *equals = memchr(at, '=', (size_t)(stop - at));
        const char *name_end = equals ? equals : stop;
        const char *value = equals ? equals + 1 : stop;
        exchange_add_param(exchange, PARAM_IN_BODY,
                           percent_decode(exchange->arena, at, (size_t)(name_end - at)),
                           percent_decode(exchange->arena, value, (size_t)(stop - value)));
        at = stop + 1;
    }
}

static bool read_json(struct exchange *exchange)
{
    struct json_tokener *tokener = json_tokener_new();
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    exchange->body = json_tokener_parse_ex(tokener, exchange->bytes, (int)exchange->byte_count);
    enum json_tokener_error error = json_tokener_get_error(tokener);
    bool is_whole = error == json_tokener_success &&
                    json_tokener_get_parse_end(tokener) == exchange->byte_count;
    json_tokener_free(tokener);
    if (!is_whole || !json_object_is_type(exchange->body, json_type_object)) {
        exchange_refuse(exchange, 100, 0, "(#100) The body is not a JSON object");
        return false;
    }
    json_object_object_foreach(exchange->body, name, value) push_param(
        exchange, PARAM_IN_BODY, name, value ? json_object_get_string(value) : "null", value);
    return true;
}

bool exchange_read_body(struct exchange *exchange)
{
    if (exchange->byte_count == 0)
        return true;
    const char *type = exchange->content_type ? exchange->content_type : "";
    if (strncasecmp(type, "application/json", 16) == 0)
        return read_json(exchange);
    if (strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0) {
        read_form(exchange);
        return true;
    }
    exchange_refuse(exchange, 100, 0,
                    "(#100) A body must be application/json or application/x-www-form-urlencoded");
    return false;
}

const struct param *exchange_param(const struct exchange *exchange, const char *name)
{
    for (unsigned i = 0; i < exchange->param_count; i++) {
        if (strcmp(exchange->params[i].name, name) == 0)
            return &exchange->params[i];
    }
    return NULL;
}

const char *exchange_text(const struct exchange *exchange, const char *name)
{
    const struct param *param = exchange_param(exchange, name);
    return param ? param->text : NULL;
}

void exchange_answer(struct exchange *exchange, json_object *json)
{
    json_object_put(exchange->json);
    exchange->json = json;
    exchange->status = 200;
}

void exchange_answer_success(struct exchange *exchange)
{
    json_object *json = json_object_new_object();
    json_object_object_add(json, "success", json_object_new_boolean(true));
    exchange_answer(exchange, json);
    exchange->has_effect = true;
}

/* Meta's table of November 2025; later copies of the page have dropped the column. */
static int http_status_of(int code)
{
    switch (code) {
    case 0:
    case 190:
        return 401;
    case 1:
    case 3:
    case 131000:
    case 131016:
    case 131045:
    case 131057:
    case 133000:
        return 500;
    case 2:
    case 133004:
        return 503;
    case 10:
    case 368:
    case 131005:
    case 131031:
        return 403;
    default:
        return code >= 200 && code < 300 ? 403 : 400;
    }
}

static void add_text(json_object *json, const char *name, const char *text)
{
    if (text)
        json_object_object_add(json, name, json_object_new_string(text));
}

void exchange_refuse_as(struct exchange *exchange, const struct refusal *refusal)
{
    json_object *error = json_object_new_object(), *json = json_object_new_object();
    add_text(error, "message", refusal->message);
    add_text(error, "type", "OAuthException");
    json_object_object_add(error, "code", json_object_new_int(refusal->code));
    if (refusal->subcode)
        json_object_object_add(error, "error_subcode", json_object_new_int(refusal->subcode));
    if (refusal->title || refusal->is_transient)
        json_object_object_add(error, "is_transient",
                               json_object_new_boolean(refusal->is_transient));
    add_text(error, "error_user_title", refusal->title);
    add_text(error, "error_user_msg", refusal->user_message);
    if (refusal->details) {
        json_object *data = json_object_new_object();
        add_text(data, "messaging_product", "whatsapp");
        add_text(data, "details", refusal->details);
        json_object_object_add(error, "error_data", data);
    }
    char trace[24];
    snprintf(trace, sizeof trace, "Asim%010lu", exchange->number);
    add_text(error, "fbtrace_id", trace);
    json_object_object_add(json, "error", error);
    exchange_answer(exchange, json);
    exchange->status = http_status_of(refusal->code);
    exchange->error_code = refusal->code;
    exchange->error_subcode = refusal->subcode;
}

void exchange_refuse(struct exchange *exchange, int code, int subcode, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    exchange_refuse_as(exchange,
                       &(struct refusal){code, subcode, message, NULL, NULL, NULL, false});
}
