/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/request.h"

#include <stdint.h>
#include <string.h>

#define SECRET_MASK "<secret>"

#define TRY(call)                         \
    do {                                  \
        enum status try_status_ = (call); \
        if (try_status_ != STATUS_OK)     \
            return try_status_;           \
    } while (0)

const char *request_method_name(enum request_method method)
{
    switch (method) {
    case REQUEST_GET:
        return "GET";
    case REQUEST_POST:
        return "POST";
    case REQUEST_DELETE:
        return "DELETE";
    }
    return "GET";
}

/* What stands for itself anywhere in a URL. */
static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

/* RFC 3986; in a query a comma and parentheses may stand for themselves, and field lists are full
 * of them. */
static enum status append_encoded(struct buffer *buffer, const char *text, bool is_query)
{
    for (const char *at = text; *at != '\0';) {
        const char *run = at;
        while (is_plain(*at) || (is_query && (*at == ',' || *at == '(' || *at == ')')))
            at++;
        TRY(buffer_append(buffer, run, (size_t)(at - run)));
        if (*at != '\0')
            TRY(buffer_printf(buffer, "%%%02X", (unsigned)(unsigned char)*at++));
    }
    return STATUS_OK;
}

static const char *encoded_copy(struct arena *arena, const char *text)
{
    struct buffer buffer;

    buffer_init(&buffer, SIZE_MAX / 4);
    /* These two are steps in a path, not names; no id is one, but a peer may say so. */
    if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
        BUG_UNLESS(buffer_append_text(&buffer, &"%2E%2E"[text[1] == '\0' ? 3 : 0]) == STATUS_OK);
    else
        BUG_UNLESS(append_encoded(&buffer, text, false) == STATUS_OK);
    const char *copy = arena_copy_text(arena, buffer_text(&buffer));
    buffer_finish(&buffer);
    return copy;
}

void request_begin(struct request *request, struct arena *arena, enum request_method method,
                   const char *graph_version, const char *node, const char *edge)
{
    BUG_UNLESS(graph_version != NULL && (node != NULL || edge == NULL));
    *request = (struct request){.arena = arena, .method = method};
    request->path =
        arena_join(arena, "/", encoded_copy(arena, graph_version), "/",
                   node != NULL ? encoded_copy(arena, node) : "", edge != NULL ? "/" : "",
                   edge != NULL ? encoded_copy(arena, edge) : "");
}

static struct request_param *add_param(struct request *request, enum request_place place,
                                       const char *name)
{
    BUG_UNLESS(request->param_count < REQUEST_PARAMS_MAX);
    BUG_UNLESS(place == REQUEST_QUERY || request->method == REQUEST_POST);
    struct request_param *param = &request->params[request->param_count++];
    *param = (struct request_param){.place = place, .name = name};
    return param;
}

void request_add_text(struct request *request, enum request_place place, const char *name,
                      const char *text)
{
    BUG_UNLESS(text != NULL);
    add_param(request, place, name)->text = text;
}

void request_add_json(struct request *request, const char *name, const char *json)
{
    BUG_UNLESS(json != NULL);
    add_param(request, REQUEST_BODY, name)->json = json;
}

void request_add_secret(struct request *request, enum request_place place, const char *name,
                        const struct secret *secret)
{
    BUG_UNLESS(secret != NULL);
    add_param(request, place, name)->secret = secret;
}

/* The text of a text or a secret; `is_masked` for what stands for itself, unencoded. */
static const char *param_text(const struct request_param *param, enum request_audience audience,
                              bool *is_masked)
{
    *is_masked = param->secret != NULL && audience != REQUEST_FOR_WIRE;
    if (param->secret == NULL)
        return param->text;
    return *is_masked ? SECRET_MASK : secret_reveal(param->secret);
}

enum status request_render_target(const struct request *request, enum request_audience audience,
                                  struct buffer *target)
{
    const char *separator = "?";

    TRY(buffer_append_text(target, request->path));
    for (unsigned i = 0; i < request->param_count; i++) {
        const struct request_param *param = &request->params[i];
        bool is_masked;
        if (param->place != REQUEST_QUERY)
            continue;
        TRY(buffer_append_text(target, separator));
        TRY(append_encoded(target, param->name, true));
        TRY(buffer_append(target, "=", 1));
        const char *text = param_text(param, audience, &is_masked);
        TRY(is_masked ? buffer_append_text(target, text) : append_encoded(target, text, true));
        separator = "&";
    }
    return STATUS_OK;
}

static enum status append_object(const struct request *request, enum request_place place,
                                 enum request_audience audience, struct buffer *buffer)
{
    const char *separator = "";

    TRY(buffer_append(buffer, "{", 1));
    for (unsigned i = 0; i < request->param_count; i++) {
        const struct request_param *param = &request->params[i];
        bool is_masked;
        if (param->place != place)
            continue;
        TRY(buffer_append_text(buffer, separator));
        TRY(buffer_append_json(buffer, param->name));
        TRY(buffer_append(buffer, ":", 1));
        TRY(param->json != NULL
                ? buffer_append_text(buffer, param->json)
                : buffer_append_json(buffer, param_text(param, audience, &is_masked)));
        separator = ",";
    }
    return buffer_append(buffer, "}", 1);
}

enum status request_render_body(const struct request *request, enum request_audience audience,
                                struct buffer *body)
{
    if (request->method != REQUEST_POST)
        return STATUS_OK;
    return append_object(request, REQUEST_BODY, audience, body);
}

static enum status describe(const struct request *request, struct buffer *buffer)
{
    TRY(buffer_printf(buffer,
                      "{\"method\":\"%s\",\"path\":", request_method_name(request->method)));
    TRY(buffer_append_json(buffer, request->path));
    TRY(buffer_append_text(buffer, ",\"query\":"));
    TRY(append_object(request, REQUEST_QUERY, REQUEST_FOR_HISTORY, buffer));
    TRY(buffer_append_text(buffer, ",\"body\":"));
    TRY(append_object(request, REQUEST_BODY, REQUEST_FOR_HISTORY, buffer));
    TRY(buffer_append_text(buffer, ",\"token\":"));
    if (request->token == NULL)
        TRY(buffer_append_text(buffer, "null"));
    else
        TRY(buffer_append_json(buffer, request->token_name != NULL ? request->token_name : ""));
    return buffer_append(buffer, "}", 1);
}

const char *request_describe(const struct request *request)
{
    struct buffer buffer;

    buffer_init(&buffer, SIZE_MAX / 4);
    BUG_UNLESS(describe(request, &buffer) == STATUS_OK);
    const char *text = arena_copy_text(request->arena, buffer_text(&buffer));
    buffer_finish(&buffer);
    return text;
}
