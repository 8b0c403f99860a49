/* SPDX-License-Identifier: PostgreSQL */
/*
 * graph_error -- Meta's error envelope, and the table that says what each error means.
 *
 * Classified on (code, subcode), then the title, then the code alone; an error the table does not
 * know needs a person. The HTTP status decides only when no JSON error can be read (graph-api
 * facts, error section: Meta's own pages disagree on statuses). Source of the codes: Meta, WhatsApp
 * Cloud API "Error codes", copies of 2025 and 2026.
 */
#ifndef WABAMIGRATE_JOBS_GRAPH_ERROR_H
#define WABAMIGRATE_JOBS_GRAPH_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct json_object;

enum error_class {
    ERROR_RETRY,      /* the same request again after a backoff; costs a try */
    ERROR_WAIT,       /* the same request again after a known wait; costs no try */
    ERROR_THROTTLED,  /* a quota: park its scope, then again; costs no try */
    ERROR_PERSON,     /* a person must mend something first */
    ERROR_CREDENTIAL, /* the token is refused: nothing more on that token */
    ERROR_PERMANENT,  /* this request can never succeed */
    ERROR_DONE        /* the effect is there already: verify by reading */
};
const char *
    error_class_name(enum error_class class); /* "retry", "wait", "throttled", "person", … */

enum error_scope { ERROR_SCOPE_STEP, ERROR_SCOPE_APP, ERROR_SCOPE_WABA, ERROR_SCOPE_NUMBER };

struct error_rule {
    int64_t code, subcode;    /* subcode 0: any */
    const char *title_prefix; /* NULL: any */
    enum error_class class;
    enum error_scope scope; /* what a throttle parks */
    int64_t wait_ms;    /* for ERROR_WAIT and ERROR_THROTTLED without a better figure; 0: backoff.
                           For ERROR_PERSON: what that person sets going again leaves not before */
    unsigned tries_max; /* for ERROR_RETRY: then a person; 0: the engine's default */
    const char *owner;  /* "customer", "partner", "source_partner", "meta"; who mends it */
    const char *remedy; /* one sentence or two */
};

struct graph_error {
    int http_status;
    int64_t code, subcode;
    bool is_transient;
    /* NULL when absent; in the arena */
    const char *type, *message, *title, *user_message, *details, *fbtrace_id;
    const struct error_rule *rule; /* never NULL after graph_error_read() */
};

/* Reads the envelope out of a parsed body. False when `body` is NULL or holds no "error" object.
 * Survives any shape: error_data as an object or a string, numbers as text, missing keys. */
bool graph_error_read(struct json_object *body, int http_status, struct arena *arena,
                      struct graph_error *error);
/* An error for an answer without a readable JSON error: code 0, class by the HTTP status (5xx and
 * 429 retry, anything else a person). */
void graph_error_from_status(int http_status, struct arena *arena, struct graph_error *error);

/* Whether Meta's code of that number is meant, which comes as the code itself, or as the subcode
 * under code 100. */
bool graph_error_is(const struct graph_error *error, int64_t number);

/* The whole table, for tests and documentation. */
const struct error_rule *graph_error_rules(size_t *count);

#endif
