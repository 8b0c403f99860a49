/* SPDX-License-Identifier: PostgreSQL */
/*
 * code_line -- a number and the verification code that was sent to it, as people write them. Pure.
 *
 * A code is six digits, a hyphen in their middle or not. What was written is never repeated: it may
 * be a code with a slip in it, and of "+33123456789 123 456" the number would have half the code.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_CODE_LINE_H
#define WABAMIGRATE_ORCHESTRATOR_CODE_LINE_H

#include "base/fault.h"
#include "base/secret.h"
#include "planner/e164.h"

#define CODE_LINE_BYTES_MAX 256

/* *secret is the caller's. STATUS_INVALID with how to mend it. */
MUST_CHECK enum status code_line_read_words(const char *number, const char *code, struct e164 *e164,
                                            struct secret **secret, struct fault *fault);
/* The same of a line: the code is the last word, what stands before it is the number. `line` is
 * changed. */
MUST_CHECK enum status code_line_read(char *line, struct e164 *e164, struct secret **secret,
                                      struct fault *fault);

#endif
