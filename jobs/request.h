/* SPDX-License-Identifier: PostgreSQL */
/*
 * request -- one Graph API call, as data. Building one sends nothing.
 *
 * A credential is carried as a struct secret and is revealed only by request_render_target() and
 * request_render_body() with REQUEST_FOR_WIRE; for history and logs the same calls write
 * "<secret>". Everything lives in the arena given at the start.
 */
#ifndef WABAMIGRATE_JOBS_REQUEST_H
#define WABAMIGRATE_JOBS_REQUEST_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/secret.h"

enum request_method { REQUEST_GET, REQUEST_POST, REQUEST_DELETE };
enum request_place { REQUEST_QUERY, REQUEST_BODY };
enum request_audience { REQUEST_FOR_WIRE, REQUEST_FOR_HISTORY };

struct request_param {
    enum request_place place;
    const char *name;
    const char *text;            /* or NULL */
    const char *json;            /* a JSON value as text, or NULL; body only */
    const struct secret *secret; /* or NULL */
};

#define REQUEST_PARAMS_MAX 12

struct request {
    struct arena *arena;
    enum request_method method;
    const char *path; /* "/v26.0/610100/register" */
    struct request_param params[REQUEST_PARAMS_MAX];
    unsigned param_count;
    const struct secret *token; /* Authorization: Bearer; NULL sends none (code exchange) */
    const char *token_name;     /* "system", "business", "source": for people */
    bool is_system_token;       /* whether the partner's own token was used */
    bool is_on_new_connection;  /* not on one that is open already, and nobody's after it */
};

/* "/VERSION/NODE[/EDGE]"; `edge` may be NULL, and `node` with it: "/VERSION/", for a read of many
 * nodes by their ids. The pieces are percent-encoded. */
void request_begin(struct request *request, struct arena *arena, enum request_method method,
                   const char *graph_version, const char *node, const char *edge);
void request_add_text(struct request *request, enum request_place place, const char *name,
                      const char *text);
void request_add_json(struct request *request, const char *name, const char *json);
void request_add_secret(struct request *request, enum request_place place, const char *name,
                        const struct secret *secret);

/* Path and query string, percent-encoded. */
MUST_CHECK enum status request_render_target(const struct request *request,
                                             enum request_audience audience, struct buffer *target);
/* The JSON body; "{}" for a POST without parameters, so that every write has a body: libcurl
 * resends a body-less request by itself when a reused connection dies before the first byte of the
 * answer, and that could repeat an effect. Empty for GET and DELETE. */
MUST_CHECK enum status request_render_body(const struct request *request,
                                           enum request_audience audience, struct buffer *body);
/* {"method":"POST","path":"/v26.0/…/register","query":{},"body":{"pin":"<secret>"},"token":"business"}:
 * what the history keeps. In the request's arena. */
const char *request_describe(const struct request *request);
const char *request_method_name(enum request_method method);

#endif
