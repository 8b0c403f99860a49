/* SPDX-License-Identifier: PostgreSQL */
/*
 * secret -- a credential that cannot be printed by accident.
 *
 * There is no LOG_SECRET and no accessor that returns char * except secret_reveal(), so
 * `git grep secret_reveal` lists every place one can leak. The bytes live in memory that is locked
 * where the system allows it, is left out of dumps, and is wiped when the secret is destroyed.
 */
#ifndef WABAMIGRATE_BASE_SECRET_H
#define WABAMIGRATE_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

struct secret;

/* The sanitizer sees what goes wrong in memory of its own only, so there each secret has its own.
 */
#if defined(__SANITIZE_ADDRESS__)
#define SECRET_ALONE
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SECRET_ALONE
#endif
#endif

/* Copies `text`. Aborts when memory runs out. Release with secret_destroy(). */
struct secret *secret_create(const char *text);
struct secret *secret_create_bytes(const char *bytes, size_t count);

/* Borrowed, NUL-terminated, valid until secret_destroy(). For curl and libpq calls and for sealing
 * only. */
const char *secret_reveal(const struct secret *secret);
size_t secret_length(const struct secret *secret);
bool secret_equal(const struct secret *left, const struct secret *right); /* constant time */

/* Overwrites the bytes, then frees them. NULL is fine. */
void secret_destroy(struct secret *secret);

/* Six random decimal digits, uniform: a two-step verification PIN. */
struct secret *secret_create_pin(void);

/* Reads a credential from an environment variable or a file (one trailing newline is dropped, at
 * most 16 KiB). STATUS_CREDENTIAL with a message that names the variable or the file and how to
 * mend it, never the content. Empty counts as missing. The file is a regular one: a credential is
 * read more than once, and a pipe would be waited for. */
MUST_CHECK enum status secret_from_env(const char *name, struct secret **secret,
                                       struct fault *fault);
MUST_CHECK enum status secret_from_file(const char *path, struct secret **secret,
                                        struct fault *fault);

#endif
