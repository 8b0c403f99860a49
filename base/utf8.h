/* SPDX-License-Identifier: PostgreSQL */
/*
 * utf8 -- which bytes are well-formed UTF-8 (RFC 3629: no overlong form, no surrogate, nothing past
 * U+10FFFF).
 *
 * PostgreSQL refuses everything else, and a zero byte too; json-c's own check lets much of it pass.
 */
#ifndef WABAMIGRATE_BASE_UTF8_H
#define WABAMIGRATE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the character that `text` begins with; 0 when it is not well-formed, cut off, or NUL. */
size_t utf8_length(const char *text, size_t left);
bool utf8_is_valid(const char *text, size_t bytes);

#endif
