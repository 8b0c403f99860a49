/* SPDX-License-Identifier: PostgreSQL */
/*
 * history -- what of an answer may be kept: valid UTF-8, within a ceiling, without a secret.
 *
 * Meta's whole error body is kept, and so is every other answer; the access token of a code
 * exchange and any credential this step knows are replaced by "<secret>".
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_HISTORY_H
#define WABAMIGRATE_ORCHESTRATOR_HISTORY_H

#include <stddef.h>

#include "base/arena.h"
#include "jobs/job.h"

#define HISTORY_ANSWER_BYTES_MAX (64u * 1024)

/* In the arena; "" for an empty body. `body` is the parsed form, or NULL. */
const char *history_answer(const struct facts *facts, struct json_object *body, const char *raw,
                           size_t raw_bytes, struct arena *arena);

/* Hides in a parsed answer's error, in place, what history_answer() hides: Graph repeats a token
 * that it cannot read (code 190, "Malformed access token ..."), and what an error says goes to the
 * log, the report and whoever reads them. */
void history_clean_error(const struct facts *facts, struct json_object *body);

#endif
