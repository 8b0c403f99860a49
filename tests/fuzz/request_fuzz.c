/* SPDX-License-Identifier: PostgreSQL */
/*
 * Whatever the ids and values are, a request is one path below its version and one query, they are
 * read back as they were, and no secret is in what the history keeps. The input is texts, each
 * ended by a zero byte: method, version, node, edge, then name and value of each parameter. A
 * name's first byte says what it is: '?' a query's text, '#' a query's secret, '=' a body's text,
 * '*' a body's secret, anything else a body's JSON.
 */
#include <ctype.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/request.h"
#include "tests/fuzz/fuzz.h"

#define MARKER "EAAGmarker0123456789secret"
#define BYTES_MAX ((size_t)16 * 1024 * 1024)

struct given {
    char *texts[4 + 2 * REQUEST_PARAMS_MAX];
    size_t count;
    struct secret *secrets[REQUEST_PARAMS_MAX + 1];
    size_t secret_count;
};

static struct secret *keep_secret(struct given *given, struct arena *arena, const char *text)
{
    struct secret *secret = secret_create(arena_printf(arena, MARKER "%s", text));

    given->secrets[given->secret_count++] = secret;
    return secret;
}

static void add_param(struct request *request, struct given *given, const char *name,
                      const char *value)
{
    bool is_post = request->method == REQUEST_POST;
    char type = *name != '\0' && strchr("?#=*", *name) != NULL ? *name++ : '-';
    bool is_query = !is_post || type == '?' || type == '#';
    enum request_place place = is_query ? REQUEST_QUERY : REQUEST_BODY;

    if (type == '#' || type == '*')
        request_add_secret(request, place, name, keep_secret(given, request->arena, value));
    else if (is_query || type == '=')
        request_add_text(request, place, name, value);
    else if (fuzz_is_jsonb(value))
        request_add_json(request, name, value);
}

static void build(struct request *request, struct given *given, struct arena *arena)
{
    char *const *texts = given->texts;
    char method = texts[0][0];

    request_begin(request, arena,
                  method == 'P'   ? REQUEST_POST
                  : method == 'D' ? REQUEST_DELETE
                                  : REQUEST_GET,
                  texts[1], texts[2], *texts[3] != '\0' ? texts[3] : NULL);
    for (size_t i = 4; i + 1 < given->count; i += 2)
        add_param(request, given, texts[i], texts[i + 1]);
    request->token = keep_secret(given, arena, "");
    request->token_name = "business";
}

/* --- the target ------------------------------------------------------------------------------- */

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes what stands before one of `ends` into `out`; the place of that end. */
static const char *decode(const char *at, const char *ends, char *out)
{
    for (; *at != '\0' && strchr(ends, *at) == NULL; at++) {
        if (*at != '%') {
            BUG_UNLESS(isalnum((unsigned char)*at) || strchr("-._~,()<>", *at) != NULL);
            *out++ = *at;
            continue;
        }
        BUG_UNLESS(digit_of(at[1]) >= 0 && digit_of(at[2]) >= 0);
        *out++ = (char)(digit_of(at[1]) * 16 + digit_of(at[2]));
        at += 2;
    }
    *out = '\0';
    return at;
}

static const char *check_segment(const char *at, const char *expected, char *room)
{
    BUG_UNLESS(*at == '/');
    const char *end = decode(at + 1, "/?", room);
    size_t bytes = (size_t)(end - at - 1);

    BUG_UNLESS(strcmp(room, expected) == 0);
    /* A server or a library may take "." and ".." for steps. */
    BUG_UNLESS(!(bytes == 1 && at[1] == '.') && !(bytes == 2 && at[1] == '.' && at[2] == '.'));
    return end;
}

static const char *shown_value(const struct request_param *param, bool is_wire)
{
    return param->secret == NULL ? param->text
           : is_wire             ? secret_reveal(param->secret)
                                 : "<secret>";
}

