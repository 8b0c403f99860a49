/* SPDX-License-Identifier: PostgreSQL */
/*
 * fuzz -- what the fuzz targets share: the entry point, and what must hold of any text that was
 * made from a stranger's bytes.
 *
 * A target claims with BUG_UNLESS(): a claim that does not hold aborts, which libFuzzer and ctest
 * both count as a failure. The checks are written anew here and not borrowed from the product, so
 * that a mistake there is not made twice.
 */
#ifndef WABAMIGRATE_TESTS_FUZZ_FUZZ_H
#define WABAMIGRATE_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NULL is fine. */
bool fuzz_is_utf8(const char *text);
/* Without control characters that would end a line or move a terminal's cursor. */
bool fuzz_is_one_line(const char *text);
/* The same, and UTF-8 without what turns the direction of writing or is a control beyond ASCII. */
bool fuzz_is_showable(const char *text);
/* What PostgreSQL's jsonb takes: RFC 8259, UTF-8, no \u0000, no lone surrogate, no number past its
 * range. NULL is fine. */
bool fuzz_is_jsonb(const char *text);

/* A NUL-terminated copy; free it with free(). */
char *fuzz_text(const uint8_t *data, size_t size);
/* The next of several texts, each ended by a zero byte: "" when there are no more. *data and *size
 * become what is left; free it with free(). */
char *fuzz_next_text(const uint8_t **data, size_t *size);
/* Whatever is not UTF-8 becomes '?', for what its callers promise to be UTF-8. */
void fuzz_make_utf8(char *text);

#endif
