/* SPDX-License-Identifier: PostgreSQL */
/*
 * digest -- tells whether bytes are those that were read before (BLAKE2b, 256 bits). Two that are
 * not alike have no digest in common, even where somebody would like them to.
 */
#ifndef WABAMIGRATE_BASE_DIGEST_H
#define WABAMIGRATE_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#define DIGEST_TEXT_BYTES 65 /* hexadecimal digits and a NUL */

struct digest;

struct digest *digest_create(void);
/* NULL is fine. */
void digest_destroy(struct digest *digest);
void digest_add(struct digest *digest, const void *bytes, size_t count);
/* Of all that was added; nothing may be added afterwards. */
void digest_text(struct digest *digest, char text[DIGEST_TEXT_BYTES]);

/* Of a whole file. False where `path` is no regular file, or cannot be read. May block. */
bool digest_file(const char *path, char text[DIGEST_TEXT_BYTES]);

#endif
