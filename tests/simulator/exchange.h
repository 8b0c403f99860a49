/* SPDX-License-Identifier: PostgreSQL */
/*
 * exchange -- one HTTP request and the answer to it, apart from any server.
 *
 * The server fills the upper half and hands it to router_handle(); what is to be sent back then
 * stands in the lower half. Everything lives in the exchange's arena; JSON values are owned by the
 * exchange and released by exchange_finish().
 */
#ifndef WABAMIGRATE_TESTS_SIMULATOR_EXCHANGE_H
#define WABAMIGRATE_TESTS_SIMULATOR_EXCHANGE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"
#include "tests/simulator/fault_plan.h"
#include "tests/simulator/world.h"

#define EXCHANGE_PARAMS_MAX 48
#define EXCHANGE_HEADERS_MAX 8

enum param_place { PARAM_IN_QUERY, PARAM_IN_BODY };

struct param {
    enum param_place place;
    const char *name, *text;
    json_object
        *json; /* as it stood in a JSON body; NULL for query and form; borrowed from `body` */
};

struct header {
    const char *name, *value;
};

struct exchange {
    struct arena *arena;
    /* asked */
    const char *method, *path, *authorization, *content_type;
    const char *origin; /* "http://127.0.0.1:8080": for paging links */
    const char *bytes;  /* the body */
    size_t byte_count;
    struct param params[EXCHANGE_PARAMS_MAX];
    unsigned param_count;
    json_object *query, *body; /* as they are logged */
    /* found out on the way */
    const char *version, *node_id, *edge;
    unsigned long number; /* in order of arrival, from 1 */
    const struct token *token;
    struct node *node;
    /* answered */
    int status;
    int error_code, error_subcode;
    bool has_effect; /* something in the world has changed */
    json_object *json;
    const char *text; /* a body that is not JSON, or NULL */
    struct header headers[EXCHANGE_HEADERS_MAX];
    unsigned header_count;
    enum fault_kind fault; /* what is done to the answer on the wire */
    unsigned delay_ms;
};

void exchange_finish(struct exchange *exchange);

void exchange_add_param(struct exchange *exchange, enum param_place place, const char *name,
                        const char *text);
/* Takes the place of an earlier one of this name. */
void exchange_add_header(struct exchange *exchange, const char *name, const char *value);

/* Reads the parameters of `bytes`, by its content type: JSON object or form. False when it can be
 * read as neither; then the answer is filled. */
bool exchange_read_body(struct exchange *exchange);

/* NULL when it was not given. */
const struct param *exchange_param(const struct exchange *exchange, const char *name);
const char *exchange_text(const struct exchange *exchange, const char *name);

/* A 200 with this value (owned by the exchange from now on). */
void exchange_answer(struct exchange *exchange, json_object *json);
void exchange_answer_success(struct exchange *exchange); /* {"success":true}, and an effect */

/* Meta's envelope. */
struct refusal {
    int code, subcode;
    const char *message, *title, *user_message, *details;
    bool is_transient;
};
void exchange_refuse_as(struct exchange *exchange, const struct refusal *refusal);
void exchange_refuse(struct exchange *exchange, int code, int subcode, const char *format, ...)
    PRINTF_LIKE(4, 5);

#endif