static void check_target(const struct request *request, const struct given *given,
                         const char *target, bool is_wire)
{
    char *room = memory_take(strlen(target) + 1);
    const char *at = check_segment(target, given->texts[1], room);

    at = check_segment(at, given->texts[2], room);
    if (*given->texts[3] != '\0')
        at = check_segment(at, given->texts[3], room);
    char separator = '?';
    for (unsigned i = 0; i < request->param_count; i++) {
        const struct request_param *param = &request->params[i];
        if (param->place != REQUEST_QUERY)
            continue;
        BUG_UNLESS(*at == separator);
        at = decode(at + 1, "=", room);
        BUG_UNLESS(*at == '=' && strcmp(room, param->name) == 0);
        at = decode(at + 1, "&", room);
        BUG_UNLESS(strcmp(room, shown_value(param, is_wire)) == 0);
        separator = '&';
    }
    BUG_UNLESS(*at == '\0');
    free(room);
}

/* --- the body --------------------------------------------------------------------------------- */

static bool is_named_again(const struct request *request, unsigned at)
{
    for (unsigned i = at + 1; i < request->param_count; i++) {
        if (request->params[i].place == request->params[at].place &&
            strcmp(request->params[i].name, request->params[at].name) == 0)
            return true;
    }
    return false;
}

static struct json_object *parse(const char *text)
{
    struct json_tokener *tokener = json_tokener_new_ex(128); /* fuzz_is_jsonb() ends at 100 */
    struct json_object *value = json_tokener_parse_ex(tokener, text, -1);

    BUG_UNLESS(json_tokener_get_error(tokener) == json_tokener_success);
    json_tokener_free(tokener);
    return value;
}

static void check_body(const struct request *request, const char *text, bool is_wire)
{
    if (request->method != REQUEST_POST) {
        BUG_UNLESS(*text == '\0');
        return;
    }
    BUG_UNLESS(fuzz_is_jsonb(text));
    struct json_object *body = parse(text), *value;
    BUG_UNLESS(json_object_is_type(body, json_type_object));
    for (unsigned i = 0; i < request->param_count; i++) {
        const struct request_param *param = &request->params[i];
        if (param->place != REQUEST_BODY || is_named_again(request, i))
            continue;
        BUG_UNLESS(json_object_object_get_ex(body, param->name, &value));
        if (param->json == NULL)
            BUG_UNLESS(strcmp(json_object_get_string(value), shown_value(param, is_wire)) == 0);
    }
    json_object_put(body);
}

static void check_audience(const struct request *request, const struct given *given,
                           enum request_audience audience)
{
    bool is_wire = audience == REQUEST_FOR_WIRE;
    struct buffer target, body;

    buffer_init(&target, BYTES_MAX);
    buffer_init(&body, BYTES_MAX);
    BUG_UNLESS(request_render_target(request, audience, &target) == STATUS_OK);
    BUG_UNLESS(request_render_body(request, audience, &body) == STATUS_OK);
    check_target(request, given, buffer_text(&target), is_wire);
    check_body(request, buffer_text(&body), is_wire);
    BUG_UNLESS(is_wire || strstr(buffer_text(&target), MARKER) == NULL);
    BUG_UNLESS(is_wire || strstr(buffer_text(&body), MARKER) == NULL);
    buffer_finish(&target);
    buffer_finish(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t texts_max = sizeof((struct given *)0)->texts / sizeof(char *);
    struct arena *arena = arena_create();
    struct given given = {.count = 0};
    struct request request;

    /* Whoever has the marker as an id will see it there. */
    bool is_marked = size > 0 && memmem(data, size, MARKER, sizeof MARKER - 1) != NULL;
    while (given.count < 4 || (size > 0 && given.count < texts_max)) {
        given.texts[given.count] = fuzz_next_text(&data, &size);
        fuzz_make_utf8(given.texts[given.count++]);
    }
    if (!is_marked) {
        build(&request, &given, arena);
        check_audience(&request, &given, REQUEST_FOR_WIRE);
        check_audience(&request, &given, REQUEST_FOR_HISTORY);
        const char *description = request_describe(&request);
        BUG_UNLESS(fuzz_is_jsonb(description) && strstr(description, MARKER) == NULL);
    }
    while (given.secret_count > 0)
        secret_destroy(given.secrets[--given.secret_count]);
    while (given.count > 0)
        free(given.texts[--given.count]);
    arena_destroy(arena);
    return 0;
}
