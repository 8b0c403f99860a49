/* SPDX-License-Identifier: PostgreSQL */
/*
 * body -- reads what Graph answers, whatever its shape.
 *
 * Meta's pages and its answers differ in small ways (an id as text or as a number, a missing list),
 * so nothing here trusts a type: what is not as expected counts as absent. Everything returned is
 * borrowed from the body.
 */
#ifndef WABAMIGRATE_JOBS_BODY_H
#define WABAMIGRATE_JOBS_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

#define BODY_DEPTH_MAX 32
#define BODY_VALUES_MAX 250000 /* a large page of Graph's has 30,000; each costs 160 bytes here */

/* The JSON in `text` (NUL-terminated after `bytes`), owned by the caller. NULL when it is not JSON,
 * has more values or depth than that, or holds what PostgreSQL refuses to keep: bytes that are not
 * UTF-8, a zero character in a text, a number that is none; or where something follows it. Such an
 * answer must not end a run, and would again at each start. */
struct json_object *body_parse(const char *text, size_t bytes);

/* Each of these takes any `object`, NULL included. */
struct json_object *body_get(struct json_object *object,
                             const char *key); /* NULL: absent or null */
const char *body_text(struct json_object *object,
                      const char *key); /* NULL: absent, empty, no text */
bool body_text_is(struct json_object *object, const char *key, const char *text);
bool body_integer(struct json_object *object, const char *key,
                  int64_t *value); /* text counts too */
bool body_is_true(struct json_object *object, const char *key);
bool body_is_false(struct json_object *object, const char *key);

/* The "data" array of a list, or NULL. */
struct json_object *body_list(struct json_object *body);
size_t body_length(struct json_object *list); /* 0 when it is no array */
struct json_object *body_at(struct json_object *list, size_t i);
/* Whether Graph says that the list goes on. */
bool body_has_next_page(struct json_object *body);
/* Where the next page begins; NULL: there is none, or no cursor was given. */
const char *body_next_cursor(struct json_object *body);

/* For __attribute__((cleanup)). */
void body_release(struct json_object **object);
#define BODY_OWNED __attribute__((cleanup(body_release))) struct json_object

#endif
